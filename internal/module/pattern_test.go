// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"slices"
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

func TestMatching(t *testing.T) {
	cases := map[string]string{ // the pattern, and a text that is to be among those found
		`^[A-Z]{2}$`:               "AA",
		`^\d{3}-\d{2,4}$`:          "111-11",
		`^(x(y|z))+$`:              "xz",
		`^.?[^a-z]*\+49$`:          "+49",
		`^[äöü]+$`:                 "ä",
		`^(?:DE|FR)\w{3}$`:         "FRAAA",
		`colou?r`:                  "colour",
		`^(?=.*[A-Z])(?!.*x).{3}$`: "aA1A",
		`^\u0041\u{42}$`:           "AB",
		`(?<year>\d{4})`:           "1111",
		`^a[)\]](?<=x)`:            "a)",
	}
	for pattern, want := range cases {
		if got := matching(pattern, 0); !slices.Contains(got, want) {
			t.Errorf("%s: %q is not among %q", pattern, want, got)
		}
	}
	for _, pattern := range []string{``, `(`, `(a)\1`} {
		if got := matching(pattern, 0); got != nil {
			t.Errorf("%s: got %q", pattern, got)
		}
	}
	if got := matching(`^(((a*)*)*)*$`, 50); len(got) > 1_000 || len(got[len(got)-1]) > 2*maxText {
		t.Errorf("%d texts, the last of %d bytes", len(got), len(got[len(got)-1]))
	}
}
