// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// members lists the schemas that describe the member name of value.
func (v *validator) members(schemas []*openapi3.Schema, value map[string]any, name string) []*openapi3.Schema {
	return described(v.applying(value, schemas), name)
}

// applying lists the schemas that apply to value: schemas, what allOf adds,
// and of oneOf, anyOf and those that extend a schema the branches that value
// fits; if it fits none, all of them, so that the wrong branch is reported rather
// than each of its members.
func (v *validator) applying(value any, schemas []*openapi3.Schema) []*openapi3.Schema {
	var parts []*openapi3.Schema
	for pending := schemas; len(pending) > 0; {
		schema := pending[0]
		pending = pending[1:]
		if slices.Contains(parts, schema) {
			continue
		}
		parts = append(parts, schema)
		pending = slices.Concat(pending, schemasOf(schema.AllOf))
		for _, branches := range v.kinds.choices(schema, parts) {
			pending = slices.Concat(pending, v.fitting(value, v.kinds.meant(schema, branches, value)))
		}
	}
	return parts
}

// fitting lists the branches that value fits, or all if it fits none.
func (v *validator) fitting(value any, branches openapi3.SchemaRefs) []*openapi3.Schema {
	all := schemasOf(branches)
	fit := slices.DeleteFunc(slices.Clone(all), func(branch *openapi3.Schema) bool {
		return !v.fitsAll(value, []*openapi3.Schema{branch})
	})
	if len(fit) == 0 {
		return all
	}
	return fit
}

func schemasOf(refs openapi3.SchemaRefs) []*openapi3.Schema {
	schemas := make([]*openapi3.Schema, 0, len(refs))
	for _, ref := range refs {
		if ref.Value != nil {
			schemas = append(schemas, ref.Value)
		}
	}
	return schemas
}

func described(schemas []*openapi3.Schema, name string) []*openapi3.Schema {
	found := make([]*openapi3.Schema, 0, len(schemas))
	for _, schema := range schemas {
		found = append(found, property(schema, name)...)
	}
	return found
}

func items(schemas []*openapi3.Schema) []*openapi3.Schema {
	var found []*openapi3.Schema
	for _, schema := range schemas {
		if schema.Items != nil && schema.Items.Value != nil && len(schema.PrefixItems) == 0 {
			found = append(found, schema.Items.Value)
		}
	}
	return found
}

// property lists the schemas of the member name in schema itself.
func property(schema *openapi3.Schema, name string) []*openapi3.Schema {
	if ref := schema.Properties[name]; ref != nil && ref.Value != nil {
		return []*openapi3.Schema{ref.Value}
	}
	if ref := schema.AdditionalProperties.Schema; ref != nil && ref.Value != nil && len(schema.PatternProperties) == 0 {
		return []*openapi3.Schema{ref.Value}
	}
	return nil
}
