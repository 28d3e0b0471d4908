// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// checker validates one value against schemas, each schema by itself: what several
// of them together rule for one place is checked by beyondSchema.
type checker struct {
	*validator
	seen map[visit]verdict // so that schemas within schemas are checked once

	// undecided counts the rules that could not be evaluated. They hold, but
	// where holding is what refuses a value, nothing is refused.
	undecided int
}

type visit struct {
	schema *openapi3.Schema
	path   string
}

type verdict struct {
	problems  []problem
	undecided int
}

// check lists the problems of value, which is at path.
func (c *checker) check(value any, schema *openapi3.Schema, path string) []problem {
	at := visit{schema, path}
	known, seen := c.seen[at]
	if seen {
		c.undecided += known.undecided
		return known.problems
	}
	c.seen[at] = verdict{} // a schema that is composed of itself adds no rule
	before := c.undecided
	found := c.rules(value, schema, path)
	c.seen[at] = verdict{found, c.undecided - before}
	return found
}

func (c *checker) rules(value any, schema *openapi3.Schema, path string) []problem {
	if value == nil && schema.Nullable {
		return nil
	}
	if reason := wrongType(value, schema); reason != "" {
		return []problem{{path, reason}}
	}
	var found []problem
	for _, reason := range slices.Concat(c.kindRules(value, schema), equalities(value, schema), c.branchRules(value, schema, path)) {
		found = append(found, problem{path, reason})
	}
	for _, part := range schemasOf(schema.AllOf) {
		found = append(found, c.check(value, part, path)...)
	}
	switch value := value.(type) {
	case map[string]any:
		found = append(found, c.members(value, schema, path)...)
	case []any:
		for i, each := range value {
			for _, item := range items([]*openapi3.Schema{schema}) {
				found = append(found, c.check(each, item, element(path, i))...)
			}
		}
	}
	return found
}

func (c *checker) members(object map[string]any, schema *openapi3.Schema, path string) []problem {
	var found []problem
	for _, name := range slices.Sorted(maps.Keys(object)) {
		about := property(schema, name)
		for _, member := range about {
			found = append(found, c.check(object[name], member, below(path, name))...)
		}
		if len(about) == 0 && excludesOthers(schema) {
			found = append(found, problem{below(path, name), notKnown})
		}
	}
	for _, name := range schema.Required {
		if _, present := object[name]; !present && !isReadOnly(schema.Properties[name]) {
			found = append(found, problem{below(path, name), "is missing"})
		}
	}
	return found
}

// excludesOthers reports whether a schema by itself takes the members that it
// names, and no others.
func excludesOthers(schema *openapi3.Schema) bool {
	more := schema.AdditionalProperties.Has
	return more != nil && !*more && len(schema.PatternProperties) == 0
}

// branchRules are not, oneOf, anyOf, and the choice among the subtypes of a schema.
func (c *checker) branchRules(value any, schema *openapi3.Schema, path string) []string {
	var wrong []string
	if c.excluded(value, schema.Not, path) {
		wrong = append(wrong, "is what the flow excludes")
	}
	fitting := func(branches openapi3.SchemaRefs) (fit int) {
		for _, branch := range schemasOf(c.kinds.meant(schema, branches, value)) {
			if len(c.check(value, branch, path)) == 0 {
				fit++
			}
		}
		return fit
	}
	decided := c.undecided
	if fit := fitting(schema.OneOf); len(schema.OneOf) > 0 && (fit == 0 || fit > 1 && c.undecided == decided) {
		wrong = append(wrong, "fits none, or more than one, of the alternatives that the flow allows")
	}
	for _, branches := range []openapi3.SchemaRefs{schema.AnyOf, c.subtypes(schema, path)} {
		if len(branches) > 0 && fitting(branches) == 0 {
			wrong = append(wrong, "fits none of the alternatives that the flow allows")
		}
	}
	return wrong
}

func (c *checker) excluded(value any, not *openapi3.SchemaRef, path string) bool {
	if not == nil || not.Value == nil {
		return false
	}
	decided := c.undecided
	return len(c.check(value, not.Value, path)) == 0 && c.undecided == decided
}

// subtypes lists the subtypes of schema, or none if one of them is already being checked.
func (c *checker) subtypes(schema *openapi3.Schema, path string) openapi3.SchemaRefs {
	subtypes := c.kinds.subtypes[schema]
	for _, subtype := range subtypes {
		if _, seen := c.seen[visit{subtype.Value, path}]; seen && subtype.Value != schema {
			return nil
		}
	}
	return subtypes
}

