// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

import (
	"encoding/json"
	"maps"
	"math/big"
	"slices"

	"github.com/idnow/terraform-provider-idnow/internal/value"
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

// texts returns the strings of an array, each once.
func texts(node any) []string {
	var found []string
	seen := map[string]bool{}
	for _, element := range array(node) {
		if s, ok := element.(string); ok && !seen[s] {
			seen[s] = true
			found = append(found, s)
		}
	}
	return found
}

// keys returns the names of an object's members in sorted order.
func keys[V any](members map[string]V) []string { return slices.Sorted(maps.Keys(members)) }

// rational returns a number of the document exactly.
func rational(node any) (*big.Rat, bool) {
	number, ok := node.(json.Number)
	if !ok {
		return nil, false
	}
	return value.Number(number).Rat()
}

// longestName is how much of a name or pattern a message shows.
const longestName = 100 // characters

func abbreviate(s string) string {
	if runes := []rune(s); len(runes) > longestName {
		return string(runes[:longestName]) + "…"
	}
	return s
}
