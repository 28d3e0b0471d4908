// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package session

import (
	"encoding/json"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
)

// perValue is about what a value costs beyond its text, in bytes.
const perValue = 64

// Weight estimates the bytes that a decoded body holds.
func Weight(tree any) int64 {
	weight := int64(perValue)
	switch tree := tree.(type) {
	case map[string]any:
		for name, value := range tree {
			weight += int64(len(name)) + Weight(value)
		}
	case []any:
		for _, value := range tree {
			weight += Weight(value)
		}
	case string:
		weight += int64(len(tree))
	case json.Number:
		weight += int64(len(tree))
	case *flow.File:
		weight += int64(len(tree.Content))
	}
	return weight
}
