// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package lookup

import (
	"context"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/providerdata"
)

// Subject is what a session is made for, as far as the list of sessions shows.
type Subject struct {
	FlowID      string
	Environment string
	SubjectID   string
}

// A search looks at so many sessions, newest first where the service honors the
// order, or at so many pages if they are short. It follows a failed create, beside
// all others of the run, and must cost little.
const (
	maxSearched      = 500
	maxSearchedPages = 10
)

// CreatedSince lists a subject's sessions that were created at a moment of the
// service's clock or later, and apart from them those without a time of their
// creation. It looks at the newest 500 of the flow. One
// search of the run takes place at a time: the others wait for it, or until ctx ends.
// API: GET /api/v1/flows/{flowId}/{environment}/sessions.
func CreatedSince(ctx context.Context, data *providerdata.Data, subject Subject, moment time.Time) (created, undated []client.Session, err error) {
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
