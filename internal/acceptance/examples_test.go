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
	case strings.Contains(source, "identity = {"):
		acceptance.RequireCLI(t, "1.12.0", "")
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

// Every example of the documentation is applied, twice, as it stands there.
func TestExamples(t *testing.T) {
	var files []string
	for _, pattern := range []string{"resources/*/*.tf", "data-sources/*/*.tf", "functions/*/*.tf", "ephemeral-resources/*/*.tf"} {
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
			w.Setenv("TF_VAR_person", `{"givenName":"Max","familyName":"Schmidt"}`)
			w.Apply()
			if plan := w.Plan(); plan.ExitCode != 0 {
				t.Errorf("the second plan ended with %d:\n%s", plan.ExitCode, plan.Output)
			}
		})
	}
}

// withSession puts the resource that an import block is for beside it, and the
// ID of a session that is there into it.
func withSession(t *testing.T, file, source, id string) string {
	t.Helper()
	resource, err := os.ReadFile(filepath.Join(filepath.Dir(file), "resource.tf"))
	if err != nil {
		t.Fatal(err)
	}
	sample := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	return string(resource) + "\n" + sample.ReplaceAllString(source, id)
}
