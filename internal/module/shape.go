// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// kind is a kind of value in Terraform's type system.
type kind int

const (
	untyped kind = iota // any
	text
	number
	boolean
	object
	list
	mapping // a map: keys of any name, values of one shape
	file    // path and, where wanted, name and content type
)

// shape is what Terraform can say of a value.
type shape struct {
	kind        kind
	description string
	note        string // why it is untyped
	whole       bool   // a number without decimals

	members []member // of an object
	element *shape   // of a list or a map, or of an object's unlisted keys

	// parts are all schemas that the value must satisfy, for its checks.
	parts []*schema
}

// member is a key of an object.
type member struct {
	name     string
	required bool
	*shape
}

// The reasons why a value is untyped, as a comment says them.
const (
	freeForm     = "free-form"
	alternatives = "one of several forms"
	recursive    = "holds values of its own form"
	unnameable   = "has keys that no type can name"
	tooLarge     = "too large to be typed"
)

// How deep types are nested, and of how many values they tell. A document may
// refer to the same schema from everywhere, and a type repeats it each time.
const (
	maxDepth  = 20
	maxValues = 5_000
)

// reader turns schemas into shapes.
type reader struct {
	defs   map[string]*schema
	active []string // references from the root to here
	depth  int
	values int // read so far

	// choose reads values that have no one type as one of their forms, the one that
	// choice counts to, with the keys that it lists. Examples are made of such shapes.
	choose bool
	choice int
}

// newReader reads the schema of a flow's input.
func newReader(raw []byte) (*reader, *schema, error) {
	root := &schema{}
	if err := json.Unmarshal(raw, root); err != nil {
		return nil, nil, err
	}
	return &reader{defs: root.Defs}, root, nil
}

// place is what all schemas of one value say together.
type place struct {
	parts []*schema
	refs  []string
	note  string // why the value can't be typed
}

// read returns the shape of a value that s describes.
func (r *reader) read(s *schema) *shape {
	found := &place{}
	r.collect(s, found)
	shaped := &shape{parts: found.parts, description: describe(found.parts)}
	if r.values++; r.depth >= maxDepth || r.values > maxValues {
		found.note = tooLarge
	}
	if found.note != "" {
		shaped.note = found.note
		return shaped
	}
	r.depth++
	r.active = append(r.active, found.refs...)
	r.form(shaped)
	r.active = r.active[:len(r.active)-len(found.refs)]
	r.depth--
	return shaped
}

// collect adds s, what it refers to and what it is composed of.
func (r *reader) collect(s *schema, found *place) {
	found.parts = append(found.parts, s)
	if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok {
		switch target := r.defs[name]; {
		case slices.Contains(r.active, name):
			found.note = recursive
		case target != nil && !slices.Contains(found.refs, name):
			found.refs = append(found.refs, name)
			r.collect(target, found)
		}
	}
	for _, part := range s.AllOf {
		r.collect(part, found)
	}
	for _, branches := range [][]*schema{s.OneOf, s.AnyOf} {
		r.alternatives(s, branches, found)
	}
}

// alternatives adds what holds whichever of the branches is meant. A branch that
// is null makes the value nullable, which every value is here.
func (r *reader) alternatives(s *schema, branches []*schema, found *place) {
	branches = slices.DeleteFunc(slices.Clone(branches), (*schema).onlyNull)
	switch {
	case len(branches) == 0:
	case len(branches) == 1, r.choose:
		r.collect(branches[r.choice%len(branches)], found)
	case slices.ContainsFunc(branches, func(branch *schema) bool { return r.forms(branch, s) }):
		found.note = alternatives
	}
}

// forms reports whether a branch says more of a value's type than s does. What
// only narrows a value, such as a list of required keys, leaves its type alone.
func (r *reader) forms(branch, s *schema) bool {
	return branch.Ref != "" || branch.AllOf != nil || branch.OneOf != nil || branch.AnyOf != nil ||
		branch.Properties != nil || branch.Items != nil || branch.Additional != nil ||
		s.Type == nil && (branch.Type != nil || branch.choices() != nil || branch.always)
}

// form finds the kind of a shape by its parts, and reads what it holds.
func (r *reader) form(s *shape) {
	switch name := kindOf(s.parts); name {
	case "object":
		r.formObject(s)
	case "array":
		r.formList(s)
	case "string":
		s.kind = text
		if slices.ContainsFunc(s.parts, (*schema).isFile) {
			s.kind = file
		}
	case "number", "integer":
		s.kind, s.whole = number, name == "integer"
	case "boolean":
		s.kind = boolean
	default:
		s.note = freeForm
	}
}

