// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package flows holds the example flow documents, so that tests can hand them
// to the emulator from wherever they run.
package flows

import "embed"

// FS is this folder's flow documents, one file a flow and environment.
//
//go:embed *.json
var FS embed.FS
