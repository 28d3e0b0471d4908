// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Where several schemas describe a member, its keys are those of all of them,
// on every level.
func TestKeysOfSharedMembers(t *testing.T) {
	const person = `{"type":"object","properties":{"givenName":{"type":"string"},"birthDate":{"type":"string"},"home":{"type":"object","properties":{"city":{"type":"string"}}}}}`
	const schemas = `{
		"Person":` + person + `,
		"Base":{"type":"object","properties":{"p":{"$ref":"#/components/schemas/Person"}}},
		"Tree":{"allOf":[{"properties":{"v":{},"n":{"$ref":"#/components/schemas/Tree"}}},{"properties":{"n":{"minProperties":1}}}]},
		"Card":{"type":"object","required":["number"],"properties":{"number":{"type":"string"},"holder":{}}},
		"Iban":{"type":"object","required":["iban"],"properties":{"iban":{"type":"string"}}}}`
	const based = `{"allOf":[{"$ref":"#/components/schemas/Base"},{"properties":{"p":`
	const either = `{"oneOf":[{"properties":{"p":{"$ref":"#/components/schemas/Card"}}},{"properties":{"p":{"$ref":"#/components/schemas/Iban"}}}]}`
	const choice = `{"oneOf":[{"$ref":"#/components/schemas/Card"},{"$ref":"#/components/schemas/Iban"}]}`
	tests := map[string]struct{ schema, right, wrong, want string }{
		"refined by what is required": {
			schema: based + `{"required":["givenName","birthDate"]}}}]}`,
			right:  `{"p":{"givenName":"a","birthDate":"b","home":{"city":"c"}}}`,
			wrong:  `{"p":{"givenName":"a","birthDate":"b","nik":"z"}}`,
			want:   "input.p.nik is not known to the flow; it knows birthDate, givenName and home here",
		},
		"refined deep inside": {
			schema: based + `{"properties":{"home":{"properties":{"zip":{}}}}}}}]}`,
			right:  `{"p":{"home":{"city":"c","zip":1}}}`,
			wrong:  `{"p":{"home":{"city":"c","zop":1}}}`,
			want:   "", // left open,
		},
		"one of them alone, deep inside": {
			schema: based + `{"minProperties":1}}}]}`,
			right:  `{"p":{"home":{"city":"c"}}}`,
			wrong:  `{"p":{"home":{"citty":"c"}}}`,
			want:   "input.p.home.citty is not known to the flow; it knows city here; did you mean city?",
		},
		"required, though nothing is said": {
			schema: based + `{"required":["more"]}}}]}`,
			right:  `{"p":{"more":{"any":1}}}`,
			wrong:  `{"p":{"more":1,"moore":1}}`,
			want:   "", // left open,
		},
		"refined in alternatives": {
			schema: `{"allOf":[{"$ref":"#/components/schemas/Base"}],"anyOf":[{"properties":{"p":{"required":["givenName"]}},"required":["p"]},{"properties":{"p":{"required":["birthDate"]}},"required":["p"]}]}`,
			right:  `{"p":{"birthDate":"b"}}`,
			wrong:  `{"p":{"birthDate":"b","birthdat":"b"}}`,
			want:   "input.p.birthdat is not known to the flow; it knows birthDate, givenName and home here",
		},
		"alternatives, refined": {
			schema: `{"allOf":[` + either + `,{"properties":{"p":{"minProperties":1}}}]}`,
			right:  `{"p":{"iban":"x"}}`,
			wrong:  `{"p":{"iban":"x","ibna":"x"}}`,
			want:   "", // left open,
		},
		"a choice, refined": {
			schema: `{"allOf":[{"properties":{"p":` + choice + `}},{"properties":{"p":{"minProperties":1}}}]}`,
			right:  `{"p":{"number":"x","holder":"h"}}`,
			wrong:  `{"p":{"iban":"x","holder":"h"}}`,
			want:   "input.p.holder is not allowed with the other keys set here",
		},
		"a choice, beside what is shared": {
			schema: `{"properties":{"p":{"properties":{"c":` + choice + `,"d":{}}}},"anyOf":[{"properties":{"p":{"properties":{"c":{}},"required":["c"]}}},{"properties":{"p":{"properties":{"d":{}},"required":["d"]}}}]}`,
			right:  `{"p":{"c":{"number":"x","holder":"h"}}}`,
			wrong:  `{"p":{"c":{"iban":"x","holder":"h"}}}`,
			want:   "input.p.c.holder is not allowed with the other keys set here",
		},
		"elements": {
			schema: `{"allOf":[{"properties":{"l":{"type":"array","items":` + person + `}}},{"properties":{"l":{"items":{"properties":{"id":{}}}}}}]}`,
			right:  `{"l":[{"givenName":"a","id":1}]}`,
			wrong:  `{"l":[{"givenName":"a"},{"ID":1,"idd":1}]}`,
			want:   "", // left open,
		},
		"values of a map": {
			schema: `{"allOf":[{"additionalProperties":` + person + `},{"additionalProperties":{"properties":{"id":{}}}}]}`,
			right:  `{"k":{"givenName":"a","id":1}}`,
			wrong:  `{"k":{"givenNam":"a"}}`,
			want:   "", // left open,
		},
		"a member and the values of a map": {
			schema: `{"allOf":[{"properties":{"p":` + person + `}},{"additionalProperties":{"properties":{"id":{}}}}]}`,
			right:  `{"p":{"givenName":"a","id":1},"k":{"id":1}}`,
			wrong:  `{"p":{"givenNam":"a","id":1},"k":{"i":1}}`,
			want:   "", // left open,
		},
		"a recursion": {
			schema: `{"$ref":"#/components/schemas/Tree"}`,
			right:  `{"n":{"n":{"n":{"v":1}}}}`,
			wrong:  `{"n":{"n":{"n":{"w":1}}}}`,
			want:   "input.n.n.n.w is not known to the flow; it knows n and v here",
		},
		"one of them is open":                   {schema: based + `{"additionalProperties":true}}}]}`, right: `{"p":{"any":1}}`},
		"one of them is open, deep inside":      {schema: based + `{"properties":{"home":{"additionalProperties":{}}}}}}]}`, right: `{"p":{"home":{"any":1}}}`},
		"keys that are not read":                {schema: based + `{"patternProperties":{"^x-":{}}}}}]}`, right: `{"p":{"x-a":1,"home":{"a":1}}}`},
		"a choice in an alternative, refined":   {schema: `{"properties":{"p":{"properties":{"c":{"minProperties":1}}}},"anyOf":[{"properties":{"p":{"properties":{"c":` + choice + `}}}},{"required":["p"]}]}`, right: `{"p":{"c":{"any":1}}}`},
		"a choice, of which more is required":   {schema: `{"properties":{"p":{"properties":{"c":` + choice + `,"d":{}}}},"anyOf":[{"properties":{"p":{"properties":{"c":{"required":["any"]}}}}}]}`, right: `{"p":{"c":{"number":"x","any":1}}}`},
		"free-form in all":                      {schema: `{"allOf":[{"properties":{"p":{"type":"object"}}},{"properties":{"p":{"minProperties":1}}}]}`, right: `{"p":{"any":1}}`},
		"free-form save for an alternative":     {schema: `{"properties":{"k":{},"p":{"type":"object"}},"oneOf":[{"properties":{"k":{"enum":["a"]},"p":{"$ref":"#/components/schemas/Card"}}},{"properties":{"k":{"enum":["b"]}}}]}`, right: `{"k":"b","p":{"any":1}}`},
		"free-form in an alternative":           {schema: `{"allOf":[{"properties":{"p":{"minProperties":1}}}],"anyOf":[{"properties":{"p":{"$ref":"#/components/schemas/Card"}}},{"properties":{"p":{"type":"object"}}}]}`, right: `{"p":{"any":1}}`},
		"elements that are described by number": {schema: `{"allOf":[{"properties":{"l":{"prefixItems":[{"properties":{"a":{}}}],"items":{"properties":{"b":{}}}}}},{"properties":{"l":{"items":{"minProperties":1}}}}]}`, right: `{"l":[{"a":1}]}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doc := mustParse(t, inputDocument(test.schema, schemas))
			if problems := validInput(doc, decoded(t, test.right)); len(problems) > 0 {
				t.Errorf("%s: unexpected problems: %v", test.right, lines(problems))
			}
			if test.wrong == "" {
				return
			}
			if diff := cmp.Diff(test.want, joined(validInput(doc, decoded(t, test.wrong)))); diff != "" {
				t.Errorf("%s: (-want +got)\n%s", test.wrong, diff)
			}
			independent := resolve(t, doc.InputSchema())
			for given, right := range map[string]bool{test.right: true, test.wrong: test.want == ""} {
				if err := independent.Validate(withFloats(t, normalised(t, treeOf(t, given)))); (err == nil) != right {
					t.Errorf("%s: another library says %v", given, err)
				}
			}
		})
	}
}

// Names in brackets are members of one body, whichever part of it requires
// them. A part that has no word on the input does not open it.
func TestKeysOfBracketedMembers(t *testing.T) {
	tests := map[string]struct {
		body, input string
		want        []string
	}{
		"required in alternatives": {
			`{"properties":{"input[p][a]":{},"input[p][b]":{}},"anyOf":[{"required":["input[p][a]"]},{"required":["input[p][b]"]},{"required":["redirectUrl"]}]}`,
			`{"p":{"a":"1","c":"2"},"q":1}`, []string{"input.p.c unknown", "input.q unknown"},
		},
		"declared in an alternative": {
			`{"anyOf":[{"properties":{"input[p][a]":{}}},{"required":["redirectUrl"]}]}`,
			`{"p":{"a":"1"},"q":1}`, []string{}, // with a redirectUrl the document says nothing of the input
		},
		"nested, and counted in an alternative": {
			`{"properties":{"input":{"properties":{"p":{}},"anyOf":[{"required":["p"]},{"minProperties":2}]}}}`,
			`{"p":1,"q":1}`, []string{"input.q unknown"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doc := mustParse(t, documentOf(`{"multipart/form-data":{"schema":`+test.body+`}}`, ""))
			if diff := cmp.Diff(test.want, rules(validInput(doc, decoded(t, test.input)))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func joined(problems []Problem) string { return strings.Join(lines(problems), "\n") }

// treeOf reads a value from JSON unchanged.
func treeOf(t *testing.T, text string) any {
	t.Helper()
	var tree any
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return tree
}
