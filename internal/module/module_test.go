// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module_test

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/idnow/terraform-provider-idnow/examples/flows"
	"github.com/idnow/terraform-provider-idnow/internal/flowdoc"
	"github.com/idnow/terraform-provider-idnow/internal/module"
)

var update = flag.Bool("update", false, "write the golden files anew")

// generate makes the module of a document.
func generate(t *testing.T, raw []byte) []module.File {
	t.Helper()
	doc, err := flowdoc.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	flow, err := module.Identify(doc, "", "")
	if err != nil {
		t.Fatal(err)
	}
	files, err := module.Generate(doc, flow)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// documents are what modules are generated from in tests: the example flows, and
// one that holds every rule.
var documents = []fs.FS{flows.FS, os.DirFS("testdata/documents")}

// document reads one of the documents.
func document(t *testing.T, name string) []byte {
	t.Helper()
	for _, folder := range documents {
		if raw, err := fs.ReadFile(folder, name); err == nil {
			return raw
		}
	}
	t.Fatalf("there is no document %s", name)
	return nil
}

func TestGolden(t *testing.T) {
	var names []string
	for _, folder := range documents {
		found, err := fs.Glob(folder, "*.json")
		if err != nil || len(found) == 0 {
			t.Fatalf("no documents (%v)", err)
		}
		names = append(names, found...)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			golden := filepath.Join("testdata", "golden", strings.TrimSuffix(name, ".json"))
			for _, f := range generate(t, document(t, name)) {
				path := filepath.Join(golden, filepath.FromSlash(f.Name))
				if *update {
					if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(path, f.Content, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), string(f.Content)); diff != "" {
					t.Errorf("%s is another now (go test -update writes it anew):\n%s", path, diff)
				}
				if !strings.HasSuffix(f.Name, ".md") && string(hclwrite.Format(f.Content)) != string(f.Content) {
					t.Errorf("%s is not formatted", f.Name)
				}
			}
		})
	}
}

// Where a flow's rules contradict each other, nothing is made up, and nothing is
// run that would fail.
func TestWithoutAnExample(t *testing.T) {
	raw := bytes.Replace(document(t, everyRule), []byte(`"minLength": 1 }`), []byte(`"minLength": 9, "maxLength": 1 }`), 1)
	for _, f := range generate(t, raw) {
		content := string(f.Content)
		switch f.Name {
		case "README.md":
			if !strings.Contains(content, "No input was found that keeps all rules of the flow.") || strings.Contains(content, "terraform test") {
				t.Errorf("the README does not tell:\n%s", content)
			}
		case "tests/session.tftest.hcl":
			if !strings.Contains(content, "No input was found") || strings.Contains(content, "\nrun ") {
				t.Errorf("the test is\n%s", content)
			}
		}
	}
}
