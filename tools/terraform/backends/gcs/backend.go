// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package gcs replaces a state backend whose module has no version of its own.
// No test uses it.
package gcs

import (
	"github.com/hashicorp/terraform/internal/backend"
	"github.com/hashicorp/terraform/internal/backend/remote-state/inmem"
)

// New returns a backend that keeps state in memory.
func New() backend.Backend { return inmem.New() }
