// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/configured"
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
//	plan     plans the replacement with the ID of that session
//	delete   offers the session again, since an apply is another process
//	create   takes the session by its ID, and waits
//
// Under create_before_destroy the apply plans before anything is offered. Core
// then refuses the plan, since the ID is no longer known, and nothing is created.
// terraform apply -replace continues a wait too.

// waitKey marks a session in private state whose wait is not over.
const waitKey = "wait"

var waitOpen = []byte(`"open"`)

// SessionID implements [configured.Waiting].
func (m *sessionModel) SessionID() string { return m.ID.ValueString() }

// isWaitedFor reports whether a session in state has not finished and is to be
// waited for.
func (m *sessionModel) isWaitedFor() bool {
	return m.WaitForCompletion.ValueBool() && m.SessionID() != "" && !client.IsFinal(m.SessionStatus.ValueString())
}

// offerWait offers a session whose wait is not over to the plan. It reports
// whether a wait for it has failed, so that it is tainted.
func (r *session) offerWait(ctx context.Context, state *sessionModel, current *client.Session, resp *resource.ReadResponse) bool {
	if !state.isWaitedFor() {
		return false
	}
	mark, problems := resp.Private.GetKey(ctx, waitKey)
	resp.Diagnostics.Append(problems...)
	if mark != nil || !client.IsFinal(current.Status) {
		r.data.Handover.Offer(state)
	}
	return mark != nil
}

// planWait plans a create that continues the wait for a session which was
// created for the same configuration. It reports whether there is one.
func (r *session) planWait(ctx context.Context, plan *sessionModel, resp *resource.ModifyPlanResponse) bool {
	if !plan.WaitForCompletion.ValueBool() {
		return false
	}
	found, ok := r.data.Handover.Claim(func(w configured.Waiting) bool {
		waiting, ok := w.(*sessionModel)
		return ok && len(plan.replacedBy(waiting, false)) == 0
	})
	if !ok {
		return false
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, pathID, types.StringValue(found.SessionID()))...)
	resp.Diagnostics.AddWarning("Session not finished",
		fmt.Sprintf("The last apply stopped waiting for the session %s, so the CLI reports it as tainted. "+
			"The next apply creates no other session. It continues to wait for this one.", terminal.Text(found.SessionID())))
	return true
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
				"Run terraform apply again. To keep the session without waiting, run: terraform untaint ADDRESS", terminal.Text(plan.ID.ValueString())))
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
			"Run terraform apply again to continue to wait for it. No other session is created for that, although the plan reports this one as tainted.",
			terminal.Text(m.ID.ValueString()), terminal.Text(m.SessionStatus.ValueString()), r.whyWaitStopped(err)))
}

func (r *session) whyWaitStopped(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "it did not reach a final status within timeouts.create."
	case errors.Is(err, context.Canceled):
		return "waiting for a final status was interrupted."
	case client.IsForbidden(err):
		return "the API client may not read sessions; grant it the permission api.read."
	}
	return "its status can't be read. " + diagnostic.Call{Doing: "read the session", Policy: r.data.ServiceText}.Explain(err).Happened
}
