// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A discriminator distinguishes alternatives by their mapped values, by the names of
// their schemas, or not at all where they speak for themselves.
func TestDiscriminators(t *testing.T) {
	const schemas = `{
		"Email":{"type":"object","required":["kind"],"properties":{"kind":{"type":"string"},"to":{"type":"string","format":"email"}}},
		"Phone":{"type":"object","required":["kind"],"properties":{"kind":{"type":"string"},"to":{"type":"string","maxLength":9}}},
		"Any":{"type":"object"},
		"Own":{"type":"object","required":["kind"],"properties":{"kind":{"$ref":"#/components/schemas/OwnKind"},"to":{"type":"string","format":"email"}}},
		"OwnKind":{"type":"string","enum":["own"]},
		"Number":{"type":"object","properties":{"kind":{"type":"integer"},"to":{"type":"boolean"}}},
		"Pet":{"type":"object","required":["type"],"properties":{"type":{"type":"string"},"collar":{"type":"object","properties":{"size":{"type":"integer"}}}},"discriminator":{"propertyName":"type","mapping":{"dog":"#/components/schemas/Dog","cat":"Cat","gone":"#/components/schemas/Nowhere"}}},
		"Dog":{"allOf":[{"$ref":"#/components/schemas/Pet"},{"properties":{"bark":{"type":"boolean"},"friend":{"$ref":"#/components/schemas/Pet"}}}]},
		"Cat":{"type":"object","allOf":[{"$ref":"#/components/schemas/Pet"}],"properties":{"meow":{"type":"boolean"},"collar":{"properties":{"bell":{"type":"boolean"}}}}},
		"Puppy":{"allOf":[{"$ref":"#/components/schemas/Dog"},{"properties":{"age":{"type":"integer"},"collar":{"properties":{"tag":{"type":"string"}}}}}]},
		"Left":{"type":"object","required":["l"],"properties":{"kind":{"type":"string"},"l":{}}},
		"Right":{"type":"object","required":["r"],"properties":{"kind":{"type":"string"},"r":{}}},
		"Loose":{"type":"object","properties":{"k":{"type":"string"}},"discriminator":{"propertyName":"k","mapping":{"tight":"Tight"}}},
		"Tight":{"allOf":[{"$ref":"#/components/schemas/Loose"},{"properties":{"n":{}}}]},
		"Plain":{"allOf":[{"$ref":"#/components/schemas/Pet"}]},
		"Shape":{"type":"object","required":["form"],"properties":{"form":{"type":"string","enum":["round","square"]}},"discriminator":{"propertyName":"form"}},
		"Circle":{"allOf":[{"$ref":"#/components/schemas/Shape"},{"properties":{"form":{"enum":["round"]},"r":{"type":"number"}}}]},
		"Square":{"allOf":[{"$ref":"#/components/schemas/Shape"},{"properties":{"form":{"enum":["square"]},"a":{"type":"number"}}}]},
		"Alone":{"type":"object","properties":{"k":{"type":"string"}},"discriminator":{"propertyName":"k"}}}`
	of := func(discriminator string, names ...string) string {
		text := ""
		for _, name := range names {
			text += `,{"$ref":"#/components/schemas/` + name + `"}`
		}
		return `{"oneOf":[` + text[1:] + `],"discriminator":{"propertyName":"kind"` + discriminator + `}}`
	}
	tests := map[string]struct {
		x     string // the schema of a field
		right []string
		wrong map[string]string
	}{
		"names of schemas": {
			x:     of("", "Email", "Phone"),
			right: []string{`{"kind":"Email","to":"a@b.example"}`, `{"kind":"Phone","to":"1"}`, `{"kind":"Phone"}`},
			wrong: map[string]string{
				`{"kind":"Phone","to":"a@b.example"}`: "input.x.to is 11 characters long; at most 9 are allowed",
				`{"kind":"email","to":"a@b.example"}`: `input.x.kind must be one of "Email" or "Phone"`,
				`{"kind":"Email","tto":"x"}`:          "input.x.tto is not known to the flow; it knows kind and to here; did you mean to?",
			},
		},
		"a mapping, and a name beside it": {
			x:     of(`,"mapping":{"mail":"Email"}`, "Email", "Phone"),
			right: []string{`{"kind":"mail","to":"a@b.example"}`, `{"kind":"Phone","to":"1"}`},
			wrong: map[string]string{`{"kind":"phone"}`: `input.x.kind must be one of "mail" or "Phone"`},
		},
		"a form that speaks for itself": {
			x:     of("", "Own", "Phone"),
			right: []string{`{"kind":"own","to":"a@b.example"}`, `{"kind":"tel","to":"1"}`},
		},
		"a mapping against what a form takes": {
			x:     of(`,"mapping":{"mine":"Own","tel":"Phone"}`, "Own", "Phone"),
			right: []string{`{"kind":"own","to":"a@b.example"}`, `{"kind":"tel","to":"1"}`},
		},
		"values of the place around": {
			x:     `{"properties":{"kind":{"enum":["mail","tel"]}},` + of("", "Email", "Phone")[1:],
			right: []string{`{"kind":"mail","to":"long@mail.example"}`},
		},
		"a property that is no text": {
			x:     of("", "Number", "Phone"),
			right: []string{`{"kind":1,"to":true}`, `{"kind":"tel","to":"1"}`},
		},
		"a form of any members": {
			x:     of("", "Any", "Phone"),
			right: []string{`{"kind":"Any","more":{"a":1}}`, `{"kind":"Phone","to":"1"}`},
		},
		"a name need not be given": {x: of("", "Left", "Right"), right: []string{`{"l":1}`}},
		"a mapped value must be":   {x: of(`,"mapping":{"n":"Any","m":"Alone"}`, "Any", "Alone"), wrong: map[string]string{`{}`: "input.x.kind is missing; the flow requires it"}},
		"a base represents others, whose keys are not searched for": {
			x: `{"$ref":"#/components/schemas/Pet"}`,
			right: []string{
				`{"type":"dog","bark":true,"collar":{"size":1}}`, `{"type":"cat","meow":true,"collar":{"size":1,"bell":true}}`,
				`{"type":"Puppy","bark":true,"age":1,"collar":{"size":1,"tag":"a"}}`, `{"type":"Plain"}`, `{"type":"Pet"}`,
				`{"type":"dog","friend":{"type":"dog","friend":{"type":"cat","meow":true}}}`,
			},
			wrong: map[string]string{
				`{"bark":true}`: "input.x.type is missing; the flow requires it",
			},
		},
		"a schema that extends a base has chosen": {
			x:     `{"$ref":"#/components/schemas/Dog"}`,
			right: []string{`{"type":"dog","bark":true}`},
			wrong: map[string]string{`{"type":"cat","meow":true}`: "input.x.meow is not known to the flow; it knows bark, collar, friend and type here"},
		},
		"a base in allOf": {
			x:     `{"allOf":[{"$ref":"#/components/schemas/Pet"},{"description":"a pet","properties":{"since":{"type":"integer"}}}]}`,
			right: []string{`{"type":"dog","bark":true,"since":1}`},
		},
		"schemas that list their own values": {
			x:     `{"$ref":"#/components/schemas/Shape"}`,
			right: []string{`{"form":"round","r":1}`, `{"form":"square","a":1}`},
			wrong: map[string]string{
				`{"form":"Shape"}`: `input.x.form must be one of "round" or "square"`,
			},
		},
		"a base says what must be given": {x: `{"$ref":"#/components/schemas/Loose"}`, right: []string{`{"n":1}`}},
		"a base that nothing extends":    {x: `{"$ref":"#/components/schemas/Alone"}`, right: []string{`{"k":"any"}`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doc := mustParse(t, inputDocument(field(test.x), schemas))
			independent := resolve(t, doc.InputSchema())
			check := func(x, want string) {
				given := `{"x":` + x + `}`
				if diff := cmp.Diff(want, joined(validInput(doc, decoded(t, given)))); diff != "" {
					t.Errorf("%s: (-want +got)\n%s", x, diff)
				}
				if err := independent.Validate(withFloats(t, treeOf(t, given))); (err == nil) != (want == "") {
					t.Errorf("%s: another library says %v", x, err)
				}
			}
			for _, right := range test.right {
				check(right, "")
			}
			for _, wrong := range slices.Sorted(maps.Keys(test.wrong)) {
				check(wrong, test.wrong[wrong])
			}
		})
	}
}
