// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"maps"
	"slices"

	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
)

// place is the list of all schemas of one value that always apply.
type place []*flowschema.Schema

func placeOf(schemas ...*flowschema.Schema) place {
	var p place
	for _, schema := range schemas {
		schema.Always(func(part *flowschema.Schema) {
			if slices.Contains(p, part) {
				return
			}
			p = append(p, part)
			for _, branches := range [][]*flowschema.Schema{part.OneOf, part.AnyOf} {
				if branches = withoutNull(branches); len(branches) == 1 {
					p = append(p, placeOf(branches[0])...)
				}
			}
		})
	}
	return p
}

// withoutNull leaves out the alternative "or null": every value may be omitted.
func withoutNull(branches []*flowschema.Schema) []*flowschema.Schema {
	return slices.DeleteFunc(slices.Clone(branches), func(branch *flowschema.Schema) bool {
		return slices.Equal(branch.Types, []string{"null"}) || len(branch.Enum) == 1 && branch.Enum[0] == nil
	})
}

// alternatives are those that the value may have, one of which decides its type.
// What only narrows a value, for example by a list of required keys, is none.
func (p place) alternatives() []*flowschema.Schema {
	for _, part := range p {
		for _, branches := range [][]*flowschema.Schema{part.OneOf, part.AnyOf} {
			branches = withoutNull(branches)
			if len(branches) > 1 && slices.ContainsFunc(branches, decidesType) {
				return branches
			}
		}
	}
	return nil
}

func decidesType(s *flowschema.Schema) bool {
	return s.Types != nil || s.Enum != nil || s.Properties != nil || s.Items != nil || s.Additional != nil ||
		s.AllOf != nil || s.AnyOf != nil || s.OneOf != nil
}

// kind is the only type of the value besides null, "" if there are several.
func (p place) kind() string {
	kind := ""
	for _, part := range p {
		kinds := slices.DeleteFunc(slices.Clone(part.Types), func(kind string) bool { return kind == "null" })
		switch {
		case len(kinds) > 1:
			return ""
		case len(kinds) == 1 && kind == "":
			kind = kinds[0]
		}
	}
	return kind
}

// names are the keys that the value may have, sorted.
func (p place) names() []string {
	names := map[string]bool{}
	for _, part := range p {
		for name := range part.Properties {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func (p place) member(name string) place {
	return p.below(func(part *flowschema.Schema) *flowschema.Schema { return part.Properties[name] })
}

func (p place) elements() place {
	return p.below(func(part *flowschema.Schema) *flowschema.Schema { return part.Items })
}

// others are the values of keys that have no name.
func (p place) others() place {
	return p.below(func(part *flowschema.Schema) *flowschema.Schema { return part.Additional })
}

// below is the place of a value that the value holds, empty if no schema
// describes it.
func (p place) below(of func(*flowschema.Schema) *flowschema.Schema) place {
	var schemas []*flowschema.Schema
	for _, part := range p {
		if schema := of(part); schema != nil {
			schemas = append(schemas, schema)
		}
	}
	return placeOf(schemas...)
}

func (p place) requires(name string) bool {
	return slices.ContainsFunc(p, func(part *flowschema.Schema) bool { return slices.Contains(part.Required, name) })
}

// omitted reports whether no configuration sets the value.
func (p place) omitted() bool {
	return slices.ContainsFunc(p, func(part *flowschema.Schema) bool { return part.ReadOnly || part.Never })
}

// isContent reports whether the value is content, which may be a file reference.
func (p place) isContent() bool {
	return slices.ContainsFunc(p, func(part *flowschema.Schema) bool { return part.Content() != flowschema.Text })
}

// first returns the first non-zero result of a schema of the place.
func first[T comparable](p place, of func(*flowschema.Schema) T) T {
	var none T
	for _, part := range p {
		if found := of(part); found != none {
			return found
		}
	}
	return none
}

// choices are the allowed values, nil for any.
func (p place) choices() []any {
	for _, part := range p {
		if part.Enum != nil {
			return slices.DeleteFunc(slices.Clone(part.Enum), func(choice any) bool { return choice == nil })
		}
	}
	return nil
}
