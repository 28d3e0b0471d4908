// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// unfold returns body's schema nested as in JSON: a property
// "input[basicIdentity][givenName]" becomes givenName in basicIdentity in input.
// A required leaf makes every object on its way required. Schemas that body is
// composed of are unfolded as well; deeper ones hold no bracketed names.
func unfold(body *openapi3.Schema) *openapi3.Schema {
	return unfoldOnce(body, map[*openapi3.Schema]*openapi3.Schema{})
}

func unfoldOnce(schema *openapi3.Schema, done map[*openapi3.Schema]*openapi3.Schema) *openapi3.Schema {
	if unfolded, ok := done[schema]; ok {
		return unfolded
	}
	copied := *schema
	done[schema] = &copied
	root := &field{}
	plain := openapi3.Schemas{}
	for name, property := range schema.Properties {
		path, err := splitBrackets(name)
		if err != nil || len(path) == 1 {
			plain[name] = property
			continue
		}
		if path[len(path)-1] == "" && describesList(property) {
			path = path[:len(path)-1] // "a[]" is then how a form writes the list a
		}
		root.add(path, property)
	}
	copied.Required = nil
	for _, name := range schema.Required {
		path, err := splitBrackets(name)
		if err != nil || len(path) == 1 {
			copied.Required = append(copied.Required, name)
			continue
		}
		if isReadOnly(schema.Properties[name]) {
			continue // required in responses only, so that its block may be missing
		}
		root.require(path)
	}
	copied.Properties = merge(plain, root)
	for _, name := range root.names() {
		if root.fields[name].required && !slices.Contains(copied.Required, name) {
			copied.Required = append(copied.Required, name)
		}
	}
	copied.AllOf = unfoldAll(schema.AllOf, done)
	copied.AnyOf = unfoldAll(schema.AnyOf, done)
	copied.OneOf = unfoldAll(schema.OneOf, done)
	return &copied
}

// describesList reports whether a schema is one of lists, be it by its allOf.
func describesList(ref *openapi3.SchemaRef) bool {
	return ref != nil && ref.Value != nil && slices.ContainsFunc(always(ref.Value), func(part *openapi3.Schema) bool {
		return part.Items != nil || part.Type.Includes(openapi3.TypeArray)
	})
}

// isReadOnly reports whether a property is one of responses only, be it by its
// allOf.
func isReadOnly(ref *openapi3.SchemaRef) bool {
	return ref != nil && ref.Value != nil && slices.ContainsFunc(always(ref.Value), func(part *openapi3.Schema) bool { return part.ReadOnly })
}

func unfoldAll(refs openapi3.SchemaRefs, done map[*openapi3.Schema]*openapi3.Schema) openapi3.SchemaRefs {
	var unfolded openapi3.SchemaRefs
	for _, ref := range refs {
		if ref.Value == nil {
			continue
		}
		copied := *ref
		copied.Value = unfoldOnce(ref.Value, done)
		unfolded = append(unfolded, &copied)
	}
	return unfolded
}

// merge adds what root gathered to the properties that had plain names. A name
// in both is described by both.
func merge(plain openapi3.Schemas, root *field) openapi3.Schemas {
	for _, name := range root.names() {
		gathered := root.fields[name].schema()
		if written := plain[name]; written != nil {
			gathered = openapi3.NewSchemaRef("", &openapi3.Schema{AllOf: openapi3.SchemaRefs{written, gathered}})
		}
		plain[name] = gathered
	}
	if len(plain) == 0 {
		return nil
	}
	return plain
}

// field is a place in the nested schema, while the bracketed names are read.
type field struct {
	leaves   openapi3.SchemaRefs // the schemas of the place itself
	required bool
	fields   map[string]*field
}

func (f *field) at(step string) *field {
	if f.fields == nil {
		f.fields = map[string]*field{}
	}
	if f.fields[step] == nil {
		f.fields[step] = &field{}
	}
	return f.fields[step]
}

func (f *field) add(path []string, schema *openapi3.SchemaRef) {
	for _, step := range path {
		f = f.at(step)
	}
	f.leaves = append(f.leaves, schema)
}

// require marks every place on the path as required. An element of a list is
// required with its list.
func (f *field) require(path []string) {
	for len(path) > 0 && isElement(path[len(path)-1]) {
		path = path[:len(path)-1]
	}
	for _, step := range path {
		f = f.at(step)
		f.required = true
	}
}

func (f *field) names() []string { return slices.Sorted(maps.Keys(f.fields)) }

// schema is the nested schema of this place. A place that is named several
// times, as a leaf and as an object, is described by all of them.
func (f *field) schema() *openapi3.SchemaRef {
	parts := slices.Clone(f.leaves)
	switch {
	case len(f.fields) == 0:
	case f.isList():
		parts = append(parts, openapi3.NewSchemaRef("", f.list()))
	default:
		parts = append(parts, openapi3.NewSchemaRef("", f.object()))
	}
	switch len(parts) {
	case 0: // required, yet nowhere described
		return openapi3.NewSchemaRef("", &openapi3.Schema{})
	case 1:
		return parts[0]
	}
	return openapi3.NewSchemaRef("", &openapi3.Schema{AllOf: parts})
}

func (f *field) object() *openapi3.Schema {
	object := openapi3.NewObjectSchema()
	for _, name := range f.names() {
		object.WithPropertyRef(name, f.fields[name].schema())
		if f.fields[name].required {
			object.Required = append(object.Required, name)
		}
	}
	return object
}

// isList reports whether the document writes this place's elements one by one,
// as in "input[documents][0][source]", or as any, in "input[documents][][source]".
func (f *field) isList() bool {
	return !slices.ContainsFunc(f.names(), func(name string) bool { return !isElement(name) })
}

// list describes every element by the schemas of all: a document that spells out
// element 0 describes each.
func (f *field) list() *openapi3.Schema {
	element := &field{}
	for _, name := range f.names() {
		element.absorb(f.fields[name])
	}
	list := openapi3.NewArraySchema()
	list.Items = element.schema()
	return list
}

func (f *field) absorb(other *field) {
	f.leaves = append(f.leaves, other.leaves...)
	for name, inner := range other.fields {
		f.at(name).required = f.at(name).required || inner.required
		f.at(name).absorb(inner)
	}
}

// members lists the schemas that describe the property name of schema, over all
// that schema is composed of.
func members(schema *openapi3.Schema, name string) []*openapi3.Schema {
	var found []*openapi3.Schema
	for _, part := range composition(schema) {
		if property := part.Properties[name]; property != nil && property.Value != nil {
			found = append(found, property.Value)
		}
	}
	return found
}

// propertyNames lists the properties of schema and of everything that it is composed of.
func propertyNames(schema *openapi3.Schema) []string {
	names := map[string]bool{}
	for _, part := range composition(schema) {
		for name := range part.Properties {
			names[name] = true
		}
	}
	return slices.SortedFunc(maps.Keys(names), strings.Compare)
}

// composition is schema and everything that it is composed of through allOf, oneOf and
// anyOf.
func composition(schema *openapi3.Schema) []*openapi3.Schema { return kinds{}.composition(schema) }
