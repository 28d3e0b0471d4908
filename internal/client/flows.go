// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"net/url"
)

// maxDocument bounds a flow's document. The largest seen is below 100 KiB.
const maxDocument = 8 << 20

// Flow is a flow that is published to an environment. What the service omits is empty.
type Flow struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Version     Number `json:"version"`
	Environment string `json:"environment"`
}

func (f Flow) key() string { return f.ID }

// ListFlows returns all flows of an environment, in the service's order.
// API: GET /api/v1/flows/{environment}.
func (c *Client) ListFlows(ctx context.Context, environment string) (flows []Flow, err error) {
	path, err := apiPath(flowsPath, environment)
	if err != nil {
		return nil, err
	}
	pages := &list[Flow]{path: path, query: url.Values{}, visit: func(flow Flow) error {
		flows = append(flows, flow)
		return nil
	}}
	if err := pages.read(ctx, c); err != nil {
		return nil, err
	}
	return flows, nil
}

// FlowDocument returns a flow's own OpenAPI document, byte for byte as served.
// IsNotFound reports a flow that is not published in the environment.
// API: GET /api/v1/flows/{environment}/{flowId}.
func (c *Client) FlowDocument(ctx context.Context, environment, flowID string) ([]byte, error) {
	path, err := apiPath(documentPath, environment, flowID)
	if err != nil {
		return nil, err
	}
	_, document, err := c.get(ctx, path, nil, maxDocument)
	return document, err
}
