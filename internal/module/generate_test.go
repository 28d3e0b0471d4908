// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"fmt"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
)

// components are schemas that the tables refer to.
const components = `{
	"Base": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
	"Tree": {"type": "object", "properties": {"name": {"type": "string"}, "next": {"$ref": "#/components/schemas/Tree"}}},
	"Endless": {"type": "object", "required": ["e"], "properties": {"e": {"$ref": "#/components/schemas/Endless"}}}
}`

// flowOf is a flow whose input has the required member v.
func flowOf(t *testing.T, v, components string) *flowschema.Document {
	t.Helper()
	doc, err := flowschema.Parse(t.Context(), fmt.Appendf(nil, `{
		"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "components": {"schemas": %s},
		"paths": {"/api/v1/flows/f/staging/sessions": {"post": {
			"requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {
				"input": {"type": "object", "required": ["v"], "properties": {"v": %s}}
			}}}}},
			"responses": {"201": {"description": "created"}}
		}}}
	}`, components, v))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTypeOf(t *testing.T) {
	cases := map[string]struct{ schema, want string }{
		"text":                         {`{"type": "string"}`, "string"},
		"text or null":                 {`{"type": "string", "nullable": true}`, "string"},
		"an integer":                   {`{"type": "integer"}`, "number"},
		"a boolean":                    {`{"type": "boolean"}`, "bool"},
		"anything":                     {`{}`, "any"},
		"content in a list":            {`{"type": "array", "items": {"type": "string", "format": "byte"}}`, "list(map(string))"},
		"alternatives":                 {`{"oneOf": [{"type": "string"}, {"type": "number"}]}`, "any"},
		"a list":                       {`{"type": "array", "items": {"type": "boolean"}}`, "list(bool)"},
		"a list of anything":           {`{"type": "array", "items": {}}`, "any"},
		"a list of what holds any":     {`{"type": "array", "items": {"type": "object", "properties": {"a": {}}}}`, "any"},
		"a list of what speaks of any": {`{"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string", "description": "= any"}}}}`, "list(object({ # = any a = optional(string) }))"},
		"a map":                        {`{"type": "object", "additionalProperties": {"type": "number"}}`, "map(number)"},
		"a map of anything":            {`{"type": "object", "additionalProperties": {}}`, "any"},
		"an open object":               {`{"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": true}`, "object({ a = optional(string) })"},
		"required":                     {`{"type": "object", "required": ["b"], "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}`, "object({ a = optional(string) b = string })"},
		"what responses have":          {`{"type": "object", "properties": {"a": {"type": "string", "readOnly": true}, "c": {"type": "string"}}}`, "object({ c = optional(string) })"},
		"a composition":                {`{"allOf": [{"$ref": "#/components/schemas/Base"}, {"properties": {"b": {"type": "boolean"}}}]}`, "object({ a = string b = optional(bool) })"},
		"keys that no type can name":   {`{"type": "object", "properties": {"for": {"type": "string"}, "a b": {"type": "string"}, "null": {"type": "string"}}}`, "object({ null = optional(string) })"},
		"a schema that holds itself":   {`{"$ref": "#/components/schemas/Tree"}`, "object({ name = optional(string) next = optional(any) })"},
		"alternatives that narrow":     {`{"type": "object", "properties": {"a": {"type": "string"}}, "anyOf": [{"required": ["a"]}, {"minProperties": 2}]}`, "object({ a = optional(string) })"},
		"an alternative or null":       {`{"anyOf": [{"$ref": "#/components/schemas/Base"}, {"enum": [null]}]}`, "object({ a = string })"},
		"content in a list or not":     {`{"type": "object", "properties": {"a": {"type": "string", "format": "byte"}}}`, "object({ # A file. a = optional(any) })"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(strings.Fields(typeOf(flowOf(t, c.schema, components).Input(), true)), " ")
			if want := "object({ v = " + c.want + " })"; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestExample(t *testing.T) {
	cases := map[string]struct{ schema, want string }{
		"the document's example":  {`{"type": "string", "minLength": 3, "example": "abc", "default": "def", "enum": ["abc", "def"]}`, `"abc"`},
		"the document's default":  {`{"type": "string", "default": "def", "enum": ["abc", "def"]}`, `"def"`},
		"the first allowed":       {`{"type": "string", "enum": ["b", "a"]}`, `"b"`},
		"an example of an object": {`{"type": "object", "properties": {"a": {"type": "array", "items": {"type": "integer"}}}, "example": {"a": [1, 2]}}`, "{\na = [1, 2]\n}"},
		"a date":                  {`{"type": "string", "format": "date"}`, `"1985-08-22"`},
		"no less than needed":     {`{"type": "string", "minLength": 10}`, `"exampleeee"`},
		"no more than allowed":    {`{"type": "string", "maxLength": 2}`, `"ex"`},
		"a number":                {`{"type": "number"}`, "1"},
		"a number at its bound":   {`{"type": "number", "minimum": 2.5}`, "2.5"},
		"a boolean":               {`{"type": "boolean"}`, "true"},
		"an element":              {`{"type": "array", "items": {"type": "boolean"}}`, "[true]"},
		"elements":                {`{"type": "array", "minItems": 2, "items": {"type": "boolean"}}`, "[true, true]"},
		"an array without items":  {`{"type": "array"}`, `["example"]`},
		"a map":                   {`{"type": "object", "additionalProperties": {"type": "string"}}`, "{}"},
		"anything":                {`{}`, `"example"`},
		"the first alternative":   {`{"oneOf": [{"type": "number"}, {"type": "string"}]}`, "1"},
		"what is required":        {`{"type": "object", "required": ["a b"], "properties": {"a b": {"type": "boolean"}, "c": {}}}`, "{\n\"a b\" = true\n}"},
		"a file":                  {`{"type": "string", "format": "byte"}`, "{\n\"$file\" = \"README.md\"\n\"$sha256\" = filesha256(\"README.md\")\n}"},

		"a pattern":          {`{"type": "string", "pattern": "^[A-Z]{2}$"}`, ""},
		"a wrong example":    {`{"type": "string", "example": "abc", "maxLength": 2}`, ""},
		"a contradiction":    {`{"type": "string", "minLength": 5, "maxLength": 3}`, ""},
		"a very long text":   {`{"type": "string", "minLength": 2000000}`, ""},
		"very many elements": {`{"type": "array", "minItems": 9999, "items": {"type": "boolean"}}`, ""},
		"itself, endless":    {`{"$ref": "#/components/schemas/Endless"}`, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			made := example(t.Context(), flowOf(t, c.schema, components))
			got := strings.TrimSuffix(strings.TrimPrefix(made.expression(), "{\nv = "), "\n}")
			if made.complete() != (c.want != "") || c.want != "" && got != c.want {
				t.Errorf("complete: %v, got %s", made.complete(), got)
			}
		})
	}
}

// What no placeholder fits is null, with the rule beside it.
func TestExampleSaysWhatIsMissing(t *testing.T) {
	made := example(t.Context(), flowOf(t, `{"type": "object", "required": ["code", "name"], "properties": {"code": {"type": "string", "pattern": "^[A-Z]$"}, "name": {"type": "string"}}}`, components))
	want := "{\nv = {\n# must match the pattern ^[A-Z]$\ncode = null\nname = \"example\"\n}\n}"
	if got := made.expression(); got != want {
		t.Errorf("got %s", got)
	}
}

// manyReferences is an input of schemas of which each refers to the next ten times.
func manyReferences(t *testing.T) *flowschema.Schema {
	t.Helper()
	var schemas []string
	for i := range 15 {
		var members, names []string
		for j := range 10 {
			members = append(members, fmt.Sprintf(`"m%d": {"$ref": "#/components/schemas/D%d"}`, j, i+1))
			names = append(names, fmt.Sprintf(`"m%d"`, j))
		}
		schemas = append(schemas, fmt.Sprintf(`"D%d": {"type": "object", "required": [%s], "properties": {%s}}`, i, strings.Join(names, ","), strings.Join(members, ", ")))
	}
	return flowOf(t, `{"$ref": "#/components/schemas/D0"}`, `{`+strings.Join(schemas, ", ")+`, "D15": {"type": "string"}}`).Input()
}

func TestTypeIsBounded(t *testing.T) {
	if n := strings.Count(typeOf(manyReferences(t), true), " = "); n < 1_000 || n > 2*maxValues {
		t.Errorf("the type is of %d values", n)
	}
}

func TestExampleIsBounded(t *testing.T) {
	made := (&exemplifier{}).value(placeOf(manyReferences(t)), nil)
	if n := strings.Count(sample{}.write(made, nil), " = "); n < 100 || n > 2*maxSamples {
		t.Errorf("the example is of %d values", n)
	}
}
