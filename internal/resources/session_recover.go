// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

const (
	// clockSkew is how far the service's clock may be behind ours before a
	// session made by this attempt would be taken for an older one.
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
	if err == nil && len(found) == 1 {
		diags.AddWarning("Incomplete answer",
			fmt.Sprintf("The service created the session, but its answer has no session ID. The session list shows one session made for this "+
				"subject since then, %s, which is taken for it.", found[0].ID))
		return adopt(a.answer, found[0])
	}
	search := describe(found, err)
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

// describeCandidates tells which sessions the attempt may have made.
func (r *session) describeCandidates(ctx context.Context, a attempt) string {
	return describe(r.candidates(ctx, a))
}

func describe(found []client.Session, err error) string {
	switch {
	case err != nil:
		return "The session list could not be read to find out; look in the dashboard."
	case len(found) == 0:
		return "The session list shows none made for this subject since then."
	}
	var b strings.Builder
	b.WriteString("The session list shows, made for this subject since then:")
	for _, s := range found {
		fmt.Fprintf(&b, "\n  - %s (%s, created %s)", s.ID, s.Status, s.CreatedAt)
	}
	return b.String()
}

// candidates lists the flow's sessions of the attempt's subject since it began.
func (r *session) candidates(ctx context.Context, a attempt) ([]client.Session, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), searchTimeout)
	defer cancel()

	since := a.begun.Add(-clockSkew)
	sessions, err := r.data.Client.ListSessions(ctx, a.plan.FlowID.ValueString(), a.plan.Environment.ValueString(), client.SessionQuery{
		SortBy:   "createdAt",
		SortDesc: true,
		Stop:     func(s client.Session) bool { return createdBefore(s, since) },
	})
	if err != nil {
		return nil, err
	}
	var found []client.Session
	for _, s := range sessions {
		if s.SubjectID == a.subjectID() && !createdBefore(s, since) {
			found = append(found, s)
		}
	}
	return found, nil
}

func createdBefore(s client.Session, moment time.Time) bool {
	created, err := time.Parse(time.RFC3339, s.CreatedAt)
	return err == nil && created.Before(moment)
}

func (a attempt) subjectID() string {
	metadata, _ := a.request.body[memberMetadata].(value.Object)
	subject, _ := metadata["subjectId"].(value.String)
	return string(subject)
}
