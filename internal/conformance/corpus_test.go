// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	operationsPerDocument = 25
	valuesPerOperation    = 8
)

// TestCorpus uses the request body of each operation of real documents as the
// input of a flow. The provider must read such documents, and its results must
// equal those of libraries for the schema that it exports, and those of the
// emulator for the document.
func TestCorpus(t *testing.T) {
	folder := os.Getenv("OPENAPI_DOCUMENTS")
	if folder == "" {
		t.Skip("OPENAPI_DOCUMENTS names no folder of OpenAPI documents")
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no documents: %v", folder, err)
	}
	tally := &tally{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for name, document := range flows(t, raw) {
			tally.operation(t, filepath.Base(file)+" "+name, document)
		}
	}
	t.Logf("%+v", *tally)
	if tally.Unread*1000 > tally.Read {
		t.Errorf("%d of %d documents can't be read", tally.Unread, tally.Read+tally.Unread)
	}
}

var formats = regexp.MustCompile(`"format": *"`)

// tally counts what the corpus shows.
type tally struct{ Read, Unread, Right, Wrong int }

func (c *tally) operation(t *testing.T, name string, document []byte) {
	t.Helper()
	if _, err := readAsProvider(document); err != nil {
		c.Unread++
		t.Logf("%s: %v", name, err)
		return
	}
	c.Read++
	// To libraries a format is an annotation, so that they can't be compared.
	withoutFormats := formats.ReplaceAll(document, []byte(`"x-format":"`))
	read, err := readAsProvider(withoutFormats)
	if err != nil {
		t.Errorf("%s, without formats: %v", name, err)
		return
	}
	libraries, err := compile(read.schema)
	if err != nil {
		t.Errorf("%s: the exported schema: %v", name, err)
		return
	}
	if emulator, err := readAsEmulator(withoutFormats); err == nil { // it wants each reference of a document to lead somewhere
		libraries = append(libraries, library{"the emulator", emulator.firstProblem})
	}
	s := newSampler(rand.New(rand.NewPCG(uint64(len(document)), 1)), read.schema)
	for range valuesPerOperation {
		c.compare(t, name, read, libraries, s.input())
	}
}

func (c *tally) compare(t *testing.T, name string, read flowDocument, libraries []library, input map[string]any) {
	t.Helper()
	found, err := read.problems(input)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) > 0 {
		c.Wrong++
	} else {
		c.Right++
	}
	for _, library := range libraries {
		if theirs := library.validate(input); (theirs == nil) != (len(found) == 0) {
			t.Errorf("%s: the provider finds %v, %s %v\nvalue %s\nschema %s", name, found, library.name, theirs, text(input), read.schema)
		}
	}
}

// flows makes a flow of each operation of a document that has a request body, by
// the operation's name, evenly chosen where there are many.
func flows(t *testing.T, raw []byte) map[string][]byte {
	t.Helper()
	var document struct {
		OpenAPI    string
		Paths      map[string]map[string]json.RawMessage
		Components map[string]any
	}
	if err := json.Unmarshal(raw, &document); err != nil {
		t.Fatal(err)
	}
	var names []string
	bodies := map[string]any{}
	for path, operations := range document.Paths {
		for method, source := range operations {
			var operation struct{ RequestBody any }
			if json.Unmarshal(source, &operation) == nil {
				if schema := bodySchema(operation.RequestBody, document.Components); schema != nil {
					name := strings.ToUpper(method) + " " + path
					names, bodies[name] = append(names, name), schema
				}
			}
		}
	}
	slices.Sort(names)
	made := map[string][]byte{}
	for i := range min(len(names), operationsPerDocument) {
		name := names[i*len(names)/min(len(names), operationsPerDocument)]
		made[name] = flowWith(document.OpenAPI, map[string]any{"application/json": bodies[name]}, document.Components)
	}
	return made
}

// bodySchema finds the schema of a request body, of JSON rather than of another
// media type; nil for none, and for one that refers to what is no component.
func bodySchema(body any, components map[string]any) any {
	node, _ := body.(map[string]any)
	if ref, ok := node["$ref"].(string); ok {
		bodies, _ := components["requestBodies"].(map[string]any)
		node, _ = bodies[strings.TrimPrefix(ref, "#/components/requestBodies/")].(map[string]any)
	}
	content, _ := node["content"].(map[string]any)
	mediaTypes := slices.SortedFunc(maps.Keys(content), func(a, b string) int {
		if isJSON := strings.Contains(a, "json"); isJSON != strings.Contains(b, "json") {
			return map[bool]int{true: -1, false: 1}[isJSON]
		}
		return strings.Compare(a, b)
	})
	for _, mediaType := range mediaTypes {
		entry, _ := content[mediaType].(map[string]any)
		if schema := entry["schema"]; schema != nil && !strings.Contains(text(schema), `"#/paths/`) {
			return schema
		}
	}
	return nil
}
