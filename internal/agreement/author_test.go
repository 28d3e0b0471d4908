// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package agreement

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/idnow/terraform-provider-idnow/examples/flows"
	"github.com/idnow/terraform-provider-idnow/internal/contract"
)

// author makes random flow documents: of OpenAPI 3.0, with everything that a
// flow may require of its input, and few names, so that they often coincide.
type author struct {
	*rand.Rand

	// clear authors give a field of one name one type, in every alternative. In a
	// form, which has no types, they can't be distinguished otherwise.
	clear bool
	names []string
}

func newAuthor(seed uint64) author {
	return author{Rand: rand.New(rand.NewPCG(seed, 1)), names: []string{"a", "b", "c", "größe", "d e", "f.g"}}
}

type node = map[string]any

// document writes a flow's document. Every second
// document of a form has bracketed field names.
func (a author) document(mediaType string) []byte {
	input := a.blocks()
	body := node{"type": "object", "properties": node{"input": input, "metadata": metadata(), "state": node{"type": "string"}}}
	if mediaType == contract.Multipart && a.one(2) {
		body = a.bracketed(input)
	}
	return documentOf(mediaType, body, a.components())
}

// components are the schemas that others refer to: two objects, and two that a
// discriminator selects. A base that represents its subtypes is not among them: the
// service validates its keys.
func (a author) components() node {
	components := node{"R": a.object(2), "S": a.object(2)}
	for i := range 2 {
		components[fmt.Sprint("Kind", i)] = a.kind(i, node{"type": "string"})
	}
	return components
}

// kind is alternative i, which says by its kind that it is meant.
func (a author) kind(i int, kind node) node {
	branch := a.branch(2, i)
	branch["properties"].(node)["kind"] = kind
	branch["required"] = []string{"kind"}
	return branch
}

// discriminated is a choice by a discriminator.
func (a author) discriminated() node {
	discriminator := node{"propertyName": "kind"}
	if a.one(3) {
		discriminator["mapping"] = node{"zero": "Kind0"}
	}
	return node{
		[]string{"oneOf", "anyOf"}[a.IntN(2)]: []any{node{"$ref": "#/components/schemas/Kind0"}, node{"$ref": "#/components/schemas/Kind1"}},
		"discriminator":                       discriminator,
	}
}

func metadata() node {
	return node{"type": "object", "required": []string{"subjectId"}, "properties": node{
		"subjectId": node{"type": "string", "maxLength": 40},
	}}
}

// documentOf writes the document of a flow whose request has the schema.
func documentOf(mediaType string, body, schemas node) []byte {
	return []byte(text(node{
		"openapi": "3.0.3",
		"info":    node{"title": "t", "version": "1", "x-flow-id": "f", "x-flow-version": 1, "x-environment": "staging"},
		"paths": node{"/api/v1/flows/f/staging/sessions": node{"post": node{
			"operationId": "createSession",
			"requestBody": node{"content": node{mediaType: node{"schema": body}}},
			"responses":   node{"201": node{"description": "created"}},
		}}},
		"components": node{"schemas": schemas},
	}))
}

// inputDocument writes a document of which only the input matters.
func inputDocument(mediaType string, input node) []byte {
	return documentOf(mediaType, node{"type": "object", "properties": node{"input": input}}, node{})
}

