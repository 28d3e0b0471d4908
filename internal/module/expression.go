// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// quote writes text as an HCL string in which nothing is special.
func quote(text string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(text)).Bytes())
}

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

// setExpression sets an attribute to an expression given as text. Parsing it
// here proves that whatever a document holds makes valid HCL.
func setExpression(body *hclwrite.Body, name, expression string) error {
	parsed, diags := hclwrite.ParseConfig([]byte(name+" = "+expression+"\n"), name, hcl.InitialPos)
	if diags.HasErrors() {
		return fmt.Errorf("the flow makes an expression for %s that is not valid HCL: %w", name, diags)
	}
	body.SetAttributeRaw(name, parsed.Body().GetAttribute(name).Expr().BuildTokens(nil))
	return nil
}

// setText sets an attribute to a string.
func setText(body *hclwrite.Body, name, text string) {
	body.SetAttributeValue(name, cty.StringVal(text))
}

// comment appends a comment of whole lines.
func comment(body *hclwrite.Body, lines ...string) {
	for _, text := range lines {
		body.AppendUnstructuredTokens(hclwrite.Tokens{{
			Type: hclsyntax.TokenComment, Bytes: []byte("# " + line(text) + "\n"),
		}})
	}
}

// formatted returns the file as terraform fmt would leave it.
func formatted(f *hclwrite.File) []byte { return hclwrite.Format(f.Bytes()) }
