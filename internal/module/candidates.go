// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// exampleFile stands for any file: the module's own README is always there.
const exampleFile = "README.md"

// numbered is how many values are made of one kind, so that elements that must
// differ can.
const numbered = 20

// maxText bounds a made-up text, in bytes.
const maxText = 10_000

// candidates are likely values of a leaf, the nicest first. Which of them the
// document allows is for its judge to say.
func candidates(of *shape) []value.Value {
	if chosen := choicesOf(of.parts); chosen != nil && of.kind != file {
		return chosen
	}
	var found []value.Value
	switch of.kind {
	case text:
		for _, candidate := range textCandidates(of.parts) {
			found = append(found, value.String(candidate))
		}
	case number:
		for _, candidate := range numberCandidates(of) {
			found = append(found, value.Number(candidate))
		}
	case boolean:
		found = []value.Value{value.Bool(true), value.Bool(false)}
	case file:
		found = []value.Value{value.File{Path: exampleFile, SHA256: strings.Repeat("0", 64)}}
	default: // no leaf
	}
	return found
}

// untypedCandidates are values of a leaf that may be of any kind. One that can't
// be made up, since it holds itself, is not given.
func untypedCandidates(of *shape) []value.Value {
	if of.note != freeForm {
		return nil
	}
	if chosen := choicesOf(of.parts); chosen != nil {
		return chosen
	}
	found := candidates(&shape{kind: text, parts: of.parts})
	found = append(found, value.Object{}, value.List{}, value.Bool(true))
	return append(found, candidates(&shape{kind: number, parts: of.parts})...)
}

// choicesOf returns the values that the first part with a list of them allows.
func choicesOf(parts []*schema) []value.Value {
	for _, part := range parts {
		if choices := part.choices(); choices != nil {
			found := make([]value.Value, len(choices))
			for i, choice := range choices {
				found[i] = fromJSON(choice)
			}
			return found
		}
	}
	return nil
}

// fromJSON turns decoded JSON, its numbers as text, into a value.
func fromJSON(decoded any) value.Value {
	switch decoded := decoded.(type) {
	case string:
		return value.String(decoded)
	case bool:
		return value.Bool(decoded)
	case json.Number:
		return value.Number(decoded)
	case []any:
		elements := value.List{}
		for _, element := range decoded {
			elements = append(elements, fromJSON(element))
		}
		return elements
	case map[string]any:
		members := value.Object{}
		for name, member := range decoded {
			members[name] = fromJSON(member)
		}
		return members
	}
	return value.Null{}
}

// leastElements is how many elements an example's list has: as many as must be,
// one where none must, and none where it would hold the list itself.
func leastElements(of *shape) int {
	least := 0
	for _, part := range of.parts {
		if n, err := strconv.Atoi(part.MinItems.String()); err == nil {
			least = max(least, n)
		}
	}
	if of.element.kind == untyped && of.element.note != freeForm {
		return least
	}
	return max(least, 1)
}

// formatExample are texts in a format: some that are told apart by what patterns
// and lengths ask for, and one to be numbered.
type formatExample struct {
	texts    []string
	numbered string
	front    bool // whether it grows in front, not at its end
}

var formatExamples = map[string]formatExample{
	"date":      {texts: []string{"1985-08-22", "2024-02-29", "2030-12-31"}, numbered: "1985-08-%02d"},
	"date-time": {texts: []string{"2024-11-04T10:30:00Z", "2024-11-04T10:30:00.000Z", "2024-11-04T10:30:00+01:00"}, numbered: "2024-11-%02dT10:30:00Z"},
	"time":      {texts: []string{"10:30:00Z"}, numbered: "10:%02d:00Z"},
	"email":     {texts: []string{"max@example.com", "max@ab.de", "m@x.de"}, numbered: "max%d@example.com", front: true},
	"uuid":      {texts: []string{"40cbb7b3-7468-4b5d-8bb5-ff8e82510c70"}, numbered: "40cbb7b3-7468-4b5d-8bb5-%012d"},
	"uri":       {texts: []string{"https://example.com/path", "http://example.com/path", "https://x.de"}, numbered: "https://example.com/%d"},
	"hostname":  {texts: []string{"www.example.com", "x.de"}, numbered: "www%d.example.com"},
	"ipv4":      {texts: []string{"192.0.2.1"}, numbered: "192.0.2.%d"},
	"ipv6":      {texts: []string{"2001:db8::1"}, numbered: "2001:db8::%d"},
}

