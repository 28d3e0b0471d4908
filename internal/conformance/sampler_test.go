// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// sampler makes values that come near to what a JSON Schema takes: some fit,
// some have a mistake, some miss it altogether.
type sampler struct {
	*rand.Rand
	root map[string]any
}

func newSampler(random *rand.Rand, schema []byte) sampler {
	s := sampler{Rand: random}
	decoder := json.NewDecoder(strings.NewReader(string(schema)))
	decoder.UseNumber()
	if err := decoder.Decode(&s.root); err != nil {
		panic(err)
	}
	return s
}

// input makes an input, half of them with mistakes.
func (s sampler) input() map[string]any {
	input, ok := s.value(s.root, 6).(map[string]any)
	if !ok {
		return map[string]any{}
	}
	for range max(0, s.IntN(5)-2) {
		s.spoil(input)
	}
	return input
}

// value makes a value for a schema, of at most so many levels.
func (s sampler) value(schema any, levels int) any {
	node, ok := schema.(map[string]any)
	if !ok {
		return "text"
	}
	node = s.chosen(node, 8)
	switch {
	case node["const"] != nil:
		return node["const"]
	case node["enum"] != nil:
		return pick(s, withoutNull(node["enum"].([]any)))
	}
	kinds := withoutNull(list(node["type"]))
	if node["properties"] != nil {
		kinds = []any{"object"}
	}
	switch pick(s, kinds) {
	case "object":
		return s.object(node, levels)
	case "array":
		if levels == 0 {
			return []any{}
		}
		elements := []any{}
		for range number(node["minItems"], 0) + s.IntN(2) {
			elements = append(elements, s.value(node["items"], levels-1))
		}
		return elements
	case "integer", "number":
		least := number(node["minimum"], number(node["exclusiveMinimum"], -1)+1)
		return json.Number(text(max(least, min(least+s.IntN(3), number(node["maximum"], 1000)))))
	case "boolean":
		return s.IntN(2) == 0
	}
	return s.text(node)
}

func (s sampler) object(node map[string]any, levels int) map[string]any {
	object := map[string]any{}
	properties, _ := node["properties"].(map[string]any)
	required := list(node["required"])
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if slices.Contains(required, any(name)) || levels > 0 && s.IntN(3) == 0 {
			object[name] = s.value(properties[name], max(0, levels-1))
		}
	}
	if more, ok := node["additionalProperties"].(map[string]any); ok && levels > 0 {
		object["more"] = s.value(more, levels-1)
	}
	return object
}

// chosen joins a schema with those that it is composed of, of alternatives one.
func (s sampler) chosen(node map[string]any, steps int) map[string]any {
	joined := maps.Clone(node)
	parts := list(node["allOf"])
	for _, keyword := range []string{"oneOf", "anyOf"} {
		if branches := list(node[keyword]); len(branches) > 0 {
			parts = append(slices.Clip(parts), pick(s, branches))
		}
	}
	if ref, ok := node["$ref"].(string); ok {
		parts = append(slices.Clip(parts), s.definition(ref))
	}
	for _, part := range parts {
		inner, ok := part.(map[string]any)
		if !ok || steps == 0 {
			continue
		}
		for keyword, value := range s.chosen(inner, steps-1) {
			switch {
			case joined[keyword] == nil:
				joined[keyword] = value
			case keyword == "properties":
				both := maps.Clone(value.(map[string]any))
				maps.Copy(both, joined[keyword].(map[string]any))
				joined[keyword] = both
			case keyword == "required":
				joined[keyword] = append(slices.Clip(list(joined[keyword])), list(value)...)
			}
		}
	}
	return joined
}

func (s sampler) definition(ref string) any {
	if ref == "#" {
		return s.root
	}
	definitions, _ := s.root["$defs"].(map[string]any)
	return definitions[strings.TrimPrefix(ref, "#/$defs/")]
}

var samples = map[string]string{
	"date": "1985-08-22", "date-time": "1985-08-22T10:30:00Z", "time": "10:30:00Z", "email": "a@example.com", "uuid": "40cbb7b3-7468-4b5d-8bb5-ff8e82510c70",
	"uri": "https://example.com/", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1", "hostname": "example.com",
}

func (s sampler) text(node map[string]any) string {
	format, _ := node["format"].(string)
	if sample := samples[format]; sample != "" {
		return sample
	}
	sample := strings.Repeat("a", max(number(node["minLength"], 0), min(3, number(node["maxLength"], 3))))
	if node["contentEncoding"] != nil {
		return base64.StdEncoding.EncodeToString([]byte(sample))
	}
	if node["pattern"] != nil {
		return pick(s, []any{sample, "1", "AB", "12345", "a_b", "true"}).(string)
	}
	return sample
}

// spoil makes one mistake somewhere in an object.
func (s sampler) spoil(object map[string]any) {
	names := slices.Sorted(maps.Keys(object))
	if len(names) == 0 || s.IntN(6) == 0 {
		object["unheardOf"] = "x"
		return
	}
	name := names[s.IntN(len(names))]
	inner, ok := object[name].(map[string]any)
	switch {
	case ok && s.IntN(3) > 0:
		s.spoil(inner)
	case s.IntN(3) == 0:
		delete(object, name)
	default:
		object[name] = pick(s, []any{"", "spoilt", json.Number("7"), json.Number("-0.5"), true, []any{}, []any{"a", "a"}, map[string]any{}, map[string]any{"b": "c"}})
	}
}

func pick(s sampler, from []any) any {
	if len(from) == 0 {
		return nil
	}
	return from[s.IntN(len(from))]
}

// list is a keyword's value as a list, of one where it is none.
func list(value any) []any {
	switch value := value.(type) {
	case nil:
		return nil
	case []any:
		return value
	}
	return []any{value}
}

func withoutNull(values []any) []any {
	return slices.DeleteFunc(slices.Clone(values), func(value any) bool { return value == nil || value == "null" })
}

// number is a keyword's value as a small integer.
func number(value any, fallback int) int {
	written, ok := value.(json.Number)
	if !ok {
		return fallback
	}
	float, err := written.Float64()
	if err != nil || float > 10_000 || float < -10_000 {
		return fallback
	}
	return int(float)
}
