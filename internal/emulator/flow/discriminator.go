// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

const schemasAt = "#/components/schemas/"

// teller writes what discriminators mean as plain schemas, in place. A branch
// that its discriminator names becomes one that takes its values only, and a
// reference to a base schema that has a discriminator, but no branches, becomes
// a choice of the schemas that extend it.
type teller struct {
	named    map[string]*openapi3.Schema
	done     map[*openapi3.Schema]bool
	choices  map[*openapi3.Schema]*openapi3.Schema // by base, nil for a schema that is none
	original map[*openapi3.SchemaRef]bool          // references by which an heir says what it extends
	wrong    error                                 // what no request could be validated by
}

// tellApart has schemas that are reached from bodies told apart. Its error is what
// an author of a document has mistyped.
func tellApart(api *openapi3.T, bodies []*openapi3.SchemaRef) error {
	t := &teller{
		named:    map[string]*openapi3.Schema{},
		done:     map[*openapi3.Schema]bool{},
		choices:  map[*openapi3.Schema]*openapi3.Schema{},
		original: map[*openapi3.SchemaRef]bool{},
	}
	if api.Components != nil {
		for name, ref := range api.Components.Schemas {
			if ref != nil && ref.Value != nil {
				t.named[name] = ref.Value
			}
		}
	}
	for _, base := range t.bases() {
		t.choose(base)
	}
	for _, body := range bodies {
		t.ref(body)
	}
	return t.wrong
}

// bases lists the named schemas that stand for their heirs.
func (t *teller) bases() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(t.named)), func(name string) bool {
		schema := t.named[name]
		return !discriminates(schema) || len(schema.OneOf)+len(schema.AnyOf) > 0
	})
}

func discriminates(schema *openapi3.Schema) bool {
	return schema.Discriminator != nil && schema.Discriminator.PropertyName != ""
}

// choose makes the choice that references to a base lead to from now on. Where
// an heir refers to the base, it keeps to the base itself.
func (t *teller) choose(name string) {
	base := t.named[name]
	heirs := t.heirs(base)
	if len(heirs) == 0 {
		return
	}
	var refs openapi3.SchemaRefs
	for _, heir := range heirs {
		refs = append(refs, openapi3.NewSchemaRef(schemasAt+heir, t.named[heir]))
		for _, part := range composition(t.named[heir]) {
			for _, ref := range slices.Concat(part.AllOf, part.OneOf, part.AnyOf) {
				if ref.Value == base {
					t.original[ref] = true
				}
			}
		}
	}
	narrowed, byName := t.narrow(base, refs, false)
	if own := t.values(base, name, byName); len(own) > 0 {
		narrowed = append(narrowed, only(base.Discriminator.PropertyName, own, false))
	}
	t.choices[base] = &openapi3.Schema{AllOf: openapi3.SchemaRefs{openapi3.NewSchemaRef("", base)}, AnyOf: narrowed}
	t.original[t.choices[base].AllOf[0]] = true
}

