// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// quote writes text as an HCL string in which nothing is special.
func quote(text string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(text)).Bytes())
}

// nameable reports whether a type constraint can have the key. After a brace,
// "for" would begin an expression.
func nameable(name string) bool { return hclsyntax.ValidIdentifier(name) && name != "for" }

// key writes a key of an HCL object: bare where that is possible.
func key(name string) string {
	if nameable(name) {
		return name
	}
	return quote(name)
}

// line makes text one line without control characters: it goes into comments,
// which a line's end would leave.
func line(text string) string {
	printable := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(printable), " ")
}

// htmlComment makes text fit for a comment in Markdown.
func htmlComment(text string) string { return strings.ReplaceAll(line(text), "--", "- -") }

// markdown are the characters that Markdown reads as marks.
var markdown = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "<", `\<`, ">", `\>`, "[", `\[`, "]", `\]`,
	"|", `\|`, "#", `\#`, "&", `\&`, "~", `\~`, "$", `\$`, "^", `\^`,
)

// prose escapes text for Markdown.
func prose(text string) string { return markdown.Replace(text) }
