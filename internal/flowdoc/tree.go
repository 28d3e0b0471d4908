// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"encoding/json"
	"maps"
	"slices"
)

// object returns node as an object, nil if it is none. A nil map reads as an
// empty one, so lookups can be chained.
func object(node any) map[string]any {
	members, _ := node.(map[string]any)
	return members
}

// array returns node as an array, nil if it is none.
func array(node any) []any {
	elements, _ := node.([]any)
	return elements
}

// text returns a string, or a number as it is written, and "" for the rest:
// documents give versions either way.
func text(node any) string {
	switch node := node.(type) {
	case string:
		return node
	case json.Number:
		return node.String()
	}
	return ""
}

// texts returns the strings of an array.
func texts(node any) []string {
	var found []string
	for _, element := range array(node) {
		if s, ok := element.(string); ok {
			found = append(found, s)
		}
	}
	return found
}

// keys returns the names of an object's members in sorted order.
func keys[V any](members map[string]V) []string { return slices.Sorted(maps.Keys(members)) }

// abbreviate shortens what a document says to a length that fits a message.
func abbreviate(s string) string { return shorten(s, 100) }

// shorten cuts s to a number of characters.
func shorten(s string, longest int) string {
	if runes := []rune(s); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return s
}
