// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"reflect"
	"slices"
	"strings"
)

// The members of a create-session body. The API knows no others, and a
// configuration can set no others.
const (
	inputMember       = "input"
	metadataMember    = "metadata"
	redirectURLMember = "redirectUrl"
	stateMember       = "state"
)

var bodyMembers = []string{inputMember, metadataMember, redirectURLMember, stateMember}

// block is one place of the request body while its schema is put together:
// what the document says of the place itself, and what bracketed names say of
// the places below it. Where a name is both, as input[id] and input[id][type],
// both count.
type block struct {
	schemas  []any             // OpenAPI schemas of this very place
	members  map[string]*block // places below, by member name
	element  *block            // the place of any list element
	required []string          // members that must be given
}

// at returns the place that segments lead to, and adds what is missing on the
// way.
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
		if segment != "" && !slices.Contains(b.required, segment) {
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

// body is a request body's schema, taken apart into its members.
type body struct {
	block
	described    bool           // the document says anything of the members
	beyond       bool           // it also says what no member can be asked
	alternatives []alternatives // of the body as a whole
}

// alternatives are the branches of a oneOf or anyOf of the whole body.
type alternatives struct {
	keyword  string
	branches []*body
}

// byMember are the keywords of a body that say what its members must be, and
// those that demand nothing.
var byMember = append([]string{
	"$ref", "type", "nullable", "properties", "required", "allOf", "oneOf", "anyOf", "externalDocs", "xml",
}, annotations...)

// newBody takes the body's schema apart. Bracketed names are unfolded
// wherever they stand: at the top, behind a reference, in a part of allOf.
func newBody(s *source, schema any) (*body, error) {
	b := &body{}
	return b, b.add(s, schema, nil)
}

// add merges one schema of the whole body into b. stack holds the references
// that led here.
func (b *body) add(s *source, schema any, stack []string) error {
	if !s.spend() {
		return errTooLarge
	}
	node := object(schema)
	if ref, ok := node["$ref"].(string); ok {
		if slices.Contains(stack, ref) {
			return nil // a schema that contains itself says nothing more
		}
		target, err := s.lookup(ref)
		if err != nil {
			return &ParseError{err.Error()}
		}
		return b.add(s, target, append(slices.Clip(stack), ref))
	}
	b.addProperties(s, node)
	for keyword := range node {
		b.beyond = b.beyond || !slices.Contains(byMember, keyword) && !strings.HasPrefix(keyword, "x-")
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

func (b *body) addProperties(s *source, node map[string]any) {
	properties := object(node["properties"])
	for _, name := range keys(properties) {
		if segments := bodyPath(name); segments != nil {
			b.described = true
			if strings.HasSuffix(name, "[]") && s.isList(properties[name]) {
				segments = segments[:len(segments)-1] // "tags[]" is then how a form writes the list tags
			}
			place := b.at(segments)
			place.schemas = append(place.schemas, properties[name])
		}
	}
	for _, name := range texts(node["required"]) {
		segments := bodyPath(name)
		b.beyond = b.beyond || segments == nil
		if segments == nil || s.readOnly(properties[name]) {
			continue
		}
		b.described = true
		b.require(segments)
	}
}

func (b *body) addAlternatives(s *source, keyword string, branches []any, stack []string) error {
	var alternative []*body
	for _, branch := range branches {
		taken := &body{}
		if err := taken.add(s, branch, stack); err != nil {
			return err
		}
		b.described = b.described || taken.described
		b.beyond = b.beyond || taken.beyond
		alternative = append(alternative, taken)
	}
	if alternative != nil {
		b.alternatives = append(b.alternatives, alternatives{keyword, alternative})
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
	if !slices.Contains(bodyMembers, segments[0]) {
		return nil
	}
	return segments
}

// member returns the schema of one member of the body, nil where the document
// does not mention it.
//
// Members are judged one at a time, so alternatives of the whole body become
// alternatives of each member.
func (b *body) member(name string) any {
	var parts []any
	if place := b.members[name]; place != nil {
		parts = append(parts, place.schema())
	}
	for _, alternatives := range b.alternatives {
		if branches := alternatives.member(name); branches != nil {
			parts = append(parts, map[string]any{alternatives.keywordOf(name): branches})
		}
	}
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	return map[string]any{"allOf": parts}
}

// member returns what each branch says of a member, nil where none does.
func (a alternatives) member(name string) []any {
	var branches []any
	mentioned := false
	for _, branch := range a.branches {
		schema := branch.member(name)
		mentioned = mentioned || schema != nil
		if schema == nil {
			schema = true // it has no word on the member
		}
		branches = append(branches, schema)
	}
	if !mentioned {
		return nil
	}
	return branches
}

// keywordOf returns how the branches are alternatives of one member. Two that
// differ in anything else may both be right for this one, which is anyOf.
func (a alternatives) keywordOf(name string) string {
	for _, branch := range a.branches {
		if branch.beyond {
			return "anyOf"
		}
		for _, other := range bodyMembers {
			first := a.branches[0]
			if other != name && (slices.Contains(branch.required, other) != slices.Contains(first.required, other) ||
				!reflect.DeepEqual(branch.member(other), first.member(other))) {
				return "anyOf"
			}
		}
	}
	return a.keyword
}
