// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"encoding/json"
	"net/http"
)

// maxDataBlocks bounds a session's data blocks. Files are referred to, not
// included, so what remains is text.
const maxDataBlocks = 32 << 20

// DataBlock is a piece of data that went into a session or came out of one. A
// file in Content stands as {"$ref":"vault","$id":"UUID"}; see Client.File.
type DataBlock struct {
	ID        string
	Type      string // in camelCase, whatever the revision
	Step      string // ID of the step that made it; START for given input
	Clock     string
	CreatedAt string          // as served (ISO 8601)
	Status    string          // STORED or DELETED
	Content   json.RawMessage // nil when deleted; a person's data
}

// DataBlocks returns the data blocks of a session, in the service's order. Its
// errors don't quote the service, which could quote them.
// API: GET /api/v1/{environment}/sessions/{sessionId}/datablocks.
func (c *Client) DataBlocks(ctx context.Context, environment, sessionID string) ([]DataBlock, error) {
	path, err := apiPath("/api/v1/{}/sessions/{}/datablocks", element{"environment", environment}, element{"session ID", sessionID})
	if err != nil {
		return nil, err
	}
	raw, err := c.read(ctx, path, nil, maxDataBlocks)
	if err != nil {
		return nil, err
	}
	list, ok := blockList(raw)
	if !ok {
		return nil, &AnswerError{StatusCode: http.StatusOK, Method: http.MethodGet, Path: path, Reason: "the answer is not JSON"}
	}
	blocks := make([]DataBlock, 0, len(list))
	for _, o := range list {
		blocks = append(blocks, DataBlock{
			ID:        o.text("datablockId", "dataBlockId"),
			Type:      blockType(o),
			Step:      blockStep(o),
			Clock:     blockClock(o),
			CreatedAt: o.text("createdAt"),
			Status:    o.text("status"),
			Content:   blockContent(o),
		})
	}
	return blocks, nil
}
