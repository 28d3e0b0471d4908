// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package page

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/player"
)

// Kind is how a field is entered.
type Kind string

// The kinds of fields.
const (
	Text    Kind = "text"
	Date    Kind = "date"
	Number  Kind = "number"
	Boolean Kind = "boolean"
	Choice  Kind = "choice"
	File    Kind = "file"
	JSON    Kind = "json" // whatever has no field of its own: alternatives, free objects
)

// Field is one input of the form.
type Field struct {
	Name     string // the path with brackets: input[basicIdentity][givenName]
	Group    string // of the object that it belongs to
	Label    string
	Help     string
	Kind     Kind
	Required bool // wherever its object is there
	Options  []string
	Value    string // what was entered before, else the document's example
}

// Bounds of a form: what is deeper is entered as JSON, and what is more is not in
// the form.
const (
	maxDepth  = 8
	maxFields = 200
)

// Form is the fields of a flow's request body.
type Form struct {
	Fields []Field
	root   node
}

// node is a place in the body: a field, an object, or a list, of which the form
// has one element.
type node struct {
	name    string
	field   *Field
	members []node
	element *node
	path    string
}

// NewForm makes a form from a request body's schema, bracketed names unfolded.
func NewForm(body *openapi3.Schema) *Form {
	f := &Form{}
	f.root = f.object("", "", body, 0)
	if !slices.ContainsFunc(f.Fields, func(field Field) bool { return field.Name == "metadata[subjectId]" || field.Name == "metadata" }) {
		f.root.members = append(f.root.members, node{name: "metadata", members: []node{
			f.leaf(node{name: "subjectId", path: "metadata[subjectId]"}, "metadata", &openapi3.Schema{}, Text, true),
		}})
	}
	return f
}

func (f *Form) place(n node, group string, schema *openapi3.Schema, required bool, depth int) node {
	kind := kindOf(schema)
	simple := depth < maxDepth
	switch {
	case kind == "object" && simple:
		return f.object(n.name, n.path, schema, depth)
	case kind == "array" && simple:
		if items := merged(schema, func(s *openapi3.Schema) *openapi3.Schema { return valueOf(s.Items) }); len(items) == 1 {
			element := f.place(node{path: n.path + "[0]"}, join(group, n.name), items[0], required, depth+1)
			n.element = &element
			return n
		}
		return f.leaf(n, group, schema, JSON, required)
	case kind == "object" || kind == "array":
		return f.leaf(n, group, schema, JSON, required)
	}
	return f.leaf(n, group, schema, kind, required)
}

func (f *Form) object(name, path string, schema *openapi3.Schema, depth int) node {
	n := node{name: name, path: path}
	required := requiredOf(schema)
	for _, member := range membersOf(schema) {
		if len(f.Fields) >= maxFields {
			break
		}
		inner := member.name
		if path != "" {
			inner = path + "[" + member.name + "]"
		}
		n.members = append(n.members, f.place(node{name: member.name, path: inner}, path, member.schema, slices.Contains(required, member.name), depth+1))
	}
	return n
}

func (f *Form) leaf(n node, group string, schema *openapi3.Schema, kind Kind, required bool) node {
	field := Field{
		Name: n.path, Group: title(group), Label: title(n.name), Help: schema.Description, Kind: kind, Required: required,
		Options: optionsOf(schema), Value: exampleOf(schema, kind),
	}
	if n.name == "" { // the element of a list
		field.Label, field.Group = "Element", title(group)
	}
	if n.path == "metadata[subjectId]" && field.Value == "" {
		field.Value = "customer-123"
	}
	n.field = &field
	f.Fields = append(f.Fields, field)
	return n
}

// member is a property of an object.
type member struct {
	name   string
	schema *openapi3.Schema
}

