// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package ephemeral

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/lookup"
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
				MarkdownDescription: lookup.SessionIDDescription,
				Validators:          lookup.PathElement(),
			},
			"environment": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: lookup.EnvironmentDescription,
				Validators:          lookup.PathElement(),
			},
			"types": schema.SetAttribute{
				Optional:            true,
				ElementType:         types.StringType,
				MarkdownDescription: lookup.BlockTypesDescription,
				Validators:          lookup.Choice(),
			},
			"data_blocks": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: lookup.DataBlocksDescription,
				NestedObject:        schema.NestedAttributeObject{Attributes: dataBlockAttributes()},
			},
		},
	}
}

func dataBlockAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":         computed(lookup.BlockIDDescription),
		"type":       computed(lookup.BlockTypeDescription),
		"step":       computed(lookup.BlockStepDescription),
		"created_at": computed(lookup.BlockCreatedAtDescription),
		"status":     computed(lookup.BlockStatusDescription),
		"content_json": schema.StringAttribute{
			Computed: true, Sensitive: true,
			MarkdownDescription: lookup.BlockContentJSONDescription,
		},
	}
}

// computed is a string from the service.
func computed(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

func (e *sessionDataBlocks) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var model lookup.DataBlocksModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	model.Read(ctx, e.data, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.Result.Set(ctx, &model)...)
	}
}
