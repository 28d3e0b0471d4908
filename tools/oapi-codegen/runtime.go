// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package oapicodegen keeps the runtime of generated clients in this module's
// requirements: nothing here imports it, generated clients do.
package oapicodegen

import (
	_ "github.com/oapi-codegen/runtime"
	_ "github.com/oapi-codegen/runtime/types"
)
