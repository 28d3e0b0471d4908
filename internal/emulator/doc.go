// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package emulator is the service's side of the Trust Platform API, driven by a
// folder of OpenAPI documents: tokens, flows, sessions that live and expire,
// data blocks, files, and the player page on which a person decides. It is what
// a configuration can be run against without an account.
//
// It is written against the API's description alone and shares nothing with the
// provider's client, encoder or validator.
package emulator
