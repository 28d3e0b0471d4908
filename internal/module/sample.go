// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"fmt"
	"slices"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/flowdoc"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// sample is a made-up value: what it is now, and what else it could be.
type sample struct {
	kind  kind
	typed bool // whether the module's types cover it; a file is then an object of its own
	maker *sampler

	candidates []value.Value // of a leaf; those that the judge has refused are gone
	current    int           // among the candidates

	given []field  // of an object, in the order of its type
	spare []member // what the object may have too
	rest  *shape   // of its members of any other name; nil where it takes none

	element  *shape // of a list
	elements []*sample
}

// field is a member that an object has.
type field struct {
	name string
	*sample
}

// fields gives an object what it must have.
func (s *sample) fields(of *shape) {
	for _, m := range of.members {
		if m.required {
			s.give(m)
		} else {
			s.spare = append(s.spare, m)
		}
	}
	switch {
	case of.element != nil:
		s.rest = of.element
	case !slices.ContainsFunc(of.parts, (*schema).closes):
		s.rest = &shape{note: freeForm, parts: []*schema{{}}}
	}
	s.kind = object // which a map is written as
}

func (s *sample) give(m member) {
	s.given = append(s.given, field{m.name, s.maker.sample(m.shape, s.typed)})
}

// lengthen makes a list n elements longer. More than an example may have at all
// are not made.
func (s *sample) lengthen(n int) {
	for range min(n, maxSamples) {
		s.elements = append(s.elements, s.maker.sample(s.element, s.typed))
	}
}

// value is what the sample is now.
func (s *sample) value() value.Value {
	switch s.kind {
	case object:
		members := value.Object{}
		for _, f := range s.given {
			members[f.name] = f.value()
		}
		return members
	case list:
		elements := value.List{}
		for _, element := range s.elements {
			elements = append(elements, element.value())
		}
		return elements
	default:
		if len(s.candidates) == 0 {
			return value.Null{}
		}
		return s.candidates[s.current]
	}
}

// mend makes the value at a place otherwise, where it breaks a rule. It reports
// whether there is anything left that it could be.
func (s *sample) mend(at value.Path, rule flowdoc.Rule) bool {
	if len(at) > 0 {
		switch step := at[0].(type) {
		case value.Name:
			for _, f := range s.given {
				if f.name == string(step) {
					return f.mend(at[1:], rule)
				}
			}
			if rule == flowdoc.RuleRequired && s.kind == object {
				return s.complete(string(step))
			}
		case value.Element:
			if int(step) < len(s.elements) {
				return s.elements[step].mend(at[1:], rule)
			}
		}
	}
	return s.mendHere(rule)
}

func (s *sample) mendHere(rule flowdoc.Rule) bool {
	switch {
	case rule == flowdoc.RuleUniqueItems:
		return s.vary() || s.hasChoice()
	case s.kind == list && rule == flowdoc.RuleMinItems:
		s.lengthen(1)
		return true
	case s.kind == list && rule == flowdoc.RuleMaxItems && len(s.elements) > 0:
		s.elements = s.elements[1:]
		return true
	case s.kind == object && slices.Contains(wantMore, rule):
		return s.complete("")
	case len(s.candidates) > 1:
		s.candidates = slices.Delete(s.candidates, s.current, s.current+1)
		s.current %= len(s.candidates)
		return true
	}
	return false
}

// wantMore are the rules that an object may keep with a member more.
var wantMore = []flowdoc.Rule{flowdoc.RuleMinProperties, flowdoc.RuleAnyOf, flowdoc.RuleOneOf}

// complete gives an object a member that it may have: that of a name, or for ""
// the next one.
func (s *sample) complete(name string) bool {
	for i, m := range s.spare {
		if name == "" || m.name == name {
			s.spare = slices.Delete(s.spare, i, i+1)
			s.give(m)
			return true
		}
	}
	if s.rest == nil {
		return false
	}
	if name == "" {
		name = fmt.Sprintf("example%d", len(s.given)+1)
	}
	s.give(member{name: name, shape: s.rest})
	return true
}

// vary makes the value another one, of those that the judge has not refused. Like
// a counter's digits, the next part changes once one has been through. It reports
// false when all have.
func (s *sample) vary() bool {
	for _, f := range s.given {
		if f.vary() {
			return true
		}
	}
	for _, element := range s.elements {
		if element.vary() {
			return true
		}
	}
	if len(s.candidates) > 0 {
		s.current = (s.current + 1) % len(s.candidates)
	}
	return s.current > 0
}

// hasChoice reports whether the value can be another one at all.
func (s *sample) hasChoice() bool {
	return len(s.candidates) > 1 ||
		slices.ContainsFunc(s.given, func(f field) bool { return f.hasChoice() }) ||
		slices.ContainsFunc(s.elements, (*sample).hasChoice)
}

// expression writes the value in HCL. Where types do not turn a file into a
// reference, it is written as one.
func (s *sample) expression() string {
	switch s.kind {
	case object:
		members := make([]string, len(s.given))
		for i, f := range s.given {
			members[i] = key(f.name) + " = " + f.expression()
		}
		return braces(members)
	case list:
		elements := make([]string, len(s.elements))
		for i, element := range s.elements {
			elements[i] = element.expression()
		}
		return "[" + strings.Join(elements, ", ") + "]"
	case file:
		path := quote(exampleFile)
		if s.typed {
			return braces([]string{"path = " + path})
		}
		return braces([]string{`"$file" = ` + path, `"$sha256" = filesha256(` + path + ")"})
	default:
		return literal(s.value())
	}
}

// literal writes a value without files in HCL.
func literal(v value.Value) string {
	switch v := v.(type) {
	case value.String:
		return quote(string(v))
	case value.Number:
		return string(v)
	case value.Bool:
		if v {
			return "true"
		}
		return "false"
	case value.List:
		elements := make([]string, len(v))
		for i, element := range v {
			elements[i] = literal(element)
		}
		return "[" + strings.Join(elements, ", ") + "]"
	case value.Object:
		var members []string
		for _, name := range v.Keys() {
			members = append(members, key(name)+" = "+literal(v[name]))
		}
		return braces(members)
	}
	return "null"
}

func braces(members []string) string {
	if len(members) == 0 {
		return "{}"
	}
	return "{\n" + strings.Join(members, "\n") + "\n}"
}
