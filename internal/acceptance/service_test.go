// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package acceptance_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
)

// The tests of this file use nothing but the platform's API. They run against
// an emulator, and by make testacc against the service that the IDNOW_*
// variables name.

func TestMain(m *testing.M) {
	code := m.Run()
	acceptance.ReportSessions(os.Stdout)
	os.Exit(code)
}

const testMetadata = `{ subjectId = "terraform-provider-idnow-test" }`

// A session is created once, read, looked up by every data source, and
// imported without a replacement.
func TestServiceSession(t *testing.T) {
	service := acceptance.NewService(t)
	w := service.Workspace(service.Session("s", testMetadata) + fmt.Sprintf(`
data "idnow_session" "s" {
  session_id = idnow_session.s.id
}

data "idnow_session_datablocks" "s" {
  session_id = idnow_session.s.id
}

output "same_flow" {
  value = data.idnow_session.s.flow_id == %q
}
`, service.FlowID))
	service.Apply(w, 1)
	session := w.Attributes("idnow_session.s")
	for _, name := range []string{"id", "player_url", "session_status"} {
		if text, _ := session[name].(string); text == "" {
			t.Errorf("%s is not in state", name)
		}
	}
	if plan := w.Plan(); plan.ExitCode != 0 {
		t.Errorf("the second plan is not empty:\n%s", plan.Output)
	}
	if out := w.MustRun("output", "-json", "same_flow"); strings.TrimSpace(out.Output) != "true" {
		t.Errorf("the session read is of another flow: %s", out.Output)
	}
	id, _ := session["id"].(string)
	requireImport(t, service, id)
}

func requireImport(t *testing.T, service *acceptance.Service, id string) {
	t.Helper()
	w := service.Workspace(service.Session("s", testMetadata))
	w.MustRun("import", "-no-color", "-input=false", "idnow_session.s", service.Environment+"/"+id)
	plan := w.Plan()
	if plan.ExitCode == 1 || strings.Contains(plan.Output, "must be replaced") {
		t.Errorf("the plan after an import does not adopt the input:\n%s", plan.Output)
	}
}

// Another subject is another session; the same meaning is none.
func TestServiceReplacement(t *testing.T) {
	service := acceptance.NewService(t)
	w := service.Workspace(service.Session("s", `{ subjectId = "terraform-provider-idnow-test", locale = "en" }`))
	service.Apply(w, 1)
	first := w.Attributes("idnow_session.s")["id"]

	w.Write("main.tf", requiredProviders+service.Session("s", `{ locale = "en", subjectId = "terraform-provider-idnow-test" }`))
	if plan := w.Plan(); plan.ExitCode != 0 {
		t.Errorf("another order of keys is a change:\n%s", plan.Output)
	}
	w.Write("main.tf", requiredProviders+service.Session("s", `{ locale = "de", subjectId = "terraform-provider-idnow-test" }`))
	service.Apply(w, 1)
	if second := w.Attributes("idnow_session.s")["id"]; second == first {
		t.Error("another locale has not replaced the session")
	}
}

const requiredProviders = `terraform {
  required_providers {
    idnow = {
      source = "idnow/idnow"
    }
  }
}
`

// Wrong input is found by the plan, which creates nothing.
func TestServiceWrongInput(t *testing.T) {
	service := acceptance.NewService(t)
	w := service.Workspace(fmt.Sprintf(`
resource "idnow_session" "s" {
  flow_id  = %q
  input    = merge(jsondecode(file("input.json")), { aKeyThatNoFlowHas = { a = 1 } })
  metadata = %s
}
`, service.FlowID, testMetadata))
	plan := w.Plan()
	if plan.ExitCode != 1 || !strings.Contains(plan.Output, "input.aKeyThatNoFlowHas") {
		t.Errorf("the plan does not name the key:\n%s", plan.Output)
	}
}

// The flow's document and what is read from it.
func TestServiceFlow(t *testing.T) {
	service := acceptance.NewService(t)
	w := service.Workspace(fmt.Sprintf(`
data "idnow_flow_openapi" "f" {
  flow_id = %[1]q
}

data "idnow_flow" "f" {
  flow_id = %[1]q
}

data "idnow_flows" "all" {
}
`, service.FlowID))
	service.Apply(w, 0)
	document := w.Attributes("data.idnow_flow_openapi.f")
	for _, name := range []string{"openapi_json", "input_schema_json"} {
		if text, _ := document[name].(string); !json.Valid([]byte(text)) {
			t.Errorf("%s is not JSON", name)
		}
	}
	if blocks, _ := document["data_blocks"].([]any); len(blocks) == 0 {
		t.Error("the flow takes no data blocks")
	}
	flow := w.Attributes("data.idnow_flow.f")
	flows, _ := w.Attributes("data.idnow_flows.all")["flows"].([]any)
	found := false
	for _, f := range flows {
		entry, _ := f.(map[string]any)
		found = found || entry["flow_id"] == service.FlowID && entry["name"] == flow["name"]
	}
	if !found {
		t.Errorf("the flow is not among the %d listed", len(flows))
	}
}

// The functions validate by a document that was downloaded.
func TestServiceFunctions(t *testing.T) {
	acceptance.RequireCLI(t, "1.8.0", "1.7.0")
	service := acceptance.NewService(t)
	w := service.Workspace(fmt.Sprintf(`
data "idnow_flow_openapi" "f" {
  flow_id = %q
}

output "right" {
  value = provider::idnow::validate_input(data.idnow_flow_openapi.f.openapi_json, jsondecode(file("input.json")))
}

output "wrong" {
  value = length(provider::idnow::validate_input(data.idnow_flow_openapi.f.openapi_json, { aKeyThatNoFlowHas = 1 })) > 0
}
`, service.FlowID))
	service.Apply(w, 0)
	if out := strings.TrimSpace(w.MustRun("output", "-json", "right").Output); out != "[]" {
		t.Errorf("the input has problems: %s", out)
	}
	if out := strings.TrimSpace(w.MustRun("output", "-json", "wrong").Output); out != "true" {
		t.Error("a key that no flow has is no problem")
	}
}

// The list of a flow's sessions, which a revision of the API lacks.
func TestServiceSessionList(t *testing.T) {
	service := acceptance.NewService(t)
	w := service.Workspace(service.Session("s", testMetadata) + fmt.Sprintf(`
data "idnow_sessions" "newest" {
  flow_id    = %q
  limit      = 5
  depends_on = [idnow_session.s]
}
`, service.FlowID))
	switch result := service.TryApply(w, 1); {
	case strings.Contains(result.Output, "Session list not available"):
		t.Skip("the service has no list of sessions")
	case result.ExitCode != 0:
		t.Fatal(result.Output)
	}
	id := w.Attributes("idnow_session.s")["id"]
	sessions, _ := w.Attributes("data.idnow_sessions.newest")["sessions"].([]any)
	for _, s := range sessions {
		if entry, _ := s.(map[string]any); entry["session_id"] == id {
			return
		}
	}
	t.Errorf("the session is not among the newest %d", len(sessions))
}

// An access token is for other tools and reaches no state.
func TestServiceAccessToken(t *testing.T) {
	acceptance.RequireCLI(t, "1.10.0", "1.11.0")
	service := acceptance.NewService(t)
	w := service.Workspace(`
ephemeral "idnow_access_token" "t" {
}

check "token" {
  assert {
    condition     = length(ephemeral.idnow_access_token.t.token) > 0
    error_message = "There is no token."
  }
}
`)
	if result := service.Apply(w, 0); strings.Contains(result.Output, "There is no token") {
		t.Error(result.Output)
	}
}
