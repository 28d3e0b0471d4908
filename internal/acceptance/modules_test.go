// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package acceptance_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idnow/terraform-provider-idnow/examples/flows"
	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// modules copies the example modules into one folder, as they refer to each other,
// and returns a workspace in one of them.
func modules(t *testing.T, env *acceptance.Env, folder string) *acceptance.Workspace {
	t.Helper()
	requireCLIOf(t, filepath.Join(examples, "modules", folder))
	return env.CopyWorkspace(filepath.Join(examples, "modules")).In(folder)
}

var requiredVersion = regexp.MustCompile(`required_version\s*=\s*">= ([0-9.]+)"`)

// requireCLIOf skips a module that asks for a newer CLI.
func requireCLIOf(t *testing.T, folder string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.tf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if match := requiredVersion.FindSubmatch(source); match != nil {
			acceptance.RequireCLI(t, string(match[1]), "1.6.0")
			return
		}
	}
	t.Errorf("%s requires no version of the CLI", folder)
}

// outputs returns all of a configuration's outputs, sensitive ones included.
func outputs(t *testing.T, w *acceptance.Workspace) map[string]any {
	t.Helper()
	var read map[string]struct{ Value any }
	if err := json.Unmarshal([]byte(w.MustRun("output", "-json").Output), &read); err != nil {
		t.Fatal(err)
	}
	plain := map[string]any{}
	for name, output := range read {
		plain[name] = output.Value
	}
	return plain
}

// requireNoChanges plans once more.
func requireNoChanges(t *testing.T, w *acceptance.Workspace) {
	t.Helper()
	if plan := w.Plan(); plan.ExitCode != 0 {
		t.Errorf("the second plan ended with %d:\n%s", plan.ExitCode, plan.Output)
	}
}

// subjects are the subjects of the creates that arrived, sorted.
func subjects(env *acceptance.Env) []string {
	var found []string
	for _, session := range env.Sessions() {
		found = append(found, session.SubjectID)
	}
	slices.Sort(found)
	return found
}

func TestModulesFixtures(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	w := modules(t, env, "fixtures")
	w.Setenv("TF_VAR_flow_name", "Document capture")
	w.Setenv("TF_VAR_applicants_csv", "applicants.csv")
	w.MustRun("init", "-input=false")
	w.Apply()

	applicants := []string{"fixture-adult", "fixture-minor", "fixture-no-birth-date"}
	if diff := cmp.Diff(applicants, subjects(env)); diff != "" {
		t.Errorf("subjects (-want +got):\n%s", diff)
	}
	values := outputs(t, w)
	for _, output := range []string{"sessions", "player_urls"} {
		if diff := cmp.Diff(applicants, slices.Sorted(maps.Keys(values[output].(map[string]any)))); diff != "" {
			t.Errorf("output %s (-want +got):\n%s", output, diff)
		}
	}
	requireNoChanges(t, w)

	t.Run("one that was used is renewed, and no other", func(t *testing.T) {
		used := values["sessions"].(map[string]any)["fixture-minor"].(map[string]any)["id"].(string)
		if err := env.SetStatus(used, emulator.Completed, emulator.Accepted); err != nil {
			t.Fatal(err)
		}
		w.Apply()
		env.RequireCreates(t, len(applicants)+1)
		requireNoChanges(t, w)
	})
	t.Run("a column that the flow does not know fails the plan", func(t *testing.T) {
		w.Write("mistyped.csv", "subjectId,givenNam,familyName\na,Max,Schmidt\n")
		w.Setenv("TF_VAR_applicants_csv", "mistyped.csv")
		if plan := w.Plan(); plan.ExitCode != 1 || !strings.Contains(plan.Output, "input.basicIdentity.givenNam is not known to the flow") {
			t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
		}
	})
}

func TestModulesFixturesSuite(t *testing.T) {
	acceptance.RequireCLI(t, "1.7.0", "1.8.0") // for the mocks in one of its files
	env := acceptance.New(t, emulator.Options{})
	w := modules(t, env, "fixtures")
	w.MustRun("init", "-input=false")
	w.MustRun("test", "-no-color")
	env.RequireCreates(t, 3)
}

// ciCommands are the commands of a pipeline's file that run the CLI, in order.
func ciCommands(t *testing.T, file string) []string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(examples, "modules", "pipeline", file))
	if err != nil {
		t.Fatal(err)
	}
	var commands []string
	for _, match := range regexp.MustCompile(`(?m)^ +(?:- )?(?:run: )?(terraform .*|printf 'terraform .*)$`).FindAllStringSubmatch(string(raw), -1) {
		commands = append(commands, match[1])
	}
	return commands
}

