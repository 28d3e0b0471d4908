// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package module writes a Terraform module for one flow: the flow's input as a
// typed variable, one session, its outputs, a README and a test.
//
// A flow's document takes one way through the package:
//
//	input schema -> schema   decoded (flowdoc has judged and unfolded it)
//	             -> shape    what Terraform's type system can say of each value
//	             -> checks   what validation blocks can say beyond that
//	             -> example  an input that flowdoc's judge accepts
//	             -> files    HCL, by hclwrite, and Markdown
//
// Two rules decide what is generated:
//
//   - A module is never stricter than the document. What types and conditions
//     can't say exactly is left open, since the provider judges the whole input
//     by the document in the same plan. Where keys may have any name, forms are
//     alternatives, or a schema holds itself, the type is any. The one exception
//     is content: a file, and not base64 as well, which no type could tell from
//     a path. Who has base64 writes the resource.
//   - The same document gives the same bytes. Nothing depends on the day, the
//     machine, or the version of the generator.
//
// Text of the document is not trusted: it reaches HCL as escaped literals or
// as comments of one line, and Markdown with its marks escaped.
package module
