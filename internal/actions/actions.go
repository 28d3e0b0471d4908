// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package actions contains the provider's actions, one file for each: operations on an
// existing session that have no state.
// Terraform has actions from 1.14.
package actions

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
	"github.com/idnow/terraform-provider-idnow/internal/configured"
)

// base is common to all actions: a session in an environment.
type base struct {
	data *configured.Provider
}

func (b *base) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	b.data = configured.From(req.ProviderData, &resp.Diagnostics)
}

// ModifyPlan reports an environment that is not allowed before any part of the plan is
// applied.
func (b *base) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	var environment types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("environment"), &environment)...)
	if b.data != nil && !resp.Diagnostics.HasError() {
		b.data.ResolveEnvironment(environment, &resp.Diagnostics)
	}
}

// sessionAttributes are the arguments that select the session of an action.
func sessionAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"session_id": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: apiread.SessionIDDescription,
			Validators:          apiread.PathElement(),
		},
		"environment": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: apiread.EnvironmentDescription,
			Validators:          apiread.PathElement(),
		},
	}
}

// progress reports progress to the CLI.
type progress func(format string, values ...any)

func progressOf(resp *action.InvokeResponse) progress {
	return func(format string, values ...any) {
		resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf(format, values...)})
	}
}
