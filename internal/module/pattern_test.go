// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"regexp"
	"testing"
)

func TestExpressible(t *testing.T) {
	cases := map[string]struct {
		pattern string
		want    bool
	}{
		"none":                     {``, false},
		"classes":                  {`^[A-Z]{2}\d+\w$`, true},
		"groups":                   {`^(?:a|b)(c)?$`, true},
		"letters of any script":    {`^\p{L}+$`, true},
		"escaped marks":            {`^\/\-\.$`, true},
		"look-ahead":               {`^(?=a)`, false},
		"look-behind":              {`(?<!a)b`, false},
		"back reference":           {`(a)\1`, false},
		"named group":              {`(?<year>\d{4})`, false},
		"flags":                    {`(?i)a`, false},
		"white space":              {`^\s+$`, false},
		"no white space":           {`^\S+$`, false},
		"RE2's end of text":        {`^a\z`, false},
		"RE2's quoting":            {`\Qa.b\E`, false},
		"a class in words":         {`[[:alpha:]]`, false},
		"a script by its property": {`\p{Script=Greek}`, false},
		"more repeats than RE2":    {`^a{1001}$`, false},
		"no pattern at all":        {`(`, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := expressible(c.pattern); got != c.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

func TestMatch(t *testing.T) {
	for _, pattern := range []string{
		`^[A-Z]{2}$`, `^\d{3}-\d{2,4}$`, `a|b`, `^(x(y|z))+$`, `^.?[^a-z]*\+49$`, `^[äöü]+$`, `^(?:DE|FR)\w{3}$`, `colou?r`, `^\p{Lu}.$`,
	} {
		if got := match(pattern); got == "" || !regexp.MustCompile(pattern).MatchString(got) {
			t.Errorf("%s: got %q", pattern, got)
		}
	}
	for _, pattern := range []string{`\bx\Bx\b$^`, `(`} {
		if got := match(pattern); got != "" {
			t.Errorf("%s: got %q, which does not match", pattern, got)
		}
	}
}
