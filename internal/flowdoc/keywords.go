// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// annotate copies what explains a schema to a reader.
func annotate(out, node map[string]any) {
	for _, keyword := range []string{"title", "description"} {
		if s := text(node[keyword]); s != "" {
			out[keyword] = s
		}
	}
	for _, keyword := range []string{"deprecated", "readOnly", "writeOnly"} {
		if node[keyword] == true {
			out[keyword] = true
		}
	}
	if value, ok := node["example"]; ok {
		out["examples"] = []any{value}
	}
	if value, ok := node["default"]; ok {
		out["default"] = value
	}
}

// kinds are the types that JSON Schema knows.
var kinds = []string{"array", "boolean", "integer", "null", "number", "object", "string"}

// typesOf returns the types that a schema allows, none for any. A type that
// nobody knows is not judged; "file" is from before OpenAPI 3.0.
func typesOf(node map[string]any) []string {
	types := texts(node["type"])
	switch single := text(node["type"]); single {
	case "":
	case "file":
		types = []string{"string"}
	default:
		types = []string{single}
	}
	return slices.DeleteFunc(types, func(name string) bool { return !slices.Contains(kinds, name) })
}

// constrainKind translates type, nullable, enum and const.
func constrainKind(out, node map[string]any) {
	types := typesOf(node)
	nullable := node["nullable"] == true && len(types) > 0
	if nullable && !slices.Contains(types, "null") {
		types = append(types, "null")
	}
	slices.Sort(types)
	types = slices.Compact(types)
	switch len(types) {
	case 0:
	case 1:
		out["type"] = types[0]
	default:
		out["type"] = anys(types)
	}
	if allowed := array(node["enum"]); len(allowed) > 0 {
		if nullable && !slices.Contains(allowed, nil) {
			allowed = append(slices.Clip(allowed), nil)
		}
		out["enum"] = allowed
	}
	if constant, ok := node["const"]; ok {
		out["const"] = constant
	}
}

// constrainNumber translates bounds. In OpenAPI 3.0 exclusiveMinimum is a
// boolean beside minimum, from 3.1 on a bound of its own.
func constrainNumber(out, node map[string]any) {
	for _, side := range [][2]string{{"minimum", "exclusiveMinimum"}, {"maximum", "exclusiveMaximum"}} {
		limit, exclusive := side[0], side[1]
		if node[exclusive] == true {
			copyNumber(out, exclusive, node[limit])
			continue
		}
		copyNumber(out, limit, node[limit])
		copyNumber(out, exclusive, node[exclusive])
	}
	if step, ok := rational(node["multipleOf"]); ok && step.Sign() > 0 {
		copyNumber(out, "multipleOf", node["multipleOf"])
	}
}

// copyNumber copies a keyword whose value is a number that can be compared
// exactly.
func copyNumber(out map[string]any, keyword string, number any) {
	if _, ok := rational(number); ok {
		out[keyword] = number
	}
}

// constrainText translates what is said of a string. A pattern that no engine
// can take in is left out, not judged.
//
// The bounds of a binary field count the bytes of its content, while JSON
// Schema would count the characters of its base64, so they are left out.
func constrainText(out, node map[string]any) {
	format := formatOf(node)
	if format != "" {
		out["format"] = format
	}
	if format == formatByte || format == formatBinary {
		out["contentEncoding"] = "base64"
	}
	if pattern := text(node["pattern"]); pattern != "" {
		if _, err := compilePattern(pattern); err == nil {
			out["pattern"] = pattern
		}
	}
	if format != formatBinary {
		copyCounts(out, node, "minLength", "maxLength")
	}
}

// formatOf returns the format of a string, in the words of OpenAPI 3.0. From
// 3.1 on contentEncoding and contentMediaType say what byte and binary did,
// and before 3.0 there was a type "file".
func formatOf(node map[string]any) string {
	switch {
	case strings.EqualFold(text(node["contentEncoding"]), "base64"):
		return formatByte
	case node["contentEncoding"] == nil && text(node["contentMediaType"]) == "application/octet-stream", node["type"] == "file":
		return formatBinary
	}
	return text(node["format"])
}

// constrainSize translates the bounds of lists and objects.
func constrainSize(out, node map[string]any) {
	copyCounts(out, node, "minItems", "maxItems", "minProperties", "maxProperties")
	if node["uniqueItems"] == true {
		out["uniqueItems"] = true
	}
}

// copyCounts copies keywords whose value is a count.
func copyCounts(out, node map[string]any, keywords ...string) {
	for _, keyword := range keywords {
		if count, ok := rational(node[keyword]); ok && count.IsInt() && count.Sign() >= 0 && count.Num().IsInt64() {
			out[keyword] = json.Number(count.Num().String())
		}
	}
}

