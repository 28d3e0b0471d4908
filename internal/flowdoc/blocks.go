// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"cmp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// What a description may cost: recursive schemas have no end.
const (
	maxFieldDepth = 16
	maxFields     = 5_000 // of one data block
)

// DataBlock describes one member of the input: a data block that the flow's
// steps need, such as basicIdentity.
type DataBlock struct {
	Name     string
	Required bool
	ReadOnly bool // set by the service, not by a configuration
	// Fields are the block's fields at all levels, each object and list before
	// what it holds. A block that is no object has one field with the empty
	// path that stands for itself.
	Fields []Field
}

// Field describes one field of a data block.
type Field struct {
	Path      string   // from the block: "address.street"; of list elements "documents[].source"
	Type      string   // JSON Schema's word; several joined by "|"; "" for any
	Format    string   // "" for none
	Required  bool     // within the object that holds it
	ReadOnly  bool     // set by the service, not by a configuration
	Enum      []string // allowed values, as JSON where they are not strings; nil for any
	MaxLength *int64   // in characters; nil for no bound
}

// DataBlocks describes the input that the flow takes, sorted by name. Where a
// schema offers alternatives the fields of all are listed, and are required
// only if they are so whatever the alternative. A field whose schema holds
// itself is listed, what it holds is not repeated.
func (d *Document) DataBlocks() []DataBlock {
	blocks := slices.Clone(d.blocks)
	for i := range blocks {
		blocks[i].Fields = slices.Clone(blocks[i].Fields)
	}
	return blocks
}

// dataBlocks describes the members of the input's schema.
func dataBlocks(input *jsonschema.Schema) []DataBlock {
	blocks := []DataBlock{}
	for _, member := range members(input) {
		d := &describer{}
		if kind := kindOf(member.places); kind != "object" {
			d.field("", member, nil)
		} else {
			d.fields("", member.places, resolved(member.places))
		}
		blocks = append(blocks, DataBlock{Name: member.name, Required: member.required, ReadOnly: member.readOnly(), Fields: d.found})
	}
	return blocks
}

// member is a named member of a place: all schemas that describe it.
type member struct {
	name     string
	required bool
	places   []*jsonschema.Schema
}

// readOnly reports whether the service sets the member.
func (m member) readOnly() bool { return slices.ContainsFunc(m.places, isReadOnly) }

// members returns the members that the schemas of one or more places declare,
// sorted by name.
func members(places ...*jsonschema.Schema) []member {
	found := map[string]*member{}
	for _, place := range places {
		inPlace(place, func(part *jsonschema.Schema) {
			for name, schema := range part.Properties {
				if found[name] == nil {
					found[name] = &member{name: name}
				}
				found[name].places = append(found[name].places, schema)
			}
		})
		always(place, func(part *jsonschema.Schema) {
			for _, name := range part.Required {
				if found[name] == nil {
					found[name] = &member{name: name}
				}
				found[name].required = true
			}
		})
	}
	list := make([]member, 0, len(found))
	for _, name := range keys(found) {
		list = append(list, *found[name])
	}
	return list
}

// describer collects the fields of one data block.
type describer struct{ found []Field }

// fields adds the members of a place. above holds the schemas that led here:
// one of them again is a recursion.
func (d *describer) fields(prefix string, places, above []*jsonschema.Schema) {
	for _, member := range members(places...) {
		path := member.name
		if prefix != "" {
			path = prefix + "." + path
		}
		d.field(path, member, above)
	}
}

// field adds one field and what it holds.
func (d *describer) field(path string, m member, above []*jsonschema.Schema) {
	if len(d.found) >= maxFields {
		return
	}
	d.found = append(d.found, describeField(path, m))
	targets := resolved(m.places)
	for _, target := range targets {
		if slices.Contains(above, target) {
			return
		}
	}
	if len(above) >= maxFieldDepth {
		return
	}
	above = append(slices.Clip(above), targets...)
	d.fields(path, m.places, above)
	if items := itemsOf(m.places); items != nil {
		d.element(path+"[]", items, above)
	}
}

// element adds what a list holds: the members of its elements, or the elements
// themselves where they are no objects.
func (d *describer) element(path string, items, above []*jsonschema.Schema) {
	if len(members(items...)) > 0 {
		for _, target := range resolved(items) {
			if slices.Contains(above, target) {
				return
			}
		}
		d.fields(path, items, append(slices.Clip(above), resolved(items)...))
		return
	}
	d.field(path, member{places: items, required: true}, above)
}

// resolved returns what places refer to, or themselves.
func resolved(places []*jsonschema.Schema) []*jsonschema.Schema {
	targets := make([]*jsonschema.Schema, len(places))
	for i, place := range places {
		for targets[i] = place; targets[i].Ref != nil; {
			targets[i] = targets[i].Ref
		}
	}
	return targets
}

// itemsOf returns the schemas of the elements of a list.
func itemsOf(places []*jsonschema.Schema) []*jsonschema.Schema {
	var items []*jsonschema.Schema
	for _, place := range places {
		inPlace(place, func(part *jsonschema.Schema) {
			if part.Items2020 != nil {
				items = append(items, part.Items2020)
			}
		})
	}
	return items
}

// describeField describes a field by all schemas of its place.
func describeField(path string, m member) Field {
	field := Field{Path: path, Required: m.required, ReadOnly: m.readOnly(), Type: kindOf(m.places)}
	for _, place := range m.places {
		inPlace(place, func(part *jsonschema.Schema) {
			if part.Format != nil {
				field.Format = cmp.Or(field.Format, part.Format.Name)
			}
			if part.Enum != nil {
				field.Enum = union(field.Enum, choices(part.Enum.Values))
			}
			if part.MaxLength != nil {
				length := int64(*part.MaxLength)
				if field.MaxLength == nil || length < *field.MaxLength {
					field.MaxLength = &length
				}
			}
		})
	}
	return field
}

// choices writes allowed values for a reader: strings as they are.
func choices(values []any) []string {
	written := []string{}
	for _, candidate := range values {
		if s, ok := candidate.(string); ok {
			written = append(written, s)
			continue
		}
		written = append(written, literals([]any{candidate})...)
	}
	return written
}

// kindOf returns the types of a place, null aside, joined by "|".
func kindOf(places []*jsonschema.Schema) string {
	var names []string
	for _, place := range places {
		inPlace(place, func(part *jsonschema.Schema) {
			if part.Types == nil {
				return
			}
			for _, name := range part.Types.ToStrings() {
				if name != "null" {
					names = union(names, []string{name})
				}
			}
		})
	}
	switch {
	case names == nil && len(members(places...)) > 0:
		return "object"
	case names == nil && itemsOf(places) != nil:
		return "array"
	}
	return strings.Join(names, "|")
}
