// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
)

// existing makes a session on the service that no state of the test knows.
func existing(t *testing.T, env *acceptance.Env) string {
	t.Helper()
	other := env.Workspace(env.Provider() + minimal("s"))
	other.Apply()
	return theSessionInState(other)
}

func TestImport(t *testing.T) {
	configuration := minimal("s", `redirect_url = "https://example.com/done"`, `state = "csrf"`, `input_wo_version = 3`, "input_wo = {}")
	for name, importing := range map[string]func(t *testing.T, env *acceptance.Env, id string) *acceptance.Workspace{
		"by command": func(_ *testing.T, env *acceptance.Env, id string) *acceptance.Workspace {
			w := env.Workspace(env.Provider() + configuration)
			w.MustRun("import", "-input=false", "idnow_session.s", "staging/"+id)
			return w
		},
		"by block": func(t *testing.T, env *acceptance.Env, id string) *acceptance.Workspace {
			acceptance.RequireCLI(t, "1.5.0", "1.6.0")
			return env.Workspace(env.Provider() + configuration + "import {\n  to = idnow_session.s\n  id = \"staging/" + id + "\"\n}\n")
		},
		"by identity": func(t *testing.T, env *acceptance.Env, id string) *acceptance.Workspace {
			acceptance.RequireCLI(t, "1.12.0", "1.12.0")
			return env.Workspace(env.Provider() + configuration +
				"import {\n  to = idnow_session.s\n  identity = {\n    environment = \"staging\"\n    session_id = \"" + id + "\"\n  }\n}\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			acceptance.RequireCLI(t, "1.11.0", "1.11.0") // for input_wo
			env := acceptance.New(t, emulator.Options{})
			id := existing(t, env)
			w := importing(t, env, id)
			plan := w.Plan()
			if plan.ExitCode != 2 || strings.Contains(plan.Output, "must be replaced") || strings.Contains(plan.Output, "will be created") {
				t.Errorf("the plan after the import ended with %d:\n%s", plan.ExitCode, plan.Output)
			}
			w.Apply()
			if again := w.Plan(); again.ExitCode != 0 {
				t.Errorf("the plan after the adoption ended with %d:\n%s", again.ExitCode, again.Output)
			}
			attributes := w.Attributes("idnow_session.s")
			if attributes["id"] != id || attributes["player_url"] != nil || attributes["created_at"] == nil || attributes["session_status"] != "CREATED" {
				t.Errorf("in state: %v", attributes)
			}
			env.RequireCreates(t, 1)

			// From then on it is a session like any other.
			w.Write("main.tf", strings.Replace(readMain(t, w), `"Schmidt"`, `"Meier"`, 1))
			if changed := w.Plan(); changed.ExitCode != 2 || !strings.Contains(changed.Output, "must be replaced") {
				t.Errorf("a changed input plans:\n%s", changed.Output)
			}
		})
	}
}

// What ignore_changes covers is not adopted. Nevertheless the import ends with
// the first apply: then a session is replaced like any other.
func TestImportUnderIgnoreChanges(t *testing.T) {
	acceptance.RequireCLI(t, "1.5.0", "1.6.0") // for import blocks
	env := acceptance.New(t, emulator.Options{})
	ignoring := func(name, attributes string) string {
		return minimal(name, "lifecycle {\n    ignore_changes = "+attributes+"\n  }")
	}
	other := env.Workspace(env.Provider() + minimal("metadata") + minimal("bare") + minimal("all"))
	other.Apply()
	var blocks string
	for _, name := range []string{"metadata", "bare", "all"} {
		id := other.Attributes("idnow_session." + name)["id"].(string)
		blocks += "import {\n  to = idnow_session." + name + "\n  id = \"staging/" + id + "\"\n}\n"
		if name == "all" {
			must(t, env.Expire(id))
		}
	}
	sessions := ignoring("metadata", "[metadata]") + ignoring("all", "all")
	w := env.Workspace(env.Provider() + sessions + withoutInput(ignoring("bare", "[metadata]")) + blocks)
	adoption := w.Plan()
	requirePlanned(t, adoption, map[string]string{
		"metadata": "will be updated in-place", "bare": "will be updated in-place", "all": "will be updated in-place",
	})
	if !strings.Contains(adoption.Output, "Plan: 3 to import, 0 to add, 3 to change, 0 to destroy.") {
		t.Errorf("the plan:\n%s", adoption.Output)
	}
	w.Apply()

	// The first has its metadata from the service; the second now sets input.
	w.Write("main.tf", strings.Replace(readMain(t, w), withoutInput(ignoring("bare", "[metadata]")), ignoring("bare", "[metadata]"), 1))
	requirePlanned(t, w.Plan(), map[string]string{"metadata": "", "bare": "must be replaced", "all": "must be replaced"})
	w.Write("main.tf", strings.Replace(readMain(t, w), ignoring("metadata", "[metadata]"), minimal("metadata"), 1))
	requirePlanned(t, w.Plan(), map[string]string{"metadata": ""})
	w.Write("main.tf", strings.Replace(readMain(t, w), `"Schmidt"`, `"Meier"`, 1))
	requirePlanned(t, w.Plan(), map[string]string{"metadata": "must be replaced"})
	env.RequireCreates(t, 3)
}

