// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// mistakes is a session with one mistake of each kind. The values that must
// not be shown begin with "planted".
const mistakes = `
resource "idnow_session" "s" {
  flow_id = "` + emulatortest.DocumentCapture + `"
  input = {
    basicIdentity = {
      givenNam    = "planted given name"
      familyName  = "` + "${join(\"\", [for _ in range(151) : \"p\"])}" + `"
      birthDate   = "planted date"
      nationality = "plantedDE"
      email       = "planted-no-address"
    }
    documentImages = {
      documentType = "plantedType"
      frontSide    = "planted, not base64!"
    }
    financialProfile = {
      priority           = 1.5
      declaredIncome     = -1
      politicallyExposed = "planted yes"
      sourcesOfFunds     = "planted list"
    }
    planned = {}
  }
  metadata = {
    subjectId = "customer-123"
    locale    = "xx"
  }
}
`

func TestEveryProblemInOnePlan(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	result := env.Workspace(env.Provider() + mistakes).Plan()
	if result.ExitCode != 1 {
		t.Fatalf("the plan ended with %d:\n%s", result.ExitCode, result.Output)
	}
	output := unfold(result.Output)
	for _, want := range []string{
		"input.basicIdentity.givenName is missing",
		"input.basicIdentity.givenNam is not known to the flow",
		"did you mean givenName?",
		"input.basicIdentity.familyName is 151 characters long; at most 150 are allowed",
		"input.basicIdentity.birthDate ",
		"input.basicIdentity.nationality ",
		"input.basicIdentity.email ",
		"input.documentImages.documentType must be one of",
		"input.documentImages.frontSide ",
		"input.financialProfile.priority ",
		"input.financialProfile.declaredIncome ",
		"input.financialProfile.politicallyExposed ",
		"input.financialProfile.sourcesOfFunds ",
		"input.planned is not known to the flow",
		"metadata.locale must be one of",
		`"Document capture", version 2, in the environment "staging"`,
	} {
		if !strings.Contains(output, want) {
			t.Errorf("the plan does not contain %q", want)
		}
	}
	requireNoValue(t, result.Output)
	if t.Failed() {
		t.Log(result.Output)
	}
	env.RequireCreates(t, 0)
}

// requireNoValue fails if a message quotes what was planted. The CLI itself
// shows the line of the configuration, which is the user's own text.
func requireNoValue(t *testing.T, output string) {
	t.Helper()
	for _, line := range strings.Split(output, "\n") {
		isSource := regexp.MustCompile(`^\W*\d+: `).MatchString(line)
		if !isSource && strings.Contains(line, "planted") {
			t.Errorf("a message quotes a value: %s", line)
		}
	}
}

// unfold joins the lines of each paragraph that the CLI has wrapped.
func unfold(output string) string {
	output = regexp.MustCompile(`(?m)^[│╷╵] ?`).ReplaceAllString(output, "")
	return regexp.MustCompile(`([^\n])\n([^\n])`).ReplaceAllString(output, "$1 $2")
}

func TestPlanShowsTheLine(t *testing.T) {
	cli := acceptance.DetectCLI(t)
	env := acceptance.New(t, emulator.Options{})
	result := env.Workspace(env.Provider() + mistakes).Plan()

	line := regexp.MustCompile(`(?m)^\W*\d+:\s+input = \{`) // the attribute's own line
	if !cli.OpenTofu && cli.Version.Segments()[0] == 1 && cli.Version.Segments()[1] >= 15 {
		line = regexp.MustCompile(`(?m)^\W*\d+:\s+birthDate\s+= `) // the very key's
	}
	if !line.MatchString(result.Output) {
		t.Errorf("the plan shows no line like %s:\n%s", line, result.Output)
	}
}

