// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package conformance compares the results of the provider and the emulator for a value
// against sources independent of both: the JSON-Schema-Test-Suite, real
// OpenAPI documents, and independent schema libraries. It has tests only.
//
// These sources are not in the repository. The tests read them from folders:
//
//   - JSON_SCHEMA_SUITE lists folders that have the suite's drafts in them
//     (draft4, draft6, draft7, draft2020-12). make conformance finds two copies
//     in Go modules.
//   - OPENAPI_DOCUMENTS is a folder of OpenAPI 3 documents in JSON.
//
// Without them the cases in testdata run alone.
package conformance
