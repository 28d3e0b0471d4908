// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"fmt"
	"strings"
)

// validation is a validation block of the input.
type validation struct{ condition, message string }

// validations returns the checks of all that an input holds.
func validations(input *shape) []validation {
	v := &validator{}
	v.members(input, spot{access: inputAccess, label: "input"})
	return v.found
}

// spot is where a value stands.
type spot struct {
	access string // its expression
	holder string // that of the object that has it as a member, "" for elements
	label  string // its path, as messages name it
	loops  int    // how many for expressions are around it
	wrap   func(condition string) string
}

// validator collects validations on its way through a value.
type validator struct{ found []validation }

func (v *validator) members(s *shape, at spot) {
	for _, m := range s.members {
		v.value(m.shape, spot{
			access: at.access + "." + m.name, holder: at.access, label: at.label + "." + m.name,
			loops: at.loops, wrap: at.wrap,
		})
	}
}

func (v *validator) value(s *shape, at spot) {
	for _, c := range s.checks() {
		v.found = append(v.found, validation{at.condition(c, s.kind), at.label + " " + c.demand + "."})
	}
	switch s.kind {
	case object:
		v.members(s, at)
	case list, mapping:
		v.value(s.element, at.element(s.kind))
	default: // holds nothing
	}
}

// condition is that of a check for the value, which may be null.
//
// Terraform prints what a failed condition refers to, and up to 1.11 it does so
// for sensitive variables too. So a condition refers to the object that has the
// value, of which nothing is printed but its size.
func (at spot) condition(c check, of kind) string {
	if at.loops == 0 && of != list {
		member := strings.TrimPrefix(at.access, at.holder)
		holder := spot{access: at.holder, holder: parent(at.holder)}
		at = holder.loop("item", holder.itself())
		at.access += member
		at.holder = ""
	}
	condition := unlessNull(at.orNull(), c.condition(at.access))
	if at.wrap != nil {
		condition = at.wrap(condition)
	}
	return condition
}

// element is the spot of the elements of a list or map.
func (at spot) element(of kind) spot {
	elements := at.access + "[*]" // which fails where the list is null
	if of == mapping {
		elements = "values(" + at.access + ")"
	}
	elements = "try(" + elements + ", [])"
	inside := at.loop(loopVariable("item", at.loops), elements)
	inside.label = at.label + "[*]"
	return inside
}

// loop is the spot of a variable that goes through elements.
func (at spot) loop(name, elements string) spot {
	return spot{
		access: name, loops: at.loops + 1,
		wrap: func(condition string) string {
			all := fmt.Sprintf("alltrue([\nfor %s in %s :\n%s\n])", name, elements, condition)
			if at.wrap != nil {
				return at.wrap(all)
			}
			return all
		},
	}
}

// itself is a list of an object alone, empty if it is null.
func (at spot) itself() string {
	if at.reachable() {
		return at.access + "[*]"
	}
	return "try(" + at.access + "[*], [])"
}

// orNull is the value, null where what holds it is null.
func (at spot) orNull() string {
	if at.reachable() {
		return at.access
	}
	return "try(" + at.access + ", null)"
}

// reachable reports whether what holds the value can't be null. The input can't.
func (at spot) reachable() bool { return at.holder == "" || at.holder == inputAccess }

// parent returns the expression of what holds a member, "" for the input itself.
func parent(access string) string {
	if access == inputAccess {
		return ""
	}
	return access[:strings.LastIndex(access, ".")]
}

// unlessNull makes a condition hold for null. Older CLIs evaluate both sides of
// ||, so that it would fail where the left side decides.
func unlessNull(access, condition string) string {
	return access + " == null ? true : " + condition
}

// loopVariable names the variable of a for expression with loops around it.
func loopVariable(name string, loops int) string {
	if loops == 0 {
		return name
	}
	return fmt.Sprintf("%s%d", name, loops+1)
}
