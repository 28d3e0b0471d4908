// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/validate"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// The largest example. A document may refer to one schema from everywhere, and may
// require more elements than anyone reads.
const (
	maxSamples  = 1_000
	maxElements = 10
)

// exampleFile is the path of files in examples: one that every module contains.
const exampleFile = "README.md"

// sample is an example of the flow's input.
type sample struct {
	input    value.Value
	problems map[string]string // by path: why there is no placeholder there
}

// example makes the smallest input that the flow takes, from the document's examples
// and from placeholders. It evaluates no rules: a placeholder that the provider's
// validation rejects is replaced by null.
func example(ctx context.Context, doc *flowschema.Document) sample {
	made := sample{(&exemplifier{}).value(placeOf(doc.Input()), nil), map[string]string{}}
	for _, problem := range validate.Input(ctx, doc, made.input).Problems {
		made.problems[problem.Path.String()] = line(problem.Explanation())
	}
	return made
}

// complete reports whether the flow takes the sample.
func (s sample) complete() bool { return len(s.problems) == 0 }

// expression writes the sample in HCL, with a comment and null where a value is
// missing from it.
func (s sample) expression() string { return s.write(s.input, value.Path{value.Name(contract.Input)}) }

// exemplifier makes values of schemas.
type exemplifier struct{ made int }

// value makes a value: the document's example, else a placeholder.
func (e *exemplifier) value(p place, above []*flowschema.Schema) value.Value {
	switch e.made++; {
	case len(p) == 0:
		return value.String("example")
	case e.made > maxSamples, slices.Contains(above, p[0]):
		return value.Null{}
	}
	if documented, found := p.documented(); found {
		return value.FromJSON(documented, nil)
	}
	above = append(slices.Clip(above), p[0])
	if branches := p.alternatives(); branches != nil {
		return merged(e.value(placeOf(branches[0]), above), e.members(p, above))
	}
	switch p.kind() {
	case "object":
		return e.members(p, above)
	case "array":
		return e.list(p, above)
	case "boolean":
		return value.Bool(true)
	case "number", "integer":
		return number(p)
	}
	return placeholder(p)
}

// documented is a value from the document: an example, the default, or the first of
// the allowed values.
func (p place) documented() (any, bool) {
	for _, word := range []*any{
		first(p, func(part *flowschema.Schema) *any { return part.Example }),
		first(p, func(part *flowschema.Schema) *any { return part.Default }),
	} {
		if word != nil && *word != nil {
			return *word, true
		}
	}
	if choices := p.choices(); len(choices) > 0 {
		return choices[0], true
	}
	return nil, false
}

// members are those that an object has to have.
func (e *exemplifier) members(p place, above []*flowschema.Schema) value.Object {
	object := value.Object{}
	for _, name := range p.names() {
		if member := p.member(name); p.requires(name) && !member.omitted() {
			object[name] = e.value(member, above)
		}
	}
	return object
}

func (e *exemplifier) list(p place, above []*flowschema.Schema) value.List {
	least := 1
	if bound := first(p, func(part *flowschema.Schema) *int64 { return part.MinItems }); bound != nil {
		least = int(max(1, min(*bound, maxElements)))
	}
	list := value.List{}
	for range least {
		list = append(list, e.value(p.elements(), above))
	}
	return list
}

func number(p place) value.Number {
	least := first(p, func(part *flowschema.Schema) *big.Rat { return part.Minimum })
	if least == nil {
		return "1"
	}
	digits, _ := least.FloatPrec()
	return value.Number(least.FloatString(digits))
}

// placeholders are texts of formats.
var placeholders = map[string]string{
	"date": "1985-08-22", "date-time": "2024-11-04T10:30:00Z", "time": "10:30:00Z", "email": "max@example.com", "hostname": "example.com",
	"ipv4": "192.0.2.1", "ipv6": "2001:db8::1", "uri": "https://example.com/path", "uuid": "40cbb7b3-7468-4b5d-8bb5-ff8e82510c70",
}

func placeholder(p place) value.Value {
	if p.isContent() {
		return value.File{Path: exampleFile}
	}
	if sample := placeholders[first(p, func(part *flowschema.Schema) string { return part.Format })]; sample != "" {
		return value.String(sample)
	}
	text := "example"
	if least := first(p, func(part *flowschema.Schema) *int64 { return part.MinLength }); least != nil {
		for len(text) < int(min(*least, maxText)) {
			text += "e"
		}
	}
	if most := first(p, func(part *flowschema.Schema) *int64 { return part.MaxLength }); most != nil {
		text = text[:min(int64(len(text)), *most)]
	}
	return value.String(text)
}

// maxText is the largest length of a placeholder.
const maxText = 200

// merged adds the members of more to a value that is an object too.
func merged(v value.Value, more value.Object) value.Value {
	if object, ok := v.(value.Object); ok {
		maps.Copy(object, more)
	}
	return v
}

func (s sample) write(v value.Value, at value.Path) string {
	switch v := v.(type) {
	case value.Object:
		if len(v) == 0 {
			return "{}"
		}
		var b strings.Builder
		for _, name := range v.Keys() {
			written := s.write(v[name], at.Key(name))
			if problem := s.problems[at.Key(name).String()]; problem != "" {
				fmt.Fprintf(&b, "# %s\n", problem)
				written = ifHolds(v[name], written)
			}
			fmt.Fprintf(&b, "%s = %s\n", key(name), written)
		}
		return "{\n" + b.String() + "}"
	case value.List:
		elements := make([]string, 0, len(v))
		for i, element := range v {
			elements = append(elements, s.write(element, at.Index(i)))
		}
		return "[" + strings.Join(elements, ", ") + "]"
	}
	return literal(v)
}

// ifHolds replaces a value with a problem by null, unless it contains other values.
func ifHolds(v value.Value, written string) string {
	switch v.(type) {
	case value.Object, value.List:
		return written
	}
	return "null"
}

// literal writes a value that holds no others as an expression.
func literal(v value.Value) string {
	switch v := v.(type) {
	case value.Bool:
		return strconv.FormatBool(bool(v))
	case value.Number:
		return string(v)
	case value.String:
		return quote(string(v))
	case value.File:
		return fmt.Sprintf("{\n\"$file\" = %[1]q\n\"$sha256\" = filesha256(%[1]q)\n}", v.Path)
	}
	return "null"
}
