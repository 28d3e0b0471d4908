// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// flowOf is a flow whose input has the field x.
func flowOf(version string, x any, schemas map[string]any) []byte {
	return flowWith(version, map[string]any{"application/json": x}, map[string]any{"schemas": schemas})
}

// flowWith is a flow whose input has the field x, by media type.
func flowWith(version string, x map[string]any, components any) []byte {
	content := map[string]any{}
	for mediaType, schema := range x {
		input := map[string]any{"type": "object", "properties": map[string]any{"x": schema}}
		content[mediaType] = map[string]any{"schema": map[string]any{"type": "object", "properties": map[string]any{"input": input, "metadata": map[string]any{"type": "object"}}}}
	}
	document, err := json.Marshal(map[string]any{
		"openapi": version,
		"info":    map[string]any{"title": "t", "version": "1", "x-flow-id": "f", "x-flow-version": 1, "x-environment": "staging"},
		"paths": map[string]any{"/s": map[string]any{"post": map[string]any{
			"operationId": "createSession",
			"requestBody": map[string]any{"content": content},
			"responses":   map[string]any{"201": map[string]any{"description": "created"}},
		}}},
		"components": components,
	})
	if err != nil {
		panic(err)
	}
	return document
}

// shared are the keywords that OpenAPI 3.0 has of JSON Schema, and const, which
// it lacks, but which 3.1 brings.
var shared = map[string]bool{
	"$ref": true, "type": true, "enum": true, "const": true, "title": true, "description": true, "default": true, "format": true,
	"multipleOf": true, "maximum": true, "minimum": true, "exclusiveMaximum": true, "exclusiveMinimum": true,
	"maxLength": true, "minLength": true, "pattern": true,
	"items": true, "maxItems": true, "minItems": true, "uniqueItems": true,
	"properties": true, "required": true, "additionalProperties": true, "maxProperties": true, "minProperties": true,
	"allOf": true, "anyOf": true, "oneOf": true, "not": true,
	"nullable": true, "readOnly": true, "$schema": true, "$comment": true,
}

// components are a schema of the suite as the component Case, beside those of its
// definitions.
func components(schema any) (schemas map[string]any, beyond string) {
	schemas = map[string]any{}
	if root, ok := schema.(map[string]any); ok {
		root = maps.Clone(root)
		for _, keyword := range []string{"definitions", "$defs"} {
			defined, _ := root[keyword].(map[string]any)
			for name, definition := range defined {
				rewritten, below := asOpenAPI(definition)
				schemas[name] = rewritten
				beyond = max(beyond, below)
			}
			delete(root, keyword)
		}
		schema = root
	}
	rewritten, below := asOpenAPI(schema)
	schemas["Case"] = rewritten
	return schemas, max(beyond, below)
}

// asOpenAPI writes a schema of the suite as one of an OpenAPI document:
// references lead to components, and an object is as open as JSON Schema has it,
// since the provider takes one that names its properties for closed. beyond names
// a keyword that it has and OpenAPI 3.0 has not, "" for none.
func asOpenAPI(schema any) (rewritten any, beyond string) {
	node, ok := schema.(map[string]any)
	if !ok {
		return schema, ""
	}
	out := map[string]any{}
	for keyword, value := range node {
		if !shared[keyword] {
			beyond = max(beyond, keyword)
		}
		rewritten, below := belowKeyword(keyword, value)
		beyond = max(beyond, below)
		if ref, ok := value.(string); ok && keyword == "$ref" {
			rewritten = inComponents.Replace(ref)
		}
		out[keyword] = rewritten
	}
	if node["properties"] != nil && node["additionalProperties"] == nil {
		out["additionalProperties"] = true
	}
	return out, beyond
}

var inComponents = strings.NewReplacer("#/definitions/", "#/components/schemas/", "#/$defs/", "#/components/schemas/", "#", "#/components/schemas/Case")

// belowKeyword rewrites the schemas in a keyword's value.
func belowKeyword(keyword string, value any) (rewritten any, beyond string) {
	switch value := value.(type) {
	case map[string]any:
		switch {
		case slices.Contains([]string{"enum", "const", "default"}, keyword):
			return value, ""
		case !slices.Contains([]string{"properties", "patternProperties", "dependentSchemas"}, keyword):
			return asOpenAPI(value)
		}
		out := map[string]any{}
		for name, schema := range value {
			rewritten, below := asOpenAPI(schema)
			out[name], beyond = rewritten, max(beyond, below)
		}
		return out, beyond
	case []any:
		if !slices.Contains([]string{"allOf", "anyOf", "oneOf", "prefixItems"}, keyword) {
			return value, ""
		}
		out := []any{}
		for _, schema := range value {
			rewritten, below := asOpenAPI(schema)
			out, beyond = append(out, rewritten), max(beyond, below)
		}
		return out, beyond
	}
	return value, ""
}
