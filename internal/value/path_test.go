// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package value_test

import (
	"slices"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

func TestPathString(t *testing.T) {
	tests := map[string]struct {
		path value.Path
		want string
	}{
		"the root":               {nil, ""},
		"a member":               {value.Path{}.Key("input"), "input"},
		"members":                {value.Path{}.Key("input").Key("basicIdentity").Key("birth-date_1"), "input.basicIdentity.birth-date_1"},
		"elements":               {value.Path{}.Key("input").Key("grid").Index(0).Index(12).Key("source"), "input.grid[0][12].source"},
		"an element of the root": {value.Path{}.Index(3).Key("a"), "[3].a"},
		"letters of any script":  {value.Path{}.Key("größe").Key("名前").Key("_x"), "größe.名前._x"},
		"a combining mark":       {value.Path{}.Key("e\u0301te"), "e\u0301te"},
		"keys that are no identifiers": {
			value.Path{}.Key("input").Key("$file").Key("").Key("two words").Key("1st").Key("-x").Key("a.b").Key("a½"),
			`input["$file"][""]["two words"]["1st"]["-x"]["a.b"]["a½"]`,
		},
		"a key that needs escapes": {value.Path{}.Key("a\"b\\c\r\n"), `["a\"b\\c\r\n"]`},
		"a key like a path":        {value.Path{}.Key("input.a").Key("b[0]"), `["input.a"]["b[0]"]`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := test.path.String(); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// Two paths grown from one don't write into each other.
func TestPathsShareNothing(t *testing.T) {
	root := value.Path{}.Key("a").Key("b").Key("c")
	got := []value.Path{root.Key("left"), root.Key("right"), root.Index(1), root.Index(2)}
	for i, want := range []string{"a.b.c.left", "a.b.c.right", "a.b.c[1]", "a.b.c[2]"} {
		if got[i].String() != want {
			t.Errorf("got %s, want %s", got[i], want)
		}
	}
}

func TestPathCompare(t *testing.T) {
	ordered := []value.Path{
		nil,
		value.Path{}.Index(2),
		value.Path{}.Index(10),
		value.Path{}.Key("a"),
		value.Path{}.Key("a").Index(0),
		value.Path{}.Key("a").Index(0).Key("z"),
		value.Path{}.Key("a").Index(1),
		value.Path{}.Key("a").Key("b"),
		value.Path{}.Key("ab"),
		value.Path{}.Key("b"),
	}
	for i, a := range ordered {
		for j, b := range ordered {
			if got, want := a.Compare(b), i-j; (got < 0) != (want < 0) || (got > 0) != (want > 0) {
				t.Errorf("%q compared with %q: %d", a, b, got)
			}
		}
	}
	shuffled := slices.Clone(ordered)
	slices.Reverse(shuffled)
	slices.SortFunc(shuffled, value.Path.Compare)
	if !slices.EqualFunc(shuffled, ordered, func(a, b value.Path) bool { return a.Compare(b) == 0 }) {
		t.Errorf("sorted: %v", shuffled)
	}
}
