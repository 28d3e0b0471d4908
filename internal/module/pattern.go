// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// otherwiseRead finds what Go's regular expressions (RE2), which Terraform has,
// read otherwise than a document's (ECMA-262): \s, which knows more white space
// there, groups with names or flags, classes in words, and RE2's own escapes.
var otherwiseRead = regexp.MustCompile(`\\[sSaAzQEC]|\(\?[^:]|\[\[?:`)

// expressible reports whether regex() judges by the pattern as the document
// means it.
func expressible(pattern string) bool {
	if pattern == "" || otherwiseRead.MatchString(pattern) {
		return false
	}
	_, err := regexp.Compile(pattern)
	return err == nil
}

// match returns a short text that matches an expressible pattern, "" if none is
// found.
func match(pattern string) string {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return ""
	}
	var b strings.Builder
	writeMatch(&b, parsed)
	if candidate := b.String(); regexp.MustCompile(pattern).MatchString(candidate) {
		return candidate
	}
	return ""
}

// writeMatch writes a text that one node of a pattern takes. Assertions take
// none; whether they hold is seen at the end.
func writeMatch(b *strings.Builder, node *syntax.Regexp) {
	switch node.Op {
	case syntax.OpLiteral:
		b.WriteString(string(node.Rune))
	case syntax.OpCharClass:
		b.WriteRune(memberOf(node.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('a')
	case syntax.OpCapture, syntax.OpConcat:
		for _, part := range node.Sub {
			writeMatch(b, part)
		}
	case syntax.OpAlternate, syntax.OpPlus:
		writeMatch(b, node.Sub[0])
	case syntax.OpRepeat:
		for range node.Min {
			writeMatch(b, node.Sub[0])
		}
	default: // takes nothing, or may
	}
}

// memberOf returns a character of a class, which is given as pairs of first and
// last: a letter or a digit where it has one.
func memberOf(class []rune) rune {
	for _, wanted := range "A1a" {
		for i := 0; i+1 < len(class); i += 2 {
			if class[i] <= wanted && wanted <= class[i+1] {
				return wanted
			}
		}
	}
	if len(class) == 0 {
		return 'a'
	}
	return class[0]
}
