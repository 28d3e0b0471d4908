// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// group is a schema of the suite with what it takes and refuses, as the suite
// writes it.
type group struct {
	Description string `json:"description"`
	Schema      any    `json:"schema"`
	Tests       []struct {
		Description string `json:"description"`
		Data        any    `json:"data"`
		Valid       bool   `json:"valid"`
	} `json:"tests"`
}

// drafts are those that OpenAPI shares keywords with, and by which version of
// OpenAPI their schemas are read.
var drafts = map[string]string{"draft4": "3.0.3", "draft6": "3.1.0", "draft7": "3.1.0", "draft2020-12": "3.1.0"}

// The cases of this repository run everywhere.
func TestOwnCases(t *testing.T) {
	counts := runSuite(t, "testdata", map[string]string{"openapi30": "3.0.3", "openapi31": "3.1.0"})
	if counts.fitting < 50 || counts.wrong < 50 {
		t.Errorf("%+v", counts)
	}
}

func TestSuite(t *testing.T) {
	folders := filepath.SplitList(os.Getenv("JSON_SCHEMA_SUITE"))
	if len(folders) == 0 {
		t.Skip("JSON_SCHEMA_SUITE names no folder with the JSON-Schema-Test-Suite; make conformance does")
	}
	for _, folder := range folders {
		counts := runSuite(t, folder, drafts)
		t.Logf("%s: %+v", folder, counts)
		if counts.fitting < 100 || counts.wrong < 100 {
			t.Errorf("%s has hardly a case of a draft that is known: %+v", folder, counts)
		}
	}
}

type counts struct{ fitting, wrong, left, beyond int }

// runSuite runs each draft that is a folder of root.
func runSuite(t *testing.T, root string, drafts map[string]string) counts {
	t.Helper()
	var sum counts
	for draft, version := range drafts {
		for _, folder := range []string{"", "optional", "optional/format"} {
			files, err := filepath.Glob(filepath.Join(root, draft, folder, "*.json"))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				for _, group := range readGroups(t, file) {
					name := filepath.ToSlash(filepath.Join(draft, folder, strings.TrimSuffix(filepath.Base(file), ".json"))) + "/" + group.Description
					runGroup(t, name, version, group, &sum)
				}
			}
		}
	}
	return sum
}

func readGroups(t *testing.T, file string) (groups []group) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	if err := decoder.Decode(&groups); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return groups
}

// runGroup asserts that no value that fits is refused, and that none that does
// not is passed, where the schema has only keywords that OpenAPI has.
func runGroup(t *testing.T, name, version string, group group, sum *counts) {
	if reason := outOfScope(name, group.Schema); reason != "" {
		sum.left++
		return
	}
	schemas, beyond := components(group.Schema)
	document := flowOf(version, map[string]any{"$ref": "#/components/schemas/Case"}, schemas)
	for _, reader := range readers {
		read, err := reader.read(document)
		if err != nil {
			t.Errorf("%s: the %s can't read it: %v\n%s", name, reader.name, err, document)
			continue
		}
		for _, test := range group.Tests {
			if reader.omitsNull && hasNull(test.Data) {
				continue
			}
			found, err := read.problems(map[string]any{"x": test.Data})
			at := fmt.Sprintf("%s/%s: the %s", name, test.Description, reader.name)
			switch {
			case err != nil:
				t.Errorf("%s: %v", at, err)
			case test.Valid && len(found) > 0:
				t.Errorf("%s refuses it: %q\nschema %s\nvalue %s", at, found, text(group.Schema), text(test.Data))
			case !test.Valid && len(found) == 0 && beyond == "" && passes(name, reader.name) == "":
				t.Errorf("%s passes it\nschema %s\nvalue %s", at, text(group.Schema), text(test.Data))
			case test.Valid:
				sum.fitting++
			case len(found) == 0:
				sum.beyond++
			default:
				sum.wrong++
			}
		}
	}
}

func hasNull(tree any) bool {
	switch tree := tree.(type) {
	case nil:
		return true
	case []any:
		for _, element := range tree {
			if hasNull(element) {
				return true
			}
		}
	case map[string]any:
		for _, member := range tree {
			if hasNull(member) {
				return true
			}
		}
	}
	return false
}

func text(tree any) string {
	written, err := json.Marshal(tree)
	if err != nil {
		return err.Error()
	}
	return string(written)
}