// withoutInput takes the input out of a session's configuration.
func withoutInput(configuration string) string {
	return regexp.MustCompile(`(?s)  input = \{.*?\n  \}\n`).ReplaceAllString(configuration, "")
}

func TestImportErrors(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	w := env.Workspace(env.Provider(`allowed_environments = ["staging"]`) + minimal("s"))
	for name, test := range map[string]struct{ id, want string }{
		"no environment":          {"0197c55f-5af6-7e3d-af9b-f2359b104be8", "ENVIRONMENT/SESSION_ID"},
		"no session":              {"staging/", "ENVIRONMENT/SESSION_ID"},
		"too many parts":          {"staging/flow/session", "ENVIRONMENT/SESSION_ID"},
		"space before":            {" staging/0197c55f-5af6-7e3d-af9b-f2359b104be8", `" staging/0197c55f-5af6-7e3d-af9b-f2359b104be8" is not of the form ENVIRONMENT/SESSION_ID`},
		"space for a session":     {"staging/ ", "ENVIRONMENT/SESSION_ID"},
		"line break":              {"staging/0197c55f-5af6-7e3d-af9b-f2359b104be8\n", "ENVIRONMENT/SESSION_ID"},
		"path step":               {"staging/..", "ENVIRONMENT/SESSION_ID"},
		"not there":               {"staging/0197c55f-5af6-7e3d-af9b-f2359b104be8", "Cannot import non-existent remote object"},
		"environment not allowed": {"live/0197c55f-5af6-7e3d-af9b-f2359b104be8", "Environment not allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			result := w.Run("import", "-no-color", "-input=false", "idnow_session.s", test.id)
			if result.ExitCode == 0 || !strings.Contains(unfold(result.Output), test.want) || strings.Count(result.Output, "Error:") != 1 {
				t.Errorf("the import ended with %d:\n%s", result.ExitCode, result.Output)
			}
		})
	}
}

// The CLI itself reports of an import that there is no such object. A warning that
// the session has left the state would be wrong beside it.
func TestImportOfWhatIsNotThereIsNoLoss(t *testing.T) {
	c := newCore(t, newService(t, 0), map[string]tftypes.Value{})
	imported, err := c.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: "idnow_session", ID: "staging/none"})
	if err != nil || len(imported.Diagnostics) > 0 {
		t.Fatalf("importing: %v, %v", err, imported)
	}
	object := imported.ImportedResources[0]
	read, err := c.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: "idnow_session", CurrentState: object.State, CurrentIdentity: object.Identity, Private: object.Private,
	})
	if err != nil || len(read.Diagnostics) > 0 {
		t.Fatalf("reading: %v, %v", err, read)
	}
	state, err := read.NewState.Unmarshal(c.schema.ResourceSchemas["idnow_session"].ValueType())
	if err != nil || !state.IsNull() {
		t.Errorf("in state: %v, %v; want nothing", state, err)
	}
}

