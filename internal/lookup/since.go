// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package lookup

import (
	"context"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/providerdata"
)

// CreatedSince lists the sessions of a flow that were created at a moment of the
// service's clock or later, and apart from them those of which the service does
// not tell when. API: GET /api/v1/flows/{flowId}/{environment}/sessions.
func CreatedSince(ctx context.Context, data *providerdata.Data, flowID, environment string, moment time.Time) (created, undated []client.Session, err error) {
	q := &SessionQuery{data: data, flowID: flowID, environment: environment, createdAfter: moment.Add(-1)}
	err = q.walk(ctx, func(s client.Session, chosen, _ bool) bool {
		switch {
		case chosen:
			created = append(created, s)
		case createdAt(s).IsZero():
			undated = append(undated, s)
		}
		return true
	})
	if err != nil {
		return nil, nil, err
	}
	return created, undated, nil
}