func TestUnknownIsValidatedAtApply(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	w := env.Workspace(env.Provider() + `
resource "terraform_data" "later" {
  input = "planted: not a date"
}

resource "idnow_session" "s" {
  flow_id = "` + emulatortest.DocumentCapture + `"
  input = {
    basicIdentity = { givenName = "Max", familyName = "Schmidt", birthDate = terraform_data.later.output }
  }
  metadata = { subjectId = "customer-123" }
}
`)
	acceptance.RequireCLI(t, "1.4.0", "1.6.0") // for terraform_data
	if plan := w.Plan(); plan.ExitCode != 2 {
		t.Fatalf("what is unknown is to pass the plan:\n%s", plan.Output)
	}
	apply := w.Run("apply", "-auto-approve", "-no-color", "-input=false")
	if apply.ExitCode == 0 || !strings.Contains(unfold(apply.Output), "input.basicIdentity.birthDate ") {
		t.Errorf("the apply ended with %d:\n%s", apply.ExitCode, apply.Output)
	}
	env.RequireCreates(t, 0)
}

func TestKnownBesideUnknownIsValidatedAtPlan(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	acceptance.RequireCLI(t, "1.4.0", "1.6.0") // for terraform_data
	w := env.Workspace(env.Provider() + `
resource "terraform_data" "later" {
  input = "Max"
}

resource "idnow_session" "s" {
  flow_id = "` + emulatortest.DocumentCapture + `"
  input = {
    basicIdentity = { givenName = terraform_data.later.output, familyName = "Schmidt", birthDate = "22.08.1985" }
  }
  metadata = { subjectId = "customer-123" }
}
`)
	plan := w.Plan()
	if plan.ExitCode != 1 || !strings.Contains(unfold(plan.Output), "input.basicIdentity.birthDate ") || strings.Contains(plan.Output, "basicIdentity.givenName") {
		t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
	}
}

func TestInputValidationModes(t *testing.T) {
	wrong := strings.Replace(minimal("s"), "givenName", "givenNam", 1)
	for name, test := range map[string]struct {
		provider, resource string
		wantCode           int
		wantText, notText  string
	}{
		"strict":               {"", "", 1, "Error: Invalid input", "Warning: Invalid"},
		"warn":                 {`input_validation = "warn"`, "", 2, "Warning: Invalid input", "Error:"},
		"required":             {`input_validation = "required"`, "", 1, "Error: Invalid input", "Warning: Invalid"},
		"off":                  {`input_validation = "off"`, "", 2, "", "givenNam "},
		"resource over strict": {"", `input_validation = "warn"`, 2, "Warning: Invalid input", "Error:"},
		"resource over off":    {`input_validation = "off"`, `input_validation = "strict"`, 1, "Error: Invalid input", "Warning: Invalid"},
		"not known yet":        {"", `input_validation = idnow_session.other.id == "" ? "strict" : "warn"`, 2, "Warning: Invalid input", "Error:"},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			configuration := env.Provider(test.provider) + strings.Replace(wrong, "metadata =", test.resource+"\n  metadata =", 1)
			if strings.Contains(test.resource, "idnow_session.other") {
				configuration += minimal("other")
			}
			plan := env.Workspace(configuration).Plan()
			if plan.ExitCode != test.wantCode || !strings.Contains(plan.Output, test.wantText) || strings.Contains(plan.Output, test.notText) {
				t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
			}
			if documents := len(env.RequestsOf(emulator.CallDocument)); (name == "off") != (documents == 0) {
				t.Errorf("the document was fetched %d times", documents)
			}
		})
	}
}

func TestFlowNotPublished(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	for name, configuration := range map[string]string{
		"flow":        strings.Replace(minimal("s"), emulatortest.DocumentCapture, "00000000-0000-0000-0000-000000000000", 1),
		"environment": minimal("s", `environment = "qa"`),
	} {
		t.Run(name, func(t *testing.T) {
			plan := env.Workspace(env.Provider() + configuration).Plan()
			if plan.ExitCode != 1 || !strings.Contains(plan.Output, "Error: Flow not published") || strings.Count(plan.Output, "Error:") != 1 {
				t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
			}
		})
	}
}

