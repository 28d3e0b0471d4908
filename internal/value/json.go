// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package value

import "encoding/json"

// FromJSON returns a value that encoding/json has decoded with UseNumber. Leaf, if it is
// not nil, is called first for what is no list and no object; where it returns nil, the
// value is that of JSON. Anything that JSON does not have is null.
func FromJSON(tree any, leaf func(any) Value) Value {
	switch tree := tree.(type) {
	case []any:
		list := make(List, 0, len(tree))
		for _, element := range tree {
			list = append(list, FromJSON(element, leaf))
		}
		return list
	case map[string]any:
		object := make(Object, len(tree))
		for name, member := range tree {
			object[name] = FromJSON(member, leaf)
		}
		return object
	}
	if leaf != nil {
		if v := leaf(tree); v != nil {
			return v
		}
	}
	switch tree := tree.(type) {
	case bool:
		return Bool(tree)
	case json.Number:
		return Number(tree)
	case string:
		return String(tree)
	}
	return Null{}
}
