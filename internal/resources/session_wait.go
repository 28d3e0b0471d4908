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
	"github.com/idnow/terraform-provider-idnow/internal/diagnostic"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

// Sessions without a user step take seconds, with slow signatures minutes: ask
// soon at first, and then seldom enough for a thousand waiting side by side.
const (
	firstInterval  = 500 * time.Millisecond
	lastInterval   = 15 * time.Second
	intervalGrowth = 1.6
)

// appearance is how long after its creation a session may still be missing where
// it is read: not every part of the service knows of it at once.
const appearance = time.Minute

// awaitEnd polls the session until it has ended, and once if it has: the answer
// to a create tells no outcome. It never fails the create: an error would taint
// the session, and the next apply would make, and bill, another one, though
// nothing is wrong with this one.
func (r *session) awaitEnd(ctx context.Context, m *sessionModel, diags *diag.Diagnostics) {
	begun := r.data.Now()
	for interval := firstInterval; ; interval = longer(interval) {
		err := r.data.Sleep(ctx, interval)
		if err == nil {
			err = r.poll(ctx, m)
		}
		switch {
		case client.IsNotFound(err) && r.data.Now().Sub(begun) < appearance:
		case err != nil:
			diags.AddWarning(whatIsAwaited(m), fmt.Sprintf(
				"The session %s was created and is in state, not tainted, with the status %s. Waiting for its end stopped: %s\n\n"+
					"The next refresh brings its status and outcome. To make an apply fail without an outcome, "+
					"add a postcondition on self.outcome to the resource.",
				terminal.Text(m.ID.ValueString()), terminal.Text(m.SessionStatus.ValueString()), r.whyWaitStopped(err)))
			return
		case client.IsFinal(m.SessionStatus.ValueString()):
			return
		}
	}
}

func whatIsAwaited(m *sessionModel) string {
	if client.IsFinal(m.SessionStatus.ValueString()) {
		return "Outcome is not known yet"
	}
	return "Session has not ended yet"
}

func (r *session) poll(ctx context.Context, m *sessionModel) error {
	current, err := r.data.Client.Session(ctx, m.Environment.ValueString(), m.ID.ValueString())
	if err == nil {
		m.refresh(current)
	}
	return err
}

func longer(interval time.Duration) time.Duration {
	return min(time.Duration(float64(interval)*intervalGrowth), lastInterval)
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
