// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// beyondSchema lists what is wrong by no rule of a schema: members that the
// document does not describe, and files out of place. Where the document does not mention
// additional properties, an object that names its properties is closed:
// the API takes exactly the data blocks that the flow requires. What it says of
// metadata is that any further member is welcome.
func (v *validator) beyondSchema(body map[string]any) []problem {
	var found []problem
	for _, name := range slices.Sorted(maps.Keys(body)) {
		switch name {
		case "redirectUrl", "state", "metadata":
		case "input":
			schemas := v.members([]*openapi3.Schema{v.schema}, body, name)
			if len(schemas) == 0 && !require(composition(v.schema), name) { // the flow takes no input
				schemas = []*openapi3.Schema{openapi3.NewObjectSchema().WithoutAdditionalProperties()}
			}
			found = append(found, v.beyondBelow(body[name], schemas, name)...)
		default:
			if len(v.members([]*openapi3.Schema{v.schema}, body, name)) == 0 && !require(composition(v.schema), name) {
				found = append(found, problem{name, "is not known"})
			}
		}
	}
	return found
}

func (v *validator) beyondBelow(value any, schemas []*openapi3.Schema, path string) []problem {
	roomy := slices.ContainsFunc(schemas, v.kinds.leavesRoom)
	schemas = v.applying(value, schemas)
	var found []problem
	switch value := value.(type) {
	case *File:
		if !takesFile(schemas) {
			found = append(found, problem{path, noFile})
		}
	case []any:
		for i, each := range value {
			found = append(found, v.beyondBelow(each, items(schemas), element(path, i))...)
		}
	case map[string]any:
		closed := !roomy && isClosed(schemas)
		for _, name := range slices.Sorted(maps.Keys(value)) {
			about := described(schemas, name)
			if len(about) == 0 && closed && !require(schemas, name) {
				found = append(found, problem{below(path, name), notKnown})
				continue
			}
			found = append(found, v.beyondBelow(value[name], about, below(path, name))...)
		}
	}
	return found
}

// require reports whether one of schemas asks for a name, which it then takes,
// whether it says anything of it or not.
func require(schemas []*openapi3.Schema, name string) bool {
	return slices.ContainsFunc(schemas, func(schema *openapi3.Schema) bool { return slices.Contains(schema.Required, name) })
}

// isClosed reports whether schemas, which all describe one object, name its
// properties. Whether they also allow others is decided by leavesRoom.
func isClosed(schemas []*openapi3.Schema) bool {
	return slices.ContainsFunc(schemas, func(schema *openapi3.Schema) bool {
		return len(schema.Properties) > 0 || schema.AdditionalProperties.Has != nil
	})
}

// leavesRoom reports whether schema, or anything that it is composed of, takes
// properties that it does not name. An alternative that the value does not fit
// counts as well: the flow is then not one that names all it takes.
func (k kinds) leavesRoom(schema *openapi3.Schema) bool {
	return slices.ContainsFunc(k.composition(schema), func(part *openapi3.Schema) bool {
		more := part.AdditionalProperties
		return more.Schema != nil || (more.Has != nil && *more.Has) || len(part.PatternProperties)+len(part.DependentSchemas) > 0 || part.If != nil
	})
}

// takesFile reports whether schemas allow a file as the value. Where nothing is
// described, they do.
func takesFile(schemas []*openapi3.Schema) bool {
	typed := false
	for _, schema := range schemas {
		if isContent(schema) {
			return true
		}
		typed = typed || !schema.Type.IsEmpty()
	}
	return !typed
}
