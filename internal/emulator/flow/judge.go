// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// judge holds what judging one body needs. The schema's own rules are left to
// kin-openapi; what follows beside them is what a schema can't say: names that
// it doesn't mention, and files.
type judge struct {
	schema    *openapi3.Schema
	multipart bool
}

// options are kin-openapi's settings: every problem at once, as for a request
// (what is readOnly must not be sent), with our formats and patterns.
func (j *judge) options(more ...openapi3.SchemaValidationOption) []openapi3.SchemaValidationOption {
	formats := maps.Clone(baseFormats)
	formats["byte"] = format(func(text string) bool { return isStandIn(text) || isBase64(text) },
		"must be base64 (standard alphabet, with padding)")
	formats["binary"] = formats["byte"]
	if j.multipart {
		formats["binary"] = format(isStandIn, "must be a part of its own with a filename")
	}
	return append([]openapi3.SchemaValidationOption{
		openapi3.VisitAsRequest(),
		openapi3.SetSchemaRegexCompiler(compilePattern),
		openapi3.WithStringFormatValidators(formats),
	}, more...)
}

// problems judges body.
func (j *judge) problems(body map[string]any) []problem {
	body = j.withInput(body)
	err := j.schema.VisitJSON(standIns(body), j.options(openapi3.MultiErrors())...)
	found := schemaProblems(err)
	found = append(found, j.beyondSchema(body)...)
	return append(found, contract(body, found)...)
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
	value = standIns(value)
	for _, schema := range schemas {
		if schema.VisitJSON(value, j.options(openapi3.FailFast())...) != nil {
			return false
		}
	}
	return true
}

// schemaProblems lists what is wrong, in an error of kin-openapi's. Where allOf
// failed, it is the parts' own problems that tell.
func schemaProblems(err error) []problem {
	var many openapi3.MultiError
	var one *openapi3.SchemaError
	switch typed := err.(type) { //nolint:errorlint // a tree of errors is walked, level by level
	case nil:
		return nil
	case openapi3.MultiError:
		many = typed
	case *openapi3.SchemaError:
		one = typed
	default:
		return []problem{{"", "can't be judged by the flow's document"}}
	}
	if one != nil {
		if nested := nestedErrors(one); one.SchemaField == "allOf" && nested != nil {
			return schemaProblems(nested)
		}
		return schemaProblem(one)
	}
	var found []problem
	for _, each := range many {
		found = append(found, schemaProblems(each)...)
	}
	return found
}

func nestedErrors(err *openapi3.SchemaError) openapi3.MultiError {
	for origin := err.Origin; origin != nil; origin = errors.Unwrap(origin) {
		if many, ok := origin.(openapi3.MultiError); ok { //nolint:errorlint // errors.As would go into its members
			return many
		}
	}
	return nil
}

// schemaProblem words one failed rule. Rules about a text's letters say nothing
// about a file, which a stand-in represents.
func schemaProblem(err *openapi3.SchemaError) []problem {
	if text, ok := err.Value.(string); ok && isStandIn(text) && err.SchemaField != "type" && err.SchemaField != "format" {
		return nil
	}
	path := pointerPath(err.JSONPointer())
	switch err.SchemaField {
	case "required":
		return []problem{{path, "is missing"}}
	case "properties":
		return []problem{{path, "has a member that the flow does not know: " + err.Reason}}
	case "nullable":
		return []problem{{path, "must not be null"}}
	case "not":
		return []problem{{path, "is what the flow excludes"}}
	case "oneOf":
		return []problem{{path, "fits none, or more than one, of the forms that the flow allows"}}
	case "anyOf":
		return []problem{{path, "fits none of the forms that the flow allows"}}
	case "format":
		if _, rule, ok := strings.Cut(err.Reason, "("); ok {
			return []problem{{path, strings.TrimSuffix(rule, ")")}}
		}
	}
	return []problem{{path, "is refused: " + err.Reason}}
}

// standInMark begins the text that stands for a file while kin-openapi, which
// knows JSON only, judges. No text of a request begins so: form fields and JSON
// strings with a NUL in them are refused at a file's place as bad base64.
const standInMark = "\x00file:"

func isStandIn(text string) bool { return strings.HasPrefix(text, standInMark) }

// standIns is tree with every file replaced by a text that is equal for equal
// contents, and every number left exact.
func standIns(tree any) any {
	switch tree := tree.(type) {
	case map[string]any:
		object := make(map[string]any, len(tree))
		for key, value := range tree {
			object[key] = standIns(value)
		}
		return object
	case []any:
		list := make([]any, 0, len(tree))
		for _, value := range tree {
			list = append(list, standIns(value))
		}
		return list
	case *File:
		return standInMark + tree.SHA256
	case string:
		return strings.ReplaceAll(tree, standInMark, "file:")
	case json.Number, bool, nil:
		return tree
	}
	return tree
}
