// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package acceptance_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
)

var (
	// reported is a diagnostic's summary that the code contains verbatim,
	// explained one in the guide, and composed one that the code puts together.
	reported = regexp.MustCompile(`(?:Add(?:Error|Warning)\(|AddAttribute(?:Error|Warning)\([^"\n]+(?:"[a-z_]+"\))?, |unvalidated\([^"
]+\(pathFlowID, |return |Summary: +|summary[A-Z]\w+ += |summary, detail := )"([A-Z][^":]*[^":. ]|input_wo_version without input_wo)"`)
	explained = regexp.MustCompile(`\*\*([A-Z][^*]+|input_wo_version without input_wo)\*\*`)
	composed  = regexp.MustCompile(`^(Invalid|Missing) [a-z_]+(\.[a-z]+)?$|^File not usable$`)
)

// borrowed are the summaries of the framework's validators.
var borrowed = []string{
	"Invalid Attribute Combination", "Invalid Attribute Value", "Invalid Attribute Value Length", "Invalid Attribute Value Match",
	"Missing Attribute Configuration",
}

// ofTheCLI are summaries of Terraform and OpenTofu themselves.
var ofTheCLI = []string{"Provider produced inconsistent final plan"}

// A message that the guide lacks can't be looked up, and one that only the guide has
// was renamed.
func TestTroubleshootingKnowsEveryMessage(t *testing.T) {
	guide, err := os.ReadFile("../../templates/guides/troubleshooting.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	inGuide := matches(explained, string(guide))
	inCode := matches(reported, source(t))
	if len(inCode) < 40 {
		t.Fatalf("only %d messages are found in the code", len(inCode))
	}
	for message := range inCode {
		if !inGuide[message] && !composed.MatchString(message) {
			t.Errorf("the guide lacks %q", message)
		}
	}
	for message := range inGuide {
		if !inCode[message] && !composed.MatchString(message) && !slices.Contains(slices.Concat(borrowed, ofTheCLI), message) {
			t.Errorf("no code reports %q", message)
		}
	}
}

// The messages of the framework's validators are not in the code: an invalid
// configuration reports them.
func TestTroubleshootingKnowsTheValidators(t *testing.T) {
	guide, err := os.ReadFile("../../templates/guides/troubleshooting.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	w := acceptance.New(t, emulator.Options{}).Workspace(`
resource "idnow_session" "s" {
  flow_id           = ""
  metadata          = { subjectId = "customer-123" }
  input_validation  = "lax"
  replace_on_status = [""]
  timeouts          = { create = "soon", read = "-1s" }
}

data "idnow_flow" "neither" {}

data "idnow_flow" "both" {
  name    = "n"
  flow_id = "f"
}

data "idnow_sessions" "s" {
  flow_id = "f"
  limit   = 0
}
`)
	var validated struct {
		Diagnostics []struct{ Summary, Detail string }
	}
	if err := json.Unmarshal([]byte(w.Run("validate", "-json").Output), &validated); err != nil {
		t.Fatal(err)
	}
	var summaries []string
	inGuide := matches(explained, string(guide))
	for _, d := range validated.Diagnostics {
		summaries = append(summaries, d.Summary)
		if !inGuide[d.Summary] && !composed.MatchString(d.Summary) && !strings.Contains(d.Summary, "development overrides") {
			t.Errorf("the guide lacks %q: %s", d.Summary, d.Detail)
		}
	}
	for _, wanted := range append([]string{"Invalid timeouts.create", "Invalid timeouts.read"}, borrowed...) {
		if !slices.Contains(summaries, wanted) {
			t.Errorf("nothing reports %q, only %q", wanted, summaries)
		}
	}
}

func TestListResourceExample(t *testing.T) {
	acceptance.RequireCLI(t, "1.14.0", "")
	example, err := os.ReadFile(filepath.Join(examples, "list-resources", "idnow_session", "list-resource.tfquery.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	env := acceptance.New(t, emulator.Options{})
	id := session(env)
	w := env.Workspace(env.Provider())
	w.Write("sessions.tfquery.hcl", string(example))
	if found := w.MustRun("query", "-no-color"); !strings.Contains(found.Output, id) {
		t.Errorf("the session %s is not found:\n%s", id, found.Output)
	}
	w.MustRun("query", "-no-color", "-generate-config-out=found.tf")
	if plan := w.Plan(); plan.ExitCode == 1 || !strings.Contains(plan.Output, "1 to import, 0 to add") {
		t.Errorf("the generated configuration does not import the session:\n%s", plan.Output)
	}
}

func matches(pattern *regexp.Regexp, text string) map[string]bool {
	found := map[string]bool{}
	for _, match := range pattern.FindAllStringSubmatch(text, -1) {
		found[match[1]] = true
	}
	return found
}

// source is the Go source of everything that reports diagnostics.
func source(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, name := range []string{"actions", "datasources", "ephemeral", "diagnostic", "apiread", "provider", "configured", "resources", "settings"} {
		err := filepath.WalkDir(filepath.Join("..", name), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			raw, err := os.ReadFile(path)
			all.Write(raw)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

// A newcomer looks folders up in the README's table.
func TestREADMEKnowsEveryFolder(t *testing.T) {
	table := inREADME(t, "## Where things are\n", "[DESIGN.md]")
	elsewhere := []string{"cmd", "internal", "dist"} // the last is build output
	for parent, prefix := range map[string]string{"../..": "", "../../internal": "internal/", "../../cmd": "cmd/"} {
		entries, err := os.ReadDir(parent)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			name := entry.Name()
			if !entry.IsDir() || strings.HasPrefix(name, ".") || prefix == "" && slices.Contains(elsewhere, name) {
				continue
			}
			if !strings.Contains(table, "`"+prefix+name+"`") {
				t.Errorf("the table lacks %s%s", prefix, name)
			}
		}
	}
}
