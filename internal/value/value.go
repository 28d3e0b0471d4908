// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package value is the neutral tree that lies between a Terraform value and a
// request body: JSON's kinds with exact numbers, and two kinds that JSON does
// not have. Unknown is a value unknown until apply, File is the
// content of a file that is named rather than held.
//
// It exists so that package validate can validate and package payload can encode
// without either knowing Terraform, and so that a number never meets float64.
package value

import (
	"math/big"
	"slices"
)

// Value is one node of the tree: Null, Unknown, Bool, Number, String, List,
// Object or File. The set is closed; a switch over it needs no default.
type Value interface{ sealed() }

type (
	// Null is an omitted value. Every request omits it.
	Null struct{}

	// Unknown is a value that is known only after apply.
	Unknown struct{}

	// Bool is a JSON boolean.
	Bool bool

	// Number is a JSON number (RFC 8259, section 6) as NewNumber writes it:
	// equal numbers have equal texts, so 1 and 1.0 are both "1".
	Number string

	// String is a JSON string: UTF-8, not yet escaped.
	String string

	// List is a JSON array.
	List []Value

	// Object is a JSON object. Keys are the API's own names.
	Object map[string]Value
)

func (Null) sealed()    {}
func (Unknown) sealed() {}
func (Bool) sealed()    {}
func (Number) sealed()  {}
func (String) sealed()  {}
func (List) sealed()    {}
func (Object) sealed()  {}
func (File) sealed()    {}

// plainBits is the size up to which a number is written without an exponent.
// It is the precision of Terraform's own numbers, so that every integer they
// hold exactly is written plain: services that read integers reject 1e+15.
// Nobody reads the zeros of 1e300.
const plainBits = 512

// NewNumber returns the decimal text of f: an integer's in full, a fraction's
// shortest that leads back to it. It goes from the big number straight to
// text: a detour through float64 would change integers past 2^53.
//
// Infinity has no JSON. Its text is "+Inf" or "-Inf", which no request takes.
func NewNumber(f *big.Float) Number {
	exp := f.MantExp(nil)
	switch {
	case f.Sign() == 0:
		return "0" // also for -0, which means the same
	case f.IsInt() && exp <= plainBits:
		// Older Terraform sends integers past 2^63 as float64, whose shortest
		// text would end in zeros: 9223372036854776000 for 2^63.
		return Number(f.Text('f', 0))
	case f.MinPrec() == 1:
		// The neighbour below a power of two is half as far as the one above,
		// which Text overlooks. A bit more of precision keeps it away.
		f = new(big.Float).SetPrec(f.Prec() + 1).Set(f)
	}
	if exp > plainBits || exp < -plainBits {
		return Number(f.Text('e', -1))
	}
	return Number(f.Text('f', -1))
}

// Rat returns the number exactly. It reports false for a text that is not a
// number or whose exponent is too large to be worth expanding.
func (n Number) Rat() (*big.Rat, bool) {
	const maxText = 4096
	if len(n) > maxText {
		return nil, false
	}
	if f, _, err := big.ParseFloat(string(n), 10, 64, big.ToNearestEven); err != nil || f.MantExp(nil) > maxText || f.MantExp(nil) < -maxText {
		return nil, false
	}
	return new(big.Rat).SetString(string(n))
}

// Keys returns the keys of o in sorted order, the order of every encoding and
// every message.
func (o Object) Keys() []string {
	keys := make([]string, 0, len(o))
	for key := range o {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// IsNull reports whether v means "omitted": no value at all, or Null.
func IsNull(v Value) bool {
	switch v.(type) {
	case nil, Null:
		return true
	}
	return false
}

// Compact returns v without what is omitted: null members of objects and
// null elements of lists, at any depth. An object or list that becomes empty
// by it stays: empty is a value of its own.
func Compact(v Value) Value {
	switch v := v.(type) {
	case nil:
		return Null{}
	case List:
		out := make(List, 0, len(v))
		for _, element := range v {
			if !IsNull(element) {
				out = append(out, Compact(element))
			}
		}
		return out
	case Object:
		out := make(Object, len(v))
		for key, member := range v {
			if !IsNull(member) {
				out[key] = Compact(member)
			}
		}
		return out
	}
	return v
}

// Equal reports whether a and b mean the same: the same request would be sent
// for either. Unknown equals nothing, not even itself.
func Equal(a, b Value) bool {
	return equal(Compact(a), Compact(b))
}

func equal(a, b Value) bool {
	switch a := a.(type) {
	case List:
		b, ok := b.(List)
		return ok && slices.EqualFunc(a, b, equal)
	case Object:
		b, ok := b.(Object)
		return ok && equalMembers(a, b)
	case Unknown:
		return false
	case File:
		b, ok := b.(File)
		return ok && a.equal(b)
	}
	return a == b
}

func equalMembers(a, b Object) bool {
	if len(a) != len(b) {
		return false
	}
	for key, member := range a {
		other, ok := b[key]
		if !ok || !equal(member, other) {
			return false
		}
	}
	return true
}

// Known reports whether nothing in v is Unknown.
func Known(v Value) bool {
	known := true
	Walk(v, func(_ Path, node Value) {
		if _, ok := node.(Unknown); ok {
			known = false
		}
	})
	return known
}

// Files returns every file reference in v with its place, in the order of
// encoding.
func Files(v Value) []Located[File] {
	var files []Located[File]
	Walk(v, func(path Path, node Value) {
		if file, ok := node.(File); ok {
			files = append(files, Located[File]{Path: path, Value: file})
		}
	})
	return files
}

// Located is a part of a tree with its place in it.
type Located[T any] struct {
	Path  Path
	Value T
}

// Walk calls visit for v and every value below it, parents first, object
// members by sorted key. The path it passes may be kept.
func Walk(v Value, visit func(Path, Value)) { walk(nil, v, visit) }

func walk(path Path, v Value, visit func(Path, Value)) {
	if v == nil {
		v = Null{}
	}
	visit(path, v)
	switch v := v.(type) {
	case List:
		for i, element := range v {
			walk(path.Index(i), element, visit)
		}
	case Object:
		for _, key := range v.Keys() {
			walk(path.Key(key), v[key], visit)
		}
	}
}

// Describe names the kind of v for a message ("a string", "an object"), never
// its content, which may be a person's data.
func Describe(v Value) string {
	switch v.(type) {
	case Unknown:
		return "unknown"
	case Bool:
		return "a boolean"
	case Number:
		return "a number"
	case String:
		return "a string"
	case List:
		return "a list"
	case Object:
		return "an object"
	case File:
		return "a file"
	}
	return "null"
}
