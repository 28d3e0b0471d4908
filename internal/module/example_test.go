// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/flowdoc"
)

// exampleOf returns the example that is found for an input with one required
// member of a schema, "" for none.
func exampleOf(t *testing.T, schema string, components string) string {
	t.Helper()
	doc, err := flowdoc.Parse(fmt.Appendf(nil, `{
		"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "components": {"schemas": %s},
		"paths": {"/api/v1/flows/f/staging/sessions": {"post": {
			"requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {
				"input": {"type": "object", "required": ["v"], "properties": {"v": %s}}
			}}}}},
			"responses": {"201": {"description": "created"}}
		}}}
	}`, components, schema))
	if err != nil {
		t.Fatal(err)
	}
	reader, root, err := newReader(doc.InputSchema())
	if err != nil {
		t.Fatal(err)
	}
	found := (&source{input: reader.read(root), reader: reader}).findExample(doc.ValidateInput)
	if found == nil {
		return ""
	}
	if problems := doc.ValidateInput(found.value()); len(problems) > 0 {
		t.Errorf("the judge refuses %s: %v", found.expression(), problems)
	}
	return strings.TrimSuffix(strings.TrimPrefix(found.expression(), "{\nv = "), "\n}")
}

func TestExample(t *testing.T) {
	cases := map[string]struct{ schema, want string }{
		"the first allowed":       {`{"type": "string", "enum": ["b", "a"]}`, `"b"`},
		"a date":                  {`{"type": "string", "format": "date"}`, `"1985-08-22"`},
		"a pattern":               {`{"type": "string", "pattern": "^[A-Z]{2}$"}`, `"AA"`},
		"no less than needed":     {`{"type": "string", "minLength": 10}`, `"exampleexa"`},
		"no more than allowed":    {`{"type": "string", "maxLength": 2}`, `"ex"`},
		"a number":                {`{"type": "number"}`, "1"},
		"a number at its bound":   {`{"type": "number", "minimum": 2.5}`, "2.5"},
		"a number past its bound": {`{"type": "integer", "minimum": 7, "exclusiveMinimum": true}`, "8"},
		"a number below":          {`{"type": "number", "maximum": -1.5, "exclusiveMaximum": true}`, "-2"},
		"a number between":        {`{"type": "number", "minimum": 0.2, "exclusiveMinimum": true, "maximum": 0.3, "exclusiveMaximum": true}`, "0.25"},
		"a multiple":              {`{"type": "integer", "minimum": 7, "multipleOf": 5}`, "10"},
		"an allowed number":       {`{"type": "number", "enum": [3]}`, "3"},
		"one element":             {`{"type": "array", "items": {"type": "boolean"}}`, "[true]"},
		"elements":                {`{"type": "array", "minItems": 2, "items": {"type": "boolean"}}`, "[true, true]"},
		"elements that differ":    {`{"type": "array", "minItems": 3, "uniqueItems": true, "items": {"type": "string"}}`, `["example", "example2", "example3"]`},
		"a map":                   {`{"type": "object", "additionalProperties": {"type": "string"}}`, "{}"},
		"a map with a key":        {`{"type": "object", "minProperties": 1, "additionalProperties": {"type": "integer"}}`, "{\nexample1 = 1\n}"},
		"anything":                {`{}`, `"example"`},
		"the first alternative":   {`{"oneOf": [{"type": "number"}, {"type": "string"}]}`, "1"},
		"the second alternative":  {`{"oneOf": [{"type": "string", "minLength": 5, "maxLength": 4}, {"type": "boolean"}]}`, "true"},
		"a mixed enum":            {`{"enum": [{"a": [1, true]}, 2]}`, "{\na = [1, true]\n}"},
		"an open object":          {`{"type": "object", "required": ["a b"], "additionalProperties": true, "properties": {"a b": {"type": "boolean"}, "c": {}}}`, "{\n\"a b\" = true\n}"},
		"a key that no one lists": {`{"type": "object", "required": ["a"], "additionalProperties": true}`, "{\na = \"example\"\n}"},
		"no optional member":      {`{"type": "object", "properties": {"a": {"type": "string"}}}`, "{}"},
		"a file":                  {`{"type": "string", "format": "byte"}`, "{\npath = \"README.md\"\n}"},
		"itself, in a list":       {`{"$ref": "#/components/schemas/A"}`, "{\na = [{\na = []\n}]\n}"},

		"a contradiction":             {`{"type": "string", "minLength": 5, "maxLength": 3}`, ""},
		"too few to differ":           {`{"type": "array", "minItems": 3, "uniqueItems": true, "items": {"type": "boolean"}}`, ""},
		"more than is read":           {`{"type": "array", "minItems": 9999, "items": {"type": "boolean"}}`, ""},
		"more than is read, nested":   {`{"type": "array", "minItems": 50, "items": {"type": "array", "minItems": 50, "items": {"type": "boolean"}}}`, ""},
		"a text longer than is read":  {`{"type": "string", "minLength": 2000000}`, ""},
		"itself, without an end":      {`{"$ref": "#/components/schemas/B"}`, ""},
		"a pattern that nothing fits": {`{"type": "string", "pattern": "^a(?!b)b"}`, ""},
	}
	const components = `{
		"A": {"type": "object", "required": ["a"], "properties": {"a": {"type": "array", "items": {"$ref": "#/components/schemas/A"}}}},
		"B": {"type": "object", "required": ["b"], "properties": {"b": {"$ref": "#/components/schemas/B"}}}
	}`
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := exampleOf(t, c.schema, components); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// Rules that each is easy to keep, and that have to be kept together.
func TestExampleOfRulesTogether(t *testing.T) {
	raw, err := os.ReadFile("testdata/documents/rules-together.json")
	if err != nil {
		t.Fatal(err)
	}
	_, members, _ := strings.Cut(string(raw), `"input": {`)
	_, members, _ = strings.Cut(members, `"properties": `)
	var schemas map[string]json.RawMessage
	if err := json.NewDecoder(strings.NewReader(members)).Decode(&schemas); err != nil || len(schemas) < 30 {
		t.Fatalf("%d schemas (%v)", len(schemas), err)
	}
	for name, schema := range schemas {
		t.Run(name, func(t *testing.T) {
			if exampleOf(t, string(schema), `{"Tree": `+string(schemas["tree"])+`}`) == "" {
				t.Errorf("no example is found for %s", schema)
			}
		})
	}
}
