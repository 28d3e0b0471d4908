// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package datasources

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
)

var _ datasource.DataSourceWithConfigure = (*sessions)(nil)

// NewSessions returns the data source idnow_sessions.
func NewSessions() datasource.DataSource { return &sessions{} }

type sessions struct{ source }

type sessionsModel struct {
	apiread.SessionsModel
	Limit    types.Int64    `tfsdk:"limit"`
	Sessions []sessionModel `tfsdk:"sessions"`
}

func (d *sessions) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_sessions"
}

func (d *sessions) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The sessions of a flow, newest first. Not every revision of the API has this list.",
		Attributes: map[string]schema.Attribute{
			"flow_id":     requiredID(apiread.FlowIDDescription),
			"environment": environmentAttribute(),
			"subject_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: apiread.SubjectIDDescription,
				Validators:          notEmpty(),
			},
			"statuses": choice(apiread.StatusesDescription),
			"created_after": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: apiread.CreatedAfterDescription,
				Validators:          []validator.String{apiread.Timestamp()},
			},
			"limit": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "Maximum number of sessions, newest first; at least 1. Omit it for all.",
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"sessions": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The sessions, newest first.",
				NestedObject:        schema.NestedAttributeObject{Attributes: sessionAttributes()},
			},
		},
	}
}

// choice is a set of strings of which one must match.
func choice(description string) schema.SetAttribute {
	return schema.SetAttribute{
		Optional:            true,
		ElementType:         types.StringType,
		MarkdownDescription: description,
		Validators:          apiread.Choice(),
	}
}

func (d *sessions) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model sessionsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	query, ok := model.Query(d.data, &resp.Diagnostics)
	if !ok {
		return
	}
	found, err := query.Newest(ctx, int(model.Limit.ValueInt64()))
	if err != nil {
		query.Report(ctx, err, &resp.Diagnostics)
		return
	}
	model.Sessions = []sessionModel{}
	for _, s := range found {
		model.Sessions = append(model.Sessions, newSession(&s, model.Environment))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}
