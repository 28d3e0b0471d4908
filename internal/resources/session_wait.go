// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/configured"
	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/diagnostic"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

// A wait that fails is an error of the create, and core taints whatever a
// create with an error leaves in state: no provider can prevent it. A tainted
// session is replaced by the next apply, which would create, and bill, another
// one. So the replacement continues the wait instead:
//
//	create   fails; the session is in state, with a mark in private state
//	refresh  finds the mark and offers the session to the plan
//	plan     plans the replacement, with the flow version of that session, and
//	         notes its ID for the deletion
//	delete   offers the session again, since an apply is another process, and
//	         does not warn that it lives on
//	create   takes the session by the ID that the apply's own plan sets, and waits
//
// The first plan can't set the ID: of sessions with the same configuration, such
// as those of count, nobody knows which deletion comes first. It sets the flow
// version, which they share, so that create_before_destroy creates nothing: there
// the apply plans before anything is offered, the flow version is unknown again,
// and core refuses the plan.
//
// After terraform untaint there is no replacement. An update waits, whose error
// does not taint.
//
// terraform apply -replace continues a wait too.

// waitKey marks a session in private state whose wait is not over.
const waitKey = "wait"

var waitOpen = []byte(`"open"`)

// takeoverKey lists, in the private state of a plan that replaces a session, the
// sessions for which the replacement may continue to wait. The apply plans the
// create once more after the deletion, so the list reaches no state.
const takeoverKey = "takeover"

// SessionID implements [configured.Waiting].
func (m *sessionModel) SessionID() string { return m.ID.ValueString() }

// isWaitedFor reports whether a session in state has not finished and is to be
// waited for.
func (m *sessionModel) isWaitedFor() bool {
	return m.WaitForCompletion.ValueBool() && m.SessionID() != "" && !client.IsFinal(m.SessionStatus.ValueString())
}

// offerWait offers a session whose wait has failed to the plan. It reports
// whether it has: such a session is tainted, unless the user untainted it.
func (r *session) offerWait(ctx context.Context, state *sessionModel, private privateState, diags *diag.Diagnostics) bool {
	if !state.isWaitedFor() || !isWaitOpen(ctx, private, diags) {
		return false
	}
	r.data.Handover.Offer(state)
	return true
}

func isWaitOpen(ctx context.Context, private privateState, diags *diag.Diagnostics) bool {
	mark, problems := private.GetKey(ctx, waitKey)
	diags.Append(problems...)
	return mark != nil
}

// planWait plans a create that continues the wait for a session which was
// created for the same configuration. It reports whether there is one.
func (r *session) planWait(ctx context.Context, plan *sessionModel, resp *resource.ModifyPlanResponse) bool {
	if !plan.WaitForCompletion.ValueBool() {
		return false
	}
	suits := func(w configured.Waiting) bool {
		waiting, ok := w.(*sessionModel)
		return ok && len(plan.replacingChanges(waiting, false)) == 0
	}
	candidates := r.data.Handover.IDs(suits)
	found, deleted := r.data.Handover.Claim(suits)
	waiting, ok := found.(*sessionModel)
	if !ok {
		return false
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, pathFlowVersion, waiting.FlowVersion)...)
	if deleted {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, pathID, waiting.ID)...)
		return true
	}
	resp.Diagnostics.Append(planTakeover(ctx, candidates, resp.Private)...)
	warnOfWait(waiting, &resp.Diagnostics, "The CLI reports it as tainted. The next apply creates no other session; it continues to wait for this one. "+
		"Under create_before_destroy it can't; run terraform untaint ADDRESS first.")
	return true
}

// planTakeover notes which sessions the planned create may take over. It lists all
// of the same configuration, because the plan does not know which of them it
// replaces.
func planTakeover(ctx context.Context, ids []string, private privateState) diag.Diagnostics {
	list, _ := json.Marshal(ids) // a list of strings has no error
	return private.SetKey(ctx, takeoverKey, list)
}

