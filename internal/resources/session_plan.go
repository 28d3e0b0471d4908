// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
	"github.com/idnow/terraform-provider-idnow/internal/tfvalue"
)

// ModifyPlan decides what a plan does with a session: keep it, adopt it after
// an import, or replace it. It validates the input of a session that is to be
// created. Terraform plans a session that it replaces a second time, without prior
// state, so only plans without prior state validate.
func (r *session) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || r.data == nil {
		return
	}
	var plan sessionModel
	var environment types.String // as configured; the plan's may be the prior one
	plan.load(ctx, req.Plan.Schema.Type(), req.Plan.Raw, &resp.Diagnostics)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, pathEnvironment, &environment)...)
	switch {
	case resp.Diagnostics.HasError():
	case req.State.Raw.IsNull():
		r.planCreate(ctx, req, &plan, environment, resp)
	default:
		r.planChange(ctx, req, &plan, environment, resp)
	}
}

func (r *session) planCreate(ctx context.Context, req resource.ModifyPlanRequest, plan *sessionModel, environment types.String, resp *resource.ModifyPlanResponse) {
	var inputWO types.Dynamic
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, pathInputWO, &inputWO)...)
	environment = r.data.ResolveEnvironment(environment, &resp.Diagnostics)
	// The framework rebuilds all of a plan for each attribute that is set.
	if !environment.Equal(plan.Environment) {
		plan.Environment = environment
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, pathEnvironment, environment)...)
	}
	if !resp.Diagnostics.HasError() && !r.planWait(ctx, plan, resp) {
		r.validatePlan(ctx, plan, inputWO, &resp.Diagnostics)
	}
}

func (r *session) planChange(ctx context.Context, req resource.ModifyPlanRequest, plan *sessionModel, environment types.String, resp *resource.ModifyPlanResponse) {
	var state sessionModel
	state.load(ctx, req.State.Schema.Type(), req.State.Raw, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	proposed := *plan
	plan.Environment = r.plannedEnvironment(environment, &state, &resp.Diagnostics)
	imported := isImported(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.keepMeaning(&state)
	if imported {
		if plan.requireImported(&state, &resp.Diagnostics); resp.Diagnostics.HasError() {
			return
		}
	}
	resp.RequiresReplace = plan.replacingChanges(&state, imported)
	if !plan.writtenAs(&proposed) {
		resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	}
	switch {
	case len(resp.RequiresReplace) > 0:
	case imported:
		// Even if the session has ended: an import is not a replacement. The
		// plan that follows is one.
		planAdoption(ctx, req, resp)
	case state.isWaitedFor() && plan.WaitForCompletion.ValueBool() && isWaitOpen(ctx, req.Private, &resp.Diagnostics):
		planUpdatingWait(ctx, &state, resp)
	case r.mustRenew(ctx, &state, plan, &resp.Diagnostics):
		planRenewal(ctx, req, &state, resp)
	}
}

// writtenAs reports whether a plan is still written as it was proposed.
func (m *sessionModel) writtenAs(proposed *sessionModel) bool {
	return m.Environment.Equal(proposed.Environment) && m.Input.Equal(proposed.Input) && m.Metadata.Equal(proposed.Metadata)
}

// planAdoption ensures that an update, which ends the import, follows it. A
// configuration that sets what was sent makes the plan an update by itself;
// ignore_changes may cover all of that.
func planAdoption(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.Equal(req.State.Raw) {
		planUnknown(ctx, req, resp)
	}
}

// planRenewal plans a replacement because of what the service returned, where
// nothing in the configuration has changed. Core drops a replacement by an
// attribute that does not change, so one has to be planned as unknown.
func planRenewal(ctx context.Context, req resource.ModifyPlanRequest, state *sessionModel, resp *resource.ModifyPlanResponse) {
	changed, ok := planUnknown(ctx, req, resp)
	if !ok {
		resp.Diagnostics.AddWarning("Session has ended",
			fmt.Sprintf("The session %s has ended (%s) and would be replaced, but ignore_changes covers all of its attributes, so this CLI "+
				"keeps it. To replace it, run: terraform apply -replace=ADDRESS", terminal.Text(state.ID.ValueString()), terminal.Text(state.SessionStatus.ValueString())))
		return
	}
	resp.RequiresReplace = path.Paths{changed}
}

// planUnknown plans an attribute as unknown that the service sets, and returns
// its path. Older Terraform (1.0, no longer 1.5) takes what ignore_changes lists
// for configured and refuses an unknown there: then another attribute has to
// serve, and where none is left it reports false.
func planUnknown(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) (path.Path, bool) {
	for _, candidate := range []path.Path{pathSessionStatus, pathExpiresAt, path.Root("player_url"), pathID} {
		var configured types.String
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, candidate, &configured)...)
		if configured.IsNull() {
			resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, candidate, types.StringUnknown())...)
			return candidate, true
		}
	}
	return path.Empty(), false
}

