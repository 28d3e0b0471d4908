// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package datasources

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

var _ datasource.DataSourceWithConfigure = (*flows)(nil)

// NewFlows returns the data source idnow_flows.
func NewFlows() datasource.DataSource { return &flows{} }

type flows struct{ source }

type flowsModel struct {
	Environment types.String `tfsdk:"environment"`
	Flows       []flowModel  `tfsdk:"flows"`
}

// flowModel is one flow, as idnow_flow and as an element of idnow_flows.
type flowModel struct {
	FlowID      types.String `tfsdk:"flow_id"`
	Name        types.String `tfsdk:"name"`
	Description types.String `tfsdk:"description"`
	Version     types.String `tfsdk:"version"`
	Environment types.String `tfsdk:"environment"`
}

func (d *flows) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_flows"
}

func (d *flows) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "All flows that are published to an environment.",
		Attributes: map[string]schema.Attribute{
			"environment": environmentAttribute(),
			"flows": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The flows, in the service's order.",
				NestedObject:        schema.NestedAttributeObject{Attributes: flowAttributes()},
			},
		},
	}
}

// flowAttributes are those of one flow, all from the service.
func flowAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"flow_id":     computed("The flow's ID, for `flow_id` of `idnow_session`."),
		"name":        computed("The flow's name."),
		"description": computed("The flow's description; null if it has none."),
		"version":     computed("The published version; null if the service does not return one."),
		"environment": computed("The environment that the flow is published to."),
	}
}

func (d *flows) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model flowsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	var ok bool
	if model.Environment, ok = apiread.Environment(d.data, model.Environment, &resp.Diagnostics); !ok {
		return
	}
	environment := model.Environment.ValueString()
	ctx, cancel := apiread.Within(ctx)
	defer cancel()
	published, err := d.data.Client.ListFlows(ctx, environment)
	if err != nil {
		resp.Diagnostics.AddError(apiread.Error(d.data, err, listFlows(environment)))
		return
	}
	model.Flows = []flowModel{}
	for _, flow := range published {
		model.Flows = append(model.Flows, newFlow(flow, model.Environment))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

// listFlows describes the call, for apiread.Error.
func listFlows(environment string) string {
	return "list the flows of the environment " + terminal.Quote(environment)
}

// newFlow takes the environment of the request: a flow that is listed there is
// published there, whether or not the response contains it.
func newFlow(flow client.Flow, environment types.String) flowModel {
	return flowModel{
		FlowID:      apiread.Text(flow.ID),
		Name:        apiread.Text(flow.Name),
		Description: apiread.Text(flow.Description),
		Version:     apiread.Text(string(flow.Version)),
		Environment: environment,
	}
}
