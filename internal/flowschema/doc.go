// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package flowschema reads a flow's OpenAPI document into one typed tree.
//
//	bytes -> source   the parts that the create-session request reaches, decoded within limits
//	      -> body     bracketed names unfolded into nested objects
//	      -> builder  one tree of [Schema], references resolved to pointers
//
// Everything else is read off that tree: package validate evaluates it,
// [Document.InputSchema] writes it as plain JSON Schema 2020-12, and
// [Document.DataBlocks] describes it.
//
// OpenAPI leaves objects open, but a key that the document does not know is a
// typing error, not an intention. So an object that declares properties is
// closed, as a whole: over all its allOf, oneOf and anyOf, never part by part.
// Where several schemas describe one member, the one that the others refine
// stays closed; where none is that, the member is left open.
//
// Documents come from outside and may be hostile. Bytes, depth, schemas and
// time are bounded; what lies beyond is a [ParseError].
package flowschema
