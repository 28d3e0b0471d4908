// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

import (
	"math/big"
	"slices"
)

// Schema is one schema of a place in a request body, with OpenAPI's and JSON
// Schema's words in one form. A rule that the document does not have is its
// field's zero value. Schemas refer to each other by pointers, also in circles;
// none is changed after [Parse].
type Schema struct {
	// Name is the component's name where a reference leads here, else "".
	Name string

	Title, Description              string
	Deprecated, ReadOnly, WriteOnly bool
	Example, Default                *any // as decoded, numbers as json.Number; nil for none

	Never bool     // the schema false: no value is right
	Types []string // JSON Schema's words; nil for any
	Enum  []any    // allowed values, as decoded; nil for any

	Minimum, Maximum                   *big.Rat
	ExclusiveMinimum, ExclusiveMaximum *big.Rat
	MultipleOf                         *big.Rat // above zero

	MinLength, MaxLength *int64 // characters; of binary content nil
	Pattern              *Pattern
	Format               string

	MinItems, MaxItems *int64
	UniqueItems        bool
	Items              *Schema

	Properties                   map[string]*Schema
	Required                     []string
	MinProperties, MaxProperties *int64
	Additional                   *Schema // of keys that are not declared; nil declares nothing for them

	// Closed makes a key a problem that neither this schema nor one that
	// applies to the same value declares.
	Closed bool

	// Undecided marks a schema with a rule that is not evaluated here: a
	// keyword without support, or a length of binary content. A value that
	// breaks no other rule is then neither right nor wrong.
	Undecided bool

	AllOf, AnyOf, OneOf []*Schema
	Not                 *Schema
}

// Formats of strings that hold content.
const (
	FormatByte   = "byte"   // base64 text, also in multipart
	FormatBinary = "binary" // raw bytes in multipart, base64 in JSON
)

// InPlace visits s and every schema that applies to the same value, be it one
// of several alternatives.
func (s *Schema) InPlace(visit func(*Schema)) {
	inPlace(s, map[*Schema]bool{}, visit)
}

func inPlace(s *Schema, seen map[*Schema]bool, visit func(*Schema)) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	visit(s)
	for _, parts := range [][]*Schema{s.AllOf, s.AnyOf, s.OneOf} {
		for _, part := range parts {
			inPlace(part, seen, visit)
		}
	}
}

// Always visits the schemas of a place that hold whatever the value is: s and
// its allOf, not its alternatives.
func (s *Schema) Always(visit func(*Schema)) { always(s, map[*Schema]bool{}, visit) }

func always(s *Schema, seen map[*Schema]bool, visit func(*Schema)) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	visit(s)
	for _, part := range s.AllOf {
		always(part, seen, visit)
	}
}

// simple reports whether no other schema applies to the values of s.
func (s *Schema) simple() bool { return s.AllOf == nil && s.AnyOf == nil && s.OneOf == nil }

// PropertyNames returns the keys that any schema of the place declares, sorted.
func (s *Schema) PropertyNames() []string {
	if s.simple() {
		return keys(s.Properties)
	}
	names := map[string]bool{}
	s.InPlace(func(part *Schema) {
		for name := range part.Properties {
			names[name] = true
		}
	})
	return keys(names)
}

// RequiredNames returns the keys that are required whatever the value is, in
// the document's order.
func (s *Schema) RequiredNames() []string {
	var names []string
	seen := map[string]bool{}
	s.Always(func(part *Schema) {
		for _, name := range part.Required {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	})
	return names
}

// IsReadOnly reports whether the service sets the value.
func (s *Schema) IsReadOnly() bool {
	readOnly := false
	s.Always(func(part *Schema) { readOnly = readOnly || part.ReadOnly })
	return readOnly
}

// Member returns the schemas that describe a key of the place's objects.
func (s *Schema) Member(name string) []*Schema {
	var found []*Schema
	s.InPlace(func(part *Schema) {
		member, declared := part.Properties[name]
		if !declared {
			member = part.Additional
		}
		if member != nil && !slices.Contains(found, member) {
			found = append(found, member)
		}
	})
	return found
}

// Elements returns the schemas that describe the elements of the place's lists.
func (s *Schema) Elements() []*Schema {
	var found []*Schema
	s.InPlace(func(part *Schema) {
		if part.Items != nil && !slices.Contains(found, part.Items) {
			found = append(found, part.Items)
		}
	})
	return found
}
