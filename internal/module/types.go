// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// The largest type, in levels and in values. A document may refer to one schema
// from everywhere, and a type contains it each time.
const (
	maxDepth  = 20
	maxValues = 5_000
)

// typer writes type constraints.
type typer struct {
	required bool // whether what the flow needs must be configured
	values   int  // written so far
}

// typeOf writes the type of values that fit s. It accepts every value that the flow accepts.
func typeOf(s *flowschema.Schema, required bool) string {
	return (&typer{required: required}).write(placeOf(s), nil, false)
}

// write writes the type of a value, within the values above, and within a list
// or a map, whose elements have to be of one type: any is not possible there.
func (t *typer) write(p place, above []*flowschema.Schema, inList bool) string {
	if t.values++; t.values > maxValues || len(above) > maxDepth || len(p) == 0 || slices.Contains(above, p[0]) || p.alternatives() != nil {
		return "any"
	}
	above = append(slices.Clip(above), p[0])
	switch p.kind() {
	case "string":
		return text(p, inList)
	case "number", "integer":
		return "number"
	case "boolean":
		return "bool"
	case "array":
		return t.elements("list", p.elements(), above)
	case "object":
		if len(p.names()) > 0 {
			return t.object(p, above, inList)
		}
		return t.elements("map", p.others(), above)
	}
	return "any"
}

// text is the type of text, and of a file, which may be text as well: base64.
func text(p place, inList bool) string {
	switch {
	case !p.isContent():
		return "string"
	case inList:
		return "map(string)"
	}
	return "any"
}

// elements is the type of a list or map, any where it has values of type any:
// Terraform would want those to be of one type.
func (t *typer) elements(collection string, p place, above []*flowschema.Schema) string {
	element := t.write(p, above, true)
	if anyWithin.MatchString(element) {
		return "any"
	}
	return collection + "(" + element + ")"
}

// object leaves out keys that no type can name. A value keeps them.
func (t *typer) object(p place, above []*flowschema.Schema, inList bool) string {
	var b strings.Builder
	b.WriteString("object({\n")
	for _, name := range p.names() {
		member := p.member(name)
		if !nameable(name) || member.omitted() {
			continue
		}
		for _, remark := range member.remarks() {
			b.WriteString("# " + line(remark) + "\n")
		}
		constraint := t.write(member, above, inList)
		if !t.required || !p.requires(name) {
			constraint = "optional(" + constraint + ")"
		}
		fmt.Fprintf(&b, "%s = %s\n", name, constraint)
	}
	b.WriteString("})")
	return b.String()
}

// anyWithin finds any as a type, not in a comment or a name.
var anyWithin = regexp.MustCompile(`(?m)^(any$|.*[(]any[)]$|[^#]* = any$)`)

func literals(choices []any) string {
	written := make([]string, 0, len(choices))
	for _, choice := range choices {
		written = append(written, sample{}.write(value.FromJSON(choice, nil), nil))
	}
	return strings.Join(written, ", ")
}

// remarks are the comments on a value in the type.
func (p place) remarks() []string {
	var remarks []string
	add := func(before, text string) {
		if text != "" {
			remarks = append(remarks, before+text)
		}
	}
	add("", first(p, func(part *flowschema.Schema) string { return part.Description }))
	if p.isContent() {
		add("", "A file.")
	} else {
		add("Format: ", first(p, func(part *flowschema.Schema) string { return part.Format }))
	}
	if pattern := first(p, func(part *flowschema.Schema) *flowschema.Pattern { return part.Pattern }); pattern != nil {
		add("Pattern: ", pattern.String())
	}
	add("Allowed: ", literals(p.choices()))
	return remarks
}
