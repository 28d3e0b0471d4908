// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package module writes a Terraform module for one flow: a session, its
// variables and outputs, a README and a test. The files are in templates; what
// is made of the flow's document is the type of its input and an example.
//
// Terraform converts a value to the type of its variable, and drops what a type
// does not list, without a word. So the variable of the input has the type any,
// and what the caller wrote reaches the provider, which finds a misspelt key. A
// module within the module has the type, and gets the same value: a wrong type
// is refused without asking the service.
//
// Two rules decide what is generated:
//
//   - A module is never stricter than the document. What a type can't say is
//     any, since the provider validates the whole input in the same plan.
//   - The same document gives the same bytes. Nothing depends on the day, the
//     machine, or the version of the generator.
//
// Text of the document is not trusted: it reaches HCL as escaped literals or
// as comments of one line, and Markdown with its marks escaped.
package module
