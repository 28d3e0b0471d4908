// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package acceptance_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
)

const examples = "../../examples"

// requireCLIFor skips an example that needs more than Terraform 1.0.
func requireCLIFor(t *testing.T, source string) {
	t.Helper()
	switch {
	case strings.Contains(source, "\naction \""):
		acceptance.RequireCLI(t, "1.14.0", "")
	case strings.Contains(source, "identity = {"):
		acceptance.RequireCLI(t, "1.12.0", "1.12.0")
	case strings.Contains(source, "input_wo"):
		acceptance.RequireCLI(t, "1.11.0", "1.11.0")
	case strings.Contains(source, "ephemeral"):
		acceptance.RequireCLI(t, "1.10.0", "1.11.0")
	case strings.Contains(source, "provider::"):
		acceptance.RequireCLI(t, "1.8.0", "1.7.0")
	case strings.Contains(source, "import {"):
		acceptance.RequireCLI(t, "1.5.0", "1.6.0")
	}
}

// session makes a session for the examples that read one.
func session(env *acceptance.Env) string {
	w := env.Workspace(env.Provider() + fmt.Sprintf(`
resource "idnow_session" "s" {
  flow_id  = %q
  input    = { basicIdentity = { givenName = "Max", familyName = "Schmidt" } }
  metadata = { subjectId = "customer-123" }
}
`, emulatortest.DocumentCapture))
	w.Apply()
	return w.Attributes("idnow_session.s")["id"].(string)
}

// signed makes a session whose document is signed, for the examples that read its
// files.
func signed(env *acceptance.Env) string {
	w := env.Workspace(env.Provider() + fmt.Sprintf(`
resource "idnow_session" "s" {
  flow_id = %q
  input = {
    basicIdentity   = { givenName = "Max", familyName = "Schmidt" }
    documentsToSign = { documents = [{ templateId = "contract", source = filebase64("contract.pdf") }] }
  }
  metadata            = { subjectId = "customer-123" }
  wait_for_completion = true
}
`, emulatortest.InstantSignature))
	w.Write("contract.pdf", "%PDF-1.7")
	w.Apply()
	return w.Attributes("idnow_session.s")["id"].(string)
}

// Every example of the documentation is applied, twice, unchanged.
func TestExamples(t *testing.T) {
	var files []string
	for _, pattern := range []string{"resources/*/*.tf", "data-sources/*/*.tf", "functions/*/*.tf", "ephemeral-resources/*/*.tf", "actions/*/*.tf"} {
		found, err := filepath.Glob(filepath.Join(examples, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("no example is like %s (%v)", pattern, err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		name, _ := filepath.Rel(examples, file)
		t.Run(filepath.ToSlash(name), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			source := string(raw)
			requireCLIFor(t, source)
			env := acceptance.New(t, emulator.Options{AutoComplete: map[string]time.Duration{emulatortest.InstantSignature: 0}})
			id := session(env)
			if strings.HasPrefix(filepath.Base(file), "import-") {
				source = withSession(t, file, source, id)
			}
			w := env.Workspace(env.Provider() + source)
			w.Write("contract.pdf", "%PDF-1.7")
			w.Setenv("TF_VAR_session_id", id)
			if strings.Contains(source, "signature_session_id") {
				w.Setenv("TF_VAR_signature_session_id", signed(env))
			}
			w.Setenv("TF_VAR_person", `{"givenName":"Max","familyName":"Schmidt"}`)
			w.Apply()
			if plan := w.Plan(); plan.ExitCode != 0 {
				t.Errorf("the second plan ended with %d:\n%s", plan.ExitCode, plan.Output)
			}
			for _, command := range invocation.FindAllStringSubmatch(source, -1) {
				w.MustRun("apply", "-auto-approve", "-no-color", command[1])
			}
		})
	}
}

// invocation is the command line of an action in an example.
var invocation = regexp.MustCompile(`(?m)^# terraform apply (-invoke=\S+)$`)

// sample is the ID of a session in an example.
var sample = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// withSession puts the resource that an import block is for beside it, and the
// ID of a session that is there into it.
func withSession(t *testing.T, file, source, id string) string {
	t.Helper()
	resource, err := os.ReadFile(filepath.Join(filepath.Dir(file), "resource.tf"))
	if err != nil {
		t.Fatal(err)
	}
	return string(resource) + "\n" + sample.ReplaceAllString(source, id)
}

// What a reader copies as a whole: the README's configuration, and the provider
// block of the documentation with the resource beside it.
func TestExampleConfigurations(t *testing.T) {
	for name, configuration := range map[string]string{
		"README":   inREADME(t, "```hcl\n", "```\n"),
		"provider": read(t, "provider", "provider.tf") + read(t, "resources", "idnow_session", "resource.tf"),
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			w := env.CopyWorkspace(t.TempDir())
			w.Write("main.tf", configuration)
			w.MustRun("init", "-input=false")
			w.Apply()
			env.RequireCreates(t, 1)
			requireNoChanges(t, w)
			if url := w.MustRun("output", "-raw", "player_url").Output; !strings.HasPrefix(url, env.URL) {
				t.Errorf("the player URL is %q", url)
			}
		})
	}
}

