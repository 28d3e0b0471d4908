// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"fmt"
	"strings"
	"testing"
)

// typed reads a schema and returns the type constraint, on one line.
func typed(t *testing.T, raw string) string {
	t.Helper()
	reader, root, err := newReader([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(typeOf(reader.read(root))), " ")
}

func TestTypeOf(t *testing.T) {
	cases := map[string]struct{ schema, want string }{
		"a text":                  {`{"type": "string"}`, "string"},
		"a text or null":          {`{"type": ["null", "string"]}`, "string"},
		"a whole number":          {`{"type": "integer"}`, "number"},
		"texts by an enum":        {`{"enum": ["a", null, "b"]}`, "string"},
		"numbers by an enum":      {`{"enum": [1, 2]}`, "number"},
		"a boolean by a const":    {`{"const": true}`, "bool"},
		"a mixed enum":            {`{"enum": [1, "a"]}`, "any"},
		"a const that is a list":  {`{"const": [1]}`, "any"},
		"several types":           {`{"type": ["string", "number"]}`, "any"},
		"anything":                {`true`, "any"},
		"no word":                 {`{}`, "any"},
		"content":                 {`{"type": "string", "contentEncoding": "base64"}`, "object({ path = string filename = optional(string) content_type = optional(string) })"},
		"an alternative to null":  {`{"oneOf": [{"type": "null"}, {"type": "number"}]}`, "number"},
		"alternatives":            {`{"oneOf": [{"type": "string"}, {"type": "number"}]}`, "any"},
		"alternatives of a form":  {`{"type": "string", "anyOf": [{"format": "uuid"}, {"format": "email"}]}`, "string"},
		"alternatives of members": {`{"type": "object", "unevaluatedProperties": false, "anyOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}`, "any"},
		"a list":                  {`{"type": "array", "items": {"type": "boolean"}}`, "list(bool)"},
		"a list by its items":     {`{"items": {"type": "boolean"}}`, "list(bool)"},
		"a list of anything":      {`{"type": "array", "items": {}}`, "any"},
		"a list without a word":   {`{"type": "array"}`, "any"},
		"a map":                   {`{"type": "object", "additionalProperties": {"type": "number"}}`, "map(number)"},
		"a map of anything":       {`{"type": "object", "additionalProperties": {}}`, "any"},
		"a free-form object":      {`{"type": "object", "additionalProperties": true}`, "any"},
		"an open object":          {`{"type": "object", "properties": {"a": {"type": "string"}}}`, "any"},
		"an empty object":         {`{"type": "object", "additionalProperties": false}`, "object({})"},
		"required first": {
			`{"additionalProperties": false, "required": ["z", "b", "gone"], "properties": {"a": {"type": "string"}, "b": {"type": "string"}, "z": {"type": "string"}}}`,
			"object({ z = string b = string a = optional(string) })",
		},
		"what the service sets": {
			`{"additionalProperties": false, "required": ["a"], "properties": {"a": {"type": "string", "readOnly": true}, "b": false, "c": {"type": "string"}}}`,
			"object({ c = optional(string) })",
		},
		"a composition": {
			`{"unevaluatedProperties": false, "allOf": [
				{"properties": {"a": {"type": "string"}}}, {"required": ["a"], "properties": {"a": {"maxLength": 3}, "b": {"type": "boolean"}}}]}`,
			"object({ a = string b = optional(bool) })",
		},
		"a key that begins a loop":    {`{"additionalProperties": false, "properties": {"for": {"type": "string"}}}`, "any"},
		"a key that is no name":       {`{"additionalProperties": false, "properties": {"a b": {"type": "string"}}}`, "any"},
		"a key that is a literal":     {`{"additionalProperties": false, "properties": {"null": {"type": "string"}, "true": {"type": "string"}}}`, "object({ null = optional(string) true = optional(string) })"},
		"a reference that goes round": {`{"$ref": "#/$defs/A", "$defs": {"A": {"additionalProperties": false, "properties": {"a": {"$ref": "#/$defs/A"}, "b": {"type": "string"}}}}}`, "object({ # Not typed: holds values of its own form. a = optional(any) b = optional(string) })"},
		"a reference to itself":       {`{"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/A"}}}`, "any"},
		"a reference to nothing":      {`{"$ref": "#/$defs/A"}`, "any"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := typed(t, c.schema); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestTypeOfDeep(t *testing.T) {
	deep := strings.Repeat(`{"type": "array", "items": `, 100) + `{"type": "string"}` + strings.Repeat("}", 100)
	if got := typed(t, deep); got != "any" {
		t.Errorf("got %s", got)
	}
}

// Each of these schemas refers to the next ten times.
func TestTypeOfManyReferences(t *testing.T) {
	var defs []string
	for i := range 15 {
		var members []string
		for j := range 10 {
			members = append(members, fmt.Sprintf(`"m%d": {"$ref": "#/$defs/D%d"}`, j, i+1))
		}
		defs = append(defs, fmt.Sprintf(`"D%d": {"additionalProperties": false, "properties": {%s}}`, i, strings.Join(members, ", ")))
	}
	got := typed(t, `{"$ref": "#/$defs/D0", "$defs": {`+strings.Join(defs, ", ")+`, "D15": {"type": "string"}}}`)
	if n := strings.Count(got, "optional("); n < 1_000 || n > 2*maxValues || !strings.Contains(got, tooLarge) {
		t.Errorf("the type tells of %d values", n)
	}
}
