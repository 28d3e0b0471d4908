// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestInputSchema(t *testing.T) {
	tests := map[string]struct{ version, input, schemas, want string }{
		"explanations stay": {
			input: field(`{"type":"string","title":"T","description":"<D>","example":"e","deprecated":true,"default":"d","x-internal":1}`),
			want:  `"additionalProperties":false,"properties":{"x":{"default":"d","deprecated":true,"description":"<D>","examples":["e"],"title":"T","type":"string"}},"type":"object"}`,
		},
		"nullable": {
			input: field(`{"type":"string","nullable":true,"enum":["a"]}`),
			want:  `"additionalProperties":false,"properties":{"x":{"enum":["a",null],"type":["null","string"]}},"type":"object"}`,
		},
		"bounds as they are written": {
			input: field(`{"type":"number","minimum":0.10,"exclusiveMinimum":true,"maximum":9007199254740993}`),
			want:  `"additionalProperties":false,"properties":{"x":{"exclusiveMinimum":0.1,"maximum":9007199254740993,"type":"number"}},"type":"object"}`,
		},
		"a component is inlined, as often as it is used": {
			input:   `{"type":"object","properties":{"a":{"$ref":"#/components/schemas/A"},"b":{"$ref":"#/components/schemas/A"}}}`,
			schemas: `{"A":{"$ref":"#/components/schemas/B"},"B":{"type":"string"}}`,
			want:    `"additionalProperties":false,"properties":{"a":{"type":"string"},"b":{"type":"string"}},"type":"object"}`,
		},
		"what is beside a reference is ignored": {
			input:   field(`{"$ref":"#/components/schemas/A","maxLength":1}`),
			schemas: `{"A":{"type":"string"}}`,
			want:    `"additionalProperties":false,"properties":{"x":{"type":"string"}},"type":"object"}`,
		},
		"what is beside a reference counts in 3.1": {
			version: "3.1.0",
			input:   `{"type":"object","properties":{"a":{"$ref":"#/components/schemas/A","maxLength":1},"b":{"$ref":"#/components/schemas/A","description":"B"}}}`,
			schemas: `{"A":{"type":"string"}}`,
			want:    `"additionalProperties":false,"properties":{"a":{"allOf":[{"type":"string"}],"maxLength":1},"b":{"allOf":[{"type":"string"}],"description":"B"}},"type":"object"}`,
		},
		"a recursive component goes into $defs": {
			input:   field(`{"$ref":"#/components/schemas/Node"}`),
			schemas: `{"Node":{"type":"object","properties":{"next":{"$ref":"#/components/schemas/Node"}}}}`,
			want:    `"$defs":{"Node":{"additionalProperties":false,"properties":{"next":{"$ref":"#/$defs/Node"}},"type":"object"}},"additionalProperties":false,"properties":{"x":{"$ref":"#/$defs/Node"}},"type":"object"}`,
		},
		"a recursion through an alternative": {
			input:   `{"$ref":"#/components/schemas/S"}`,
			schemas: `{"S":{"type":"object","properties":{"a":{"oneOf":[{"$ref":"#/components/schemas/S"},{"type":"string"}]}}}}`,
			want:    `"$defs":{"schema":{"oneOf":[{"properties":{"a":{"$ref":"#/$defs/schema"}},"type":"object"},{"type":"string"}],"unevaluatedProperties":false}},"additionalProperties":false,"properties":{"a":{"$ref":"#/$defs/schema"}},"type":"object"}`,
		},
		"a reference into a path": {
			input: `{"type":"object","properties":{"a":{"type":"string","maxLength":3},"b":{"$ref":"#/paths/~1api~1v1~1flows~1f~1staging~1sessions/post/requestBody/content/application~1json/schema/properties/input/properties/a"}}}`,
			want:  `"additionalProperties":false,"properties":{"a":{"maxLength":3,"type":"string"},"b":{"maxLength":3,"type":"string"}},"type":"object"}`,
		},
		"a composition is closed as a whole": {
			input:   `{"allOf":[{"$ref":"#/components/schemas/A"},{"properties":{"b":{"type":"string"}}}]}`,
			schemas: `{"A":{"type":"object","properties":{"a":{"type":"string"}}}}`,
			want:    `"allOf":[{"properties":{"a":{"type":"string"}},"type":"object"},{"properties":{"b":{"type":"string"}}}],"unevaluatedProperties":false}`,
		},
		"what 3.1 declares under a condition leaves it open": {
			version: "3.1.0",
			input:   `{"properties":{"a":{"type":"string"}},"if":{"required":["a"]},"then":{"properties":{"b":{}}}}`,
			want:    `"properties":{"a":{"type":"string"}}}`,
		},
		"a pattern that is too long to be run is kept": {
			input: field(`{"type":"string","pattern":"` + strings.Repeat("a", maxPattern+1) + `"}`),
			want:  `"additionalProperties":false,"properties":{"x":{"pattern":"` + strings.Repeat("a", maxPattern+1) + `","type":"string"}},"type":"object"}`,
		},

		"a mapped discriminator is an enum of each branch": {
			input:   field(`{"oneOf":[{"$ref":"#/components/schemas/A"}],"discriminator":{"propertyName":"k","mapping":{"v1":"#/components/schemas/A","v2":"A","v3":"B"}}}`),
			schemas: `{"A":{"type":"object","properties":{"k":{"type":"string"}}},"B":{}}`,
			want:    `"additionalProperties":false,"properties":{"x":{"oneOf":[{"allOf":[{"properties":{"k":{"type":"string"}},"type":"object"},{"properties":{"k":{"enum":["v1","v2"]}},"required":["k"]}]}],"unevaluatedProperties":false}},"type":"object"}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			raw := string(inputDocument(test.input, test.schemas))
			if test.version != "" {
				raw = strings.Replace(raw, "3.0.3", test.version, 1)
			}
			schema := mustParse(t, []byte(raw)).InputSchema()
			got := strings.TrimPrefix(string(schema), `{"$schema":"https://json-schema.org/draft/2020-12/schema",`)
			got = strings.Replace(got, `"$schema":"https://json-schema.org/draft/2020-12/schema",`, "", 1)
			if diff := cmp.Diff(test.want, strings.TrimPrefix(got, "{")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			resolve(t, schema) // the independent library takes it
		})
	}
}

func TestInputSchemaIsTheSameEveryTime(t *testing.T) {
	raw := inputDocument(`{"$ref":"#/components/schemas/A"}`, `{"A":{"properties":{"x":{"properties":{"next":{"allOf":[{"$ref":"#/components/schemas/A"}]}}},"y":{"properties":{"next":{"allOf":[{"$ref":"#/components/schemas/A"}]}}}}}}`)
	first := string(mustParse(t, raw).InputSchema())
	for range 20 {
		if diff := cmp.Diff(first, string(mustParse(t, raw).InputSchema())); diff != "" {
			t.Fatalf("(-first +later)\n%s", diff)
		}
	}
}