// inREADME returns the part of the README between two texts.
func inREADME(t *testing.T, after, before string) string {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(readme), after)
	text, _, ended := strings.Cut(text, before)
	if !found || !ended {
		t.Fatalf("the README has nothing between %q and %q", after, before)
	}
	return text
}

// The README shows what a mistake in its configuration leads to.
func TestExampleMistake(t *testing.T) {
	if cli := acceptance.RequireCLI(t, "1.11.0", "1.11.0"); !cli.OpenTofu && cli.AtLeast("1.15.0-alpha", "") {
		t.Skip("this Terraform shows each problem at its own line")
	}
	w := acceptance.New(t, emulator.Options{}).CopyWorkspace(t.TempDir())
	w.Write("main.tf", strings.Replace(inREADME(t, "```hcl\n", "```\n"), "givenName", "givenNam", 1))
	w.MustRun("init", "-input=false")
	plan := w.Plan()
	unwrapped := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	if shown := inREADME(t, "  ```\n", "  ```\n"); !strings.Contains(unwrapped(plan.Output), unwrapped(shown)) {
		t.Errorf("the plan ended with %d and another text than the README's:\n%s", plan.ExitCode, plan.Output)
	}
}

// read returns a file of the examples.
func read(t *testing.T, path ...string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(append([]string{examples}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw) + "\n"
}

func TestExampleImportCommand(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	id := session(env)
	w := env.CopyWorkspace(t.TempDir())
	w.Write("main.tf", read(t, "provider", "provider.tf")+read(t, "resources", "idnow_session", "resource.tf"))
	w.MustRun("init", "-input=false")
	command := sample.ReplaceAllString(read(t, "resources", "idnow_session", "import.sh"), id)
	if imported := w.Shell(command); imported.ExitCode != 0 || w.Attributes("idnow_session.applicant")["id"] != id {
		t.Fatalf("%s ended with %d:\n%s", command, imported.ExitCode, imported.Output)
	}
	w.Apply()
	env.RequireCreates(t, 1) // none but the one that is imported
	requireNoChanges(t, w)
}

// A reader's pipeline is to run the actions that this project runs itself.
func TestExamplePinsActionsAsTheWorkflows(t *testing.T) {
	pinned := map[string]string{}
	workflows, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(workflows) == 0 {
		t.Fatalf("no workflows (%v)", err)
	}
	uses := regexp.MustCompile(`uses: ([\w./-]+)@([0-9a-f]{40} # v[\d.]+)`)
	compared := 0
	for _, file := range append(workflows, filepath.Join(examples, "modules", "pipeline", "github-actions.yml"), filepath.Join(examples, "emulator", "github-actions.yml")) {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, action := range uses.FindAllStringSubmatch(string(raw), -1) {
			if earlier := pinned[action[1]]; earlier != "" {
				compared++
				if earlier != action[2] {
					t.Errorf("%s pins %s at %s, and not at %s", file, action[1], action[2], earlier)
				}
			}
			pinned[action[1]] = action[2]
		}
	}
	if compared < 2 {
		t.Errorf("only %d actions are compared", compared)
	}
}
