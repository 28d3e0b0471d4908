// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"maps"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// validator validates one body.
type validator struct {
	schema    *openapi3.Schema
	kinds     kinds
	multipart bool
	matching  time.Duration // spent on patterns
}

// problems validates body: against each schema, by what all of them omit, and by
// what the API requires for every flow.
func (v *validator) problems(body map[string]any) []problem {
	body = v.withInput(body)
	found := v.check(body, v.schema)
	found = append(found, v.beyondSchema(body)...)
	return append(found, contract(body, found)...)
}

func (v *validator) check(value any, schema *openapi3.Schema) []problem {
	checker := &checker{validator: v, seen: map[visit]verdict{}}
	return checker.check(value, schema, "")
}

// withInput is body with the API's default for the input, {}, where the flow
// takes one. A form can't represent an empty object. The problems then
// list each block that the flow requires.
func (v *validator) withInput(body map[string]any) map[string]any {
	if _, set := body["input"]; set || len(members(v.schema, "input")) == 0 {
		return body
	}
	whole := maps.Clone(body)
	whole["input"] = map[string]any{}
	return whole
}

// fitsAll reports whether value is valid against all of schemas.
func (v *validator) fitsAll(value any, schemas []*openapi3.Schema) bool {
	for _, schema := range schemas {
		if len(v.check(value, schema)) > 0 {
			return false
		}
	}
	return true
}