// kindRules are the rules for one kind of value.
func (c *checker) kindRules(value any, schema *openapi3.Schema) []string {
	switch value := value.(type) {
	case json.Number:
		return c.numberRules(value, schema)
	case string:
		return c.textRules(value, schema)
	case *File:
		if limitsText(schema) {
			return []string{noFile}
		}
	case []any:
		wrong := sizeRules(uint64(len(value)), schema.MinItems, schema.MaxItems, "element")
		if schema.UniqueItems && hasDuplicates(value) {
			wrong = append(wrong, "has an element twice")
		}
		return wrong
	case map[string]any:
		return sizeRules(uint64(len(value)), schema.MinProps, schema.MaxProps, "member")
	}
	return nil
}

func (c *checker) textRules(text string, schema *openapi3.Schema) []string {
	wrong := sizeRules(uint64(len([]rune(text))), schema.MinLength, schema.MaxLength, "character")
	if len(wrong) > 0 && isContent(schema) { // the limits are those of the content
		c.undecided++
		wrong = nil
	}
	if schema.Pattern != "" {
		switch matched, decided := c.matches(schema.Pattern, text); {
		case !decided:
			c.undecided++
		case !matched:
			wrong = append(wrong, fmt.Sprintf("must match the pattern %q", schema.Pattern))
		}
	}
	rule, known := formats[schema.Format]
	switch {
	case schema.Format == "binary" && c.multipart:
		wrong = append(wrong, "must be a part of its own with a filename")
	case known && !rule.holds(text):
		wrong = append(wrong, "must be "+rule.name)
	}
	return wrong
}

func sizeRules(size, least uint64, most *uint64, what string) []string {
	switch {
	case size < least:
		return []string{fmt.Sprintf("must have at least %d %s(s)", least, what)}
	case most != nil && size > *most:
		return []string{fmt.Sprintf("must have at most %d %s(s)", *most, what)}
	}
	return nil
}

// equalities are enum and const.
func equalities(value any, schema *openapi3.Schema) []string {
	allowed := schema.Enum
	if schema.Const != nil {
		allowed = append(slices.Clip(allowed), schema.Const)
	}
	if len(allowed) == 0 {
		return nil
	}
	written := canonical(value)
	listed := make([]string, 0, len(allowed))
	for _, each := range allowed {
		listed = append(listed, canonical(each))
	}
	switch {
	case schema.Const != nil && written != listed[len(listed)-1],
		len(schema.Enum) > 0 && !slices.Contains(listed[:len(schema.Enum)], written):
		return []string{"must be one of " + strings.Join(listed, ", ")}
	}
	return nil
}

func hasDuplicates(list []any) bool {
	seen := map[string]bool{}
	for _, each := range list {
		written := canonical(each)
		if seen[written] {
			return true
		}
		seen[written] = true
	}
	return false
}

const (
	noFile   = "takes a value, not a file"
	notKnown = "is not known to the flow"
)

// typeNames are how a message calls the types.
var typeNames = map[string]string{
	openapi3.TypeArray: "a list", openapi3.TypeObject: "an object", openapi3.TypeString: "a string", openapi3.TypeNull: "null",
	openapi3.TypeNumber: "a number", openapi3.TypeInteger: "an integer", openapi3.TypeBoolean: "true or false",
}

// wrongType says what value must be where it is of none of the schema's types.
func wrongType(value any, schema *openapi3.Schema) string {
	_, isFile := value.(*File)
	switch {
	case schema.Always != nil && !*schema.Always:
		return "is not allowed"
	case schema.Type.IsEmpty() || slices.ContainsFunc(*schema.Type, func(typ string) bool { return isOf(value, typ) }):
		return ""
	case value == nil:
		return "must not be null"
	case isFile:
		return noFile
	}
	names := make([]string, 0, len(*schema.Type))
	for _, typ := range *schema.Type {
		names = append(names, typeNames[typ])
	}
	return "must be " + strings.Join(names, " or ")
}

func isOf(value any, typ string) bool {
	switch value := value.(type) {
	case nil:
		return typ == openapi3.TypeNull
	case bool:
		return typ == openapi3.TypeBoolean
	case json.Number:
		return typ == openapi3.TypeNumber || typ == openapi3.TypeInteger && isInteger(value)
	case string, *File:
		return typ == openapi3.TypeString
	case []any:
		return typ == openapi3.TypeArray
	case map[string]any:
		return typ == openapi3.TypeObject
	}
	return false
}

// isContent reports whether a schema describes the content of a file.
func isContent(schema *openapi3.Schema) bool {
	return schema.Format == "byte" || schema.Format == "binary"
}

// limitsText reports whether a schema has rules for text alone, so that no file
// is meant.
func limitsText(schema *openapi3.Schema) bool {
	return !isContent(schema) && (schema.MinLength > 0 || schema.MaxLength != nil || schema.Pattern != "" || formats[schema.Format].name != "")
}
