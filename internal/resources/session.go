// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package resources holds the provider's one managed resource, idnow_session.
//
// A session is made once, lives for about a day, and can be neither changed nor
// ended through the API. Each file holds one step of its life: the schema, the
// plan, the request, create, wait, read, import, and leaving the state.
package resources

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/idnow/terraform-provider-idnow/internal/configured"
)

var (
	_ resource.ResourceWithConfigure      = (*session)(nil)
	_ resource.ResourceWithValidateConfig = (*session)(nil)
	_ resource.ResourceWithModifyPlan     = (*session)(nil)
	_ resource.ResourceWithImportState    = (*session)(nil)
	_ resource.ResourceWithIdentity       = (*session)(nil)
)

// NewSession returns the resource idnow_session.
func NewSession() resource.Resource { return &session{} }

type session struct {
	data *configured.Provider
}

func (r *session) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_session"
}

func (r *session) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.data = configured.From(req.ProviderData, &resp.Diagnostics)
}

// Update stores what changes nothing on the service: replace_on_status,
// input_validation, timeouts, and after an import the configuration of what was
// sent. It continues the wait for a session that was untainted. Everything else
// replaces the session.
func (r *session) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state sessionModel
	plan.load(ctx, req.Plan.Schema.Type(), req.Plan.Raw, &resp.Diagnostics)
	state.load(ctx, req.State.Schema.Type(), req.State.Raw, &resp.Diagnostics)
	plan.keepSession(&state) // what may have been planned as unknown
	if state.isWaitedFor() && plan.WaitForCompletion.ValueBool() && isWaitOpen(ctx, req.Private, &resp.Diagnostics) {
		r.updateWait(ctx, &plan, &state, resp.Private, &resp.Diagnostics)
	}
	endImport(ctx, resp.Private, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
}