// heirs lists the schemas that a base stands for: those that its mapping names
// and those that extend it, be it through another one.
func (t *teller) heirs(base *openapi3.Schema) []string {
	found := map[string]bool{}
	for _, target := range base.Discriminator.Mapping {
		name := strings.TrimPrefix(target.Ref, schemasAt)
		found[name] = t.named[name] != nil && t.named[name] != base
	}
	for name, schema := range t.named {
		if schema != base && slices.Contains(always(schema), base) {
			found[name] = true
		}
	}
	maps.DeleteFunc(found, func(_ string, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(found))
}

// ref rewrites what ref leads to.
func (t *teller) ref(ref *openapi3.SchemaRef) {
	if ref == nil || ref.Value == nil {
		return
	}
	target := ref.Value
	if choice := t.choices[target]; choice != nil && !t.original[ref] {
		ref.Value = choice
		t.schema(choice)
		return
	}
	t.schema(target)
}

func (t *teller) schema(schema *openapi3.Schema) {
	if t.done[schema] {
		return
	}
	t.done[schema] = true
	for _, typ := range schema.Type.Slice() {
		if typeNames[typ] == "" {
			t.wrong = fmt.Errorf("its schema is not valid: %q is no type", typ)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		t.ref(schema.Properties[name])
	}
	t.ref(schema.Items)
	t.ref(schema.AdditionalProperties.Schema)
	for _, ref := range slices.Concat(schema.AllOf, schema.OneOf, schema.AnyOf) {
		t.ref(ref)
	}
	if discriminates(schema) {
		schema.OneOf, _ = t.narrow(schema, schema.OneOf, true)
		schema.AnyOf, _ = t.narrow(schema, schema.AnyOf, true)
		schema.Discriminator = nil
	}
}

// narrow has each branch take only the discriminator's values that mean it. It
// reports whether names of schemas are such values: not in a document in which
// a branch lists others. A property of which the mapping tells has to be given
// where asked is set.
func (t *teller) narrow(schema *openapi3.Schema, branches openapi3.SchemaRefs, asked bool) (openapi3.SchemaRefs, bool) {
	name := func(branch *openapi3.SchemaRef) string { return strings.TrimPrefix(branch.Ref, schemasAt) }
	byName := !slices.ContainsFunc(branches, func(branch *openapi3.SchemaRef) bool {
		return branch.Ref != "" && len(mapped(schema, name(branch))) == 0 && len(t.values(schema, name(branch), true)) == 0
	})
	var narrowed openapi3.SchemaRefs
	for _, branch := range branches {
		values := t.values(schema, name(branch), byName)
		if branch.Ref == "" || len(values) == 0 {
			narrowed = append(narrowed, branch)
			continue
		}
		chosen := only(schema.Discriminator.PropertyName, values, asked && len(mapped(schema, name(branch))) > 0)
		if len(propertyNames(branch.Value)) == 0 { // it takes any member, and still does
			chosen.Value.WithAnyAdditionalProperties()
		}
		narrowed = append(narrowed, openapi3.NewSchemaRef("", &openapi3.Schema{AllOf: openapi3.SchemaRefs{chosen, branch}}))
	}
	return narrowed, byName
}

// only takes objects whose property is one of values.
func only(property string, values []any, required bool) *openapi3.SchemaRef {
	schema := &openapi3.Schema{Properties: openapi3.Schemas{property: openapi3.NewSchemaRef("", &openapi3.Schema{Enum: values})}}
	if required {
		schema.Required = []string{property}
	}
	return openapi3.NewSchemaRef("", schema)
}

// mapped lists the values that the discriminator of schema maps to a name.
func mapped(schema *openapi3.Schema, name string) []string {
	var values []string
	for value, target := range schema.Discriminator.Mapping {
		if strings.TrimPrefix(target.Ref, schemasAt) == name {
			values = append(values, value)
		}
	}
	slices.Sort(values)
	return values
}

// values lists what the discriminator of schema has to be for the schema of
// that name, as far as both take it; none where they take nothing of it.
func (t *teller) values(schema *openapi3.Schema, name string, byName bool) []any {
	candidates := mapped(schema, name)
	if candidates == nil && byName {
		candidates = []string{name}
	}
	var values []any
	for _, candidate := range candidates {
		property := schema.Discriminator.PropertyName
		if mayBe(schema, property, candidate) && t.named[name] != nil && mayBe(t.named[name], property, candidate) {
			values = append(values, candidate)
		}
	}
	return values
}

// mayBe reports whether schema lets a property be the text value, as far as it
// lists the values of it.
func mayBe(schema *openapi3.Schema, property, value string) bool {
	for _, part := range always(schema) {
		ref := part.Properties[property]
		if ref == nil || ref.Value == nil {
			continue
		}
		for _, rule := range always(ref.Value) {
			if !rule.Type.IsEmpty() && !rule.Type.Includes(openapi3.TypeString) ||
				len(rule.Enum) > 0 && !slices.Contains(rule.Enum, any(value)) ||
				rule.Const != nil && rule.Const != value {
				return false
			}
		}
	}
	return true
}

// always is schema and all that it is composed of by allOf.
func always(schema *openapi3.Schema) []*openapi3.Schema {
	parts := []*openapi3.Schema{schema}
	for i := 0; i < len(parts); i++ {
		for _, part := range schemasOf(parts[i].AllOf) {
			if !slices.Contains(parts, part) {
				parts = append(parts, part)
			}
		}
	}
	return parts
}