// textCandidates are texts by format and pattern, then any. Those whose length
// is not allowed are left out, which saves the judge most of its work.
func textCandidates(parts []*schema) []string {
	least, most := lengths(parts)
	var found []string
	add := func(candidate string) {
		if n := utf8.RuneCountInString(candidate); n >= least && n <= most && !slices.Contains(found, candidate) {
			found = append(found, candidate)
		}
	}
	for _, part := range parts {
		for _, candidate := range formatCandidates(part.Format, least) {
			add(candidate)
		}
	}
	for _, part := range parts {
		for _, candidate := range matching(part.Pattern, least) {
			add(candidate)
		}
	}
	add(fit("example", "", least, most))
	for n := range numbered {
		add(fit("example", strconv.Itoa(n+2), least, most))
	}
	return found
}

// lengths returns the strictest bounds of a text's length, in characters.
func lengths(parts []*schema) (least, most int) {
	most = maxText
	for _, part := range parts {
		if n, err := strconv.Atoi(part.MinLength.String()); err == nil {
			least = max(least, n)
		}
		if n, err := strconv.Atoi(part.MaxLength.String()); err == nil {
			most = min(most, n)
		}
	}
	return least, most
}

// formatCandidates are texts in a format, also one that is at least so long.
func formatCandidates(format string, least int) []string {
	known, ok := formatExamples[format]
	if !ok {
		return nil
	}
	found := slices.Clone(known.texts)
	for n := range numbered {
		found = append(found, fmt.Sprintf(known.numbered, n+1))
	}
	if missing := least - len(known.texts[0]); missing > 0 && least <= maxText {
		filling := strings.Repeat("x", missing)
		if known.front {
			return append(found, filling+known.texts[0])
		}
		found = append(found, known.texts[0]+filling)
	}
	return found
}

// fit repeats or cuts a text, with something at its end, until its length is
// allowed. What is too long to be read stays too short.
func fit(example, end string, least, most int) string {
	if wanted := least - len(end); wanted > len(example) && least <= maxText {
		example = strings.Repeat(example, wanted/len(example)+1)[:wanted]
	}
	return example[:max(0, min(len(example), most-len(end)))] + end
}

// numberCandidates are one, the numbers at the bounds, and multiples of the step
// that lie next to them.
func numberCandidates(of *shape) []string {
	var found []string
	add := func(n *big.Rat) {
		digits, exact := n.FloatPrec()
		if candidate := n.FloatString(digits); exact && !slices.Contains(found, candidate) {
			found = append(found, candidate)
		}
	}
	one := big.NewRat(1, 1)
	add(one)
	steps, bounds := []*big.Rat{one}, []*big.Rat{new(big.Rat)}
	for _, part := range of.parts {
		steps = appendNumbers(steps, part.MultipleOf)
		bounds = appendNumbers(bounds, part.Minimum, part.Maximum, part.ExclusiveMinimum, part.ExclusiveMaximum)
	}
	for _, bound := range bounds {
		add(bound)
	}
	for i, bound := range bounds {
		for _, other := range bounds[:i] { // where a step leads out of both
			add(new(big.Rat).Quo(new(big.Rat).Add(bound, other), big.NewRat(2, 1)))
		}
	}
	slices.Reverse(steps) // a step of the document's first
	for _, step := range steps {
		for _, bound := range bounds {
			for n := range int64(numbered) {
				add(multiple(step, bound, n))
				add(multiple(step, bound, -n-1))
			}
		}
	}
	return found
}

// appendNumbers appends what is given.
func appendNumbers(numbers []*big.Rat, given ...json.Number) []*big.Rat {
	for _, text := range given {
		if n, ok := value.Number(text).Rat(); ok {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// multiple returns the n-th multiple of a step, counted from the first one that
// is not below a bound.
func multiple(step, bound *big.Rat, n int64) *big.Rat {
	quotient := new(big.Rat).Quo(bound, step)
	count := new(big.Int).Add(quotient.Num(), new(big.Int).Sub(quotient.Denom(), big.NewInt(1)))
	count.Div(count, quotient.Denom()) // rounds down, for a positive divisor
	count.Add(count, big.NewInt(n))
	return new(big.Rat).Mul(new(big.Rat).SetInt(count), step)
}
