// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplitName(t *testing.T) {
	tests := map[string][]string{
		"input[basicIdentity][givenName]": {"input", "basicIdentity", "givenName"},
		"input[a]":                        {"input", "a"},
		"input[docs][0][source]":          {"input", "docs", "", "source"},
		"input[docs][][source]":           {"input", "docs", "", "source"},
		"input[ü x.y]":                    {"input", "ü x.y"},
		"input":                           nil,
		"":                                nil,
		"[a]":                             nil,
		"input[a":                         nil,
		"input]a[":                        nil,
		"input[a]b":                       nil,
		"input[a]b[c]":                    nil,
		"input[a[b]]":                     nil,
		"input[a]]":                       nil,
		"in]put[a]":                       nil,
		"input" + strings.Repeat("[a]", maxBrackets+1): nil,
	}
	for name, want := range tests {
		got, ok := splitName(name)
		if diff := cmp.Diff(want, got); diff != "" || ok != (want != nil) {
			t.Errorf("%s: %v (-want +got)\n%s", name, ok, diff)
		}
	}
}

// inputOf gives the schema that a multipart body with these properties makes.
func inputOf(t *testing.T, body, schemas string) string {
	t.Helper()
	doc := mustParse(t, documentOf(`{"multipart/form-data":{"schema":`+body+`}}`, schemas))
	return strings.TrimPrefix(string(doc.InputSchema()), `{"$schema":"https://json-schema.org/draft/2020-12/schema",`)
}

