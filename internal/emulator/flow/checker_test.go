// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"net/http"
	"testing"
)

// TestRules holds values of the field x against one schema each.
func TestRules(t *testing.T) {
	cases := map[string]struct {
		schema         string // of x, in an input that also holds the schema Base
		taken, refused []string
	}{
		"a required name that is not declared":    {`{"type":"object","required":["a"],"properties":{"b":{}}}`, []string{`{"a":1}`, `{"a":1,"b":2}`}, []string{`{"b":2}`, `{"a":1,"c":3}`}},
		"not anything":                            {`{"not":{}}`, nil, []string{`1`, `"a"`, `{}`}},
		"one of two that take anything":           {`{"oneOf":[{},{}]}`, nil, []string{`1`, `{}`}},
		"any of two that take anything":           {`{"anyOf":[{},{}]}`, []string{`1`, `{}`}, nil},
		"read-only by composition":                {`{"type":"object","required":["id"],"properties":{"id":{"allOf":[{"$ref":"#/components/schemas/Tree"},{"readOnly":true}]}}}`, []string{`{}`}, nil},
		"an array without items":                  {`{"type":"array"}`, []string{`[]`, `[1,{"a":[]}]`}, []string{`{}`, `1`}},
		"a multiple of a decimal":                 {`{"type":"number","multipleOf":0.01}`, []string{`0.29`, `1.1`, `4.35`, `9007199254740993`, `1e2`}, []string{`0.001`, `4.355`, `9007199254740993.001`}},
		"a multiple of an integer":                {`{"type":"integer","multipleOf":3}`, []string{`9007199254740993`, `-3`, `0`}, []string{`9007199254740992`, `1`}},
		"bounds are exact":                        {`{"type":"number","maximum":9007199254740992}`, []string{`9007199254740992`}, []string{`9007199254740993`, `9007199254740992.5`}},
		"exclusive bounds":                        {`{"type":"number","minimum":1,"exclusiveMinimum":true,"maximum":2}`, []string{`1.1`, `2`}, []string{`1`, `2.1`}},
		"an integer with a fraction of zero":      {`{"type":"integer"}`, []string{`1.0`, `1e3`}, []string{`1.5`, `1e-3`}},
		"a number too large to compare":           {`{"type":"number","maximum":5}`, []string{`1e999999999`}, nil},
		"enum compares numbers by value":          {`{"enum":[1,{"a":[2]},null]}`, []string{`1.0`, `{"a":[2.0]}`, `null`}, []string{`"1"`, `true`, `{"a":[2,3]}`}},
		"unique by value":                         {`{"type":"array","items":{},"uniqueItems":true}`, []string{`[1,"1",true]`}, []string{`[1,1.0]`, `[{"a":1,"b":2},{"b":2,"a":1}]`}},
		"null where no type is asked for":         {`{"minLength":3}`, []string{`null`, `7`}, []string{`"ab"`}},
		"null in place of a reference":            {`{"nullable":true,"allOf":[{"$ref":"#/components/schemas/Tree"}]}`, []string{`null`, `{"name":"n"}`}, []string{`7`}},
		"a rule that can't be decided in a not":   {`{"not":{"pattern":"("}}`, []string{`"a"`}, []string{`1`}},
		"two branches that can't be decided":      {`{"oneOf":[{"type":"string","pattern":"("},{"type":"string","pattern":"^a"}]}`, []string{`"a"`, `"b"`}, []string{`1`}},
		"a schema that leads back to itself":      {`{"$ref":"#/components/schemas/Loop"}`, []string{`{"a":1}`}, []string{`1`}},
		"numbers of properties":                   {`{"type":"object","minProperties":1,"maxProperties":2}`, []string{`{"a":1}`}, []string{`{}`, `{"a":1,"b":1,"c":1}`}},
		"numbers of elements":                     {`{"type":"array","items":{},"minItems":1,"maxItems":2}`, []string{`[1]`}, []string{`[]`, `[1,2,3]`}},
		"the length of content is not its text's": {`{"type":"string","format":"binary","maxLength":3}`, []string{`"YWJj"`}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			doc := parse(t, `{"openapi":"3.0.3","info":{"title":"t","version":"1","x-flow-id":"f","x-flow-version":1,"x-environment":"staging"},
				"paths":{"/s":{"post":{"operationId":"createSession","requestBody":{"content":{"application/json":{"schema":{"properties":{"input":{"type":"object","properties":{"x":`+c.schema+`}}}}}}},"responses":{"201":{"description":"created"}}}}},
				"components":{"schemas":{"Tree":{"type":"object","properties":{"name":{"type":"string"}}},"Loop":{"type":"object","allOf":[{"$ref":"#/components/schemas/Loop"}]}}}}`)
			for _, x := range c.taken {
				if _, got := messages(t, doc, "application/json", `{"metadata":{"subjectId":"c"},"input":{"x":`+x+`}}`); got != nil {
					t.Errorf("%s is refused: %q", x, got)
				}
			}
			for _, x := range c.refused {
				if status, _ := messages(t, doc, "application/json", `{"metadata":{"subjectId":"c"},"input":{"x":`+x+`}}`); status != http.StatusBadRequest {
					t.Errorf("%s is taken", x)
				}
			}
		})
	}
}
