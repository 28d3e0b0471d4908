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

// How many characters are printed, at most.
const (
	maxText     = 200  // of a name or a title
	maxSentence = 1000 // of an error, and of each line of a block
	maxLines    = 100  // of a block
)

// Text returns text as one printable line of at most 200 characters.
func Text(text string) string { return Line(text, maxText) }

// Quote returns the first 200 characters of text in double quotes. What is not
// printable in it is escaped, so that a name is shown with its spaces.
func Quote(text string) string {
	length := 0
	for at := range text {
		if length++; length > maxText {
			return strconv.Quote(text[:at] + "…")
		}
	}
	return strconv.Quote(text)
}

// Printable returns text without control and formatting characters, except for
// line feeds and tabs. It is for values that a CLI prints as they are.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
}

// Sentence returns an error's text as one printable line of at most 1000
// characters.
func Sentence(err error) string { return Line(err.Error(), maxSentence) }

// Block returns text of several lines as printable ones, at most 100 of at most
// 1000 characters. All but the first are indented: text from outside that begins
// a line can't pass for a line of the CLI.
func Block(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		line = Line(line, maxSentence)
		switch {
		case line == "":
			continue
		case len(lines) == maxLines:
			return strings.Join(append(lines, "…"), "\n    ")
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n    ")
}

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
