// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources_test

import (
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
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
			acceptance.RequireCLI(t, "1.12.0", "")
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

func TestImportErrors(t *testing.T) {
	for name, test := range map[string]struct{ id, want string }{
		"no environment":          {"0197c55f-5af6-7e3d-af9b-f2359b104be8", "ENVIRONMENT/SESSION_ID"},
		"no session":              {"staging/", "ENVIRONMENT/SESSION_ID"},
		"too many parts":          {"staging/flow/session", "ENVIRONMENT/SESSION_ID"},
		"not there":               {"staging/0197c55f-5af6-7e3d-af9b-f2359b104be8", "Cannot import non-existent remote object"},
		"environment not allowed": {"live/0197c55f-5af6-7e3d-af9b-f2359b104be8", "Environment not allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			w := env.Workspace(env.Provider(`allowed_environments = ["staging"]`) + minimal("s"))
			result := w.Run("import", "-no-color", "-input=false", "idnow_session.s", test.id)
			if result.ExitCode == 0 || !strings.Contains(unfold(result.Output), test.want) || strings.Count(result.Output, "Error:") != 1 {
				t.Errorf("the import ended with %d:\n%s", result.ExitCode, result.Output)
			}
		})
	}
}
