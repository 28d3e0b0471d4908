// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
)

// decode reads JSON with its numbers as they are written.
func decode(t *testing.T, raw []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("reading JSON: %v\n%s", err, raw)
	}
	return v
}

// emptyPlan asserts that the configuration, planned again, changes nothing.
func emptyPlan(configuration string) resource.TestStep {
	return resource.TestStep{
		Config: configuration,
		ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
		},
	}
}

// minimal is a session of the document capture flow with extra lines.
func minimal(name string, lines ...string) string {
	return fmt.Sprintf(`
resource "idnow_session" %q {
  flow_id = %q
  input = {
    basicIdentity = { givenName = "Max", familyName = "Schmidt" }
  }
  metadata = { subjectId = "customer-123" }
  %s
}
`, name, emulatortest.DocumentCapture, strings.Join(lines, "\n  "))
}

// The request that the vendor's own documentation shows.
const seedExample = `
resource "idnow_session" "applicant" {
  flow_id     = "` + emulatortest.DocumentCapture + `"
  environment = "live"
  input = {
    basicIdentity = {
      familyName = "Schmidt"
      givenName  = "Max"
      birthDate  = "1985-08-22"
    }
    documentImages = {
      documentType = "ID"
      frontSide    = "Ynl0ZSBhcnJheQ=="
      backSide     = "Ynl0ZSBhcnJheQ=="
    }
  }
  metadata = {
    subjectId = "customer-internal-subject-id-123"
    locale    = "en"
  }
  redirect_url = "https://example.com/verification"
  state        = "csrf-token-or-state-value"
}
`

const seedBody = `{
  "input": {
    "basicIdentity": {"familyName": "Schmidt", "givenName": "Max", "birthDate": "1985-08-22"},
    "documentImages": {"documentType": "ID", "frontSide": "Ynl0ZSBhcnJheQ==", "backSide": "Ynl0ZSBhcnJheQ=="}
  },
  "metadata": {"subjectId": "customer-internal-subject-id-123", "locale": "en"},
  "redirectUrl": "https://example.com/verification",
  "state": "csrf-token-or-state-value"
}`

