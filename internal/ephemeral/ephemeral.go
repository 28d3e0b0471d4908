// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package ephemeral holds the provider's ephemeral resources, one file for
// each: what they read reaches neither plan nor state.
package ephemeral

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"

	"github.com/idnow/terraform-provider-idnow/internal/configured"
)

// source is common to all ephemeral resources.
type source struct {
	data *configured.Provider
}

func (s *source) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	s.data = configured.From(req.ProviderData, &resp.Diagnostics)
}
