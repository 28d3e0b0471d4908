// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package flow is a flow as the service sees it: an OpenAPI document that describes
// the requests that create a session, and the validation of those that arrive.
//
// Every request goes the same way: its body is decoded (JSON or multipart) into a tree
// of map[string]any, []any, string, json.Number, bool, nil and *File; the tree
// is validated against the document's schema; and what is a file, in either media type,
// is lifted out of it.
//
// The package shares no code with the provider's own encoder and validator on
// purpose: a mistake made on one side must not be undone by the same mistake on
// the other.
package flow
