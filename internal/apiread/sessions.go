// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package apiread

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/configured"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

// What the attributes of SessionsModel mean.
const (
	FlowIDDescription       = "The ID of the flow whose sessions are listed."
	SubjectIDDescription    = "Only sessions of this subject: your reference for the person, as in `metadata.subjectId`."
	StatusesDescription     = "Only sessions in one of these statuses, such as `RUNNING` or `COMPLETED`. Omit it for all."
	CreatedAfterDescription = "Only sessions created after this time, in RFC 3339, such as `2025-08-22T00:00:00Z`."
)

// SessionsModel is the configuration that selects a flow's sessions.
type SessionsModel struct {
	FlowID       types.String `tfsdk:"flow_id"`
	Environment  types.String `tfsdk:"environment"`
	SubjectID    types.String `tfsdk:"subject_id"`
	Statuses     []string     `tfsdk:"statuses"`
	CreatedAfter types.String `tfsdk:"created_after"`
}

// Query resolves the model, its Environment included. It reports false, with
// an error in diags, where nothing may be sent.
func (m *SessionsModel) Query(data *configured.Provider, diags *diag.Diagnostics) (*SessionQuery, bool) {
	var ok bool
	if m.Environment, ok = Environment(data, m.Environment, diags); !ok {
		return nil, false
	}
	query := &SessionQuery{
		data:        data,
		flowID:      m.FlowID.ValueString(),
		environment: m.Environment.ValueString(),
		subjectID:   m.SubjectID.ValueString(),
	}
	for _, status := range m.Statuses {
		query.statuses = append(query.statuses, client.NormalizeStatus(status))
	}
	query.createdAfter, _ = moment(m.CreatedAfter.ValueString()) // Timestamp has checked it
	return query, true
}

// SessionQuery selects a flow's sessions. Empty members select all.
type SessionQuery struct {
	data         *configured.Provider
	flowID       string
	environment  string
	subjectID    string
	statuses     []string
	createdAfter time.Time
	maxPages     int64 // beyond which the list is an error; 0: no limit
}

// Each calls visit for each session chosen, as the pages arrive, until visit
// returns false. They come newest first if the service honors the requested
// order. API: GET /api/v1/flows/{flowId}/{environment}/sessions.
func (q *SessionQuery) Each(ctx context.Context, visit func(client.Session) bool) error {
	return q.walk(ctx, func(s client.Session, chosen, _ bool) bool { return !chosen || visit(s) })
}

// Newest returns the sessions chosen, newest first, at most limit of them; 0 is
// no limit. Those without a time of creation come last.
func (q *SessionQuery) Newest(ctx context.Context, limit int) ([]client.Session, error) {
	var found []client.Session
	err := q.walk(ctx, func(s client.Session, chosen, newestFirst bool) bool {
		if chosen {
			found = append(found, s)
		}
		full := limit > 0 && len(found) >= limit
		return !full || !newestFirst
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(found, func(a, b client.Session) int { return createdAt(b).Compare(createdAt(a)) })
	if limit > 0 && len(found) > limit {
		found = found[:limit]
	}
	return found, nil
}

// walk calls visit for each session that the service lists, until visit returns
// false or all further ones are too old. Its arguments are whether the session
// is selected, and whether the list has proved to come newest first.
func (q *SessionQuery) walk(ctx context.Context, visit func(s client.Session, chosen, newestFirst bool) bool) error {
	ctx, cancel := Within(ctx)
	defer cancel()
	var seen order
	query := client.SessionQuery{SortBy: "createdAt", SortDesc: true, MaxPages: q.maxPages}
	return q.data.Client.EachSession(ctx, q.flowID, q.environment, query, func(s client.Session) bool {
		seen.add(createdAt(s))
		return visit(s, q.chooses(s), seen.newestFirst()) && (!seen.newestFirst() || q.isRecent(s))
	})
}

func (q *SessionQuery) chooses(s client.Session) bool {
	return (q.subjectID == "" || s.SubjectID == q.subjectID) &&
		(q.statuses == nil || slices.Contains(q.statuses, s.Status)) &&
		q.isRecent(s)
}

func (q *SessionQuery) isRecent(s client.Session) bool {
	return q.createdAfter.IsZero() || createdAt(s).After(q.createdAfter)
}

// Report reports the error of a list in diags. A 404 means one of two things that
// need different actions: no such flow, or a revision of the API without a list.
func (q *SessionQuery) Report(ctx context.Context, err error, diags *diag.Diagnostics) {
	if !client.IsNotFound(err) {
		diags.AddError(Error(q.data, err, fmt.Sprintf("list the sessions of flow %s in the environment %s", terminal.Quote(q.flowID), terminal.Quote(q.environment))))
		return
	}
	if _, documentErr := q.data.Documents.Raw(ctx, q.environment, q.flowID); client.IsNotFound(documentErr) {
		summary, detail := FlowNotPublished(ctx, q.data, q.flowID, q.environment)
		diags.AddAttributeError(path.Root("flow_id"), summary, detail)
		return
	}
	diags.AddError("Session list not available", fmt.Sprintf(
		"The service responded with 404 Not Found to the attempt to list the sessions of flow %s in the environment %s. "+
			"Only some revisions of the API have this list. "+
			"Read sessions one by one by their IDs, with the data source idnow_session.", terminal.Quote(q.flowID), terminal.Quote(q.environment)))
}

// order watches whether a list comes newest first. Only then does an old
// session mean that all further ones are older still; a service may not honor
// the requested order.
type order struct {
	last       time.Time
	sessions   int
	falls      bool
	unreliable bool // it rose, or a time was missing
}

// enoughForOrder is how many sessions prove that a list comes newest first. In
// another order, so many are not sorted by chance. They are on the first page, so
// reading them costs nothing.
const enoughForOrder = 20

func (o *order) add(created time.Time) {
	switch {
	case created.IsZero(), !o.last.IsZero() && created.After(o.last):
		o.unreliable = true
	case created.Before(o.last):
		o.falls = true
	}
	o.last = created
	o.sessions++
}

func (o *order) newestFirst() bool {
	return o.falls && !o.unreliable && o.sessions >= enoughForOrder
}

// createdAt is when a session was created, or the zero time where the service
// does not return it.
func createdAt(s client.Session) time.Time {
	created, _ := ParseTime(s.CreatedAt)
	return created
}
