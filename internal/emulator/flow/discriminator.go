// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

const schemasAt = "#/components/schemas/"

// kinds are the schemas that discriminators choose among. A discriminator names
// the property of a value that selects a schema: one of the branches beside it,
// or, where there are none, one of the schemas that extend its own (subtypes).
type kinds struct {
	named    map[string]*openapi3.Schema
	subtypes map[*openapi3.Schema]openapi3.SchemaRefs // by the schema that they extend, which is among them
}

func kindsOf(api *openapi3.T) kinds {
	k := kinds{map[string]*openapi3.Schema{}, map[*openapi3.Schema]openapi3.SchemaRefs{}}
	if api.Components != nil {
		for name, ref := range api.Components.Schemas {
			if ref != nil && ref.Value != nil {
				k.named[name] = ref.Value
			}
		}
	}
	for _, base := range k.named {
		if !discriminates(base) || len(base.OneOf)+len(base.AnyOf) > 0 {
			continue
		}
		if subtypes := k.subtypesOf(base); len(subtypes) > 1 {
			k.subtypes[base] = subtypes
		}
	}
	return k
}

func discriminates(schema *openapi3.Schema) bool {
	return schema.Discriminator != nil && schema.Discriminator.PropertyName != ""
}

// subtypesOf lists a schema and those that its mapping names or that extend it, be
// it through another one.
func (k kinds) subtypesOf(base *openapi3.Schema) openapi3.SchemaRefs {
	var refs openapi3.SchemaRefs
	for _, name := range slices.Sorted(maps.Keys(k.named)) {
		if slices.Contains(always(k.named[name]), base) || mapped(base, name) != nil {
			refs = append(refs, openapi3.NewSchemaRef(schemasAt+name, k.named[name]))
		}
	}
	return refs
}

// choices lists the groups of schemas of which a value of schema matches one. around
// are schemas known to apply: if one of them is a subtype, it is already chosen.
func (k kinds) choices(schema *openapi3.Schema, around []*openapi3.Schema) []openapi3.SchemaRefs {
	subtypes := k.subtypes[schema]
	if slices.ContainsFunc(subtypes, func(subtype *openapi3.SchemaRef) bool {
		return subtype.Value != schema && slices.Contains(around, subtype.Value)
	}) {
		subtypes = nil
	}
	return []openapi3.SchemaRefs{schema.OneOf, schema.AnyOf, subtypes}
}

// composition is schema and, without end for schemas that lead back to
// themselves, everything that it is composed of, and the subtypes of it.
func (k kinds) composition(schema *openapi3.Schema) []*openapi3.Schema {
	var parts []*openapi3.Schema
	for pending := []*openapi3.Schema{schema}; len(pending) > 0; {
		part := pending[0]
		pending = pending[1:]
		if slices.Contains(parts, part) {
			continue
		}
		parts = append(parts, part)
		for _, refs := range append(k.choices(part, parts), part.AllOf) {
			pending = slices.Concat(pending, schemasOf(refs))
		}
	}
	return parts
}

// meant lists those of refs that value may be of by the discriminator of schema:
// all where there is none, or where value omits it.
func (k kinds) meant(schema *openapi3.Schema, refs openapi3.SchemaRefs, value any) openapi3.SchemaRefs {
	object, isObject := value.(map[string]any)
	if !discriminates(schema) || !isObject {
		return refs
	}
	word, present := object[schema.Discriminator.PropertyName]
	// Names refer to schemas, unless one of the schemas lists other values for itself.
	byName := !slices.ContainsFunc(refs, func(ref *openapi3.SchemaRef) bool {
		return ref.Ref != "" && len(k.words(schema, ref, true)) == 0
	})
	_, isBase := k.subtypes[schema]
	return slices.DeleteFunc(slices.Clone(refs), func(ref *openapi3.SchemaRef) bool {
		words := k.words(schema, ref, byName)
		switch {
		case len(words) == 0:
			return false
		case !present: // a mapping makes the property required
			return !isBase && mapped(schema, nameOf(ref)) != nil
		}
		return !slices.ContainsFunc(words, func(known string) bool { return word == known })
	})
}

func nameOf(ref *openapi3.SchemaRef) string { return strings.TrimPrefix(ref.Ref, schemasAt) }

// mapped lists the words that the discriminator of schema maps to a name.
func mapped(schema *openapi3.Schema, name string) []string {
	var words []string
	for word, target := range schema.Discriminator.Mapping {
		if strings.TrimPrefix(target.Ref, schemasAt) == name {
			words = append(words, word)
		}
	}
	return words
}

// words lists what the discriminator of schema has to be for the schema of ref,
// as far as both take it; none where they take nothing of it.
func (k kinds) words(schema *openapi3.Schema, ref *openapi3.SchemaRef, byName bool) []string {
	words := mapped(schema, nameOf(ref))
	if words == nil && byName && ref.Ref != "" {
		words = []string{nameOf(ref)}
	}
	property := schema.Discriminator.PropertyName
	return slices.DeleteFunc(words, func(word string) bool {
		return !mayBe(schema, property, word) || !mayBe(ref.Value, property, word)
	})
}

// mayBe reports whether schema lets a property be a word, as far as it lists the
// values of it.
func mayBe(schema *openapi3.Schema, property, word string) bool {
	for _, part := range always(schema) {
		ref := part.Properties[property]
		if ref == nil || ref.Value == nil {
			continue
		}
		for _, rule := range always(ref.Value) {
			if wrongType(word, rule) != "" || len(equalities(word, rule)) > 0 {
				return false
			}
		}
	}
	return true
}

// always is schema and everything that it is composed of by allOf.
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
