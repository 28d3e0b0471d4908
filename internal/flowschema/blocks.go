// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// What a description may cost: recursive schemas have no end.
const (
	maxFieldDepth = 16
	maxFields     = 5_000  // of one data block
	maxVisited    = 30_000 // schemas looked at, of all data blocks
)

// DataBlock describes one member of the input: a data block that the flow's
// steps need, such as basicIdentity.
type DataBlock struct {
	Name     string
	Required bool
	ReadOnly bool // set by the service, not by a configuration
	// Fields are the block's fields at all levels, each object and list before
	// what it holds. A block that is no object has one field with the empty
	// path that describes the block itself.
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
	blocks := slices.Clone(d.blocks())
	for i := range blocks {
		blocks[i].Fields = slices.Clone(blocks[i].Fields)
	}
	return blocks
}

// dataBlocks describes the members of the input's schema.
func dataBlocks(input *Schema) []DataBlock {
	blocks := []DataBlock{}
	visited := 0
	for _, m := range membersOf([]*Schema{input}) {
		d := &describer{visited: &visited}
		if kindOf(m.places) == "object" {
			d.fields("", m.places, m.places)
		} else {
			d.field("", m, nil)
		}
		blocks = append(blocks, DataBlock{Name: m.name, Required: m.required, ReadOnly: m.readOnly(), Fields: d.found})
	}
	return blocks
}

// member is a named member of a place: all schemas that describe it.
type member struct {
	name     string
	required bool
	places   []*Schema
}

// readOnly reports whether the service sets the member.
func (m member) readOnly() bool { return slices.ContainsFunc(m.places, (*Schema).IsReadOnly) }

// membersOf returns the members that the schemas of a place declare, sorted by
// name.
func membersOf(places []*Schema) []member {
	found := map[string]*member{}
	named := func(name string) *member {
		if found[name] == nil {
			found[name] = &member{name: name}
		}
		return found[name]
	}
	for _, place := range places {
		place.InPlace(func(part *Schema) {
			for name, schema := range part.Properties {
				m := named(name)
				m.places = append(m.places, schema)
			}
		})
		place.Always(func(part *Schema) {
			for _, name := range part.Required {
				named(name).required = true
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
type describer struct {
	found   []Field
	visited *int
}

// exhausted counts the schemas of places, and reports whether they are too many.
func (d *describer) exhausted(places []*Schema) bool {
	if *d.visited > maxVisited {
		return true
	}
	for _, place := range places {
		place.InPlace(func(part *Schema) { *d.visited += 1 + len(part.Properties) })
	}
	return *d.visited > maxVisited
}

// fields adds the members of a place. above holds the schemas that led here:
// one of them again is a recursion.
func (d *describer) fields(prefix string, places, above []*Schema) {
	if d.exhausted(places) {
		return
	}
	for _, m := range membersOf(places) {
		path := m.name
		if prefix != "" {
			path = prefix + "." + path
		}
		d.field(path, m, above)
	}
}

// field adds one field and what it holds.
func (d *describer) field(path string, m member, above []*Schema) {
	if len(d.found) >= maxFields || d.exhausted(m.places) {
		return
	}
	d.found = append(d.found, describeField(path, m))
	if len(above) >= maxFieldDepth || holds(above, m.places) {
		return
	}
	above = append(slices.Clip(above), m.places...)
	d.fields(path, m.places, above)
	if items := itemsOf(m.places); items != nil {
		d.element(path+"[]", items, above)
	}
}

func holds(above, places []*Schema) bool {
	return slices.ContainsFunc(places, func(place *Schema) bool { return slices.Contains(above, place) })
}

// element adds what a list holds: the members of its elements, or the elements
// themselves where they are no objects.
func (d *describer) element(path string, items, above []*Schema) {
	if len(membersOf(items)) == 0 {
		d.field(path, member{places: items, required: true}, above)
		return
	}
	if !holds(above, items) {
		d.fields(path, items, append(slices.Clip(above), items...))
	}
}

// itemsOf returns the schemas of the elements of a list.
func itemsOf(places []*Schema) []*Schema {
	var items []*Schema
	for _, place := range places {
		items = append(items, place.Elements()...)
	}
	return items
}

// describeField describes a field by all schemas of its place.
func describeField(path string, m member) Field {
	field := Field{Path: path, Required: m.required, ReadOnly: m.readOnly(), Type: kindOf(m.places)}
	for _, place := range m.places {
		place.InPlace(func(part *Schema) {
			field.Format = cmp.Or(field.Format, part.Format)
			if part.Enum != nil {
				field.Enum = union(field.Enum, choices(part.Enum))
			}
			if length := part.MaxLength; length != nil && (field.MaxLength == nil || *length < *field.MaxLength) {
				field.MaxLength = length
			}
		})
	}
	return field
}

// choices writes allowed values for a reader: strings as they are, others as
// JSON. Null is left out: it can't be set.
func choices(values []any) []string {
	written := []string{}
	for _, candidate := range values {
		if s, ok := candidate.(string); ok {
			written = append(written, s)
		} else if encoded, err := json.Marshal(candidate); err == nil && candidate != nil {
			written = append(written, string(encoded))
		}
	}
	return written
}

// union returns a with what only b has behind it.
func union(a, b []string) []string {
	for _, word := range b {
		if !slices.Contains(a, word) {
			a = append(a, word)
		}
	}
	return a
}

// kindOf returns the types of a place, null aside, joined by "|".
func kindOf(places []*Schema) string {
	var names []string
	for _, place := range places {
		place.InPlace(func(part *Schema) {
			for _, name := range part.Types {
				if name != "null" {
					names = union(names, []string{name})
				}
			}
		})
	}
	switch {
	case names == nil && len(membersOf(places)) > 0:
		return "object"
	case names == nil && itemsOf(places) != nil:
		return "array"
	}
	return strings.Join(names, "|")
}
