// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

import (
	"slices"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
)

// block is one place of the request body while its schema is put together:
// what the document declares for the place itself, and what bracketed names declare for
// the places below it. Where a name is both, as input[id] and input[id][type],
// both count.
type block struct {
	schemas  []any             // OpenAPI schemas of this very place
	members  map[string]*block // places below, by member name
	element  *block            // the place of any list element
	required []string          // members that must be set
}

// at returns the place that segments lead to, and adds what is missing on the
// way. An empty segment is any element of a list.
func (b *block) at(segments []string) *block {
	for _, segment := range segments {
		if segment == "" {
			if b.element == nil {
				b.element = &block{}
			}
			b = b.element
			continue
		}
		if b.members == nil {
			b.members = map[string]*block{}
		}
		if b.members[segment] == nil {
			b.members[segment] = &block{}
		}
		b = b.members[segment]
	}
	return b
}

// require marks the member that segments lead to as required, and with it
// every member on the way: the service can't get a leaf without its block, nor
// an element without its list.
func (b *block) require(segments []string) {
	for len(segments) > 0 && segments[len(segments)-1] == "" {
		segments = segments[:len(segments)-1]
	}
	for i, segment := range segments {
		if segment != "" {
			b.required = append(b.required, segment)
		}
		b = b.at(segments[i : i+1])
	}
}

// schema returns the OpenAPI schema of the place with everything below it.
func (b *block) schema() any {
	parts := slices.Clone(b.schemas)
	if b.members != nil {
		properties := map[string]any{}
		for name, member := range b.members {
			properties[name] = member.schema()
		}
		own := map[string]any{"type": "object", "properties": properties}
		if len(b.required) > 0 {
			own["required"] = anys(b.required)
		}
		parts = append(parts, own)
	}
	if b.element != nil {
		parts = append(parts, map[string]any{"type": "array", "items": b.element.schema()})
	}
	switch len(parts) {
	case 0:
		return map[string]any{}
	case 1:
		return parts[0]
	}
	return map[string]any{"allOf": parts}
}

// anys returns strings as the elements of a decoded JSON array.
func anys(strings []string) []any {
	elements := make([]any, len(strings))
	for i, s := range strings {
		elements[i] = s
	}
	return elements
}

// body is a request body's schema with nested names: what every request must
// be, and the alternatives of the body as a whole.
type body struct {
	block

	described    bool // the document declares anything for the members
	undecided    bool // it also has a rule that no single member decides
	alternatives []map[string]any
}

// ofBody are the keywords of a body that declare what its members must be.
var ofBody = []string{"$ref", "type", "nullable", "properties", "required", "allOf", "oneOf", "anyOf"}

// annotations are keywords that demand nothing.
var annotations = []string{
	"title", "description", "summary", "deprecated", "readOnly", "writeOnly", "default", "example", "examples",
	"discriminator", "externalDocs", "xml",
}

func isAnnotation(keyword string) bool {
	return strings.HasPrefix(keyword, "x-") || slices.Contains(annotations, keyword)
}

// unfold turns a body's schema into one of nested names, whatever mixture of
// the two it is written in.
func (s *source) unfold(schema any) (map[string]any, error) {
	b := &body{}
	if err := b.add(s, schema, nil); err != nil {
		return nil, err
	}
	nested := b.nested()
	if properties := object(nested["properties"]); properties != nil && b.described && properties[contract.Input] == nil && len(b.alternatives) == 0 {
		properties[contract.Input] = map[string]any{"type": "object", "additionalProperties": false} // the flow takes none
	}
	return nested, nil
}

// undecidedKeyword is how an unfolded body notes that the document has a rule
// about it which is not evaluated.
const undecidedKeyword = "\x00undecided"