// rational returns a number of the document exactly.
func rational(node any) (*big.Rat, bool) {
	number, ok := node.(json.Number)
	if !ok {
		return nil, false
	}
	return value.Number(number).Rat()
}

// object translates what is said of an object's members. A required member
// that the service sets is not the user's to give.
func (t *translator) object(out, node map[string]any, at place) error {
	properties := map[string]any{}
	declared := object(node["properties"])
	for _, name := range keys(declared) {
		translated, err := t.value(declared[name], at.closed && !at.census.shared(name), name)
		if err != nil {
			return err
		}
		properties[name] = translated
	}
	if len(properties) > 0 {
		out["properties"] = properties
	}
	var required []string
	for _, name := range texts(node["required"]) {
		if !slices.Contains(required, name) && !at.census.readOnly[name] {
			required = append(required, name)
		}
	}
	if required != nil {
		out["required"] = anys(required)
	}
	return t.additional(out, node, at)
}

// additional translates what is said of members that are not listed.
func (t *translator) additional(out, node map[string]any, at place) error {
	for _, keyword := range []string{"additionalProperties", "unevaluatedProperties"} {
		switch rest := node[keyword].(type) {
		case bool:
			out[keyword] = rest
		case map[string]any:
			if keyword == "unevaluatedProperties" {
				continue // the place stays open
			}
			translated, err := t.value(rest, at.closed && at.census.alone(object(node["properties"])), "member")
			if err != nil {
				return err
			}
			out[keyword] = translated
		}
	}
	return nil
}

// list translates what is said of a list's elements.
func (t *translator) list(out, node map[string]any, at place) error {
	items, ok := node["items"]
	if !ok || array(node["prefixItems"]) != nil {
		return nil
	}
	translated, err := t.value(items, at.closed && !at.census.shared(elements), "element")
	if err != nil {
		return err
	}
	out["items"] = translated
	return nil
}

// combine translates allOf, oneOf, anyOf and not. What stands under not stays
// open: closing it would let more values through.
func (t *translator) combine(out, node map[string]any, at place) error {
	if err := t.allOf(out, node, at); err != nil {
		return err
	}
	for _, keyword := range []string{"oneOf", "anyOf"} {
		var parts []any
		for _, form := range t.forms(keyword, node, at.stack) {
			part, err := t.alternative(form, text(object(node["discriminator"])["propertyName"]), at)
			if err != nil {
				return err
			}
			if part != nil {
				parts = append(parts, part)
			}
		}
		if parts != nil {
			out[keyword] = parts
		}
	}
	negated := node["not"]
	if negated == nil {
		return nil
	}
	if t.returns(negated, at.stack) {
		return nil
	}
	part, err := t.part(negated, place{census: newCensus(), stack: at.stack})
	out["not"] = part
	return err
}

// allOf translates what holds too, save a part that is the composition itself.
func (t *translator) allOf(out, node map[string]any, at place) error {
	var parts []any
	for _, schema := range array(node["allOf"]) {
		if t.returns(schema, at.stack) {
			continue
		}
		part, err := t.part(schema, at)
		if err != nil {
			return err
		}
		parts = append(parts, part)
	}
	if parts != nil {
		out["allOf"] = parts
	}
	return nil
}

// returns reports whether a part of a composition is the composition itself.
func (t *translator) returns(schema any, stack []string) bool {
	target, _ := t.expand(schema, stack)
	return target == nil && object(schema) != nil
}

// alternative translates one form of a place, nil for one that is the place
// itself. property is the discriminator's, if there is one.
func (t *translator) alternative(of alternative, property string, at place) (any, error) {
	if t.returns(of.schema, at.stack) {
		return nil, nil
	}
	inside := t.survey(of.schema, at.stack)
	at.census = at.census.within(inside)
	part, err := t.part(of.schema, at)
	if err != nil {
		return nil, err
	}
	target, _ := t.expand(of.schema, at.stack)
	if out := object(part); out != nil && at.closed && !at.census.named && !inside.speaks && takesObject(target) {
		out["additionalProperties"] = true
	}
	if of.told != nil {
		part = narrow(part, property, of)
	}
	return part, nil
}

// takesObject reports whether a branch allows objects of any members, as far
// as it does not declare them. Where no other schema of the place names any,
// the branch then allows every member.
func takesObject(node map[string]any) bool {
	types := typesOf(node)
	return (len(types) == 0 || slices.Contains(types, "object")) && len(array(node["required"])) == 0 && node["enum"] == nil
}
