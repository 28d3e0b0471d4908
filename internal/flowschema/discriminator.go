// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

import (
	"slices"
	"strings"
)

const componentSchemas = "#/components/schemas/"

// narrow has each alternative take only the values of the discriminator that
// mean it: those that its mapping gives, else the name of the schema. Names
// are no such values in a document whose schemas list their own.
func narrow(s *Schema, parts []*Schema, branches []any, node map[string]any) {
	discriminator := object(node["discriminator"])
	property := text(discriminator["propertyName"])
	if property == "" {
		return
	}
	values := make([][]string, len(parts))
	mapped := make([]bool, len(parts))
	for i, branch := range branches {
		ref := text(object(branch)["$ref"])
		values[i], mapped[i] = meaning(ref, object(discriminator["mapping"]))
		for _, value := range slices.Clone(values[i]) {
			switch takes := parts[i].takes(property, value) && s.takes(property, value); {
			case !takes && mapped[i]:
				values[i] = nil // its own keywords select it
			case !takes:
				return
			}
		}
	}
	for i, part := range parts {
		if values[i] == nil {
			continue
		}
		chosen := &Schema{Properties: map[string]*Schema{property: {Enum: anys(values[i])}}}
		if mapped[i] {
			chosen.Required = []string{property} // a mapping is deliberate
		}
		parts[i] = &Schema{Name: part.Name, Title: part.Title, AllOf: []*Schema{part, chosen}}
	}
}

// meaning returns the values that mean a schema, and whether a mapping gives
// them.
func meaning(ref string, mapping map[string]any) (values []string, mapped bool) {
	name, named := strings.CutPrefix(ref, componentSchemas)
	for _, value := range keys(mapping) {
		target := text(mapping[value])
		if target == ref && ref != "" || named && target == name {
			values = append(values, value)
		}
	}
	switch {
	case values != nil:
		return values, true
	case named:
		return []string{name}, false
	}
	return nil, false
}

// takes reports whether the schema takes objects whose member is the text
// value, as far as the values of the member are listed.
func (s *Schema) takes(name, value string) bool {
	takes := true
	s.Always(func(part *Schema) {
		part.Properties[name].Always(func(member *Schema) {
			takes = takes && (member.Enum == nil || slices.Contains(member.Enum, any(value))) &&
				(member.Types == nil || slices.Contains(member.Types, "string"))
		})
	})
	return takes
}

// isBase reports whether a place is described by a base: a schema with
// a discriminator and no alternatives, which represents all that extend it.
// Which keys those have is not searched for, so the place stays open. A named
// schema that extends a base is one of those, and has chosen.
func (b *builder) isBase(node map[string]any, name string, depth int) (bool, error) {
	if text(object(node["discriminator"])["propertyName"]) != "" {
		return node["oneOf"] == nil && node["anyOf"] == nil, nil
	}
	parts := array(node["allOf"])
	if depth == 0 || name != "" && (len(parts) > 1 || node["properties"] != nil) {
		return false, nil
	}
	for _, part := range parts {
		part, partName, _, err := b.settle(part)
		if err != nil {
			return false, err
		}
		if part == nil || partName == "" {
			continue
		}
		if base, err := b.isBase(part, partName, depth-1); base || err != nil {
			return base, err
		}
	}
	return false, nil
}
