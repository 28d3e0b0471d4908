// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package interop contains only tests. They pass the document of idnow_flow_openapi to
// third-party tools, as its users do, and run the provider against one of them.
//
//   - oapi-codegen generates typed Go clients, which create sessions
//   - openapi-to-postmanv2 makes Postman collections
//   - Prism validates the provider's requests and the service's responses, and serves
//     the document of the platform's API
//   - Playwright drives the player page, as a web shop's test does
//
// Each document comes from a real CLI, and each tool runs with the command
// line in the guide on the flow document, at the version that a folder of tools pins.
// The tools from npm require Node.js and `make node-tools`; without them, their tests
// are skipped.
package interop
