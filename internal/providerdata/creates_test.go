// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package providerdata

import "testing"

func TestCreates(t *testing.T) {
	mine, another := Subject{"f", "staging", "c1"}, Subject{"f", "staging", "c2"}
	for name, test := range map[string]struct {
		before  func(*Creates) // what other creates did while the one to adopt was on its way
		adopted bool
	}{
		"alone":                        {func(*Creates) {}, true},
		"another subject":              {func(c *Creates) { c.Begin(another) }, true},
		"one has made another session": {func(c *Creates) { c.Begin(mine); c.End(mine, "s2") }, true},
		"one has made none":            {func(c *Creates) { c.Begin(mine); c.End(mine, "") }, true},
		"one has made this session":    {func(c *Creates) { c.Begin(mine); c.End(mine, "s1") }, false},
		"one has adopted this session": {func(c *Creates) { c.Begin(another); c.Adopt(another, "s1") }, false},
		"one is on its way, or lost":   {func(c *Creates) { c.Begin(mine) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			var c Creates
			c.Begin(mine)
			test.before(&c)
			if got := c.Adopt(mine, "s1"); got != test.adopted {
				t.Errorf("adopted: %t, want %t", got, test.adopted)
			}
			c.Begin(mine)
			if c.Adopt(mine, "s1") {
				t.Error("the session was adopted twice")
			}
		})
	}
}
