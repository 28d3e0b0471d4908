// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package terminal makes text from outside safe to print. A flow's document or
// a response may contain escape sequences, line breaks that imitate messages,
// characters that reverse the reading direction, or megabytes: each name, title,
// version, ID or status from there passes through this package where it becomes
// part of a message.
package terminal

import (
	"strconv"
	"strings"
	"unicode"
)

// maxText is how many characters of a name or a title are printed.
const maxText = 200

// Text returns text as one printable line of at most 200 characters.
func Text(text string) string { return Line(text, maxText) }

// Quote returns Text in double quotes, which are escaped within it.
func Quote(text string) string { return strconv.Quote(Text(text)) }

// Line returns text as one printable line of at most limit characters, with an
// ellipsis where it is cut. Every kind of space becomes a single space; control
// and formatting characters (Unicode's category C, with all escape sequences'
// introducers and bidirectional controls) and invalid UTF-8 are left out. It
// reads no more of text than it returns, but for what it leaves out.
func Line(text string, limit int) string {
	var b strings.Builder
	length, space := 0, false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			space = length > 0
			continue
		case !unicode.IsPrint(r), r == unicode.ReplacementChar:
			continue
		case length >= limit:
			return b.String() + "…"
		}
		if space {
			b.WriteByte(' ')
			length, space = length+1, false
		}
		b.WriteRune(r)
		length++
	}
	return b.String()
}
