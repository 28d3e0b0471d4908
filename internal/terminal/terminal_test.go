// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package terminal_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

func TestLine(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"plain":                 {"Instant signature, v2", "Instant signature, v2"},
		"other scripts":         {"Größe 名前 اسم", "Größe 名前 اسم"},
		"an escape sequence":    {"a\x1b[2J\x1b[31mb", "a[2J[31mb"},
		"an operating command":  {"a\x1b]0;title\x07b", "a]0;titleb"},
		"a C1 control":          {"a\u009b31mb", "a31mb"},
		"a raw C1 byte":         {"a\x9b31mb", "a31mb"},
		"a forged line":         {"a\r\n\nError: forged", "a Error: forged"},
		"Unicode's line breaks": {"a\u2028b\u2029c\u0085d", "a b c d"},
		"a reversal":            {"a\u202eb\u2066c\u200fd", "abcd"},
		"invisible characters":  {"a\u200bb\ufeffc\u00add", "abcd"},
		"tags and private use":  {"a\U000e0041b\ue000c", "abc"},
		"space around":          {"  a \t b  ", "a b"},
		"nothing":               {"\x00\x1b", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := terminal.Text(test.text); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestLineIsBounded(t *testing.T) {
	if got := terminal.Line("äbcd", 3); got != "äbc…" {
		t.Errorf("got %q", got)
	}
	if got := terminal.Line("äbc \n", 3); got != "äbc" {
		t.Errorf("got %q of a text that is no longer than the limit", got)
	}
	if got := terminal.Text(strings.Repeat("word ", 1<<20)); utf8.RuneCountInString(got) > 202 {
		t.Errorf("got %d characters", utf8.RuneCountInString(got))
	}
	if got := terminal.Quote(strings.Repeat("ä", 1<<20)); utf8.RuneCountInString(got) != 203 {
		t.Errorf("got %d characters", utf8.RuneCountInString(got))
	}
}

func TestQuote(t *testing.T) {
	if got := terminal.Quote(" a \"b\"\x1b\n\u202e"); got != `" a \"b\"\x1b\n\u202e"` {
		t.Errorf("got %s", got)
	}
}

func TestBlock(t *testing.T) {
	for text, want := range map[string]string{
		"one":                           "one",
		"one:\n    - a\x1b[1m\n    - b": "one:\n    - a[1m\n    - b",
		"x\r\n\nError: forged\n":        "x\n    Error: forged",
		"":                              "",
	} {
		if got := terminal.Block(text); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := terminal.Block(strings.Repeat("line\n", 1000)); strings.Count(got, "\n") > 100 {
		t.Errorf("%d lines", strings.Count(got, "\n"))
	}
	if got := terminal.Printable("a\n\tb\x1b[1m\u202ec\u0085"); got != "a\n\tb[1mc" {
		t.Errorf("got %q", got)
	}
}

func FuzzLine(f *testing.F) {
	f.Add("a\x1b[31m\u202e\nb")
	f.Fuzz(func(t *testing.T, text string) {
		line := terminal.Line(text, 50)
		if n := utf8.RuneCountInString(line); n > 52 || !utf8.ValidString(line) {
			t.Errorf("%d characters in %q", n, line)
		}
		if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q is not printable", line)
		}
	})
}
