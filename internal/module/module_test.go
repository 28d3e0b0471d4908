// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module_test

import (
	"context"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/idnow/terraform-provider-idnow/examples/flows"
	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/module"
)

var update = flag.Bool("update", false, "write the golden files anew")

// generate makes the module of a document.
func generate(t *testing.T, raw []byte, options module.Options) []module.File {
	t.Helper()
	doc, err := flowschema.Parse(context.Background(), raw)
	if err != nil {
		t.Fatal(err)
	}
	flow, err := module.Identify(doc, "", "")
	if err != nil {
		t.Fatal(err)
	}
	files, err := module.Generate(t.Context(), doc, flow, options)
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

// goldens are the modules whose files are kept, by folder.
var goldens = map[string]struct {
	document string
	options  module.Options
}{
	"document-capture":  {documentCapture, module.Options{}},
	"instant-signature": {instantSignature, module.Options{}},
	"every-rule":        {everyRule, module.Options{WriteOnly: true}},
}

func TestGolden(t *testing.T) {
	for name, c := range goldens {
		t.Run(name, func(t *testing.T) {
			for _, f := range generate(t, document(t, c.document), c.options) {
				path := filepath.Join("testdata", "golden", name, filepath.FromSlash(f.Name))
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
			}
		})
	}
}

// Whatever a document holds, its module is HCL in the form of terraform fmt.
func TestEveryDocumentMakesAModule(t *testing.T) {
	for _, folder := range documents {
		names, err := fs.Glob(folder, "*.json")
		if err != nil || len(names) == 0 {
			t.Fatalf("no documents (%v)", err)
		}
		for _, name := range names {
			for _, f := range generate(t, document(t, name), module.Options{}) {
				if !strings.HasSuffix(f.Name, ".md") && string(hclwrite.Format(f.Content)) != string(f.Content) {
					t.Errorf("%s: %s is not formatted", name, f.Name)
				}
			}
		}
	}
}