// What the service returns of an imported session must match the
// configuration. No message contains a value.
func TestImportOfAnotherSession(t *testing.T) {
	acceptance.RequireCLI(t, "1.5.0", "1.6.0") // for import blocks
	env := acceptance.New(t, emulator.Options{})
	created := func(subject string, lines ...string) string {
		return strings.Replace(minimal("s", lines...), "customer-123", subject, 1)
	}
	alice := []string{`redirect_url = "https://example.com/alice"`, `state = "of-alice"`}
	other := env.Workspace(env.Provider() + created("alice", alice...))
	other.Apply()
	block := "import {\n  to = idnow_session.s\n  id = \"staging/" + theSessionInState(other) + "\"\n}\n"
	for name, test := range map[string]struct {
		configuration string
		want          []string
	}{
		"the same":           {created("alice", alice...), nil},
		"another subject":    {created("bob", alice...), []string{"metadata in the configuration is not subjectId"}},
		"another redirect":   {created("alice", `redirect_url = "https://example.com/bob"`, alice[1]), []string{"redirect_url in the configuration is not redirectUrl"}},
		"no redirect":        {created("alice", alice[1]), []string{"redirect_url in the configuration is not redirectUrl"}},
		"another state":      {created("alice", alice[0], `state = "of-bob"`), []string{"state in the configuration is not state"}},
		"another flow":       {strings.Replace(created("alice", alice...), emulatortest.DocumentCapture, emulatortest.AddressCheck, 1), []string{"flow_id in the configuration is not flowId"}},
		"all of it, at once": {created("bob", `redirect_url = "https://example.com/bob"`, `state = "of-bob"`), []string{"subjectId", "redirectUrl", "is not state"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := env.Workspace(env.Provider() + test.configuration + block)
			plan := w.Plan()
			output := unfold(plan.Output)
			if test.want == nil && plan.ExitCode != 2 || test.want != nil && plan.ExitCode != 1 {
				t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
			}
			for _, want := range test.want {
				if !strings.Contains(output, want) {
					t.Errorf("the plan does not contain %q:\n%s", want, plan.Output)
				}
			}
			if i := strings.Index(output, "Error: Imported session differs"); i >= 0 && strings.Contains(output[i:], "of-alice") {
				t.Errorf("the error contains a value:\n%s", plan.Output)
			}
			if test.want == nil {
				w.Apply()
				if again := w.Plan(); again.ExitCode != 0 {
					t.Errorf("the plan after the adoption ended with %d:\n%s", again.ExitCode, again.Output)
				}
			}
		})
	}
	env.RequireCreates(t, 1)
}

// The configuration that the CLI generates for an import applies.
func TestImportGeneratesConfiguration(t *testing.T) {
	acceptance.RequireCLI(t, "1.5.0", "1.6.0")
	env := acceptance.New(t, emulator.Options{})
	other := env.Workspace(env.Provider() + minimal("s", `redirect_url = "https://example.com/done"`, `state = "csrf"`))
	other.Apply()
	id := theSessionInState(other)
	w := env.Workspace(env.Provider() + "import {\n  to       = idnow_session.s\n  provider = idnow\n  id       = \"staging/" + id + "\"\n}\n")
	plan := w.Run("plan", "-no-color", "-input=false", "-generate-config-out=generated.tf")
	generated, err := os.ReadFile(filepath.Join(w.Dir, "generated.tf"))
	if err != nil {
		t.Fatalf("%v\n%s", err, plan.Output)
	}
	if !regexp.MustCompile(`metadata\s+= \{\s+subjectId = "customer-123"`).Match(generated) {
		t.Errorf("the generated configuration:\n%s", generated)
	}
	// Terraform 1.16 finds the provider by this argument alone, and refuses it once
	// there is a resource block.
	w.Write("main.tf", strings.Replace(readMain(t, w), "  provider = idnow\n", "", 1))
	w.Apply()
	if again := w.Plan(); again.ExitCode != 0 {
		t.Errorf("the plan after it ended with %d:\n%s", again.ExitCode, again.Output)
	}
	env.RequireCreates(t, 1)
}
