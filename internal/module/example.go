// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

// exampleFile stands for any file: the module's own README is always there.
const exampleFile = "README.md"

// example writes the least input that the flow takes, as an expression.
func (s *source) example() string { return s.exampleOf(s.input, true) }

// exampleOf writes a value of a shape. Within what is untyped, types do not turn
// a file into a reference, so it is written as one.
func (s *source) exampleOf(value *shape, typed bool) string {
	switch value.kind {
	case text:
		return quote(exampleText(value.parts))
	case number:
		return exampleNumber(value)
	case boolean:
		return "true"
	case file:
		if typed {
			return "{\npath = " + quote(exampleFile) + "\n}"
		}
		return "{\n\"$file\" = " + quote(exampleFile) + "\n\"$sha256\" = filesha256(" + quote(exampleFile) + ")\n}"
	case list:
		return s.exampleList(value, typed)
	case object:
		return s.exampleObject(value, typed)
	case mapping:
		return "{}"
	case untyped:
	}
	if typed {
		// Read again, as the first of its forms.
		first := &reader{defs: s.reader.defs, first: true}
		return s.exampleOf(first.read(value.parts[0]), false)
	}
	if value.note == freeForm {
		return quote("example")
	}
	return "null"
}

func (s *source) exampleObject(value *shape, typed bool) string {
	var b strings.Builder
	b.WriteString("{\n")
	for _, m := range value.members {
		if m.required {
			b.WriteString(key(m.name) + " = " + s.exampleOf(m.shape, typed) + "\n")
		}
	}
	if b.Len() == len("{\n") {
		return "{}"
	}
	return b.String() + "}"
}

// exampleList writes as many elements as are needed, and one where none is.
func (s *source) exampleList(value *shape, typed bool) string {
	least := 1
	for _, part := range value.parts {
		if n, err := strconv.Atoi(part.MinItems.String()); err == nil {
			least = max(least, n)
		}
	}
	if value.element.kind == untyped && value.element.note != freeForm {
		return "[]"
	}
	element := s.exampleOf(value.element, typed)
	if least*len(element) > maxExampleList {
		least = 1
	}
	return "[" + strings.TrimSuffix(strings.Repeat(element+", ", least), ", ") + "]"
}

// maxExampleList keeps an example readable, whatever a document demands: longer
// lists, in bytes, are shown by one element.
const maxExampleList = 2_000

// formatExamples are texts in the formats that are judged.
var formatExamples = map[string]string{
	"date":      "1985-08-22",
	"date-time": "2024-11-04T10:30:00Z",
	"time":      "10:30:00Z",
	"email":     "max@example.com",
	"uuid":      "40cbb7b3-7468-4b5d-8bb5-ff8e82510c70",
	"uri":       "https://example.com/path",
	"hostname":  "www.example.com",
	"ipv4":      "192.0.2.1",
	"ipv6":      "2001:db8::1",
}

// exampleText returns a text that satisfies the parts, as far as that is easy.
func exampleText(parts []*schema) string {
	for _, part := range parts {
		for _, choice := range part.choices() {
			if literal, ok := choice.(string); ok {
				return literal
			}
		}
		if known := formatExamples[part.Format]; known != "" {
			return known
		}
		if expressible(part.Pattern) {
			if matching := match(part.Pattern); matching != "" {
				return matching
			}
		}
	}
	return fit("example", parts)
}

// fit cuts or repeats a text until its length is allowed.
func fit(example string, parts []*schema) string {
	for _, part := range parts {
		if least, err := strconv.Atoi(part.MinLength.String()); err == nil && least > len(example) && least <= 10_000 {
			example = strings.Repeat(example, least/len(example)+1)[:least]
		}
		if most, err := strconv.Atoi(part.MaxLength.String()); err == nil && most < len(example) {
			example = example[:most]
		}
	}
	return example
}

// exampleNumber returns the first likely number that satisfies the shape.
func exampleNumber(value *shape) string {
	candidates := []string{"1", "0"}
	for _, part := range value.parts {
		for _, choice := range part.choices() {
			if literal, ok := choice.(json.Number); ok {
				return literal.String()
			}
		}
		for _, known := range []json.Number{part.MultipleOf, part.Minimum, part.Maximum} {
			candidates = append(candidates, known.String())
		}
		candidates = append(candidates, step(part.ExclusiveMinimum, 1), step(part.ExclusiveMaximum, -1))
	}
	for _, candidate := range candidates {
		if n, ok := new(big.Rat).SetString(candidate); ok && allowsNumber(value, n) {
			return candidate
		}
	}
	return "1"
}

// step returns the number that is by away from n, "" for no number.
func step(n json.Number, by int64) string {
	r, ok := new(big.Rat).SetString(n.String())
	if !ok {
		return ""
	}
	digits, _ := r.FloatPrec()
	return r.Add(r, big.NewRat(by, 1)).FloatString(digits)
}

func allowsNumber(value *shape, n *big.Rat) bool {
	if value.whole && !n.IsInt() {
		return false
	}
	for _, part := range value.parts {
		for _, bound := range []struct {
			limit   json.Number
			allowed func(comparison int) bool
		}{
			{part.Minimum, func(c int) bool { return c >= 0 }},
			{part.ExclusiveMinimum, func(c int) bool { return c > 0 }},
			{part.Maximum, func(c int) bool { return c <= 0 }},
			{part.ExclusiveMaximum, func(c int) bool { return c < 0 }},
		} {
			limit, ok := new(big.Rat).SetString(bound.limit.String())
			if ok && !bound.allowed(n.Cmp(limit)) {
				return false
			}
		}
	}
	return true
}