// Each command of the pipelines' files is run, unchanged.
func TestModulesPipeline(t *testing.T) {
	for _, file := range []string{"github-actions.yml", "gitlab-ci.yml"} {
		t.Run(file, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			w := modules(t, env, "pipeline")
			w.Setenv("RUNNER_TEMP", t.TempDir())
			w.Setenv("TF_HTTP_ADDRESS", stateStore(t))

			var ran []string
			for _, command := range ciCommands(t, file) {
				result := w.Shell(command)
				if result.ExitCode != 0 {
					t.Fatalf("%s ended with %d:\n%s", command, result.ExitCode, result.Output)
				}
				ran = append(ran, strings.Join(strings.Fields(command)[:2], " "))
			}
			for _, step := range []string{"terraform init", "terraform plan", "terraform apply", "terraform output", "terraform destroy"} {
				if !slices.Contains(ran, step) {
					t.Errorf("%s does not run %s, but %q", file, step, ran)
				}
			}
			if diff := cmp.Diff([]string{"pipeline-adult", "pipeline-minor"}, subjects(env)); diff != "" {
				t.Errorf("subjects (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("the second plan is empty", func(t *testing.T) {
		env := acceptance.New(t, emulator.Options{})
		w := modules(t, env, "pipeline")
		w.MustRun("init", "-input=false")
		w.Apply()
		requireNoChanges(t, w)
	})
	t.Run("live is refused", func(t *testing.T) {
		env := acceptance.New(t, emulator.Options{})
		w := modules(t, env, "pipeline")
		w.Write("main_override.tf", "module \"fixtures\" {\n  environment = \"other\"\n}\n")
		w.MustRun("init", "-input=false")
		if plan := w.Plan(); plan.ExitCode != 1 || !strings.Contains(plan.Output, "Environment not allowed") {
			t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
		}
		if requests := env.Requests(); len(requests) != 0 {
			t.Errorf("%d requests arrived", len(requests))
		}
	})
}

// stateStore serves what an http backend asks for, as GitLab does, but without
// locks, and returns its address.
func stateStore(t *testing.T) string {
	t.Helper()
	var mu sync.Mutex
	var state []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case r.Method == http.MethodPost:
			state, _ = io.ReadAll(r.Body)
		case state == nil:
			w.WriteHeader(http.StatusNotFound)
		default:
			_, _ = w.Write(state)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestModulesInstantSignature(t *testing.T) {
	acceptance.RequireCLI(t, "1.8.0", "1.8.0")
	contract, err := os.ReadFile(filepath.Join(examples, "modules", "instant-signature", "contract.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("accepted", func(t *testing.T) {
		env := acceptance.New(t, emulator.Options{AutoComplete: map[string]time.Duration{emulatortest.InstantSignature: time.Second}})
		w := modules(t, env, "instant-signature")
		w.MustRun("init", "-input=false")
		w.Apply()
		if got := outputs(t, w)["outcome"]; got != "accepted" {
			t.Errorf("the outcome is %v", got)
		}
		sum := sha256.Sum256(contract)
		sent, _ := json.Marshal(env.RequireCreates(t, 1)[0].Decoded)
		if !strings.Contains(string(sent), hex.EncodeToString(sum[:])) {
			t.Errorf("the contract did not arrive: %s", sent)
		}
		requireNoChanges(t, w)
	})
	t.Run("not accepted", func(t *testing.T) {
		env := acceptance.New(t, emulator.Options{})
		w := modules(t, env, "instant-signature")
		w.Setenv("TF_VAR_timeout", "1s")
		w.MustRun("init", "-input=false")
		apply := w.Run("apply", "-auto-approve", "-no-color", "-input=false")
		if apply.ExitCode != 1 || !strings.Contains(apply.Output, "The signature was not accepted") {
			t.Errorf("the apply ended with %d:\n%s", apply.ExitCode, apply.Output)
		}
		session := env.Sessions()[0]
		if err := env.SetStatus(session.ID, emulator.Completed, emulator.Accepted); err != nil {
			t.Fatal(err)
		}
		w.Apply() // brings the outcome
		env.RequireCreates(t, 1)
	})
}

func TestModulesDownstream(t *testing.T) {
	acceptance.RequireCLI(t, "1.5.0", "1.6.0")
	// both applies the producer and initialises the consumer of its outputs.
	both := func(t *testing.T, options emulator.Options) (producer, consumer *acceptance.Workspace) {
		producer = modules(t, acceptance.New(t, options), "fixtures")
		producer.Setenv("TF_VAR_flow_name", "Document capture")
		producer.Setenv("TF_VAR_applicants_csv", "applicants.csv")
		producer.MustRun("init", "-input=false")
		producer.Apply()
		consumer = producer.In("../downstream")
		consumer.MustRun("init", "-input=false")
		return producer, consumer
	}
	t.Run("passed on", func(t *testing.T) {
		producer, consumer := both(t, emulator.Options{})
		apply := consumer.Apply()
		urls := outputs(t, producer)["player_urls"].(map[string]any)
		tests := outputs(t, consumer)["browser_tests"].(map[string]any)
		for subject, url := range urls {
			if got := tests[subject].(map[string]any)["start_at"]; got != url {
				t.Errorf("the player URL of %s is not passed on: %v", subject, got)
			}
			if strings.Contains(apply.Output, url.(string)) {
				t.Errorf("the apply shows the player URL of %s", subject)
			}
		}
		requireNoChanges(t, consumer)
	})
	t.Run("expired", func(t *testing.T) {
		_, consumer := both(t, emulator.Options{Clock: func() time.Time { return time.Now().Add(-48 * time.Hour) }})
		if plan := consumer.Plan(); plan.ExitCode != 1 || !strings.Contains(plan.Output, "A session has expired") {
			t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
		}
	})
}

func TestModulesPersonalData(t *testing.T) {
	cli := acceptance.RequireCLI(t, "1.11.0", "1.11.0")
	env := acceptance.New(t, emulator.Options{})
	w := modules(t, env, "personal-data")
	w.Setenv("TF_VAR_person", `{"givenName":"Planted-Given","familyName":"Planted-Family","birthDate":"1985-08-22"}`)
	w.Setenv("TF_VAR_state_passphrase", "a passphrase of the test")
	w.MustRun("init", "-input=false")
	w.MustRun("plan", "-input=false", "-out=plan.out")
	plan := w.MustRun("show", "-json", "plan.out").Output
	w.MustRun("apply", "-input=false", "plan.out")

	if sent, _ := json.Marshal(env.RequireCreates(t, 1)[0].Decoded); !strings.Contains(string(sent), "Planted-Given") {
		t.Errorf("the person's data did not arrive: %s", sent)
	}
	state, err := os.ReadFile(filepath.Join(w.Dir, "terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	for place, content := range map[string]string{"plan": plan, "state": string(state)} {
		if strings.Contains(content, "Planted") || strings.Contains(content, "1985-08-22") {
			t.Errorf("the %s holds the person's data", place)
		}
	}
	if holdsURL := strings.Contains(string(state), "/player?token="); holdsURL == cli.OpenTofu {
		t.Errorf("the state shows the player URL: %v", holdsURL)
	}
	requireNoChanges(t, w)
}

func TestModulesMigration(t *testing.T) {
	body, err := os.ReadFile(filepath.Join(examples, "modules", "migration", "body.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want any
	if err := json.Unmarshal(body, &want); err != nil {
		t.Fatal(err)
	}
	sent := func(t *testing.T, env *acceptance.Env) any {
		raw, err := json.Marshal(env.RequireCreates(t, 1)[0].Decoded)
		if err != nil {
			t.Fatal(err)
		}
		var got any
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	t.Run("the same request", func(t *testing.T) {
		env := acceptance.New(t, emulator.Options{})
		w := modules(t, env, "migration")
		w.MustRun("init", "-input=false")
		w.Apply()
		if diff := cmp.Diff(want, sent(t, env)); diff != "" {
			t.Errorf("the body (-curl +provider):\n%s", diff)
		}
		requireNoChanges(t, w)
	})
	t.Run("a session taken over", func(t *testing.T) {
		if _, err := exec.LookPath("curl"); err != nil {
			t.Skip("needs curl")
		}
		env := acceptance.New(t, emulator.Options{})
		w := modules(t, env, "migration")
		w.Setenv("IDNOW_API_KEY", acceptance.APIKey)
		if result := w.Shell("./create.sh"); result.ExitCode != 0 {
			t.Fatalf("create.sh ended with %d:\n%s", result.ExitCode, result.Output)
		}
		if diff := cmp.Diff(want, sent(t, env)); diff != "" {
			t.Errorf("the body (-file +curl):\n%s", diff)
		}
		w.Setenv("IDNOW_API_KEY", "")
		w.MustRun("init", "-input=false")
		w.MustRun("import", "-input=false", "idnow_session.applicant", "staging/"+env.Sessions()[0].ID)
		w.Apply()
		env.RequireCreates(t, 1)
		requireNoChanges(t, w)
	})
}

func TestModulesFlowDocument(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	w := modules(t, env, "flow-document")
	w.MustRun("init", "-input=false")
	if result := w.Shell("./write.sh flow.openapi.json"); result.ExitCode != 0 {
		t.Fatalf("write.sh ended with %d:\n%s", result.ExitCode, result.Output)
	}
	written, err := os.ReadFile(filepath.Join(w.Dir, "flow.openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	published, err := fs.ReadFile(flows.FS, "document-capture.staging.json")
	if err != nil {
		t.Fatal(err)
	}
	if string(written) != string(published) {
		t.Errorf("the file is not the document, byte for byte:\n%s", written)
	}
	requireNoChanges(t, w)
}

// Sign, wait and store in one apply, which goes on where an earlier one failed.
func TestModulesSignedDocuments(t *testing.T) {
	acceptance.RequireCLI(t, "1.14.0", "")
	env := acceptance.New(t, emulator.Options{AutoComplete: map[string]time.Duration{emulatortest.InstantSignature: time.Second}})
	w := modules(t, env, "signed-documents")
	w.MustRun("init", "-input=false")
	env.Fault(fault.Fault{Call: string(emulator.CallDownload), Kind: fault.Status, Status: http.StatusServiceUnavailable, Times: 20})
	w.Setenv("IDNOW_MAX_RETRIES", "0")
	failed := w.Run("apply", "-auto-approve", "-no-color", "-input=false")
	if failed.ExitCode != 1 || !strings.Contains(failed.Output, "Error: File not available") {
		t.Fatalf("the apply ended with %d:\n%s", failed.ExitCode, failed.Output)
	}
	env.ClearFaults()

	if applied := w.Apply(); !strings.Contains(applied.Output, "Stored file 1 of 1: ") || !strings.Contains(applied.Output, "is COMPLETED after ") {
		t.Errorf("no progress:\n%s", applied.Output)
	}
	env.RequireCreates(t, 1)
	stored := outputs(t, w)
	file := filepath.Join(w.Dir, stored["folder"].(string), "contract-signed.pdf")
	signed, err := os.ReadFile(file)
	if err != nil || !strings.HasPrefix(string(signed), read(t, "modules", "signed-documents", "contract.pdf")) ||
		!strings.Contains(string(signed), "in the session "+stored["session_id"].(string)) {
		t.Errorf("stored %q, error %v", signed, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, error %v", info.Mode(), err)
	}
	requireNoChanges(t, w)

	// Another machine gets the documents anew.
	if err := os.RemoveAll(filepath.Dir(file)); err != nil {
		t.Fatal(err)
	}
	for _, action := range []string{"idnow_wait_for_session.signed", "idnow_download_session_files.signed"} {
		w.MustRun("apply", "-auto-approve", "-no-color", "-input=false", "-invoke=action."+action)
	}
	if again, err := os.ReadFile(file); err != nil || string(again) != string(signed) {
		t.Errorf("invoked anew: %q, error %v", again, err)
	}
	env.RequireCreates(t, 1)
	state := w.MustRun("state", "pull").Output
	if strings.Contains(state, "%PDF") || strings.Contains(state, "contract-signed") {
		t.Errorf("the state contains the file: %s", state)
	}
}

// Why the module has a record of its own, and an event before its creation: the
// guide documents it for Terraform, and each event is tested here.
func TestActionThatFailsIsRepeatedBeforeCreateAlone(t *testing.T) {
	for event, retried := range map[string]bool{"before_create": true, "after_create": false} {
		t.Run(event, func(t *testing.T) {
			acceptance.RequireCLI(t, "1.14.0", "")
			env := acceptance.New(t, emulator.Options{})
			id := session(env)
			w := env.Workspace(env.Provider() + fmt.Sprintf(`
resource "terraform_data" "record" {
  lifecycle {
    action_trigger {
      events  = [%s]
      actions = [action.idnow_wait_for_session.s]
    }
  }
}

action "idnow_wait_for_session" "s" {
  config {
    session_id = %q
    timeout    = "1ms"
  }
}
`, event, id))
			if first := w.Run("apply", "-auto-approve", "-no-color", "-input=false"); first.ExitCode != 1 || !strings.Contains(first.Output, "Error: Session did not finish") {
				t.Fatalf("the apply ended with %d:\n%s", first.ExitCode, first.Output)
			}
			if plan := w.Plan(); retried != (plan.ExitCode == 2) {
				t.Errorf("the next plan ended with %d:\n%s", plan.ExitCode, plan.Output)
			}
		})
	}
}
