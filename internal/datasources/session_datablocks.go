// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package datasources

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
)

var _ datasource.DataSourceWithConfigure = (*sessionDataBlocks)(nil)

// NewSessionDataBlocks returns the data source idnow_session_datablocks.
func NewSessionDataBlocks() datasource.DataSource { return &sessionDataBlocks{} }

type sessionDataBlocks struct{ source }

func (d *sessionDataBlocks) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_session_datablocks"
}

func (d *sessionDataBlocks) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The data blocks of a session: its input and its results.\n\n" +
			"The content is personal data, and a data source stores what it reads in state. With Terraform 1.10 or OpenTofu 1.11 and later, " +
			"use the ephemeral resource of the same name, which stores nothing.",
		Attributes: map[string]schema.Attribute{
			"session_id":  requiredID(apiread.SessionIDDescription),
			"environment": environmentAttribute(),
			"types":       choice(apiread.BlockTypesDescription),
			"data_blocks": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: apiread.DataBlocksDescription,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":         computed(apiread.BlockIDDescription),
					"type":       computed(apiread.BlockTypeDescription),
					"step":       computed(apiread.BlockStepDescription),
					"created_at": computed(apiread.BlockCreatedAtDescription),
					"status":     computed(apiread.BlockStatusDescription),
					"content_json": schema.StringAttribute{
						Computed: true, Sensitive: true,
						MarkdownDescription: apiread.BlockContentJSONDescription,
					},
				}},
			},
		},
	}
}

func (d *sessionDataBlocks) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model apiread.DataBlocksModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	model.Read(ctx, d.data, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
	}
}
