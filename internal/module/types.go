// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// How deep a type is nested, and of how many values it is. A document may refer
// to one schema from everywhere, and a type repeats it each time.
const (
	maxDepth  = 20
	maxValues = 5_000
)

// typer writes type constraints.
type typer struct {
	required bool // whether what the flow needs must be configured
	values   int  // written so far
}

// typeOf writes the type of values that fit s. It takes all that the flow takes.
func (s *schema) typeOf(required bool) string {
	return (&typer{required: required}).write(s, nil, false)
}

// write writes the type of s, within the schemas above, and within a list or a
// map, whose elements have to be of one type: there any is of no use.
func (t *typer) write(s *schema, above []*schema, inList bool) string {
	if t.values++; t.values > maxValues || len(above) > maxDepth || slices.Contains(above, s) {
		return "any"
	}
	above = append(slices.Clip(above), s)
	switch s.kind() {
	case "string":
		return t.text(s, inList)
	case "number", "integer":
		return "number"
	case "boolean":
		return "bool"
	case "array":
		return t.elements("list", s.Items, above)
	case "object":
		if len(s.Properties) > 0 {
			return t.object(s, above, inList)
		}
		return t.elements("map", s.Additional, above)
	}
	return "any"
}

// text is the type of text, and of a file, which may be text as well: base64.
func (t *typer) text(s *schema, inList bool) string {
	switch {
	case !s.isContent():
		return "string"
	case inList:
		return "map(string)"
	}
	return "any"
}

// elements is the type of a list or map, any where it has values of type any:
// Terraform would want those to be of one type.
func (t *typer) elements(collection string, s *schema, above []*schema) string {
	if s == nil {
		return "any"
	}
	element := t.write(s, above, true)
	if anyWithin.MatchString(element) {
		return "any"
	}
	return collection + "(" + element + ")"
}

// object leaves out keys that no type can name. A value keeps them.
func (t *typer) object(s *schema, above []*schema, inList bool) string {
	var b strings.Builder
	b.WriteString("object({\n")
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		member := s.Properties[name]
		if !nameable(name) || member.ReadOnly {
			continue
		}
		for _, remark := range member.remarks() {
			b.WriteString("# " + line(remark) + "\n")
		}
		constraint := t.write(member, above, inList)
		if !t.required || !slices.Contains(s.Required, name) {
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
		written = append(written, sample{}.write(fromJSON(choice), nil))
	}
	return strings.Join(written, ", ")
}

// remarks are what a reader of the type is told of a value.
func (s *schema) remarks() []string {
	var remarks []string
	for _, remark := range []struct{ before, text string }{
		{"", s.Description}, {"Format: ", s.Format}, {"Pattern: ", s.Pattern}, {"Allowed: ", literals(s.choices())},
	} {
		if remark.text != "" {
			remarks = append(remarks, remark.before+remark.text)
		}
	}
	if s.isContent() {
		remarks = append(remarks, "A file.")
	}
	return remarks
}
