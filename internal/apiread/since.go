// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package apiread

import (
	"context"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/configured"
)

// Subject identifies the sessions of a subject in a list.
type Subject struct {
	FlowID      string
	Environment string
	SubjectID   string
}

// Bounds of a search: the number of sessions, newest first if the service honors the
// order, and of pages. A search follows a failed create, concurrently with others of
// the run, and must be cheap.
const (
	maxSearched      = 500
	maxSearchedPages = 10
)

// CreatedSince lists a subject's sessions that were created at a moment of the
// service's clock or later, and separately those without a time of
// creation. It looks at the newest 500 of the flow. One
// search of the run takes place at a time: the others wait for it, or until ctx ends.
// API: GET /api/v1/flows/{flowId}/{environment}/sessions.
func CreatedSince(ctx context.Context, data *configured.Provider, subject Subject, moment time.Time) (created, undated []client.Session, err error) {
	done, err := data.Creates.BeginSearch(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	q := &SessionQuery{
		data: data, flowID: subject.FlowID, environment: subject.Environment,
		createdAfter: moment.Add(-1), maxPages: maxSearchedPages,
	}
	searched := 0
	err = q.walk(ctx, func(s client.Session, recent, _ bool) bool {
		switch {
		case s.SubjectID != subject.SubjectID:
		case recent:
			created = append(created, s)
		case createdAt(s).IsZero():
			undated = append(undated, s)
		}
		searched++
		return searched < maxSearched
	})
	if err != nil {
		return nil, nil, err
	}
	return created, undated, nil
}
