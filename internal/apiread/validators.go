// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package apiread

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Choice returns the validators of a set of strings of which one must match. An
// empty set is refused: it could mean all or none.
func Choice() []validator.Set {
	return []validator.Set{
		setvalidator.SizeAtLeast(1),
		setvalidator.NoNullValues(),
		setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1)),
	}
}

// moment parses a time in RFC 3339. It is the zero time if text is invalid.
func moment(text string) (time.Time, error) { return time.Parse(time.RFC3339, text) }

// Timestamp is the validator of an attribute that takes a time in RFC 3339.
func Timestamp() validator.String { return timestamp{} }

type timestamp struct{}

func (timestamp) Description(context.Context) string {
	return "value must be a time in RFC 3339, such as 2025-08-22T00:00:00Z"
}

func (v timestamp) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (timestamp) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := moment(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid "+req.Path.String(),
			req.Path.String()+" must be a time in RFC 3339 with date, time and offset, such as 2025-08-22T00:00:00Z or 2025-08-22T02:00:00+02:00.")
	}
}

// Duration is the validator of an attribute that takes a Go duration above zero.
func Duration() validator.String { return positiveDuration{} }

type positiveDuration struct{}

func (positiveDuration) Description(context.Context) string { return "a Go duration above zero" }

func (v positiveDuration) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (positiveDuration) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if d, err := time.ParseDuration(req.ConfigValue.ValueString()); err != nil || d <= 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid "+req.Path.String(),
			req.Path.String()+` must be a duration above zero, such as "30s" or "10m".`)
	}
}