func TestDocumentThatCannotBeHad(t *testing.T) {
	for name, response := range map[string]fault.Fault{
		"fails":             {Call: "document", Kind: fault.Status, Status: http.StatusInternalServerError},
		"forbidden":         {Call: "document", Kind: fault.Status, Status: http.StatusForbidden},
		"not JSON":          {Call: "document", Kind: fault.Replace, Status: http.StatusOK, Body: "<html>"},
		"no create session": {Call: "document", Kind: fault.Replace, Status: http.StatusOK, Body: `{"openapi":"3.0.0","info":{"title":"t","version":"1"},"paths":{}}`},
		"too deep":          {Call: "document", Kind: fault.Replace, Status: http.StatusOK, Body: strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			env.Fault(response)
			required := env.Workspace(env.Provider("max_retries = 0", `input_validation = "required"`) + minimal("s"))
			if plan := required.Plan(); plan.ExitCode != 1 || !strings.Contains(plan.Output, "Error: Input not validated") {
				t.Errorf("where validation is required the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
			}
			w := env.Workspace(env.Provider("max_retries = 0") + minimal("s"))
			plan := w.Plan()
			if plan.ExitCode != 2 || !strings.Contains(plan.Output, "Warning: Input not validated") {
				t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
			}
			w.Apply()
			env.RequireCreates(t, 1)
			// A session that exists is not validated again.
			if again := w.Plan(); again.ExitCode != 0 || strings.Contains(again.Output, "Input not validated") {
				t.Errorf("the second plan ended with %d:\n%s", again.ExitCode, again.Output)
			}
		})
	}
}

func TestRefusedByTheService(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	env.Fault(fault.Fault{Call: "create", Kind: fault.Status, Status: http.StatusBadRequest,
		Header: map[string]string{"Content-Type": "application/json"},
		Body:   `{"statusCode":400,"message":["redirectUrl is not on the allowlist","givenName Maximilian is not believed"],"error":"Bad Request"}`})
	w := env.Workspace(env.Provider() + strings.Replace(minimal("s"), `"Max"`, `"Maximilian"`, 1))
	apply := w.Run("apply", "-auto-approve", "-no-color", "-input=false")
	output := unfold(apply.Output)
	for _, want := range []string{"Error: Request refused", "- redirect_url: allowlist", "- input.basicIdentity.givenName", "The text of the response is withheld", "No session was created."} {
		if apply.ExitCode == 0 || !strings.Contains(output, want) {
			t.Errorf("the apply (%d) does not contain %q:\n%s", apply.ExitCode, want, apply.Output)
		}
	}
	if strings.Contains(output, "Maximilian") {
		t.Errorf("the value that the service quotes is shown:\n%s", apply.Output)
	}
	env.RequireCreates(t, 1)
}

// A status that no session has is warned of, with the one that was meant.
func TestUnknownStatusIsWarnedOf(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	w := env.Workspace(env.Provider() + minimal("s", `replace_on_status = ["EXPIRD", "completed"]`))
	output := unfold(w.Run("validate", "-no-color").Output)
	if !strings.Contains(output, "Warning: Unknown status in replace_on_status") || !strings.Contains(output, `Did you mean "EXPIRED"?`) || strings.Contains(output, `"completed" is not`) {
		t.Error(output)
	}
}