// plannedEnvironment is the environment of a session that exists. Where neither
// configuration nor provider names one any more, it stays where it is.
func (r *session) plannedEnvironment(configured types.String, state *sessionModel, diags *diag.Diagnostics) types.String {
	if configured.IsNull() && r.data.Environment.IsNull() {
		configured = state.Environment
	}
	return r.data.ResolveEnvironment(configured, diags)
}

// keepMeaning puts back what state holds where the configuration now writes
// the same in another way: key order, list or tuple, object or map.
func (m *sessionModel) keepMeaning(state *sessionModel) {
	// Core lets a value stay, but not a null where there is none any more.
	if sameInput(m.Input, state.Input) && !m.Input.IsNull() && !state.Input.IsNull() {
		m.Input = state.Input
	}
	if tfvalue.SameMeaning(m.Metadata, state.Metadata) {
		m.Metadata = state.Metadata
	}
}

// sameInput reports whether two inputs mean the same: none and an empty one do.
func sameInput(planned, prior types.Dynamic) bool {
	return tfvalue.SameMeaning(orEmpty(planned), orEmpty(prior))
}

func orEmpty(input types.Dynamic) attr.Value {
	if input.IsNull() || input.IsUnderlyingValueNull() {
		return types.ObjectValueMust(nil, nil)
	}
	return input
}

// replacingChanges returns the attributes whose change makes a new session. After an
// import, what was sent is not known: the configuration is adopted for it
// rather than taken for a change. What is required and still null in state was
// kept from adoption by ignore_changes, and is adopted once it no longer is.
func (m *sessionModel) replacingChanges(state *sessionModel, imported bool) path.Paths {
	var changed path.Paths
	compare := func(at path.Path, planned, prior attr.Value) {
		if !planned.Equal(prior) {
			changed = append(changed, at)
		}
	}
	if !state.FlowID.IsNull() {
		compare(pathFlowID, m.FlowID, state.FlowID)
	}
	compare(pathEnvironment, m.Environment, state.Environment)
	if imported {
		return changed
	}
	if !sameInput(m.Input, state.Input) {
		changed = append(changed, pathInput)
	}
	compare(pathInputWOVersion, m.InputWOVersion, state.InputWOVersion)
	if !state.Metadata.IsNull() {
		compare(pathMetadata, m.Metadata, state.Metadata)
	}
	compare(pathRedirectURL, m.RedirectURL, state.RedirectURL)
	compare(pathState, m.State, state.State)
	return changed
}

// mustRenew reports whether the session is in a status that replaces it, or ends
// within renew_before. For an expired one expires_at is enough, since a plan may
// skip the refresh; but only where the service has set it, never by a guessed
// lifetime.
func (r *session) mustRenew(ctx context.Context, state, plan *sessionModel, diags *diag.Diagnostics) bool {
	replaceOn := plan.replaceOn(ctx, diags)
	status := state.SessionStatus.ValueString()
	if slices.Contains(replaceOn, status) && status != "" {
		return true
	}
	renewBefore := plan.renewBefore()
	if client.IsFinal(status) || renewBefore == 0 && !slices.Contains(replaceOn, client.StatusExpired) {
		return false
	}
	return r.endsWithin(state, renewBefore)
}

// endsWithin reports whether the session's expires_at is nearer than d, by the
// service's clock where that is known: a local clock that is a day ahead would
// otherwise replace the session at every apply.
func (r *session) endsWithin(m *sessionModel, d time.Duration) bool {
	expiresAt, known := apiread.ParseTime(m.ExpiresAt.ValueString())
	now := r.data.Now()
	if r.data.Client != nil {
		if service, known := r.data.Client.ServiceTime(now); known {
			now = service
		}
	}
	return known && !now.Add(d).Before(expiresAt)
}
