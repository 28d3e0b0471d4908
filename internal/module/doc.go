// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package module writes a Terraform module for one flow: a session, its
// variables and outputs, a README and a test. The files are in templates; the type of
// the input and an example come from the flow's document.
//
// Terraform converts a value to the type of its variable, and silently drops attributes
// that the type does not list. Therefore the variable of the input has the type any, and
// the caller's value reaches the provider, which reports a misspelled key. A nested
// module has the type, and gets the same value: a wrong type is an error without a
// request.
//
// Two rules decide what is generated:
//
//   - A module is never stricter than the document. What a type can't express
//     is any, since the provider validates the whole input in the same plan.
//   - The same document results in the same bytes. Nothing depends on the day, the
//     machine, or the version of the generator.
//
// Text of the document is not trusted: it reaches HCL as escaped literals or
// as comments of one line, and Markdown with its marks escaped.
package module