func TestConfigurationErrors(t *testing.T) {
	for name, test := range map[string]struct{ from, to, want string }{
		"input is a list":         {"input = {\n    basicIdentity = { givenName = \"Max\", familyName = \"Schmidt\" }\n  }", "input = []", "input is a list; it must be an object"},
		"input is a string":       {"input = {\n    basicIdentity = { givenName = \"Max\", familyName = \"Schmidt\" }\n  }", `input = "x"`, "input is a string; it must be an object"},
		"input is encoded":        {"input = {\n    basicIdentity = { givenName = \"Max\", familyName = \"Schmidt\" }\n  }", `input = jsonencode({ a = 1 })`, "remove jsonencode()"},
		"subjectId in lower case": {`subjectId = "customer-123"`, `subjectid = "x"`, `metadata has no subjectId, but has "subjectid". Did you mean subjectId?`},
		"a timeout in words":      {"metadata =", "timeouts = { create = \"10 minutes\" }\n  metadata =", "Error: Invalid timeouts.create"},
		"metadata is a string":    {`{ subjectId = "customer-123" }`, `"x"`, "metadata is a string; it must be an object"},
		"no subjectId":            {`subjectId = "customer-123"`, `subject = "x"`, "metadata has no subjectId"},
		"null subjectId":          {`"customer-123"`, `null`, "metadata has no subjectId"},
		"empty subjectId":         {`"customer-123"`, `""`, "metadata.subjectId is empty"},
		"subjectId is a number":   {`"customer-123"`, `17`, "metadata.subjectId is a number; it must be a string"},
		"relative redirect_url":   {"metadata =", "redirect_url = \"/done\"\n  metadata =", "redirect_url must be an absolute URL"},
		"redirect without scheme": {"metadata =", "redirect_url = \"localhost:3000/cb\"\n  metadata =", "redirect_url must be an absolute URL"},
		"redirect without host":   {"metadata =", "redirect_url = \"https:///done\"\n  metadata =", "redirect_url must be an absolute URL"},
		"state too long":          {"metadata =", "input_validation = \"off\"\n  state = join(\"\", [for _ in range(1024) : \"xxx\"])\n  metadata =", "2048"},
		"file without hash":       {`"Max"`, `{ "$file" = "a.pdf" }`, "input.basicIdentity.givenName is not a file reference: $sha256"},
		"unknown validation":      {"metadata =", "input_validation = \"lax\"\n  metadata =", `"required" "strict" "warn" "off"`},
		"path in flow_id":         {emulatortest.DocumentCapture, "../x", "Error: Invalid flow_id"},
		"path in environment":     {"metadata =", "environment = \"..\"\n  metadata =", "Error: Invalid environment"},
		"line break in flow_id":   {emulatortest.DocumentCapture, `f\n`, "Error: Invalid flow_id"},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			configuration := strings.Replace(minimal("s"), test.from, test.to, 1)
			if configuration == minimal("s") {
				t.Fatal("the test changes nothing")
			}
			result := env.Workspace(env.Provider()+configuration).Run("apply", "-auto-approve", "-no-color", "-input=false")
			if result.ExitCode != 1 || !strings.Contains(unfold(result.Output), test.want) {
				t.Errorf("ended with %d and not with %q:\n%s", result.ExitCode, test.want, result.Output)
			}
			if errors := strings.Count(result.Output, "Error:"); errors != 1 {
				t.Errorf("%d errors, want one:\n%s", errors, result.Output)
			}
			if requests := env.Requests(); len(requests) != 0 && strings.HasPrefix(test.want, "Error: Invalid ") {
				t.Errorf("%s was requested", requests[0].Path)
			}
			env.RequireCreates(t, 0)
		})
	}
}

func TestNoPanicOnOddConfigurations(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	for i, input := range []string{
		`null`, `{}`, `tomap({})`, `{ basicIdentity = null }`, `{ basicIdentity = [] }`, `{ basicIdentity = [[[]]] }`, `{ "" = 1 }`,
		`{ "a.b[0]" = { "\u0000" = "x" } }`, `{ basicIdentity = { givenName = {}, familyName = [null] } }`, `{ "$file" = null, "$sha256" = [] }`,
		`{ "$file" = "x", "$sha256" = "y", z = 1 }`,
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			configuration := env.Provider() + `
resource "idnow_session" "s" {
  flow_id  = "` + emulatortest.DocumentCapture + `"
  input    = ` + input + `
  metadata = { subjectId = "x" }
}
`
			result := env.Workspace(configuration).Plan()
			if strings.Contains(result.Output, "panic") || strings.Contains(result.Output, "crash") || strings.Contains(result.Output, "bug") {
				t.Errorf("input %s:\n%s", input, result.Output)
			}
		})
	}
}
