// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"net/url"
)

// maxDocument bounds a flow's document. The largest seen is below 100 KiB.
const maxDocument = 8 << 20

// Flow is a flow that is published to an environment. What the service
// omits is empty.
type Flow struct {
	ID          string
	Name        string
	Description string
	Version     string // the number or string that the service returns, as text
	Environment string
}

// ListFlows returns all flows of an environment, in the service's order.
// API: GET /api/v1/flows/{environment}.
func (c *Client) ListFlows(ctx context.Context, environment string) ([]Flow, error) {
	path, err := apiPath("/api/v1/flows/{}", element{"environment", environment})
	if err != nil {
		return nil, err
	}
	var flows []Flow
	collect := func(id string, entry object) bool {
		flows = append(flows, Flow{
			ID:          id,
			Name:        entry.text("name"),
			Description: entry.text("description"),
			Version:     entry.text("version"),
			Environment: entry.text("environment"),
		})
		return true
	}
	flowID := func(entry object) string { return entry.text("id") }
	if err := c.walk(ctx, &walk{path: path, query: url.Values{}, idOf: flowID, visit: collect}); err != nil {
		return nil, err
	}
	return flows, nil
}

// FlowDocument returns a flow's own OpenAPI document, byte for byte as served.
// IsNotFound reports a flow that is not published in the environment.
// API: GET /api/v1/flows/{environment}/{flowId}.
func (c *Client) FlowDocument(ctx context.Context, environment, flowID string) ([]byte, error) {
	path, err := apiPath("/api/v1/flows/{}/{}", element{"environment", environment}, element{"flow ID", flowID})
	if err != nil {
		return nil, err
	}
	return c.get(ctx, path, nil, maxDocument)
}
