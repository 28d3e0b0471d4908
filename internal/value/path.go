// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package value

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Path is a place in a tree, from its root. It is never changed in place:
// Key and Index return a longer path.
type Path []Step

// Step leads from an object to its member (Name) or from a list to its
// element (Element).
type Step interface{ step() }

type (
	// Name selects an object's member.
	Name string

	// Element selects a list's element, counted from 0.
	Element int
)

func (Name) step()    {}
func (Element) step() {}

// Key returns the path of the member key below p.
func (p Path) Key(key string) Path { return append(slices.Clip(p), Name(key)) }

// Index returns the path of element i below p.
func (p Path) Index(i int) Path { return append(slices.Clip(p), Element(i)) }

// identifier is what HCL accepts after a dot: Unicode's identifiers (UAX 31)
// and hyphens.
var identifier = regexp.MustCompile(`^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}-]*$`)

// String writes p as a Terraform user does: input.documents[0].source, and
// input["$odd key"] where a key is not an identifier.
func (p Path) String() string {
	var b strings.Builder
	for _, step := range p {
		switch step := step.(type) {
		case Element:
			b.WriteString("[" + strconv.Itoa(int(step)) + "]")
		case Name:
			switch {
			case !identifier.MatchString(string(step)):
				b.WriteString("[" + strconv.Quote(string(step)) + "]")
			case b.Len() > 0:
				b.WriteString("." + string(step))
			default:
				b.WriteString(string(step))
			}
		}
	}
	return b.String()
}

// Compare orders paths as their values are ordered in an encoding: elements by index,
// members by key, and what is above before what is below it.
func (p Path) Compare(q Path) int { return slices.CompareFunc(p, q, compareSteps) }

func compareSteps(a, b Step) int {
	key, isKey := a.(Name)
	otherKey, otherIsKey := b.(Name)
	if isKey && otherIsKey {
		return strings.Compare(string(key), string(otherKey))
	}
	index, isIndex := a.(Element)
	otherIndex, otherIsIndex := b.(Element)
	switch {
	case isIndex && otherIsIndex:
		return cmp.Compare(index, otherIndex)
	case isIndex:
		return -1
	}
	return 1
}
