// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
)

// timeoutsAttribute is the one of terraform-plugin-framework-timeouts, but for its
// validator, which takes zero and less: the session would fail at apply.
func timeoutsAttribute(ctx context.Context) schema.Attribute {
	attribute := timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, CreateDescription: createTimeoutDescription,
		Read: true, ReadDescription: readTimeoutDescription,
	})
	nested, ok := attribute.(schema.SingleNestedAttribute)
	if !ok {
		return attribute
	}
	for name, operation := range nested.Attributes {
		if text, ok := operation.(schema.StringAttribute); ok {
			text.Validators = []validator.String{apiread.Duration()}
			nested.Attributes[name] = text
		}
	}
	return nested
}