func (b *body) nested() map[string]any {
	properties := map[string]any{}
	for name, member := range b.members {
		properties[name] = member.schema()
	}
	nested := map[string]any{"type": "object", "properties": properties}
	if b.required != nil {
		nested["required"] = anys(b.required)
	}
	if b.alternatives != nil {
		parts := []any{}
		for _, alternatives := range b.alternatives {
			parts = append(parts, alternatives)
		}
		nested["allOf"] = parts
	}
	if b.undecided {
		nested[undecidedKeyword] = true
	}
	return nested
}

// add merges one schema of the whole body into b. stack holds the references
// that led here.
func (b *body) add(s *source, schema any, stack []string) error {
	if err := s.spend(); err != nil {
		return err
	}
	node := object(schema)
	if ref, ok := node["$ref"].(string); ok {
		if slices.Contains(stack, ref) {
			return nil // a schema that contains itself declares nothing more
		}
		target, err := s.lookup(ref)
		if err != nil {
			return err
		}
		stack = append(slices.Clip(stack), ref)
		if err := b.add(s, target, stack); err != nil || s.bare {
			return err
		}
	}
	if err := b.addProperties(s, node); err != nil {
		return err
	}
	for keyword := range node {
		b.undecided = b.undecided || !slices.Contains(ofBody, keyword) && !isAnnotation(keyword)
	}
	for _, part := range array(node["allOf"]) {
		if err := b.add(s, part, stack); err != nil {
			return err
		}
	}
	for _, keyword := range []string{"oneOf", "anyOf"} {
		if err := b.addAlternatives(s, keyword, array(node[keyword]), stack); err != nil {
			return err
		}
	}
	return nil
}

func (b *body) addProperties(s *source, node map[string]any) error {
	properties := object(node["properties"])
	for _, name := range keys(properties) {
		segments := bodyPath(name)
		if segments == nil {
			continue
		}
		list, err := s.isList(properties[name])
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, "[]") && list {
			segments = segments[:len(segments)-1] // "tags[]" is then how a form writes the list tags
		}
		b.described = true
		place := b.at(segments)
		place.schemas = append(place.schemas, properties[name])
	}
	for _, name := range texts(node["required"]) {
		segments := bodyPath(name)
		b.undecided = b.undecided || segments == nil
		readOnly, err := s.readOnly(properties[name])
		if err != nil {
			return err
		}
		if segments != nil && !readOnly {
			b.described = true
			b.require(segments)
		}
	}
	return nil
}

func (b *body) addAlternatives(s *source, keyword string, branches []any, stack []string) error {
	var nested []any
	for _, branch := range branches {
		taken := &body{}
		if err := taken.add(s, branch, stack); err != nil {
			return err
		}
		b.described = b.described || taken.described
		nested = append(nested, taken.nested())
	}
	if nested != nil {
		b.alternatives = append(b.alternatives, map[string]any{keyword: nested})
	}
	return nil
}

// bodyPath returns the segments of a body property's name, nil where it leads
// to nothing that a configuration can give.
func bodyPath(name string) []string {
	segments, bracketed := splitName(name)
	if !bracketed {
		segments = []string{name}
	}
	if !slices.Contains(contract.Members, segments[0]) {
		return nil
	}
	return segments
}

// readOnly reports whether the schema declares that the service sets the value. In
// OpenAPI 3.0 it may be in allOf beside a reference, since what is beside a
// reference itself is ignored.
func (s *source) readOnly(schema any) (bool, error) {
	target, _, err := s.follow(schema)
	return err == nil && (object(target)["readOnly"] == true || slices.ContainsFunc(array(object(target)["allOf"]), func(part any) bool {
		return object(part)["readOnly"] == true
	})), err
}

// isList reports whether the schema is one of lists. That too may be in
// allOf.
func (s *source) isList(schema any) (bool, error) {
	target, _, err := s.follow(schema)
	if err != nil {
		return false, err
	}
	for _, part := range append([]any{target}, array(object(target)["allOf"])...) {
		if part, _, err = s.follow(part); err != nil {
			return false, err
		}
		if object(part)["items"] != nil || slices.Contains(typesOf(object(part)), "array") {
			return true, nil
		}
	}
	return false, nil
}
