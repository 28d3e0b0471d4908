// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"encoding/json"
)

// DataBlock is a piece of data that went into a session or came out of one. A
// file in Content is {"$ref":"vault","$id":"UUID"}; see Client.File.
type DataBlock struct {
	ID        string          `json:"datablockId"`
	Type      string          `json:"type"` // in camelCase, whatever the revision
	Step      string          `json:"-"`    // ID of the step that created it; START for input
	Clock     Number          `json:"clock"`
	CreatedAt string          `json:"createdAt"` // as served (ISO 8601)
	Status    string          `json:"status"`    // STORED or DELETED
	Content   json.RawMessage `json:"content"`   // nil when deleted; a person's data
}

// DataBlocks returns the data blocks of a session, in the service's order,
// over as many pages as there are.
// API: GET /api/v1/{environment}/sessions/{sessionId}/datablocks.
func (c *Client) DataBlocks(ctx context.Context, environment, sessionID string) ([]DataBlock, error) {
	path, err := apiPath(dataBlocksPath, environment, sessionID)
	if err != nil {
		return nil, err
	}
	blocks := []DataBlock{}
	pages := &list[DataBlock]{path: path, visit: func(block DataBlock) error {
		blocks = append(blocks, block)
		return nil
	}}
	if err := pages.read(ctx, c); err != nil {
		return nil, err
	}
	return blocks, nil
}
