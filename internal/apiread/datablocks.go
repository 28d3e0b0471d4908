// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package apiread

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/configured"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

// What the attributes of DataBlocksModel and DataBlock mean.
const (
	SessionIDDescription        = "The session's ID."
	BlockTypesDescription       = "Only data blocks of these types, such as `basicIdentity`. Omit it for all."
	DataBlocksDescription       = "The session's data blocks, its input and its results, in the service's order."
	BlockIDDescription          = "The data block's ID."
	BlockTypeDescription        = "The type in camelCase, as in the flow's `input`."
	BlockStepDescription        = "The ID of the step of the flow that created the block; `START` for input of the create request."
	BlockCreatedAtDescription   = "When the block was created, in RFC 3339."
	BlockStatusDescription      = "`STORED`, or `DELETED` once its content is deleted."
	BlockContentJSONDescription = "The content as JSON, for `jsondecode`; null once it is deleted. A file is `{\"$ref\":\"vault\",\"$id\":ID}`."
)

// DataBlocksModel selects data blocks of a session, and holds them once read.
type DataBlocksModel struct {
	SessionID   types.String `tfsdk:"session_id"`
	Environment types.String `tfsdk:"environment"`
	Types       []string     `tfsdk:"types"`
	DataBlocks  []DataBlock  `tfsdk:"data_blocks"`
}

// DataBlock is one data block of a session.
type DataBlock struct {
	ID          types.String `tfsdk:"id"`
	Type        types.String `tfsdk:"type"`
	Step        types.String `tfsdk:"step"`
	CreatedAt   types.String `tfsdk:"created_at"`
	Status      types.String `tfsdk:"status"`
	ContentJSON types.String `tfsdk:"content_json"`
}

// Read sets Environment and DataBlocks, or reports an error in diags.
// API: GET /api/v1/{environment}/sessions/{sessionId}/datablocks.
func (m *DataBlocksModel) Read(ctx context.Context, data *configured.Provider, diags *diag.Diagnostics) {
	var ok bool
	if m.Environment, ok = Environment(data, m.Environment, diags); !ok {
		return
	}
	sessionID, environment := m.SessionID.ValueString(), m.Environment.ValueString()
	ctx, cancel := Within(ctx)
	defer cancel()
	blocks, err := data.Client.DataBlocks(ctx, environment, sessionID)
	if err != nil {
		ReportSession(data, err, environment, sessionID, "read the data blocks of the session "+terminal.Text(sessionID), diags)
		return
	}
	m.DataBlocks = []DataBlock{}
	for _, block := range blocks {
		if m.Types == nil || slices.ContainsFunc(m.Types, sameType(block.Type)) {
			m.DataBlocks = append(m.DataBlocks, newDataBlock(block))
		}
	}
}

// sameType compares types whatever their case: revisions of the API write them
// in camelCase or PascalCase, and so may a configuration.
func sameType(served string) func(selected string) bool {
	return func(selected string) bool { return strings.EqualFold(selected, served) }
}

func newDataBlock(block client.DataBlock) DataBlock {
	return DataBlock{
		ID:          Text(block.ID),
		Type:        Text(block.Type),
		Step:        Text(block.Step),
		CreatedAt:   Text(block.CreatedAt),
		Status:      Text(block.Status),
		ContentJSON: JSON(block.Content),
	}
}

// ReportSession reports the error of a call for one session in diags.
// Doing describes the call, as in Error.
func ReportSession(data *configured.Provider, err error, environment, sessionID, doing string, diags *diag.Diagnostics) {
	if client.IsNotFound(err) {
		diags.AddAttributeError(path.Root("session_id"), "Session not found", fmt.Sprintf(
			"There is no session %s in the environment %s. Check the ID and the environment: an API client can access its own environment only.",
			terminal.Quote(sessionID), terminal.Quote(environment)))
		return
	}
	diags.AddError(Error(data, err, doing))
}
