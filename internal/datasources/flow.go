// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package datasources

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/diagnostic"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

var (
	_ datasource.DataSourceWithConfigure        = (*flow)(nil)
	_ datasource.DataSourceWithConfigValidators = (*flow)(nil)
)

// NewFlow returns the data source idnow_flow.
func NewFlow() datasource.DataSource { return &flow{} }

type flow struct{ source }

func (d *flow) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_flow"
}

func (d *flow) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := flowAttributes()
	attributes["environment"] = environmentAttribute()
	attributes["flow_id"] = schema.StringAttribute{
		Optional:            true,
		Computed:            true,
		MarkdownDescription: "The flow's ID. Exactly one of `flow_id` and `name` must be set.",
		Validators:          apiread.PathElement(),
	}
	attributes["name"] = schema.StringAttribute{
		Optional: true,
		Computed: true,
		MarkdownDescription: "The flow's exact name. It is an error if several flows have the name. " +
			"Exactly one of `name` and `flow_id` must be set.",
		Validators: notEmpty(),
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "One flow that is published to an environment, found by its name or its ID.",
		Attributes:          attributes,
	}
}

func (d *flow) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot("name"), path.MatchRoot("flow_id"))}
}

func (d *flow) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model flowModel
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
	by := searchOf(&model)
	found := by.among(published)
	if len(found) != 1 {
		summary, detail := by.explain(found, published, environment)
		resp.Diagnostics.AddAttributeError(path.Root(by.attribute), summary, detail)
		return
	}
	model = newFlow(found[0], model.Environment)
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

// flowSearch selects a flow by an attribute.
type flowSearch struct {
	attribute string // name or flow_id
	wanted    string
	of        func(client.Flow) string // the flow's value of the attribute
}

func searchOf(model *flowModel) flowSearch {
	if model.FlowID.IsNull() {
		return flowSearch{"name", model.Name.ValueString(), func(f client.Flow) string { return f.Name }}
	}
	return flowSearch{"flow_id", model.FlowID.ValueString(), func(f client.Flow) string { return f.ID }}
}

func (s flowSearch) among(published []client.Flow) []client.Flow {
	var found []client.Flow
	for _, flow := range published {
		if s.of(flow) == s.wanted {
			found = append(found, flow)
		}
	}
	return found
}

// explain words a search that does not find exactly one flow.
func (s flowSearch) explain(found, published []client.Flow, environment string) (summary, detail string) {
	switch {
	case len(found) > 1:
		return "Flow not unique", fmt.Sprintf("%d flows in the environment %s have the %s %s:%s\n\nSelect one of them by flow_id.",
			len(found), terminal.Quote(environment), s.attribute, terminal.Quote(s.wanted), diagnostic.ListFlows(found))
	case len(published) == 0:
		return "Flow not found", fmt.Sprintf("No flow is published to the environment %s. Publish one in the dashboard, or check the environment.", terminal.Quote(environment))
	}
	return "Flow not found", fmt.Sprintf("No flow in the environment %s has the %s %s. The nearest flows that are published there:%s",
		terminal.Quote(environment), s.attribute, terminal.Quote(s.wanted), diagnostic.ListFlows(diagnostic.NearestFlows(published, s.wanted)))
}
