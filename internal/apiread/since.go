// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package apiread

import (
	"cmp"
	"context"
	"errors"
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

// searchTimeout bounds a search, which only adds to a message. turnTimeout bounds the
// time until it begins.
const (
	searchTimeout = 30 * time.Second
	turnTimeout   = 2 * time.Minute
)

// Search is what a session list contains of a subject's sessions.
type Search struct {
	Created []client.Session // at the moment or later
	Undated []client.Session // without a time of creation
	Err     error            // why the list was not read as far as the moment, or nil
}

var errManySessions = errors.New("it contains too many sessions")

// CreatedSince searches for a subject's sessions that were created at a moment of the
// service's clock or later. It looks at the newest 500 of the flow. One search of the
// run takes place at a time: the others wait for it, or until ctx ends.
// API: GET /api/v1/flows/{flowId}/{environment}/sessions.
func CreatedSince(ctx context.Context, data *configured.Provider, subject Subject, moment time.Time) (found Search) {
	turn, cancel := context.WithTimeout(ctx, turnTimeout)
	defer cancel()
	done, err := data.Creates.BeginSearch(turn)
	if err != nil {
		return Search{Err: err}
	}
	defer done()
	ctx, cancel = context.WithTimeout(ctx, searchTimeout)
	defer cancel()
	q := &SessionQuery{
		data: data, flowID: subject.FlowID, environment: subject.Environment,
		createdAfter: moment.Add(-1), maxPages: maxSearchedPages,
	}
	searched := 0
	err = q.walk(ctx, func(s client.Session, recent, _ bool) bool {
		if searched++; searched > maxSearched {
			found.Err = errManySessions
			return false
		}
		switch {
		case s.SubjectID != subject.SubjectID:
		case recent:
			found.Created = append(found.Created, s)
		case createdAt(s).IsZero():
			found.Undated = append(found.Undated, s)
		}
		return true
	})
	found.Err = cmp.Or(err, found.Err)
	return found
}
