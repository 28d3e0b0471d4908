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
	ID        string
	Type      string // in camelCase, whatever the revision
	Step      string // ID of the step that created it; START for input
	Clock     string
	CreatedAt string          // as served (ISO 8601)
	Status    string          // STORED or DELETED
	Content   json.RawMessage // nil when deleted; a person's data
}

// DataBlocks returns the data blocks of a session, in the service's order,
// over as many pages as there are. Its errors don't quote the service, which
// could quote them.
// API: GET /api/v1/{environment}/sessions/{sessionId}/datablocks.
func (c *Client) DataBlocks(ctx context.Context, environment, sessionID string) ([]DataBlock, error) {
	path, err := apiPath("/api/v1/{}/sessions/{}/datablocks", element{"environment", environment}, element{"session ID", sessionID})
	if err != nil {
		return nil, err
	}
	blocks := []DataBlock{}
	collect := func(id string, o object) bool {
		blocks = append(blocks, DataBlock{
			ID:        id,
			Type:      blockType(o),
			Step:      blockStep(o),
			Clock:     blockClock(o),
			CreatedAt: o.text("createdAt"),
			Status:    o.text("status"),
			Content:   blockContent(o),
		})
		return true
	}
	blockID := func(o object) string { return o.text("datablockId", "dataBlockId") }
	if err := c.walk(ctx, &walk{path: path, idOf: blockID, visit: collect}); err != nil {
		return nil, err
	}
	return blocks, nil
}