// membersOf lists an object's properties, those that it needs first, also of the
// schemas that it combines.
func membersOf(schema *openapi3.Schema) []member {
	var all []member
	required := requiredOf(schema)
	for _, part := range merged(schema, func(s *openapi3.Schema) *openapi3.Schema { return s }) {
		for name, property := range part.Properties {
			if property.Value != nil && !slices.ContainsFunc(all, func(m member) bool { return m.name == name }) {
				all = append(all, member{name, property.Value})
			}
		}
	}
	rank := func(m member) int {
		order := slices.Index([]string{"input", "metadata", "redirectUrl", "state"}, m.name)
		if slices.Contains(required, m.name) {
			return order
		}
		return order + 10
	}
	slices.SortFunc(all, func(a, b member) int {
		if difference := rank(a) - rank(b); difference != 0 {
			return difference
		}
		return strings.Compare(a.name, b.name)
	})
	return all
}

func requiredOf(schema *openapi3.Schema) []string {
	var all []string
	for _, part := range merged(schema, func(s *openapi3.Schema) *openapi3.Schema { return s }) {
		all = append(all, part.Required...)
	}
	return all
}

// merged applies get to a schema and to those that it combines by allOf.
func merged(schema *openapi3.Schema, get func(*openapi3.Schema) *openapi3.Schema) []*openapi3.Schema {
	var all []*openapi3.Schema
	waiting := []*openapi3.Schema{schema}
	for steps := 0; len(waiting) > 0 && steps < maxFields; steps++ {
		next := waiting[0]
		waiting = waiting[1:]
		if got := get(next); got != nil {
			all = append(all, got)
		}
		for _, part := range next.AllOf {
			if part.Value != nil {
				waiting = append(waiting, part.Value)
			}
		}
	}
	return all
}

func valueOf(ref *openapi3.SchemaRef) *openapi3.Schema {
	if ref == nil {
		return nil
	}
	return ref.Value
}

// kindOf returns how a schema's value is entered; "object" and "array" have fields
// of their own.
func kindOf(schema *openapi3.Schema) Kind {
	alternatives, kind := false, Kind("")
	for _, part := range merged(schema, func(s *openapi3.Schema) *openapi3.Schema { return s }) {
		alternatives = alternatives || len(part.OneOf)+len(part.AnyOf) > 0 || part.Not != nil
		switch {
		case len(part.Properties) > 0:
			kind = "object"
		case part.Type.Includes("array"):
			kind = "array"
		case kind == "" && part.Type.Includes("object"):
			kind = JSON
		case kind == "":
			kind = simpleKind(part)
		}
	}
	if alternatives || kind == "" {
		return JSON
	}
	return kind
}

func simpleKind(schema *openapi3.Schema) Kind {
	switch {
	case len(optionsOf(schema)) > 0:
		return Choice
	case schema.Type.Includes("boolean"):
		return Boolean
	case schema.Type.Includes("integer") || schema.Type.Includes("number"):
		return Number
	case !schema.Type.Includes("string"):
		return ""
	case schema.Format == "binary" || schema.Format == "byte":
		return File
	case schema.Format == "date":
		return Date
	}
	return Text
}

// optionsOf lists the texts of an enum; one of other values has none.
func optionsOf(schema *openapi3.Schema) []string {
	var options []string
	for _, value := range schema.Enum {
		if option, ok := value.(string); ok {
			options = append(options, option)
		}
	}
	return options
}

func exampleOf(schema *openapi3.Schema, kind Kind) string {
	switch example := schema.Example.(type) {
	case nil:
		return ""
	case string:
		if kind == File {
			return ""
		}
		return example
	default:
		raw, err := json.Marshal(example)
		if err != nil || kind == File {
			return ""
		}
		return string(raw)
	}
}

// title turns a name or a path into words: "input[basicIdentity]" is "Basic
// identity".
func title(path string) string {
	names := strings.FieldsFunc(strings.TrimPrefix(path, "input["), func(r rune) bool { return r == '[' || r == ']' })
	var titles []string
	for _, name := range names {
		if strings.Trim(name, "0123456789") != "" { // an element's index is no title
			titles = append(titles, player.Words(name))
		}
	}
	return strings.Join(titles, ", ")
}

func join(group, name string) string {
	if name == "" {
		return group
	}
	return group + "[" + name + "]"
}
