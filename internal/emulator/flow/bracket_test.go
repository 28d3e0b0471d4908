// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplitBrackets(t *testing.T) {
	cases := map[string]struct {
		name string
		want []string // nil: refused
	}{
		"plain":             {"state", []string{"state"}},
		"one step":          {"metadata[subjectId]", []string{"metadata", "subjectId"}},
		"list element":      {"input[a][b][0][c]", []string{"input", "a", "b", "0", "c"}},
		"odd letters":       {"input[ä b.c][é]", []string{"input", "ä b.c", "é"}},
		"empty":             {"", nil},
		"no head":           {"[a]", nil},
		"any element":       {"a[][b]", []string{"a", "", "b"}},
		"open":              {"a[b", nil},
		"open again":        {"a[b][c", nil},
		"closed twice":      {"a[b]]", nil},
		"closed at first":   {"a]b[c]", nil},
		"nested":            {"a[b[c]]", nil},
		"text after":        {"a[b]c", nil},
		"text between":      {"a[b]c[d]", nil},
		"dots are no steps": {"a.b", []string{"a.b"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := splitBrackets(c.name)
			if (err != nil) != (c.want == nil) {
				t.Fatalf("error %v", err)
			}
			if err == nil && !cmp.Equal(c.want, got) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestIndex(t *testing.T) {
	for step, want := range map[string]int{"0": 0, "7": 7, "12": 12, "999999": 999999} {
		if got, ok := index(step); !ok || got != want {
			t.Errorf("index(%q) = %d, %v", step, got, ok)
		}
	}
	for _, step := range []string{"", "01", "-1", "+1", "1.0", "a", "1000000", "٣"} {
		if _, ok := index(step); ok {
			t.Errorf("index(%q) is taken for an index", step)
		}
	}
}

// TestUnfoldSeed compares the platform's own document, unfolded, with the
// nested schema that a person would write for it.
func TestUnfoldSeed(t *testing.T) {
	want := `{
		"type": "object",
		"required": ["input", "metadata"],
		"properties": {
			"input": {"type": "object", "required": ["basicIdentity", "documentsToSign"], "properties": {
				"basicIdentity": {"type": "object", "required": ["familyName", "givenName"], "properties": {
					"givenName": {"type": "string", "maxLength": 150},
					"familyName": {"type": "string", "maxLength": 150},
					"name": {"type": "string", "maxLength": 150},
					"birthDate": {"type": "string"},
					"birthPlace": {"type": "string", "maxLength": 150}}},
				"documentsToSign": {"type": "object", "required": ["documents"], "properties": {
					"documents": {"type": "array", "items": {"type": "object", "required": ["templateId", "source"], "properties": {
						"templateId": {"type": "string"}, "source": {"type": "string", "format": "binary"}}}}}}}},
			"metadata": {"type": "object", "required": ["subjectId"], "properties": {
				"subjectId": {"type": "string"}, "locale": {"type": "string", "enum": ["en", "de", "fr"]}}},
			"redirectUrl": {"type": "string"},
			"state": {"type": "string"}}}`
	sameSchema(t, want, example(t, "instant-signature.staging"), "multipart/form-data")
}

func TestUnfold(t *testing.T) {
	cases := map[string]struct{ body, want string }{
		"nested already": {
			`{"type":"object","properties":{"input":{"type":"object"}},"required":["input"]}`,
			`{"type":"object","properties":{"input":{"type":"object"}},"required":["input"]}`,
		},
		"elements spelled out": {
			`{"type":"object","properties":{"input[a][0][x]":{"type":"string"},"input[a][0][y]":{"type":"integer"},"input[a][1][x]":{"type":"string"}},"required":["input[a][0][x]"]}`,
			`{"type":"object","required":["input"],"properties":{"input":{"type":"object","required":["a"],"properties":{
				"a":{"type":"array","items":{"type":"object","required":["x"],"properties":{"x":{"allOf":[{"type":"string"},{"type":"string"}]},"y":{"type":"integer"}}}}}}}}`,
		},
		"leaf and object": {
			`{"type":"object","properties":{"input[a]":{"type":"object","maxProperties":3},"input[a][b]":{"type":"string"}}}`,
			`{"type":"object","properties":{"input":{"type":"object","properties":{"a":{"allOf":[{"type":"object","maxProperties":3},{"type":"object","properties":{"b":{"type":"string"}}}]}}}}}`,
		},
		"plain and bracketed": {
			`{"type":"object","properties":{"input":{"type":"object","minProperties":1},"input[a]":{"type":"string"}}}`,
			`{"type":"object","properties":{"input":{"allOf":[{"type":"object","minProperties":1},{"type":"object","properties":{"a":{"type":"string"}}}]}}}`,
		},
		"malformed brackets stay": {
			`{"type":"object","properties":{"input[a":{"type":"string"},"b[c]d":{"type":"string"}}}`,
			`{"type":"object","properties":{"input[a":{"type":"string"},"b[c]d":{"type":"string"}}}`,
		},
		"any element": {
			`{"type":"object","properties":{"input[a][]":{"type":"string"},"input[b][][x]":{"type":"string"},"input[b][0][y]":{"type":"integer"}},"required":["input[a][]","input[b][][x]"]}`,
			`{"type":"object","required":["input"],"properties":{"input":{"type":"object","required":["a","b"],"properties":{
				"a":{"type":"array","items":{"type":"string"}},
				"b":{"type":"array","items":{"type":"object","required":["x"],"properties":{"x":{"type":"string"},"y":{"type":"integer"}}}}}}}}`,
		},
		"a list of that name": {
			`{"type":"object","properties":{"input[a][]":{"type":"array","items":{"type":"string"}},"input[b][]":{"allOf":[{"type":"array","items":{}}]},"input[c][0]":{"type":"array","items":{}}}}`,
			`{"type":"object","properties":{"input":{"type":"object","properties":{
				"a":{"type":"array","items":{"type":"string"}},"b":{"allOf":[{"type":"array","items":{}}]},"c":{"type":"array","items":{"type":"array","items":{}}}}}}}`,
		},
		"a list required elsewhere": {
			`{"allOf":[{"type":"object","properties":{"input[a][]":{"type":"array","items":{"type":"string"}}}},{"required":["input[a][]"]}]}`,
			`{"allOf":[{"type":"object","properties":{"input":{"type":"object","properties":{"a":{"type":"array","items":{"type":"string"}}}}}},
				{"required":["input"],"properties":{"input":{"type":"object","required":["a"],"properties":{"a":{}}}}}]}`,
		},
		"elements described twice": {
			`{"type":"object","properties":{"input[a][0]":{"type":"string"},"input[a][]":{"maxLength":3}}}`,
			`{"type":"object","properties":{"input":{"type":"object","properties":{"a":{"type":"array","items":{"allOf":[{"maxLength":3},{"type":"string"}]}}}}}}`,
		},
		"required but not described": {
			`{"type":"object","required":["input[a][b]"]}`,
			`{"type":"object","required":["input"],"properties":{"input":{"type":"object","required":["a"],"properties":{"a":{"type":"object","required":["b"],"properties":{"b":{}}}}}}}`,
		},
		"composed": {
			`{"allOf":[{"type":"object","properties":{"input[a]":{"type":"string"}}},{"type":"object","properties":{"metadata[subjectId]":{"type":"string"}}}]}`,
			`{"allOf":[{"type":"object","properties":{"input":{"type":"object","properties":{"a":{"type":"string"}}}}},{"type":"object","properties":{"metadata":{"type":"object","properties":{"subjectId":{"type":"string"}}}}}]}`,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			doc := documentOf(t, `{"multipart/form-data":{"schema":`+c.body+`}}`)
			sameSchema(t, c.want, doc, "multipart/form-data")
		})
	}
}

func sameSchema(t *testing.T, want string, doc *Document, mediaType string) {
	t.Helper()
	raw, err := json.Marshal(doc.bodies[mediaType])
	if err != nil {
		t.Fatal(err)
	}
	var wanted, got any
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzSplitBrackets(f *testing.F) {
	for _, seed := range []string{"input[a][0][b]", "a", "[", "a[]", "a[[b]]", "a]b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		path, err := splitBrackets(name)
		if err != nil {
			return
		}
		again := path[0]
		var againSb153 strings.Builder
		for _, step := range path[1:] {
			againSb153.WriteString("[" + step + "]")
		}
		again += againSb153.String()
		if again != name || strings.ContainsAny(strings.Join(path, ""), "[]") {
			t.Errorf("%q was read as %q", name, path)
		}
	})
}
