// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package interop has tests alone: they feed what idnow_flow_openapi gives to
// other people's tools, as its users do, and drive the provider through one of
// them.
//
//   - oapi-codegen generates typed Go clients, which create sessions
//   - openapi-to-postmanv2 makes Postman collections
//   - Prism judges what the provider sends and what the service answers, and serves
//     the document of the platform's API
//   - Playwright drives the player page, as a web shop's test does
//
// Each document comes from a real CLI, and each tool runs by the command line
// that stands in the guide on the flow document, at the version that a folder
// of tools pins. The tools from npm need Node.js and `make node-tools`: without,
// their tests are skipped.
package interop