func TestBracketedNamesUnfold(t *testing.T) {
	tests := map[string]struct{ body, schemas, want string }{
		"a required leaf makes its blocks required": {
			body: `{"properties":{"input[a][b][c]":{"type":"string"},"input[a][d]":{"type":"integer"}},"required":["input[a][b][c]"]}`,
			want: `"additionalProperties":false,"properties":{"a":{"additionalProperties":false,"properties":{"b":{"additionalProperties":false,"properties":{"c":{"type":"string"}},"required":["c"],"type":"object"},"d":{"type":"integer"}},"required":["b"],"type":"object"}},"required":["a"],"type":"object"}`,
		},
		"a readOnly leaf is not required": {
			body: `{"properties":{"input[a][b]":{"type":"string","readOnly":true}},"required":["input[a][b]"]}`,
			want: `"additionalProperties":false,"properties":{"a":{"additionalProperties":false,"properties":{"b":{"readOnly":true,"type":"string"}},"type":"object"}},"type":"object"}`,
		},
		"list elements": {
			body: `{"properties":{"input[l][0][a]":{"type":"string"},"input[l][][b]":{"type":"string"}},"required":["input[l][0][a]"]}`,
			want: `"additionalProperties":false,"properties":{"l":{"items":{"additionalProperties":false,"properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["a"],"type":"object"},"type":"array"}},"required":["l"],"type":"object"}`,
		},
		"a block that is a leaf too": {
			body: `{"properties":{"input[a]":{"type":"object","minProperties":1},"input[a][b]":{"type":"string"}}}`,
			want: `"additionalProperties":false,"properties":{"a":{"allOf":[{"minProperties":1,"type":"object"},{"properties":{"b":{"type":"string"}},"type":"object"}],"unevaluatedProperties":false}},"type":"object"}`,
		},
		"nested and bracketed side by side": {
			body: `{"properties":{"input":{"type":"object","properties":{"a":{"type":"string"}}},"input[b]":{"type":"string"}}}`,
			want: `"allOf":[{"properties":{"a":{"type":"string"}},"type":"object"},{"properties":{"b":{"type":"string"}},"type":"object"}],"unevaluatedProperties":false}`,
		},
		"behind references and allOf": {
			body:    `{"$ref":"#/components/schemas/Body"}`,
			schemas: `{"Body":{"allOf":[{"$ref":"#/components/schemas/Body"},{"$ref":"#/components/schemas/A"},{"properties":{"input[b]":{"type":"string"}}}]},"A":{"properties":{"input[a]":{"type":"string"}},"required":["input[a]"]}}`,
			want:    `"additionalProperties":false,"properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["a"],"type":"object"}`,
		},
		"alternatives of the whole body": {
			body: `{"oneOf":[{"properties":{"input[a]":{"type":"string"}}},{"properties":{"input[b]":{"type":"string"}}}]}`,
			want: `"anyOf":[{"additionalProperties":false,"properties":{"a":{"type":"string"}},"type":"object"},{"additionalProperties":false,"properties":{"b":{"type":"string"}},"type":"object"}]}`,
		},
		"malformed brackets are no input": {
			body: `{"properties":{"input[a":{"type":"string"},"input[b]":{"type":"string"}}}`,
			want: `"additionalProperties":false,"properties":{"b":{"type":"string"}},"type":"object"}`,
		},
		"no input at all": {
			body: `{"properties":{"metadata[subjectId]":{"type":"string"}}}`,
			want: `"additionalProperties":false,"type":"object"}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, inputOf(t, test.body, test.schemas)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Both shapes of document describe the same flow, so both give one schema.
func TestBothShapesGiveTheSameSchema(t *testing.T) {
	bracketed := inputOf(t, `{"properties":{"input[p][n]":{"type":"string","maxLength":9},"input[p][l]":{"type":"array","items":{"type":"object","properties":{"s":{"type":"string","format":"binary"}}}}},"required":["input[p][n]"]}`, "")
	nested := inputOf(t, `{"properties":{"input":{"type":"object","required":["p"],"properties":{"p":{"type":"object","required":["n"],"properties":{"n":{"type":"string","maxLength":9},"l":{"type":"array","items":{"type":"object","properties":{"s":{"type":"string","format":"binary"}}}}}}}}}}`, "")
	if diff := cmp.Diff(nested, bracketed); diff != "" {
		t.Errorf("(-nested +bracketed)\n%s", diff)
	}
}

func FuzzBracketName(f *testing.F) {
	for _, name := range []string{"input[a][b]", "input[a][0][]", "input[a", "input]a[", "[", "input[[]]", "input[a]b", "metadata[subjectId]", "input"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		segments, ok := splitName(name)
		if !ok {
			return
		}
		rebuilt := segments[0]
		for _, segment := range segments[1:] {
			rebuilt += "[" + segment + "]"
		}
		again, ok := splitName(rebuilt)
		if diff := cmp.Diff(segments, again); diff != "" || !ok {
			t.Errorf("%q is %q, which reads differently\n%s", name, rebuilt, diff)
		}
		b := &block{}
		b.require(segments)
		if b.at(segments) == nil || b.schema() == nil {
			t.Errorf("%q leads nowhere", name)
		}
	})
}

// A name that ends in empty brackets is any element's, or the list's own where
// its schema is one of lists: forms write lists so.
func TestNamesThatEndInEmptyBrackets(t *testing.T) {
	tests := map[string]struct{ body, schemas, want string }{
		"any element":          {body: `{"properties":{"input[l][]":{"type":"string"}},"required":["input[l][]"]}`, want: `"additionalProperties":false,"properties":{"l":{"items":{"type":"string"},"type":"array"}},"required":["l"],"type":"object"}`},
		"the list":             {body: `{"properties":{"input[l][]":{"type":"array","maxItems":2,"items":{"type":"object","properties":{"a":{}}}}}}`, want: `"additionalProperties":false,"properties":{"l":{"items":{"additionalProperties":false,"properties":{"a":{}},"type":"object"},"maxItems":2,"type":"array"}},"type":"object"}`},
		"the list, referred":   {body: `{"properties":{"input[b][l][]":{"allOf":[{"$ref":"#/components/schemas/L"}]}}}`, schemas: `{"L":{"items":{"type":"string"}}}`, want: `"additionalProperties":false,"properties":{"b":{"additionalProperties":false,"properties":{"l":{"allOf":[{"items":{"type":"string"}}]}},"type":"object"}},"type":"object"}`},
		"an element by number": {body: `{"properties":{"input[l][0]":{"type":"array","items":{"type":"string"}}}}`, want: `"additionalProperties":false,"properties":{"l":{"items":{"items":{"type":"string"},"type":"array"},"type":"array"}},"type":"object"}`},
		"required elsewhere":   {body: `{"allOf":[{"properties":{"input[l][]":{"type":"array","items":{"type":"string"}}}},{"required":["input[l][]"]}]}`, want: `"additionalProperties":false,"properties":{"l":{"items":{"type":"string"},"type":"array"}},"required":["l"],"type":"object"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, inputOf(t, test.body, test.schemas)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
