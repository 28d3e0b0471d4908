// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package datasources_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// createSession makes a session of the document capture flow in staging, as
// something else than Terraform would, and returns its ID.
func createSession(t *testing.T, env *acceptance.Env, subject string) string {
	t.Helper()
	before := len(env.Sessions())
	body := fmt.Sprintf(`{
  "input": {"basicIdentity": {"givenName": "Max", "familyName": "Planted", "birthDate": "1985-08-22"}},
  "metadata": {"subjectId": %q}, "redirectUrl": "https://example.com/done", "state": "planted-state"
}`, subject)
	url := env.URL + "/api/v1/flows/" + emulatortest.DocumentCapture + "/staging/sessions"
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+acceptance.APIKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if content, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusCreated {
		t.Fatalf("creating a session: %s\n%s", resp.Status, content)
	}
	return env.Sessions()[before].ID
}

// serves makes the emulator respond to a call with another body: that of another
// revision of the API.
func serves(env *acceptance.Env, call emulator.Call, body string) {
	env.Fault(fault.Fault{Call: string(call), Kind: fault.Replace, Status: http.StatusOK, Body: body})
}

// known expects an attribute of an object in state. Steps lead to it from the
// object: names, and numbers for elements of a list.
func known(address string, want knownvalue.Check, steps ...any) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, at(steps), want)
}

func at(steps []any) tfjsonpath.Path {
	first, _ := steps[0].(string)
	path := tfjsonpath.New(first)
	for _, step := range steps[1:] {
		switch step := step.(type) {
		case int:
			path = path.AtSliceIndex(step)
		case string:
			path = path.AtMapKey(step)
		}
	}
	return path
}

// texts expects a list of texts.
func texts(want ...string) knownvalue.Check {
	checks := []knownvalue.Check{}
	for _, text := range want {
		checks = append(checks, knownvalue.StringExact(text))
	}
	return knownvalue.ListExact(checks)
}

// object expects an object whose other attributes, of names, are null.
func object(want map[string]knownvalue.Check, names ...string) knownvalue.Check {
	for _, name := range names {
		if want[name] == nil {
			want[name] = knownvalue.Null()
		}
	}
	return knownvalue.ObjectExact(want)
}

// reads runs a configuration and checks the state. Each step of the testing
// library ends with a second plan, and fails unless that is empty.
func reads(t *testing.T, env *acceptance.Env, configuration string, checks ...statecheck.StateCheck) {
	t.Helper()
	env.Run(t, resource.TestStep{Config: configuration, ConfigStateChecks: checks})
}

// unfold joins the lines of each paragraph that the CLI has wrapped.
func unfold(output string) string {
	output = regexp.MustCompile(`(?m)^[│╷╵] ?`).ReplaceAllString(output, "")
	return regexp.MustCompile(`([^\n])\n([^\n])`).ReplaceAllString(output, "$1 $2")
}

// fails plans a configuration and asserts that it ends in exactly the errors
// with these summaries, in any order, and that the output has every part.
func fails(t *testing.T, env *acceptance.Env, configuration string, summaries []string, parts ...string) {
	t.Helper()
	result := env.Workspace(configuration).Plan()
	output := unfold(result.Output)
	if got := strings.Count(output, "Error: "); result.ExitCode != 1 || got != len(summaries) {
		t.Errorf("exit code %d with %d errors, want 1 with %d:\n%s", result.ExitCode, got, len(summaries), output)
	}
	for _, summary := range summaries {
		parts = append(parts, "Error: "+summary)
	}
	for _, part := range parts {
		if !strings.Contains(output, part) {
			t.Errorf("the output lacks %q:\n%s", part, output)
		}
	}
}

// every is one of each data source, with extra lines in each.
func every(lines string) string {
	return fmt.Sprintf(`
data "idnow_flow_openapi" "x" {
  flow_id = %[1]q
  %[2]s
}
data "idnow_flow" "x" {
  name = "Address check"
  %[2]s
}
data "idnow_flows" "x" {
  %[2]s
}
data "idnow_session" "x" {
  session_id = "none"
  %[2]s
}
data "idnow_sessions" "x" {
  flow_id = %[1]q
  %[2]s
}
data "idnow_session_datablocks" "x" {
  session_id = "none"
  %[2]s
}
`, emulatortest.DocumentCapture, lines)
}

func TestNothingGoesToAnEnvironmentThatIsNotAllowed(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	one := "Environment not allowed"
	fails(t, env, env.Provider(`allowed_environments = ["staging"]`)+every(`environment = "live"`), []string{one, one, one, one, one, one})
	if arrived := env.Requests(); len(arrived) != 0 {
		t.Errorf("%d requests arrived, the first %s %s", len(arrived), arrived[0].Method, arrived[0].Path)
	}
}

func TestServiceRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		status  int
		summary string
	}{
		"forbidden": {http.StatusForbidden, "Not permitted"},
		"failing":   {http.StatusInternalServerError, "Service failed"},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			env.Fault(fault.Fault{Kind: fault.Status, Status: test.status, Body: `{"message": "quota of Max"}`})
			one := test.summary
			fails(t, env, env.Provider("max_retries = 0")+every(""), []string{one, one, one, one, one, one}, "- quota or rate limit")
		})
	}
}

func TestInvalidConfigurations(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	for name, test := range map[string]struct {
		configuration string
		summary       string
		part          string
	}{
		"flow by both":           {`data "idnow_flow" "x" { name = "a", flow_id = "b" }`, "Invalid Attribute Combination", "[name,flow_id]"},
		"flow by neither":        {`data "idnow_flow" "x" {}`, "Missing Attribute Configuration", "[name,flow_id]"},
		"flow with empty name":   {`data "idnow_flow" "x" { name = "" }`, "Invalid Attribute Value Length", "name"},
		"created_after a date":   {`data "idnow_sessions" "x" { flow_id = "f", created_after = "2025-08-22" }`, "Invalid created_after", "2025-08-22T00:00:00Z"},
		"limit of none":          {`data "idnow_sessions" "x" { flow_id = "f", limit = 0 }`, "Invalid Attribute Value", "at least 1"},
		"statuses empty":         {`data "idnow_sessions" "x" { flow_id = "f", statuses = [] }`, "Invalid Attribute Value", "at least 1"},
		"statuses with null":     {`data "idnow_sessions" "x" { flow_id = "f", statuses = [null] }`, "Null Set Value", "statuses"},
		"session without ID":     {`data "idnow_session" "x" { session_id = "" }`, "Invalid session_id", "empty"},
		"types empty":            {`data "idnow_session_datablocks" "x" { session_id = "s", types = [] }`, "Invalid Attribute Value", "at least 1"},
		"session ID with steps":  {`data "idnow_session" "x" { session_id = "../other" }`, "Invalid session_id", "path step"},
		"environment with steps": {`data "idnow_flows" "x" { environment = ".." }`, "Invalid environment", "path step"},
	} {
		t.Run(name, func(t *testing.T) {
			// One line of HCL takes one argument, so commas become line ends.
			configuration := strings.NewReplacer("{ ", "{\n", " }", "\n}", ", ", "\n").Replace(test.configuration)
			fails(t, env, env.Provider()+configuration+"\n", []string{test.summary}, test.part)
		})
	}
	if arrived := env.Requests(); len(arrived) != 0 {
		t.Errorf("%d requests arrived, the first %s %s", len(arrived), arrived[0].Method, arrived[0].Path)
	}
}
