// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func length(n int64) *int64 { return &n }

func TestDataBlocksOfSeed(t *testing.T) {
	want := []DataBlock{
		{Name: "basicIdentity", Required: true, Fields: []Field{
			{Path: "birthDate", Type: "string"},
			{Path: "birthPlace", Type: "string", MaxLength: length(150)},
			{Path: "familyName", Type: "string", Required: true, MaxLength: length(150)},
			{Path: "givenName", Type: "string", Required: true, MaxLength: length(150)},
			{Path: "name", Type: "string", MaxLength: length(150)},
		}},
		{Name: "documentsToSign", Required: true, Fields: []Field{
			{Path: "documents", Type: "array", Required: true},
			{Path: "documents[].source", Type: "string", Format: "binary", Required: true},
			{Path: "documents[].templateId", Type: "string", Required: true},
		}},
	}
	if diff := cmp.Diff(want, mustParse(t, seed(t, seedFile)).DataBlocks()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestDataBlocks(t *testing.T) {
	tests := map[string]struct {
		input, schemas string
		want           []DataBlock
	}{
		"none": {`{"type":"object"}`, "", []DataBlock{}},
		"a block that is no object": {field(`{"type":"string","format":"phone","nullable":true,"enum":["a","b"]}`), "", []DataBlock{
			{Name: "x", Fields: []Field{{Type: "string", Format: "phone", Enum: []string{"a", "b"}}}},
		}},
		"a list as a block": {field(`{"type":"array","items":{"type":"integer","enum":[1,2]}}`), "", []DataBlock{
			{Name: "x", Fields: []Field{{Type: "array"}, {Path: "[]", Type: "integer", Required: true, Enum: []string{"1", "2"}}}},
		}},
		"objects before what they hold": {field(`{"type":"object","required":["a"],"properties":{"a":{"properties":{"s":{"type":["string","integer"]}}},"l":{"items":{"type":"array","items":{"type":"string"}}}}}`), "", []DataBlock{
			{Name: "x", Fields: []Field{
				{Path: "a", Type: "object", Required: true},
				{Path: "a.s", Type: "integer|string"},
				{Path: "l", Type: "array"},
				{Path: "l[]", Type: "array", Required: true},
				{Path: "l[][]", Type: "string", Required: true},
			}},
		}},
		"alternatives require nothing, allOf does": {field(`{"allOf":[{"required":["a"],"properties":{"a":{"type":"string","maxLength":9}}},{"properties":{"a":{"maxLength":5}}}],"oneOf":[{"required":["b"],"properties":{"b":{"type":"string","enum":["x"]}}},{"properties":{"b":{"type":"string","enum":["y"]}}}]}`), "", []DataBlock{
			{Name: "x", Fields: []Field{
				{Path: "a", Type: "string", Required: true, MaxLength: length(5)},
				{Path: "b", Type: "string", Enum: []string{"x", "y"}},
			}},
		}},
		"a recursion is listed once": {field(`{"$ref":"#/components/schemas/N"}`), `{"N":{"type":"object","properties":{"v":{"type":"integer"},"n":{"$ref":"#/components/schemas/N"},"l":{"type":"array","items":{"$ref":"#/components/schemas/N"}}}}}`, []DataBlock{
			{Name: "x", Fields: []Field{
				{Path: "l", Type: "array"},
				{Path: "n", Type: "object"},
				{Path: "v", Type: "integer"},
			}},
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, mustParse(t, inputDocument(test.input, test.schemas)).DataBlocks()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Branches of a recursive schema multiply with every level.
func TestDataBlocksAreBounded(t *testing.T) {
	const ring = `{"A":{"properties":{"a":{"$ref":"#/components/schemas/B"},"b":{"$ref":"#/components/schemas/C"},"c":{"$ref":"#/components/schemas/D"}}},
		"B":{"properties":{"a":{"$ref":"#/components/schemas/C"},"b":{"$ref":"#/components/schemas/D"},"c":{"$ref":"#/components/schemas/E"}}},
		"C":{"properties":{"a":{"$ref":"#/components/schemas/D"},"b":{"$ref":"#/components/schemas/E"},"c":{"$ref":"#/components/schemas/F"}}},
		"D":{"properties":{"a":{"$ref":"#/components/schemas/E"},"b":{"$ref":"#/components/schemas/F"},"c":{"$ref":"#/components/schemas/A"}}},
		"E":{"properties":{"a":{"$ref":"#/components/schemas/F"},"b":{"$ref":"#/components/schemas/A"},"c":{"$ref":"#/components/schemas/B"}}},
		"F":{"properties":{"a":{"$ref":"#/components/schemas/A"},"b":{"$ref":"#/components/schemas/B"},"c":{"$ref":"#/components/schemas/C"}}}}`
	for _, block := range mustParse(t, inputDocument(field(`{"$ref":"#/components/schemas/A"}`), ring)).DataBlocks() {
		if len(block.Fields) > maxFields {
			t.Errorf("%d fields", len(block.Fields))
		}
	}
}

// A description of schemas that each have all others to look through ends.
func TestDataBlocksOfCompositionsAreBounded(t *testing.T) {
	doc := mustParse(t, inputDocument(`{"$ref":"#/components/schemas/S0"}`, chained(200)))
	fields := 0
	for _, block := range doc.DataBlocks() {
		fields += len(block.Fields)
	}
	if fields == 0 || fields > maxVisited {
		t.Errorf("%d fields", fields)
	}
}
