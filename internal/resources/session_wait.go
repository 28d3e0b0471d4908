// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/explain"
)

// Sessions without a user step take seconds, with slow signatures minutes: ask
// soon at first, and then seldom enough for a thousand waiting side by side.
const (
	firstInterval  = 500 * time.Millisecond
	lastInterval   = 15 * time.Second
	intervalGrowth = 1.6
)

// awaitEnd polls the session until it has ended. It never fails the create:
// an error would taint the session, and the next apply would make, and bill,
// another one, though nothing is wrong with this one.
// Secrets must not show in what stops the wait.
func (r *session) awaitEnd(ctx context.Context, m *sessionModel, secrets []string, diags *diag.Diagnostics) {
	for interval := firstInterval; !client.IsFinal(m.SessionStatus.ValueString()); interval = longer(interval) {
		err := r.data.Sleep(ctx, interval)
		if err == nil {
			err = r.poll(ctx, m, secrets)
		}
		if err != nil {
			diags.AddWarning("Session has not ended yet", fmt.Sprintf(
				"The session %s was created and is in state, not tainted, with the status %s. Waiting for its end stopped: %s\n\n"+
					"The next refresh brings its status and outcome. To make an apply fail without an outcome, "+
					"add a postcondition on self.outcome to the resource.",
				m.ID.ValueString(), m.SessionStatus.ValueString(), whyWaitStopped(err)))
			return
		}
	}
}

func (r *session) poll(ctx context.Context, m *sessionModel, secrets []string) error {
	current, err := r.data.Client.Session(ctx, m.Environment.ValueString(), m.ID.ValueString(), secrets...)
	if err == nil {
		m.refresh(current)
	}
	return err
}

func longer(interval time.Duration) time.Duration {
	return min(time.Duration(float64(interval)*intervalGrowth), lastInterval)
}

func whyWaitStopped(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "the time in timeouts.create is over."
	case errors.Is(err, context.Canceled):
		return "it was interrupted."
	case client.IsForbidden(err):
		return "the API client may not read sessions; give it the permission api.read."
	}
	return explain.Call(err, "read the session").Happened
}
