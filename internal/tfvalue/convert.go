// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package tfvalue maps Terraform values to the neutral tree of package value,
// and places in that tree back to the paths that Terraform's diagnostics use.
package tfvalue

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// Malformed is an invalid file reference. The reason names the invalid member, never
// its content.
type Malformed = value.Located[error]

// FromTerraform returns v as a tree. Tuples, lists and sets become lists,
// objects and maps become objects, and objects with a "$file" key become files:
// only the meaning of a value matters, not its Terraform type.
//
// A malformed file reference is returned beside the tree, which contains an unknown in
// its place: the rest can still be validated.
func FromTerraform(v attr.Value) (value.Value, []Malformed) {
	var c conversion
	tree := c.convert(nil, v)
	return tree, c.malformed
}

type conversion struct{ malformed []Malformed }

func (c *conversion) convert(at value.Path, v attr.Value) value.Value {
	v = unwrap(v)
	switch {
	case v == nil || v.IsNull():
		return value.Null{}
	case v.IsUnknown():
		return value.Unknown{}
	}
	switch v := v.(type) {
	case types.String:
		return value.String(v.ValueString())
	case types.Bool:
		return value.Bool(v.ValueBool())
	case types.Number:
		return value.NewNumber(v.ValueBigFloat())
	case types.Object:
		return c.object(at, v.Attributes())
	case types.Map:
		return c.object(at, v.Elements())
	}
	return c.list(at, elements(v))
}

func (c *conversion) object(at value.Path, members map[string]attr.Value) value.Value {
	object := make(value.Object, len(members))
	for key, member := range members {
		object[key] = c.convert(at.Key(key), member)
	}
	if !object.IsFileReference() {
		return object
	}
	file, err := object.Reference()
	if err != nil {
		c.malformed = append(c.malformed, Malformed{Path: at, Value: err})
		return value.Unknown{}
	}
	return file
}

func (c *conversion) list(at value.Path, elements []attr.Value) value.Value {
	list := make(value.List, 0, len(elements))
	for i, element := range elements {
		list = append(list, c.convert(at.Index(i), element))
	}
	return list
}

// unwrap returns the value inside a dynamic one. An unknown dynamic has no
// underlying value at all, so the dynamic itself is asked first.
func unwrap(v attr.Value) attr.Value {
	dynamic, ok := v.(types.Dynamic)
	if !ok || dynamic.IsNull() || dynamic.IsUnknown() || dynamic.UnderlyingValue() == nil {
		return v
	}
	return unwrap(dynamic.UnderlyingValue())
}

// elements returns the elements of a list, a tuple or a set.
func elements(v attr.Value) []attr.Value {
	sequence, ok := v.(interface{ Elements() []attr.Value })
	if !ok {
		return nil
	}
	return sequence.Elements()
}

// Path returns the Terraform path of the place at in v, which is at root.
// Terraform distinguishes an object's attribute from a map's key, so the value itself
// is walked along.
//
// A path ends at a set: its elements have no other place than their value, and
// the paths of diagnostics are logged.
func Path(root path.Path, v attr.Value, at value.Path) path.Path {
	for _, step := range at {
		v = unwrap(v)
		switch step := step.(type) {
		case value.Name:
			root, v = member(root, v, string(step))
		case value.Element:
			if _, isSet := v.(types.Set); isSet {
				return root
			}
			root, v = element(root, v, int(step))
		}
	}
	return root
}

func member(root path.Path, v attr.Value, key string) (path.Path, attr.Value) {
	switch v := v.(type) {
	case types.Map:
		return root.AtMapKey(key), v.Elements()[key]
	case types.Object:
		return root.AtName(key), v.Attributes()[key]
	}
	return root.AtName(key), nil
}

func element(root path.Path, v attr.Value, index int) (path.Path, attr.Value) {
	var at attr.Value
	if v != nil {
		if all := elements(v); index < len(all) {
			at = all[index]
		}
	}
	return root.AtListIndex(index), at
}

// SameMeaning reports whether the same request would be sent for either value.
// An unknown value has no meaning yet.
func SameMeaning(a, b attr.Value) bool {
	left, _ := FromTerraform(a)
	right, _ := FromTerraform(b)
	return value.Equal(left, right)
}
