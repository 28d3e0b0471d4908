// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package flowdoc reads a flow's OpenAPI document and answers what depends on
// it: which input the flow takes, whether a given input is right, and as what
// media type it travels.
//
// A document takes one way through the package:
//
//	bytes -> source    decoded within limits; kin-openapi checks structure and references
//	      -> body      the request body's members, bracketed names unfolded into nested objects
//	      -> translate one plain JSON Schema 2020-12 for each member
//	      -> compile   santhosh-tekuri/jsonschema checks and compiles it
//
// That schema is the only truth. [Document.InputSchema] hands it out,
// [Document.DataBlocks] describes it, and [Document.Validate] judges against
// it, so what users get is exactly what judges them.
//
// The judging is the package's own, because no schema library knows a value
// that is known only after apply. It is three-valued: a problem is reported
// only where no later value could undo it.
//
// Documents come from outside and may be hostile. Size, depth, number of
// values and of references are bounded before anything is built from them,
// and whatever lies beyond is a [ParseError].
package flowdoc
