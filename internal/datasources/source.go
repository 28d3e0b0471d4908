// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package datasources holds the provider's data sources, one file for each.
package datasources

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
	"github.com/idnow/terraform-provider-idnow/internal/configured"
)

// source is what all data sources have in common.
type source struct {
	data *configured.Provider
}

func (s *source) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	s.data = configured.From(req.ProviderData, &resp.Diagnostics)
}

// environmentAttribute is the environment that every data source reads in.
func environmentAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Optional:            true,
		Computed:            true,
		MarkdownDescription: apiread.EnvironmentDescription,
		Validators:          apiread.PathElement(),
	}
}

// requiredID is an ID that must be configured.
func requiredID(description string) schema.StringAttribute {
	return schema.StringAttribute{Required: true, MarkdownDescription: description, Validators: apiread.PathElement()}
}

// computed is a string from the service.
func computed(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

func notEmpty() []validator.String { return []validator.String{stringvalidator.LengthAtLeast(1)} }