// isTakenOver reports whether the plan that deletes a session also creates one
// that continues to wait for it.
func (m *sessionModel) isTakenOver(ctx context.Context, private privateState, diags *diag.Diagnostics) bool {
	list, problems := private.GetKey(ctx, takeoverKey)
	diags.Append(problems...)
	var ids []string
	if list == nil || json.Unmarshal(list, &ids) != nil {
		return false
	}
	return slices.Contains(ids, m.SessionID())
}

// planUpdatingWait plans an update that continues the wait for a session that
// was untainted. What it may change is unknown until then.
func planUpdatingWait(ctx context.Context, state *sessionModel, resp *resource.ModifyPlanResponse) {
	for _, at := range pathsOfWait {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, at, types.StringUnknown())...)
	}
	warnOfWait(state, &resp.Diagnostics, "The next apply continues to wait for it.")
}

// updateWait continues the wait for a session that was untainted.
func (r *session) updateWait(ctx context.Context, plan, state *sessionModel, private privateState, diags *diag.Diagnostics) {
	timeout, problems := plan.Timeouts.Create(ctx, defaultCreateTimeout)
	diags.Append(problems...)
	if diags.HasError() || !r.data.RequireClient(diags) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r.awaitEnd(ctx, plan, diags)
	plan.CreatedAt, plan.FlowVersion = state.CreatedAt, state.FlowVersion // as planned
	if !diags.HasError() {
		diags.Append(private.SetKey(ctx, waitKey, nil)...)
	}
}

func warnOfWait(m *sessionModel, diags *diag.Diagnostics, next string) {
	diags.AddWarning("Session not finished",
		fmt.Sprintf("The last apply stopped waiting for the session %s. %s", terminal.Text(m.SessionID()), next))
}

// continueWait returns the session of a plan that continues a wait; nil for a
// plan that creates one.
func (r *session) continueWait(plan *sessionModel, diags *diag.Diagnostics) *sessionModel {
	if plan.ID.IsUnknown() || plan.ID.IsNull() {
		return nil
	}
	found, _ := r.data.Handover.Take(plan.ID.ValueString())
	waiting, ok := found.(*sessionModel)
	if !ok {
		diags.AddError("Session not finished",
			fmt.Sprintf("The plan continues to wait for the session %s, but that is not being replaced in this apply. No session was created. "+
				"Run terraform apply again.", terminal.Text(plan.ID.ValueString())))
		return nil
	}
	return waiting
}

// awaitEnd reads the session until it is in a final status, and once if it is
// already: the response to a create contains no outcome.
func (r *session) awaitEnd(ctx context.Context, m *sessionModel, diags *diag.Diagnostics) {
	err := r.data.AwaitFinal(ctx, m.Environment.ValueString(), m.ID.ValueString(), m.refresh)
	switch {
	case err == nil:
		return
	case client.IsFinal(m.SessionStatus.ValueString()):
		diags.AddWarning("Outcome unknown", fmt.Sprintf("The session %s has finished, but %s The next refresh reads its outcome.",
			terminal.Text(m.ID.ValueString()), r.whyWaitStopped(err)))
		return
	}
	diags.AddError("Session did not finish",
		fmt.Sprintf("The session %s is created and in state with the status %s, but %s\n\n"+
			"Run terraform apply again to continue to wait for it. No other session is created for that, although a plan may report this one as tainted. "+
			"To continue without a replacement in the plan, and under create_before_destroy, run first: terraform untaint ADDRESS",
			terminal.Text(m.ID.ValueString()), terminal.Text(m.SessionStatus.ValueString()), r.whyWaitStopped(err)))
}

func (r *session) whyWaitStopped(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "it did not reach a final status within timeouts.create."
	case errors.Is(err, context.Canceled):
		return "waiting for a final status was interrupted."
	case client.IsForbidden(err):
		return "the API client may not read sessions; grant it the permission " + contract.PermissionRead + "."
	}
	return "its status can't be read. " + diagnostic.Call{Doing: "read the session", Policy: r.data.ServiceText}.Explain(err).Happened
}
