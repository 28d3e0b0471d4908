// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
)

// unsupported are keywords of OpenAPI 3.1 whose rules are not evaluated. A
// schema with one of them leaves its values undecided.
var unsupported = []string{
	"patternProperties", "if", "then", "else", "dependentSchemas", "dependentRequired", "dependencies", "prefixItems",
	"additionalItems", "contains", "minContains", "maxContains", "propertyNames", "unevaluatedItems", "$dynamicRef", undecidedKeyword,
}

// ofKeys are those of them that may concern keys, so that none can be
// called unknown.
var ofKeys = []string{
	"patternProperties", "if", "then", "else", "dependentSchemas", "dependencies", "propertyNames", "$dynamicRef",
}

// kinds of values that keywords have, by keyword.
var keywordKinds = map[string]func(any) bool{
	"properties": isObject, "patternProperties": isObject,
	"required": isArray, "enum": isArray, "allOf": isArray, "anyOf": isArray, "oneOf": isArray,
	"type":    func(v any) bool { return isText(v) || isArray(v) },
	"pattern": isText, "format": isText,
	"minLength": isNumber, "maxLength": isNumber, "minItems": isNumber, "maxItems": isNumber,
	"minProperties": isNumber, "maxProperties": isNumber, "minimum": isNumber, "maximum": isNumber, "multipleOf": isNumber,
}

func isObject(v any) bool { _, ok := v.(map[string]any); return ok }
func isArray(v any) bool  { _, ok := v.([]any); return ok }
func isText(v any) bool   { _, ok := v.(string); return ok }
func isNumber(v any) bool { _, ok := v.(json.Number); return ok }

// checkKinds refuses a keyword whose value can't be one of it. A required
// that is a boolean is from before JSON Schema's draft 4 and declares nothing.
func checkKinds(node map[string]any) error {
	for _, keyword := range keys(node) {
		isKind := keywordKinds[keyword]
		if _, old := node[keyword].(bool); isKind == nil || node[keyword] == nil || keyword == "required" && old {
			continue
		}
		if !isKind(node[keyword]) {
			return wrongKind(keyword)
		}
	}
	return nil
}

// annotate reads what explains a schema to a reader.
func annotate(s *Schema, node map[string]any) {
	s.Title, s.Description = text(node["title"]), text(node["description"])
	s.Deprecated = node["deprecated"] == true
	s.ReadOnly = node["readOnly"] == true
	s.WriteOnly = node["writeOnly"] == true
	if example, ok := node["example"]; ok {
		s.Example = &example
	} else if examples := array(node["examples"]); len(examples) > 0 {
		s.Example = &examples[0]
	}
	if standard, ok := node["default"]; ok {
		s.Default = &standard
	}
}

// typeNames are the types that JSON Schema knows.
var typeNames = []string{"array", "boolean", "integer", "null", "number", "object", "string"}

// typesOf returns the types that a schema allows, sorted, none for any. A type
// that nobody knows is passed over; "file" is from before OpenAPI 3.0.
func typesOf(node map[string]any) []string {
	types := texts(node["type"])
	switch single := text(node["type"]); single {
	case "":
	case "file":
		types = []string{"string"}
	default:
		types = []string{single}
	}
	types = slices.DeleteFunc(types, func(name string) bool { return !slices.Contains(typeNames, name) })
	if node["nullable"] == true && len(types) > 0 {
		types = append(types, "null")
	}
	if len(types) == 0 {
		return nil
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// constrain reads the rules on single values.
func constrain(s *Schema, node map[string]any) {
	s.Types = typesOf(node)
	if allowed := array(node["enum"]); len(allowed) > 0 {
		s.Enum = allowed
		if node["nullable"] == true && len(s.Types) > 0 && !slices.Contains(allowed, nil) {
			s.Enum = append(slices.Clip(allowed), nil)
		}
	}
	if constant, ok := node["const"]; ok {
		s.Enum = []any{constant}
	}
	s.Format = formatOf(node)
	s.MinLength, s.MaxLength = count(node["minLength"]), count(node["maxLength"])
	if s.Format == FormatBinary && (s.MinLength != nil || s.MaxLength != nil) {
		// They count the bytes of the content; the value is a reference or base64.
		s.MinLength, s.MaxLength, s.Undecided = nil, nil, true
	}
	s.MinItems, s.MaxItems = count(node["minItems"]), count(node["maxItems"])
	s.MinProperties, s.MaxProperties = count(node["minProperties"]), count(node["maxProperties"])
	s.UniqueItems = node["uniqueItems"] == true
	s.Minimum, s.ExclusiveMinimum = bound(node["minimum"], node["exclusiveMinimum"])
	s.Maximum, s.ExclusiveMaximum = bound(node["maximum"], node["exclusiveMaximum"])
	if step, ok := rational(node["multipleOf"]); ok && step.Sign() > 0 {
		s.MultipleOf = step
	}
}

// bound reads a limit. In OpenAPI 3.0 exclusive is a boolean beside it, from
// 3.1 on a limit of its own.
func bound(limit, exclusive any) (inclusive, strict *big.Rat) {
	inclusive, _ = rational(limit)
	if exclusive == true {
		return nil, inclusive
	}
	strict, _ = rational(exclusive)
	return inclusive, strict
}

// count reads a number of characters, elements or keys; nil for what is none.
func count(node any) *int64 {
	number, ok := rational(node)
	if !ok || !number.IsInt() || number.Sign() < 0 || !number.Num().IsInt64() {
		return nil
	}
	n := number.Num().Int64()
	return &n
}

// formatOf returns the format of a string, in the words of OpenAPI 3.0. From
// 3.1 on contentEncoding and contentMediaType mean what byte and binary did,
// and before 3.0 there was a type "file".
func formatOf(node map[string]any) string {
	switch {
	case strings.EqualFold(text(node["contentEncoding"]), "base64"):
		return FormatByte
	case node["contentEncoding"] == nil && text(node["contentMediaType"]) == "application/octet-stream", node["type"] == "file":
		return FormatBinary
	}
	return text(node["format"])
}