// examples are the documents that the project ships.
func examples(t testing.TB) map[string]bothDocuments {
	t.Helper()
	entries, err := flows.FS.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bothDocuments{}
	for _, entry := range entries {
		raw, err := flows.FS.ReadFile(entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		found[entry.Name()] = parse(t, raw)
	}
	return found
}

// bracketed writes an input of blocks as bracketed names of a form's fields. A
// block's own rules have no such name and are lost, and with them nothing that
// the two sides could differ on.
func (a author) bracketed(input node) node {
	properties := node{"metadata[subjectId]": node{"type": "string"}}
	required := []string{"metadata[subjectId]"}
	blocks := input["properties"].(node)
	for _, block := range slices.Sorted(maps.Keys(blocks)) {
		schema := blocks[block]
		members, isObject := schema.(node)["properties"].(node)
		if !isObject || len(members) == 0 {
			properties["input["+block+"]"] = schema
			continue
		}
		names, _ := schema.(node)["required"].([]string)
		for _, name := range slices.Sorted(maps.Keys(members)) {
			written, member := a.element("input["+block+"]["+name+"]", members[name].(node))
			properties[written] = member
			if slices.Contains(names, name) {
				required = append(required, written)
			}
		}
	}
	slices.Sort(required)
	body := node{"type": "object", "properties": properties, "required": required}
	fields := maps.Clone(properties)
	delete(fields, "metadata[subjectId]") // the provider validates one member of a body at a time
	if names := slices.Sorted(maps.Keys(fields)); len(names) > 1 && a.one(3) {
		a.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		body[a.pick([]string{"oneOf", "anyOf"})] = []any{node{"required": names[:1]}, node{"required": names[1:2]}}
	}
	return body
}

// element writes the name of a list in one of the ways that documents have: as
// it is, with empty brackets for the list or for any of its elements, with the
// number of one that represents all. What bounds a list is lost with the latter.
func (a author) element(name string, schema node) (string, node) {
	items, isList := schema["items"].(node)
	if !isList {
		return name, schema
	}
	switch a.IntN(4) {
	case 0:
		return name + "[]", schema
	case 1:
		return name + "[]", items
	case 2:
		return name + "[0]", items
	}
	return name, schema
}

// one is true once in n times.
func (a author) one(n int) bool { return a.IntN(n) == 0 }

// name is the name of a block or a field.
func (a author) name() string { return a.pick(a.names) }

// blocks is the schema of an input.
func (a author) blocks() node {
	properties := node{}
	for range 1 + a.IntN(3) {
		properties[a.name()] = a.object(3)
	}
	if a.one(4) {
		properties["loose"] = a.free()
	}
	input := node{"type": "object", "properties": properties}
	if a.one(2) {
		input["required"] = []string{slices.Min(slices.Collect(maps.Keys(properties)))}
	}
	return input
}

// schema is the schema of a field that may hold others.
func (a author) schema(depth int) node {
	if depth == 0 || a.one(3) {
		return a.leaf()
	}
	switch a.IntN(10) {
	case 0:
		return node{"$ref": "#/components/schemas/" + a.pick([]string{"R", "S"})}
	case 1, 2:
		return a.list(depth)
	case 3:
		return node{"allOf": []any{a.object(depth - 1), a.object(depth - 1)}}
	case 4:
		return a.either(depth)
	case 5:
		return node{"anyOf": []any{a.branch(depth, 0), a.branch(depth, 1)}}
	case 6:
		return a.free()
	case 7:
		return a.discriminated()
	}
	return a.object(depth)
}

// object is an object's schema. What the fields of one name hold is either
// always content or never: the same name for both is a difference of its own.
func (a author) object(depth int) node {
	properties := node{}
	for range 1 + a.IntN(4) {
		properties[a.name()] = a.schema(max(0, depth-1))
	}
	if a.one(4) {
		properties["scan"] = node{"type": "string", "format": "binary"}
	}
	if a.one(4) {
		properties["bytes"] = node{"type": "string", "format": "byte"}
	}
	if a.one(6) {
		properties["set"] = node{"type": "string", "readOnly": true}
	}
	object := node{"type": "object", "properties": properties}
	if a.one(2) {
		object["required"] = []string{a.pick(slices.Sorted(maps.Keys(properties)))}
	}
	switch a.IntN(10) {
	case 0:
		object["additionalProperties"] = a.one(2)
	case 1:
		object["additionalProperties"] = a.leaf()
	case 2:
		object["maxProperties"] = 1 + a.IntN(3)
	case 3:
		object["minProperties"] = 1
	case 4:
		object["not"] = node{"required": []string{"a", "b"}}
	}
	return object
}

func (a author) pick(names []string) string { return names[a.IntN(len(names))] }

// free is a schema without rules.
func (a author) free() node {
	return []node{{}, {"type": "object"}, {"type": "object", "additionalProperties": true}}[a.IntN(3)]
}

func (a author) list(depth int) node {
	list := node{"type": "array", "items": a.schema(depth - 1)}
	if a.one(2) {
		list["maxItems"] = 2 + a.IntN(3)
	}
	if a.one(3) {
		list["minItems"] = 1
	}
	if a.one(3) {
		list["uniqueItems"] = true
	}
	return list
}

// either is a oneOf, whose branches usually differ in a field's value.
func (a author) either(depth int) node {
	if !a.clear && a.one(3) {
		return node{"oneOf": []any{a.object(depth - 1), a.object(depth - 1)}}
	}
	var branches []any
	for i := range 2 {
		branches = append(branches, a.kind(i, node{"type": "string", "enum": []string{fmt.Sprintf("kind %d", i)}}))
	}
	return node{"oneOf": branches}
}

// branch is alternative i of an anyOf or oneOf.
func (a author) branch(depth, i int) node {
	if !a.clear {
		return a.object(depth - 1)
	}
	a.names = [][]string{{"a", "b", "c"}, {"größe", "d e", "f.g"}}[i]
	branch := a.object(depth - 1)
	delete(branch, "additionalProperties")
	return branch
}

// leaf is the schema of a single value.
func (a author) leaf() node {
	leaf := a.plainLeaf()
	if a.one(5) {
		leaf["nullable"] = true
	}
	return leaf
}

func (a author) plainLeaf() node {
	switch a.IntN(8) {
	case 0:
		return node{"type": "string", "minLength": a.IntN(2), "maxLength": 1 + a.IntN(20)}
	case 1:
		return node{"type": "string", "enum": []string{"x", "größer", "1"}}
	case 2:
		return node{"type": "string", "pattern": a.pick(slices.Sorted(maps.Keys(patterns)))}
	case 3, 4:
		return node{"type": "string", "format": a.pick(slices.Sorted(maps.Keys(formats)))}
	case 5:
		return a.integer()
	case 6:
		return node{"type": "number", "minimum": -1, "exclusiveMinimum": a.one(2), "multipleOf": []any{1, 0.25, 0.1}[a.IntN(3)]}
	case 7:
		return node{"type": "boolean"}
	}
	return node{"type": "number", "maximum": 1000}
}

func (a author) integer() node {
	integer := node{"type": "integer"}
	if a.one(2) {
		integer["format"] = []string{"int32", "int64"}[a.IntN(2)]
	}
	if a.one(2) {
		integer["minimum"], integer["exclusiveMinimum"] = a.IntN(3), a.one(2)
	}
	if a.one(3) {
		integer["enum"] = []int{1, 2, 3}
	}
	return integer
}

// formats are the formats of text, each with texts that have it.
var formats = map[string][]string{
	"date":      {"1985-08-22", "2000-02-29"},
	"date-time": {"2024-11-04T10:30:00Z", "2024-11-04T10:30:00.123+05:30"},
	"email":     {"max@example.com", "m+x@sub.example"},
	"uuid":      {"40cbb7b3-7468-4b5d-8bb5-ff8e82510c70"},
	"uri":       {"https://example.com/a?b=c", "myapp://done"},
	"ipv4":      {"192.0.2.1"},
	"ipv6":      {"2001:db8::1"},
}

// patterns are regular expressions, each with texts that match it. One has a
// lookahead, which ECMA-262 has and Go has not.
var patterns = map[string][]string{
	"^[A-Z]{2}$":        {"DE", "FR"},
	"^(?!00)[0-9]{2}":   {"01", "99 more"},
	"^\\p{Lu}\\p{Ll}+$": {"Max", "Äsop"},
	"b":                 {"abc", "b"},
}
