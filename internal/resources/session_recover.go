// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/lookup"
	"github.com/idnow/terraform-provider-idnow/internal/providerdata"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

const (
	// clockSkew is how far the service's clock may be behind ours, where it is
	// not known, before a session made by this attempt would be taken for an
	// older one.
	clockSkew = time.Minute

	// searchTimeout bounds the look into the session list, which only adds to
	// a message and must not hold up an interrupt for long.
	searchTimeout = 30 * time.Second
)

// completeAnswer makes the best of a 201 whose answer lacks the session's ID.
// The session exists, so it is looked for; what the answer has is stored even
// if it is not found, since the player URL is told only once.
func (r *session) completeAnswer(ctx context.Context, a attempt, diags *diag.Diagnostics) *client.CreatedSession {
	found, err := r.candidates(ctx, a)
	if err == nil && found.certain() && r.data.Creates.Adopt(a.subject(), found.sessions[0].ID) {
		diags.AddWarning("Incomplete answer",
			fmt.Sprintf("The service created the session, but its answer has no session ID. The session list shows one session made for this "+
				"subject since then, %s, which is taken for it.", found.sessions[0].ID))
		return adopt(a.answer, found.sessions[0])
	}
	search := found.describe(err)
	if a.answer != nil && a.answer.PlayerURL != "" {
		diags.AddWarning("Incomplete answer",
			"The service created the session, but its answer has no session ID. What the answer has is kept in state; "+
				"without the ID the session can't be refreshed. "+search)
		return a.answer
	}
	diags.AddError("A session was created, but not told",
		"The service answered that it created the session, but the answer can't be read. "+search+"\n\n"+howToImport(a.plan))
	return nil
}

// adopt fills what the answer lacks from the session that was found.
func adopt(answer *client.CreatedSession, s client.Session) *client.CreatedSession {
	adopted := client.CreatedSession{}
	if answer != nil {
		adopted = *answer
	}
	fill := func(to *string, from string) {
		if *to == "" {
			*to = from
		}
	}
	fill(&adopted.SessionID, s.ID)
	fill(&adopted.Status, s.Status)
	fill(&adopted.FlowVersion, s.FlowVersion)
	fill(&adopted.CreatedAt, s.CreatedAt)
	fill(&adopted.ExpiresAt, s.ExpiresAt)
	return &adopted
}

// candidates are the sessions that an attempt may have made.
type candidates struct {
	sessions []client.Session // of the attempt's subject, made since it began
	exact    bool             // since then by the service's own clock, not by ours
	undated  bool             // the subject has more, and nobody knows since when
}

// certain reports whether there is one session that the attempt made, if it
// made one at all.
func (c candidates) certain() bool { return len(c.sessions) == 1 && c.exact && !c.undated }

// describe tells which sessions the attempt may have made, where err is that of
// looking for them.
func (c candidates) describe(err error) string {
	since := "since then"
	if !c.exact {
		since = "since then or shortly before"
	}
	switch {
	case err != nil:
		return "The session list could not be read to find out; look in the dashboard."
	case len(c.sessions) == 0 && c.undated:
		return "The session list shows sessions of this subject, but not when they were made; look in the dashboard."
	case len(c.sessions) == 0:
		return "The session list shows none made for this subject " + since + "."
	}
	var b strings.Builder
	b.WriteString("The session list shows, made for this subject " + since + ":")
	for _, s := range c.sessions {
		fmt.Fprintf(&b, "\n  - %s (%s, created %s)", s.ID, s.Status, s.CreatedAt)
	}
	return b.String()
}

// candidates looks for the attempt's session in the list of its flow's. Those
// that other creates are known to have made are none.
func (r *session) candidates(ctx context.Context, a attempt) (candidates, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), searchTimeout)
	defer cancel()

	var found candidates
	var since time.Time
	since, found.exact = r.since(a)
	subject := a.subject()
	created, undated, err := lookup.CreatedSince(ctx, r.data, subject.FlowID, subject.Environment, since)
	if err != nil {
		return found, err
	}
	mayBeOurs := func(s client.Session) bool {
		return s.ID != "" && s.SubjectID == subject.SubjectID && !r.data.Creates.Made(s.ID)
	}
	found.undated = slices.ContainsFunc(undated, mayBeOurs)
	for _, s := range created {
		if mayBeOurs(s) {
			found.sessions = append(found.sessions, s)
		}
	}
	return found, nil
}

// since is when the attempt began, by the service's clock: to the second, as a
// service may date its sessions. Where that clock is not known it is our own,
// with room for what the two may differ by, and exact is false.
func (r *session) since(a attempt) (since time.Time, exact bool) {
	if begun, known := r.data.Client.ServiceTime(a.begun); known {
		return begun.Truncate(time.Second), true
	}
	return a.begun.Add(-clockSkew), false
}

// subject is what the attempt makes a session for.
func (a attempt) subject() providerdata.Subject {
	metadata, _ := a.request.body[memberMetadata].(value.Object)
	subjectID, _ := metadata["subjectId"].(value.String)
	return providerdata.Subject{
		FlowID:      a.plan.FlowID.ValueString(),
		Environment: a.plan.Environment.ValueString(),
		SubjectID:   string(subjectID),
	}
}
