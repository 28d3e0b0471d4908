// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// beyondSchema lists what is wrong by no rule of a schema: members that the
// document does not describe, and files out of place. Where nothing is said
// about additional properties, an object that names its properties is closed:
// the API takes exactly the data blocks that the flow requires. What it says of
// metadata is that any further member is welcome.
func (j *judge) beyondSchema(body map[string]any) []problem {
	var found []problem
	for _, name := range slices.Sorted(maps.Keys(body)) {
		switch name {
		case "redirectUrl", "state", "metadata":
		case "input":
			schemas := j.members([]*openapi3.Schema{j.schema}, body, name)
			if len(schemas) == 0 { // the flow takes no input
				schemas = []*openapi3.Schema{openapi3.NewObjectSchema().WithoutAdditionalProperties()}
			}
			found = append(found, j.beyondBelow(body[name], schemas, name)...)
		default:
			if len(j.members([]*openapi3.Schema{j.schema}, body, name)) == 0 {
				found = append(found, problem{name, "is not known"})
			}
		}
	}
	return found
}

func (j *judge) beyondBelow(value any, schemas []*openapi3.Schema, path string) []problem {
	roomy := slices.ContainsFunc(schemas, leavesRoom)
	schemas = j.applying(value, schemas)
	var found []problem
	switch value := value.(type) {
	case *File:
		if !takesFile(schemas) {
			found = append(found, problem{path, "takes a value, not a file"})
		}
	case json.Number:
		if !inRange(value, schemas) {
			found = append(found, problem{path, "is outside the range of its format"})
		}
	case []any:
		for i, each := range value {
			found = append(found, j.beyondBelow(each, items(schemas), element(path, i))...)
		}
	case map[string]any:
		closed := !roomy && isClosed(schemas)
		for _, name := range slices.Sorted(maps.Keys(value)) {
			about := described(schemas, name)
			if len(about) == 0 && closed {
				found = append(found, problem{below(path, name), "is not known to the flow"})
				continue
			}
			found = append(found, j.beyondBelow(value[name], about, below(path, name))...)
		}
	}
	return found
}

// isClosed reports whether schemas, which all describe one object, name its
// properties. Whether they leave room for others is leavesRoom's to say.
func isClosed(schemas []*openapi3.Schema) bool {
	return slices.ContainsFunc(schemas, func(schema *openapi3.Schema) bool {
		return len(schema.Properties) > 0 || schema.AdditionalProperties.Has != nil
	})
}

// leavesRoom reports whether schema, or anything that it is composed of, takes
// properties that it does not name. An alternative that the value does not fit
// counts as well: the flow is then not one that names all it takes.
func leavesRoom(schema *openapi3.Schema) bool {
	return slices.ContainsFunc(composition(schema), func(part *openapi3.Schema) bool {
		more := part.AdditionalProperties
		return more.Schema != nil || (more.Has != nil && *more.Has)
	})
}

// inRange reports whether a number is within what format int64 holds.
// kin-openapi compares as floating point, which can't tell 2^63 from 2^63-1.
func inRange(number json.Number, schemas []*openapi3.Schema) bool {
	bounded := slices.ContainsFunc(schemas, func(schema *openapi3.Schema) bool { return schema.Format == "int64" })
	if !bounded || strings.ContainsAny(number.String(), "eE") { // 1e999999999 would fill the memory
		return true
	}
	exact, ok := new(big.Rat).SetString(number.String())
	return !ok || !exact.IsInt() || exact.Num().IsInt64()
}

// takesFile reports whether a file may stand where schemas describe. Where
// nothing is described, anything may.
func takesFile(schemas []*openapi3.Schema) bool {
	typed := false
	for _, schema := range schemas {
		if schema.Format == "byte" || schema.Format == "binary" {
			return true
		}
		typed = typed || !schema.Type.IsEmpty()
	}
	return !typed
}
