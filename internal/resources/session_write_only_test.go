// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
)

const writeOnly = `
variable "person" {
  type      = any
  ephemeral = true
}

resource "idnow_session" "s" {
  flow_id          = "` + emulatortest.DocumentCapture + `"
  input            = { basicIdentity = { nationality = "DE" }, riskContext = { a = 1 } }
  input_wo         = { basicIdentity = var.person, riskContext = { b = [2] } }
  input_wo_version = 1
  metadata         = { subjectId = "customer-123" }
}
`

const person = `{"givenName":"PlantedMax","familyName":"PlantedSchmidt"}`

func TestWriteOnlyInput(t *testing.T) {
	acceptance.RequireCLI(t, "1.11.0", "1.11.0")
	env := acceptance.New(t, emulator.Options{})
	w := env.Workspace(env.Provider() + writeOnly)
	w.Setenv("TF_VAR_person", person)
	w.Setenv("TF_LOG", "TRACE")
	w.Setenv("TF_LOG_PATH", filepath.Join(w.Dir, "trace.log"))
	w.MustRun("plan", "-input=false", "-out=plan.out")
	w.MustRun("apply", "-input=false", "-auto-approve")
	w.MustRun("apply", "-input=false", "-auto-approve") // the second changes nothing

	want := decode(t, []byte(`{
	  "input": {"basicIdentity": {"nationality": "DE", "givenName": "PlantedMax", "familyName": "PlantedSchmidt"}, "riskContext": {"a": 1, "b": [2]}},
	  "metadata": {"subjectId": "customer-123"}
	}`))
	if diff := cmp.Diff(want, decode(t, env.RequireCreates(t, 1)[0].Body)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	requireNotOnDisk(t, w.Dir, "Planted")

	w.Write("main.tf", strings.Replace(readMain(t, w), "input_wo_version = 1", "input_wo_version = 2", 1))
	if plan := w.Plan(); plan.ExitCode != 2 || !strings.Contains(plan.Output, "input_wo_version = 1 -> 2 # forces replacement") {
		t.Errorf("a new version plans:\n%s", plan.Output)
	}
}

// requireNotOnDisk searches every file below a folder: state, plan, logs.
func requireNotOnDisk(t *testing.T, dir, planted string) {
	t.Helper()
	searched := 0
	must(t, filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		searched++
		if strings.Contains(string(raw), planted) {
			t.Errorf("%s holds what must not be written", filepath.Base(path))
		}
		return err
	}))
	if searched < 3 {
		t.Errorf("only %d files were there to search", searched)
	}
}

func TestWriteOnlyInputIsValidatedWithInput(t *testing.T) {
	acceptance.RequireCLI(t, "1.11.0", "1.11.0")
	for name, test := range map[string]struct {
		person, from, to string
		want             []string
	}{
		"wrong":        {`{"givenName":"Max","familyNam":"Planted"}`, "", "", []string{"input_wo.basicIdentity.familyNam is not known", "familyName is missing"}},
		"leaf in both": {person, `nationality = "DE"`, `givenName = "Max"`, []string{"input.basicIdentity.givenName is set in both input and input_wo"}},
		"block and leaf": {
			person, `riskContext = { b = [2] }`, `riskContext = "Planted"`,
			[]string{"is an object in input", "a string in input_wo", "Only objects are merged"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			configuration := writeOnly
			if test.from != "" {
				configuration = strings.Replace(configuration, test.from, test.to, 1)
			}
			w := env.Workspace(env.Provider() + configuration)
			w.Setenv("TF_VAR_person", test.person)
			plan := w.Plan()
			for _, want := range test.want {
				if plan.ExitCode != 1 || !strings.Contains(unfold(plan.Output), want) {
					t.Errorf("the plan (%d) does not contain %q:\n%s", plan.ExitCode, want, plan.Output)
				}
			}
			env.RequireCreates(t, 0)
		})
	}
}
