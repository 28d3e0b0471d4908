// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package apiread

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/idnow/terraform-provider-idnow/internal/client"
)

// PathElement are the validators of an attribute that becomes an element of an
// API path, such as an ID or an environment. The client would refuse the same
// values, but only once something is to be sent.
func PathElement() []validator.String { return []validator.String{pathElement{}} }

type pathElement struct{}

func (pathElement) Description(context.Context) string { return "a plain ID or name" }

func (v pathElement) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (pathElement) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	attribute := req.Path.String()
	if err := client.CheckElement(attribute, req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid "+attribute, "The value of "+attribute+" is not usable: "+err.Error()+".")
	}
}
