// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

const (
	// clockSkew is how far the service's clock may be behind ours, where it is
	// not known, before a session of this attempt would pass for an older one.
	clockSkew = time.Minute

	maxCandidates = 10 // sessions that a message lists
)

// reportUnidentified reports a session that was created and whose ID the response
// does not contain. What the response does contain is stored, since the player
// URL is returned only once.
//
// A session of the list is never taken for it: the list shows for whom a session
// was made and not by which request, so it may be that of another run.
func (r *session) reportUnidentified(ctx context.Context, a attempt, diags *diag.Diagnostics) *client.Session {
	found, importIt := r.search(ctx, a)
	if a.response != nil && (a.response.PlayerURL != "" || a.response.SDKToken != "") {
		diags.AddWarning("Session ID unknown",
			"The service created the session, but the response contains no session ID. The state contains what the response does contain. "+
				"Without its ID the session can't be refreshed. "+found+"\n\n"+
				"To manage the session by its ID, keep its player_url elsewhere, run terraform state rm ADDRESS, then import it:"+importIt)
		return a.response
	}
	diags.AddError("Session created, but its ID is unknown",
		"The service confirmed that it created the session, but the response can't be read. "+found+"\n\n"+
			"Find the session there or in the dashboard, then import it:"+importIt+"\n\n"+
			"Running terraform apply without the import creates, and bills, another session.")
	return nil
}

// reportUnknownOutcome reports a create that the service may have carried out.
// The advice of its error is left out: "try again" is what could create two.
func (r *session) reportUnknownOutcome(ctx context.Context, a attempt, err error, diags *diag.Diagnostics) {
	found, importIt := r.search(ctx, a)
	advice := "If there is a session of this request, import it:" + importIt + "\n\nIf there is none, run terraform apply again."
	if errors.Is(err, context.DeadlineExceeded) {
		advice += " Raise timeouts.create first."
	}
	if redirect := new(client.Error); errors.As(err, &redirect) && redirect.StatusCode/100 == 3 {
		advice += " Check that api_url is the address of the API itself, with the right scheme and without a path: the provider follows no redirect."
	}
	diags.AddError("Session creation outcome unknown", r.explain(a, err).Happened+"\n\n"+
		"The service may still have created a session. The request was not retried, because that could create two. "+found+"\n\n"+advice)
}

// search looks for the attempt's session in the list of its flow's. It returns
// what that shows, and the command that imports a session. Sessions that other
// creates of this run made are left out.
func (r *session) search(ctx context.Context, a attempt) (found, importIt string) {
	subject := apiread.Subject{FlowID: a.plan.FlowID.ValueString(), Environment: a.plan.Environment.ValueString(), SubjectID: a.subjectID()}
	since, exact := r.since(a)
	search := apiread.CreatedSince(context.WithoutCancel(ctx), r.data, subject, since)
	importIt = importCommand(subject.Environment, "SESSION_ID")
	when := "since then"
	if !exact {
		when = "since then or shortly before"
	}
	candidates := r.notOfOtherCreates(search.Created)
	if len(candidates) == 1 {
		importIt = importCommand(subject.Environment, candidates[0].ID)
	}
	switch {
	case len(candidates) > 0:
		found = "The session list contains, for this subject and created " + when + ":" + describe(candidates)
	case search.Err != nil:
		return "The session list can't be read to its end to find out; look in the dashboard.", importIt
	case len(r.notOfOtherCreates(search.Undated)) > 0:
		found = "The session list contains sessions of this subject without the time of their creation; look in the dashboard."
	default:
		found = "The session list contains none that was created for this subject " + when + "."
	}
	if len(candidates) > 0 && search.Err != nil {
		found += "\n\nThe list can't be read to its end, so there may be more; look in the dashboard."
	}
	return found, importIt
}

// importCommand is the command on its own indented line, which the CLI does not wrap.
func importCommand(environment, sessionID string) string {
	return "\n  terraform import ADDRESS " + terminal.Text(environment) + "/" + terminal.Text(sessionID)
}

func (r *session) notOfOtherCreates(listed []client.Session) []client.Session {
	var candidates []client.Session
	for _, s := range listed {
		if s.ID != "" && !r.data.Creates.Made(s.ID) {
			candidates = append(candidates, s)
		}
	}
	return candidates
}

func describe(candidates []client.Session) string {
	var b strings.Builder
	for _, s := range candidates[:min(len(candidates), maxCandidates)] {
		fmt.Fprintf(&b, "\n  - %s (%s, created %s)", terminal.Text(s.ID), terminal.Text(s.Status), terminal.Text(s.CreatedAt))
	}
	if more := len(candidates) - maxCandidates; more > 0 {
		fmt.Fprintf(&b, "\n  - and %d more", more)
	}
	return b.String()
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

func (a attempt) subjectID() string {
	metadata, _ := a.request.body[contract.Metadata].(value.Object)
	subjectID, _ := metadata[contract.SubjectID].(value.String)
	return string(subjectID)
}
