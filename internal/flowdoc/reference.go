// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// follow returns node, or what it refers to when it is a reference.
func (s *source) follow(node any) (any, error) {
	for range maxChain {
		ref, ok := object(node)["$ref"].(string)
		if !ok {
			return node, nil
		}
		var err error
		if node, err = s.lookup(ref); err != nil {
			return nil, &ParseError{err.Error()}
		}
	}
	return nil, &ParseError{"has a reference that leads back to itself"}
}

// lookup returns what ref points to: a JSON pointer (RFC 6901) in the fragment
// of a URL. The error's text completes "the document …".
func (s *source) lookup(ref string) (any, error) {
	absent := fmt.Errorf("refers to %s, which is not in it", abbreviate(ref))
	fragment, err := url.PathUnescape(strings.TrimPrefix(ref, "#"))
	if err != nil || !strings.HasPrefix(ref, "#") {
		return nil, absent
	}
	var node any = s.root
	if fragment == "" {
		return node, nil
	}
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	for _, token := range strings.Split(strings.TrimPrefix(fragment, "/"), "/") {
		token = unescape.Replace(token)
		switch at := node.(type) {
		case map[string]any:
			member, ok := at[token]
			if !ok {
				return nil, absent
			}
			node = member
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(at) {
				return nil, absent
			}
			node = at[i]
		default:
			return nil, absent
		}
	}
	return node, nil
}

// readOnly reports whether the schema says that the service sets the value. In
// OpenAPI 3.0 it may stand in allOf beside a reference, which bears nothing
// beside itself.
func (s *source) readOnly(schema any) bool {
	target, err := s.follow(schema)
	if err != nil {
		return false
	}
	for _, part := range array(object(target)["allOf"]) {
		if object(part)["readOnly"] == true {
			return true
		}
	}
	return object(target)["readOnly"] == true
}

// isList reports whether the schema is one of lists. As readOnly, that may stand
// in allOf.
func (s *source) isList(schema any) bool {
	target, _ := s.follow(schema)
	return slices.ContainsFunc(append([]any{target}, array(object(target)["allOf"])...), func(part any) bool {
		target, _ := s.follow(part)
		return object(target)["items"] != nil || slices.Contains(typesOf(object(target)), "array")
	})
}

// spend takes one step of the work that the document may cost, and reports
// false when there is none left. References that are expanded in place can
// double at every level.
func (s *source) spend() bool {
	s.work++
	return s.work <= maxWork
}

// references returns every reference in node, sorted by place.
func references(node any) []string {
	var found []string
	switch node := node.(type) {
	case map[string]any:
		for _, key := range keys(node) {
			if ref, ok := node[key].(string); ok && key == "$ref" {
				found = append(found, ref)
			}
			found = append(found, references(node[key])...)
		}
	case []any:
		for _, element := range node {
			found = append(found, references(element)...)
		}
	}
	return found
}

// count returns how many values and references node holds.
func count(node any) (values, refs int) {
	add := func(child any) {
		v, r := count(child)
		values, refs = values+v, refs+r
	}
	switch node := node.(type) {
	case map[string]any:
		if _, ok := node["$ref"].(string); ok {
			refs++
		}
		for _, member := range node {
			add(member)
		}
	case []any:
		for _, element := range node {
			add(element)
		}
	}
	return values + 1, refs
}
