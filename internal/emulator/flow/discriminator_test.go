// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"net/http"
	"testing"
)

// TestDiscriminators distinguishes schemas by mapped values, by their names,
// and by what they list themselves, and resolves a base to its subtypes.
func TestDiscriminators(t *testing.T) {
	const schemas = `{
		"Mail":{"type":"object","properties":{"kind":{"type":"string"},"to":{"type":"string"}}},
		"Tel":{"type":"object","properties":{"kind":{"type":"string"},"to":{"type":"string","maxLength":5},"ext":{"type":"string"}}},
		"Own":{"type":"object","properties":{"kind":{"type":"string","enum":["own"]},"to":{"type":"string"}}},
		"Any":{"type":"object"},
		"Pet":{"type":"object","required":["kind"],"properties":{"kind":{"type":"string"}},"discriminator":{"propertyName":"kind","mapping":{"dog":"Dog","gone":"#/components/schemas/Nowhere"}}},
		"Dog":{"allOf":[{"$ref":"#/components/schemas/Pet"},{"properties":{"bark":{"type":"boolean"},"friend":{"$ref":"#/components/schemas/Pet"}}}]},
		"Cat":{"allOf":[{"$ref":"#/components/schemas/Pet"},{"properties":{"meow":{"type":"boolean"}}}]},
		"Puppy":{"allOf":[{"$ref":"#/components/schemas/Dog"},{"properties":{"age":{"type":"integer"}}}]},
		"Loose":{"type":"object","properties":{"kind":{"type":"string"}},"discriminator":{"propertyName":"kind","mapping":{"t":"Tight"}}},
		"Tight":{"allOf":[{"$ref":"#/components/schemas/Loose"},{"properties":{"n":{}}}]},
		"Alone":{"type":"object","properties":{"kind":{"type":"string"}},"discriminator":{"propertyName":"kind"}}}`
	const ref = `{"$ref":"#/components/schemas/`
	discriminated := func(mapping, one, other string) string {
		return `{"oneOf":[` + ref + one + `"},` + ref + other + `"}],"discriminator":{"propertyName":"kind"` + mapping + `}}`
	}
	cases := map[string]struct {
		schema         string // of the field x
		taken, refused []string
	}{
		"names": {
			discriminated("", "Mail", "Tel"),
			[]string{`{"kind":"Mail","to":"long enough"}`, `{"kind":"Tel","to":"1"}`, `{"to":"long enough"}`},
			[]string{`{"kind":"Tel","to":"long enough"}`, `{"kind":"mail","to":"1"}`, `{"kind":"Mail","ext":"1"}`},
		},
		"a mapping, and a name beside it": {
			discriminated(`,"mapping":{"m":"#/components/schemas/Mail"}`, "Mail", "Tel"),
			[]string{`{"kind":"m"}`, `{"kind":"Tel"}`},
			[]string{`{"kind":"Mail"}`, `{"kind":"tel"}`},
		},
		"a mapped property is asked for": {
			discriminated(`,"mapping":{"m":"Mail","t":"Tel"}`, "Mail", "Tel"),
			[]string{`{"kind":"t"}`}, []string{`{"to":"1"}`},
		},
		"a schema of its own words":        {discriminated("", "Own", "Tel"), []string{`{"kind":"own","to":"long enough"}`, `{"kind":"tel"}`}, nil},
		"a mapping against a schema's own": {discriminated(`,"mapping":{"o":"Own","t":"Tel"}`, "Own", "Tel"), []string{`{"kind":"own"}`, `{"kind":"t"}`}, []string{`{"kind":"o"}`}},
		"words of the place around":        {`{"properties":{"kind":{"enum":["m"]}},` + discriminated("", "Mail", "Tel")[1:], []string{`{"kind":"m","to":"long enough"}`}, []string{`{"kind":"Mail"}`}},
		"any members":                      {discriminated("", "Any", "Tel"), []string{`{"kind":"Any","more":1}`, `{"kind":"Tel","to":"1"}`}, nil},
		"a base": {
			ref + `Pet"}`,
			[]string{`{"kind":"dog","bark":true}`, `{"kind":"Cat","meow":true}`, `{"kind":"Puppy","bark":true,"age":1}`, `{"kind":"Pet"}`, `{"kind":"dog","friend":{"kind":"Cat","meow":true}}`},
			[]string{`{"kind":"dog","meow":true}`, `{"kind":"cow"}`, `{"bark":true}`, `{"kind":"dog","bark":1}`, `{"kind":"dog","friend":{"kind":"Cat","bark":true}}`},
		},
		"an subtype":                    {ref + `Dog"}`, []string{`{"kind":"dog","bark":true}`}, []string{`{"kind":"Cat","meow":true}`}},
		"a base in allOf":               {`{"allOf":[` + ref + `Pet"},{"properties":{"since":{"type":"integer"}}}]}`, []string{`{"kind":"dog","bark":true,"since":1}`}, []string{`{"kind":"dog","meow":true}`}},
		"a base with a required member": {ref + `Loose"}`, []string{`{"n":1}`}, []string{`{"m":1}`}},
		"bases in lists and maps": {
			`{"type":"object","additionalProperties":{"type":"array","items":` + ref + `Pet"}}}`,
			[]string{`{"k":[{"kind":"dog","bark":true}]}`}, []string{`{"k":[{"kind":"dog","meow":true}]}`},
		},
		"a base without subtypes": {ref + `Alone"}`, []string{`{"kind":"x"}`}, []string{`{"bark":true}`}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			doc := parse(t, `{"openapi":"3.0.3","info":{"title":"t","version":"1","x-flow-id":"f","x-flow-version":1,"x-environment":"staging"},
				"paths":{"/s":{"post":{"operationId":"createSession","requestBody":{"content":{"application/json":{"schema":{"properties":{"input":{"type":"object","properties":{"x":`+c.schema+`}}}}}}},"responses":{"201":{"description":"created"}}}}},
				"components":{"schemas":`+schemas+`}}`)
			check := func(x string, taken bool) {
				status, got := messages(t, doc, "application/json", `{"metadata":{"subjectId":"c"},"input":{"x":`+x+`}}`)
				if (status == http.StatusCreated) != taken {
					t.Errorf("%s: %d %q", x, status, got)
				}
			}
			for _, x := range c.taken {
				check(x, true)
			}
			for _, x := range c.refused {
				check(x, false)
			}
		})
	}
}
