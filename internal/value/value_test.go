// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package value_test

import (
	"reflect"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

type (
	object = value.Object
	list   = value.List
)

func TestCompact(t *testing.T) {
	tests := map[string]struct{ value, want value.Value }{
		"nothing":            {nil, value.Null{}},
		"null":               {value.Null{}, value.Null{}},
		"a leaf":             {value.String("a"), value.String("a")},
		"unknown":            {value.Unknown{}, value.Unknown{}},
		"empty stays":        {object{"a": list{}, "b": object{}}, object{"a": list{}, "b": object{}}},
		"becomes empty":      {object{"a": list{value.Null{}, nil}, "b": object{"c": nil}}, object{"a": list{}, "b": object{}}},
		"elements move up":   {list{value.Null{}, value.Bool(true), nil, value.Bool(false)}, list{value.Bool(true), value.Bool(false)}},
		"at any depth":       {list{object{"a": list{object{"b": value.Null{}}}}}, list{object{"a": list{object{}}}}},
		"null is not empty":  {object{"a": value.Null{}, "b": value.String("")}, object{"b": value.String("")}},
		"unknown is no null": {object{"a": value.Unknown{}}, object{"a": value.Unknown{}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := value.Compact(test.value); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %#v, want %#v", got, test.want)
			}
		})
	}
}

func TestCompactChangesNothingInPlace(t *testing.T) {
	tree := object{"a": list{value.Null{}, object{"b": value.Null{}}}}
	value.Compact(tree)
	if !reflect.DeepEqual(tree, object{"a": list{value.Null{}, object{"b": value.Null{}}}}) {
		t.Errorf("got %#v", tree)
	}
}

func TestEqual(t *testing.T) {
	file := value.File{Path: "a/scan.pdf", SHA256: sum}
	tests := map[string]struct {
		a, b value.Value
		want bool
	}{
		"null and nothing":           {value.Null{}, nil, true},
		"null and empty":             {value.Null{}, value.String(""), false},
		"null and omitted":           {object{"a": value.Null{}, "b": value.Bool(true)}, object{"b": value.Bool(true)}, true},
		"empty and omitted":          {object{"a": list{}}, object{}, false},
		"empty list, empty object":   {list{}, object{}, false},
		"null elements":              {list{value.Null{}, value.Bool(true)}, list{value.Bool(true)}, true},
		"order of elements":          {list{value.Bool(true), value.Bool(false)}, list{value.Bool(false), value.Bool(true)}, false},
		"more elements":              {list{value.Bool(true)}, list{value.Bool(true), value.Bool(true)}, false},
		"other key":                  {object{"a": value.Bool(true)}, object{"b": value.Bool(true)}, false},
		"other member":               {object{"a": object{"b": value.Number("1")}}, object{"a": object{"b": value.Number("2")}}, false},
		"1 and 1.0":                  {value.NewNumber(parse(t, "1")), value.NewNumber(parse(t, "1.0")), true},
		"number and its text":        {value.Number("1"), value.String("1"), false},
		"boolean and its text":       {value.Bool(true), value.String("true"), false},
		"unknown and unknown":        {value.Unknown{}, value.Unknown{}, false},
		"unknown below":              {object{"a": value.Unknown{}}, object{"a": value.Unknown{}}, false},
		"unknown and null":           {object{"a": value.Unknown{}}, object{}, false},
		"list and leaf":              {list{}, value.String("a"), false},
		"leaf and list":              {value.String("a"), list{value.String("a")}, false},
		"a file elsewhere":           {file, value.File{Path: "b/scan.pdf", SHA256: sum}, true},
		"a file of another name":     {file, value.File{Path: "a/other.pdf", SHA256: sum}, false},
		"a file renamed to the same": {file, value.File{Path: "a/other.pdf", SHA256: sum, Filename: "scan.pdf"}, true},
		"a file of other content":    {file, value.File{Path: "a/scan.pdf", SHA256: "f" + sum[1:]}, false},
		"a file of another type":     {file, value.File{Path: "a/scan.pdf", SHA256: sum, ContentType: "text/plain"}, false},
		"a file and its path":        {file, value.String("a/scan.pdf"), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := value.Equal(test.a, test.b); got != test.want {
				t.Errorf("got %t", got)
			}
			if got := value.Equal(test.b, test.a); got != test.want {
				t.Errorf("the other way round: got %t", got)
			}
		})
	}
}

// Parents come first, members by their keys, and every path may be kept.
func TestWalk(t *testing.T) {
	tree := object{
		"b": list{value.Bool(true), nil, object{"d": value.Null{}, "c": value.File{Path: "x"}}},
		"a": value.Unknown{},
	}
	type visit struct {
		path string
		kind string
	}
	var paths []value.Path
	var kinds []string
	value.Walk(tree, func(path value.Path, v value.Value) {
		paths = append(paths, path)
		kinds = append(kinds, value.Describe(v))
	})
	got := make([]visit, len(paths))
	for i := range paths {
		got[i] = visit{paths[i].String(), kinds[i]}
	}
	want := []visit{
		{"", "an object"}, {"a", "unknown"}, {"b", "a list"}, {"b[0]", "a boolean"}, {"b[1]", "null"},
		{"b[2]", "an object"}, {"b[2].c", "a file"}, {"b[2].d", "null"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestKnown(t *testing.T) {
	tests := map[string]struct {
		value value.Value
		want  bool
	}{
		"nothing":       {nil, true},
		"a tree":        {object{"a": list{value.Null{}, value.Number("1")}}, true},
		"unknown":       {value.Unknown{}, false},
		"unknown below": {object{"a": list{value.Bool(true), object{"b": value.Unknown{}}}}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := value.Known(test.value); got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

func TestFiles(t *testing.T) {
	first, second := value.File{Path: "1"}, value.File{Path: "2"}
	got := value.Files(object{"b": second, "a": list{value.Null{}, object{"c": first}}, "s": value.String("$file")})
	want := []value.Located[value.File]{
		{Path: value.Path{}.Key("a").Index(1).Key("c"), Value: first},
		{Path: value.Path{}.Key("b"), Value: second},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestDescribe(t *testing.T) {
	for want, v := range map[string]value.Value{
		"null": value.Null{}, "unknown": value.Unknown{}, "a boolean": value.Bool(true), "a number": value.Number("1"),
		"a string": value.String("secret"), "a list": list{}, "an object": object{}, "a file": value.File{},
	} {
		if got := value.Describe(v); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := value.Describe(nil); got != "null" {
		t.Errorf("nothing: got %s", got)
	}
}