func TestSeedExample(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	acceptance.RequireCLI(t, "1.1.0", "1.6.0") // earlier ones do not show what is sensitive
	configuration := env.Provider() + seedExample
	at := tfjsonpath.New[string]
	expect := func(name string, want knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("idnow_session.applicant", at(name), want)
	}
	env.Run(t,
		resource.TestStep{
			Config: configuration,
			ConfigStateChecks: []statecheck.StateCheck{
				expect("id", knownvalue.NotNull()),
				expect("session_status", knownvalue.StringExact("CREATED")),
				expect("created_at", knownvalue.NotNull()),
				expect("expires_at", knownvalue.NotNull()),
				expect("flow_version", knownvalue.Int64Exact(2)),
				expect("environment", knownvalue.StringExact("live")),
				expect("sdk_token", knownvalue.Null()),
				expect("started_at", knownvalue.Null()),
				statecheck.ExpectSensitiveValue("idnow_session.applicant", at("player_url")),
				statecheck.ExpectSensitiveValue("idnow_session.applicant", at("state")),
			},
		},
		emptyPlan(configuration),
	)

	create := env.RequireCreates(t, 1)[0]
	if want := "/api/v1/flows/" + emulatortest.DocumentCapture + "/live/sessions"; create.Method != "POST" || create.Path != want {
		t.Errorf("arrived as %s %s, want POST %s", create.Method, create.Path, want)
	}
	for name, want := range map[string]string{"Content-Type": "application/json", "Accept": "application/json"} {
		if got := create.Header.Get(name); got != want {
			t.Errorf("header %s is %q, want %q", name, got, want)
		}
	}
	if agent := create.Header.Get("User-Agent"); !strings.HasPrefix(agent, "terraform-provider-idnow/test Terraform/") {
		t.Errorf("User-Agent is %q", agent)
	}
	if diff := cmp.Diff(decode(t, []byte(seedBody)), decode(t, create.Body)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if int64(len(create.Body)) != create.ContentLength {
		t.Errorf("Content-Length %d for %d bytes", create.ContentLength, len(create.Body))
	}
}

func TestTwentySessionsCostOneToken(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	configuration := env.ProviderWithClient() + strings.Replace(minimal("many"), "flow_id", "count = 20\n  flow_id", 1)
	// Terraform ends the provider between plan and apply, so the least that a
	// run can cost is one token for each phase. One apply of a saved plan is
	// one phase.
	w := env.Workspace(configuration)
	w.MustRun("plan", "-input=false", "-out=plan.out")
	planned := env.TokensIssued()
	w.MustRun("apply", "-input=false", "plan.out")

	env.RequireCreates(t, 20)
	if got := env.TokensIssued() - planned; planned != 1 || got != 1 {
		t.Errorf("%d tokens for the plan and %d for the apply, want one each", planned, got)
	}
	if got := len(env.RequestsOf(emulator.CallDocument)); got != 2 {
		t.Errorf("the document was fetched %d times, want once for the plan and once for the apply", got)
	}
	if result := w.Plan(); result.ExitCode != 0 {
		t.Errorf("the second plan is not empty:\n%s", result.Output)
	}
}

func TestExactValuesArrive(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	configuration := env.Provider() + `
resource "idnow_session" "exact" {
  flow_id = "` + emulatortest.DocumentCapture + `"
  input = {
    basicIdentity = { givenName = "Zoë 🎉", familyName = "O'Neil \"<&>\" \\ \u2028" }
    financialProfile = { declaredIncome = 0.1, priority = 9007199254740993, politicallyExposed = false }
    riskContext = {
      thirty      = 123456789012345678901234567890
      negative    = -9007199254740993
      small       = 0.0000001
      one         = 1.0
      emptyList   = []
      emptyObject = {}
      absent      = null
      list        = tolist(["a", "b"])
      set         = toset(["b", "a"])
      map         = tomap({ k = "v" })
      nested      = [[1, 2], [{ deep = [true, "x", 3.5] }]]
    }
  }
  metadata = { subjectId = "s", count = 9007199254740993, ratio = 0.1, flag = true, tags = ["a"], nothing = null }
}
`
	const want = `{
  "input": {
    "basicIdentity": {"givenName": "Zoë 🎉", "familyName": "O'Neil \"<&>\" \\ \u2028"},
    "financialProfile": {"declaredIncome": 0.1, "priority": 9007199254740993, "politicallyExposed": false},
    "riskContext": {
      "thirty": 123456789012345678901234567890, "negative": -9007199254740993, "small": 0.0000001, "one": 1,
      "emptyList": [], "emptyObject": {}, "list": ["a", "b"], "set": ["a", "b"], "map": {"k": "v"},
      "nested": [[1, 2], [{"deep": [true, "x", 3.5]}]]
    }
  },
  "metadata": {"subjectId": "s", "count": 9007199254740993, "ratio": 0.1, "flag": true, "tags": ["a"]}
}`
	env.Run(t,
		resource.TestStep{
			Config: configuration,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("idnow_session.exact", tfjsonpath.New("metadata").AtMapKey("count"), knownvalue.NumberExact(bigFloat("9007199254740993"))),
			},
		},
		emptyPlan(configuration),
	)
	if diff := cmp.Diff(decode(t, []byte(want)), decode(t, env.RequireCreates(t, 1)[0].Body)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

func TestMultipartArrives(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	configuration := env.Provider() + `
resource "idnow_session" "signature" {
  flow_id = "` + emulatortest.InstantSignature + `"
  input = {
    basicIdentity   = { givenName = "Max", familyName = "Schmidt" }
    documentsToSign = {
      documents = [
        { templateId = "contract", source = base64encode("%PDF-1.7 first") },
        { templateId = "terms", source = base64encode("%PDF-1.7 second") },
      ]
    }
  }
  metadata     = { subjectId = "customer-123", locale = "de" }
  redirect_url = "myapp://done"
  state        = "a state with\nline ends"
}
`
	env.Run(t, resource.TestStep{Config: configuration}, emptyPlan(configuration))

	create := env.RequireCreates(t, 1)[0]
	if kind := create.Header.Get("Content-Type"); !strings.HasPrefix(kind, "multipart/form-data; boundary=") {
		t.Errorf("Content-Type is %q", kind)
	}
	body := string(create.Body)
	for _, part := range []string{
		`name="input[basicIdentity][givenName]"`,
		`name="input[documentsToSign][documents][1][source]"; filename=`,
		`name="metadata[subjectId]"`,
		`name="redirectUrl"`,
		"\r\n\r\n%PDF-1.7 second\r\n",
		"\r\n\r\na state with\nline ends\r\n",
	} {
		if !strings.Contains(body, part) {
			t.Errorf("the body lacks %q:\n%s", part, body)
		}
	}
}

func TestSameMeaningIsNoChange(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	session := func(input, metadata string) string {
		return env.Provider() + `
resource "idnow_session" "s" {
  flow_id  = "` + emulatortest.DocumentCapture + `"
  input    = ` + input + `
  metadata = ` + metadata + `
}
`
	}
	identity := `basicIdentity = { givenName = "Max", familyName = "Schmidt" }`
	steps := []resource.TestStep{{Config: session(
		`{ `+identity+`, financialProfile = { declaredIncome = 1, sourcesOfFunds = ["a", "b"] } }`,
		`{ subjectId = "s", locale = "en" }`,
	)}}
	for _, same := range [][2]string{
		{`{ financialProfile = { sourcesOfFunds = ["a", "b"], declaredIncome = 1 }, ` + identity + ` }`, `{ locale = "en", subjectId = "s" }`},
		{`{ ` + identity + `, financialProfile = { declaredIncome = 1.0, sourcesOfFunds = tolist(["a", "b"]) } }`, `{ subjectId = "s", locale = "en" }`},
		{`{ ` + identity + `, financialProfile = { declaredIncome = 1, sourcesOfFunds = ["a", "b"], currency = null } }`, `tomap({ subjectId = "s", locale = "en" })`},
	} {
		steps = append(steps, emptyPlan(session(same[0], same[1])))
	}
	env.Run(t, steps...)
	env.RequireCreates(t, 1)
}

// Each session differs from its first form in one thing alone, so that no change
// hides behind another.
func TestChangesReplace(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	lines := func(lines ...string) func(name string) string {
		return func(name string) string { return minimal(name, append(lines, `input_validation = "off"`)...) }
	}
	instead := func(old, instead string) func(name string) string {
		return func(name string) string { return strings.ReplaceAll(lines()(name), old, instead) }
	}
	first, changed := env.Provider(), env.Provider()
	var checks []plancheck.PlanCheck
	for _, change := range []struct {
		name   string
		action plancheck.ResourceActionType
		block  func(name string) string
	}{
		{"flow_id", plancheck.ResourceActionReplace, instead(emulatortest.DocumentCapture, emulatortest.AddressCheck)},
		{"environment", plancheck.ResourceActionReplace, lines(`environment = "live"`)},
		{"redirect_url", plancheck.ResourceActionReplace, lines(`redirect_url = "https://example.com"`)},
		{"state", plancheck.ResourceActionReplace, lines(`state = "x"`)},
		{"metadata", plancheck.ResourceActionReplace, instead("customer-123", "customer-124")},
		{"input", plancheck.ResourceActionReplace, instead("Schmidt", "Meier")},
		{"more_input", plancheck.ResourceActionReplace, instead(`input = {`, `input = { riskContext = {a = 1},`)},
		// What changes nothing on the service makes no session.
		{"replace_on_status", plancheck.ResourceActionUpdate, lines(`replace_on_status = []`)},
		{"input_validation", plancheck.ResourceActionUpdate, instead(`"off"`, `"warn"`)},
		{"timeouts", plancheck.ResourceActionUpdate, lines(`timeouts = { create = "5m" }`)},
	} {
		first += lines()(change.name)
		changed += change.block(change.name)
		checks = append(checks, plancheck.ExpectResourceAction("idnow_session."+change.name, change.action))
	}
	env.Run(t,
		resource.TestStep{Config: first},
		resource.TestStep{Config: changed, PlanOnly: true, ExpectNonEmptyPlan: true, ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPreRefresh: checks}},
	)
	env.RequireCreates(t, len(checks))
}

func bigFloat(text string) *big.Float {
	f, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
	if err != nil {
		panic(err)
	}
	return f
}
