// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/diagnostic"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

// awaitEnd reads the session until it has ended, and once if it has: the response
// to a create contains no outcome. It never fails the create: an error would taint
// the session, and the next apply would make, and bill, another one, though
// nothing is wrong with this one.
func (r *session) awaitEnd(ctx context.Context, m *sessionModel, diags *diag.Diagnostics) {
	err := r.data.AwaitFinal(ctx, m.Environment.ValueString(), m.ID.ValueString(), m.refresh)
	if err != nil {
		diags.AddWarning(whatIsAwaited(m), fmt.Sprintf(
			"The session %s was created and is in state, not tainted, with the status %s. Waiting for its end stopped: %s\n\n"+
				"The next refresh brings its status and outcome. To make an apply fail without an outcome, "+
				"add a postcondition on self.outcome to the resource.",
			terminal.Text(m.ID.ValueString()), terminal.Text(m.SessionStatus.ValueString()), r.whyWaitStopped(err)))
	}
}

func whatIsAwaited(m *sessionModel) string {
	if client.IsFinal(m.SessionStatus.ValueString()) {
		return "Outcome is not known yet"
	}
	return "Session has not ended yet"
}

func (r *session) whyWaitStopped(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "the time in timeouts.create is over."
	case errors.Is(err, context.Canceled):
		return "it was interrupted."
	case client.IsForbidden(err):
		return "the API client may not read sessions; give it the permission api.read."
	}
	return diagnostic.Call{Doing: "read the session", Policy: r.data.ServiceText}.Explain(err).Happened
}
