// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package ephemeral

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
)

var _ ephemeral.EphemeralResourceWithConfigure = (*sessionDataBlocks)(nil)

// NewSessionDataBlocks returns the ephemeral resource idnow_session_datablocks.
func NewSessionDataBlocks() ephemeral.EphemeralResource { return &sessionDataBlocks{} }

type sessionDataBlocks struct{ source }

func (e *sessionDataBlocks) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_session_datablocks"
}

func (e *sessionDataBlocks) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The data blocks of a session, its input and its results, without storing this personal data in plan or state.",
		Attributes: map[string]schema.Attribute{
			"session_id": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: apiread.SessionIDDescription,
				Validators:          apiread.PathElement(),
			},
			"environment": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: apiread.EnvironmentDescription,
				Validators:          apiread.PathElement(),
			},
			"types": schema.SetAttribute{
				Optional:            true,
				ElementType:         types.StringType,
				MarkdownDescription: apiread.BlockTypesDescription,
				Validators:          apiread.Choice(),
			},
			"data_blocks": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: apiread.DataBlocksDescription,
				NestedObject:        schema.NestedAttributeObject{Attributes: dataBlockAttributes()},
			},
		},
	}
}

func dataBlockAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":         computed(apiread.BlockIDDescription),
		"type":       computed(apiread.BlockTypeDescription),
		"step":       computed(apiread.BlockStepDescription),
		"created_at": computed(apiread.BlockCreatedAtDescription),
		"status":     computed(apiread.BlockStatusDescription),
		"content_json": schema.StringAttribute{
			Computed: true, Sensitive: true,
			MarkdownDescription: apiread.BlockContentJSONDescription,
		},
	}
}

// computed is a string from the service.
func computed(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

func (e *sessionDataBlocks) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var model apiread.DataBlocksModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	model.Read(ctx, e.data, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.Result.Set(ctx, &model)...)
	}
}