// kindOf returns the one type of JSON Schema that all parts allow, "" if there
// are several. Parts that name no type still show it by what they demand.
func kindOf(parts []*schema) string {
	kind := ""
	for _, part := range parts {
		names := part.kinds()
		switch {
		case names == nil:
		case len(names) > 1:
			return ""
		case kind == "" || names[0] == "integer":
			kind = names[0]
		}
	}
	if kind != "" {
		return kind
	}
	for _, part := range parts {
		switch {
		case part.Properties != nil:
			return "object"
		case part.Items != nil:
			return "array"
		case part.choices() != nil:
			return kindOfChoices(part.choices())
		}
	}
	return ""
}

// kindOfChoices returns the one type of allowed values, "" if there are several.
func kindOfChoices(choices []any) string {
	kind := ""
	for i, choice := range choices {
		this := ""
		switch choice.(type) {
		case string:
			this = "string"
		case bool:
			this = "boolean"
		case json.Number:
			this = "number"
		}
		if i > 0 && this != kind {
			return ""
		}
		kind = this
	}
	return kind
}

// formObject reads an object's members. Terraform drops keys that a type does
// not list without a word, so an object that takes others has no type.
func (r *reader) formObject(s *shape) {
	declared := declaredMembers(s.parts)
	closed := slices.ContainsFunc(s.parts, (*schema).closes)
	if !closed && !r.choose {
		if rest := restOf(s.parts); len(declared) == 0 && rest != nil {
			r.formElements(s, mapping, rest)
			return
		}
		s.note = freeForm
		return
	}
	if rest := restOf(s.parts); !closed && rest != nil {
		s.element = r.read(rest)
	}
	for _, name := range order(declared, s.parts) {
		if !nameable(name) && !r.choose {
			s.note, s.members = unnameable, nil
			return
		}
		read := r.read(declared[name])
		if !isReadOnly(read.parts) {
			s.members = append(s.members, member{name, isRequired(name, s.parts), read})
		}
	}
	s.kind = object
}

// declaredMembers returns the schema of each listed key. One that several parts
// list must satisfy all of them.
func declaredMembers(parts []*schema) map[string]*schema {
	declared := map[string]*schema{}
	for _, part := range parts {
		for name, property := range part.Properties {
			if earlier := declared[name]; earlier != nil {
				property = &schema{AllOf: []*schema{earlier, property}}
			}
			declared[name] = property
		}
	}
	return declared
}

// restOf returns the schema of the values of unlisted keys, nil if none is told.
func restOf(parts []*schema) *schema {
	var rest *schema
	for _, part := range parts {
		if part.Additional != nil && !part.Additional.always {
			rest = part.Additional
		}
	}
	return rest
}

// order returns the keys with the required ones first, in the document's order.
// That of the others is not kept by the schema, so they are sorted.
func order(declared map[string]*schema, parts []*schema) []string {
	var names []string
	for _, part := range parts {
		for _, name := range part.Required {
			if declared[name] != nil && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(declared)) {
		if !isRequired(name, parts) {
			names = append(names, name)
		}
	}
	return names
}

func isRequired(name string, parts []*schema) bool {
	return slices.ContainsFunc(parts, func(part *schema) bool { return slices.Contains(part.Required, name) })
}

// isReadOnly reports whether a value is not the user's to give.
func isReadOnly(parts []*schema) bool {
	return slices.ContainsFunc(parts, func(part *schema) bool { return part.ReadOnly || part.never })
}

// nameable reports whether a type constraint can have the key. After a brace,
// "for" would begin an expression.
func nameable(name string) bool { return hclsyntax.ValidIdentifier(name) && name != "for" }

func (r *reader) formList(s *shape) {
	var items *schema
	for _, part := range s.parts {
		if part.Items != nil {
			items = part.Items
		}
	}
	if items == nil {
		s.note = freeForm
		return
	}
	r.formElements(s, list, items)
}

// formElements reads what a list or map holds. Its elements must be of one type,
// which those of type any would be forced to.
func (r *reader) formElements(s *shape, as kind, elements *schema) {
	element := r.read(elements)
	if note := element.untypedWithin(); note != "" && !r.choose {
		s.note = note
		return
	}
	s.kind, s.element = as, element
}

// untypedWithin returns why s, or a value in it, is untyped, "" if none is.
func (s *shape) untypedWithin() string {
	switch s.kind {
	case untyped:
		return s.note
	case list, mapping:
		return s.element.untypedWithin()
	case object:
		for _, m := range s.members {
			if note := m.untypedWithin(); note != "" {
				return note
			}
		}
	default: // typed, and holds nothing
	}
	return ""
}

// describe returns the first description that a value is given.
func describe(parts []*schema) string {
	for _, part := range parts {
		if described := line(part.Description); described != "" {
			return described
		}
	}
	return ""
}
