// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"maps"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// judge holds what validating one body needs.
type judge struct {
	schema    *openapi3.Schema
	kinds     kinds
	multipart bool
	matching  time.Duration // spent on patterns
}

// problems judges body: by each schema, by what all of them leave unsaid, and by
// what the API demands of every flow.
func (j *judge) problems(body map[string]any) []problem {
	body = j.withInput(body)
	found := j.check(body, j.schema)
	found = append(found, j.beyondSchema(body)...)
	return append(found, contract(body, found)...)
}

func (j *judge) check(value any, schema *openapi3.Schema) []problem {
	checker := &checker{judge: j, seen: map[visit]verdict{}}
	return checker.check(value, schema, "")
}

// withInput is body with the API's default for the input, {}, where the flow
// takes one. A form has no other way to say it. What is missing then is each
// block that the flow needs.
func (j *judge) withInput(body map[string]any) map[string]any {
	if _, given := body["input"]; given || len(members(j.schema, "input")) == 0 {
		return body
	}
	whole := maps.Clone(body)
	whole["input"] = map[string]any{}
	return whole
}

// fitsAll reports whether value holds against all of schemas.
func (j *judge) fitsAll(value any, schemas []*openapi3.Schema) bool {
	for _, schema := range schemas {
		if len(j.check(value, schema)) > 0 {
			return false
		}
	}
	return true
}
