// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Command terraform-provider-shape is the least that a session of
// idnow_session's own shape can cost: its attributes and its sensitive marks,
// stored by a provider that sends nothing and validates nothing. Its difference
// from the floor is the cost of the attributes; the difference of idnow_session
// from it is the cost of its code and of the service's responses.
package main

import (
	"context"
	"log"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/idnow/terraform-provider-idnow/internal/resources"
)

func main() {
	err := providerserver.Serve(context.Background(), func() provider.Provider { return shape{} },
		providerserver.ServeOpts{Address: "registry.terraform.io/bench/shape"})
	if err != nil {
		log.Fatal(err)
	}
}

type shape struct{}

func (shape) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "shape"
}

func (shape) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (shape) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (shape) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (shape) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return session{resources.NewSession()} }}
}

// session has the schema of the resource that it holds and nothing else of it.
type session struct{ resource.Resource }

func (session) Create(_ context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	created, err := tftypes.Transform(req.Plan.Raw, computed)
	if err != nil {
		resp.Diagnostics.AddError("No state", err.Error())
	}
	resp.State.Raw = created
}

// computed sets each unknown attribute to what the service would return.
func computed(at *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
	if v.IsKnown() || len(at.Steps()) != 1 {
		return v, nil
	}
	return tftypes.NewValue(v.Type(), map[tftypes.AttributePathStep]any{
		tftypes.AttributeName("id"):             uuid.NewString(),
		tftypes.AttributeName("player_url"):     "http://127.0.0.1:33893/player?token=32JC345BIQZVNVPLFFJGJRWDHK5M4JA4G33ABAI7N7AORL535UBQ",
		tftypes.AttributeName("session_status"): "CREATED",
		tftypes.AttributeName("flow_version"):   2,
		tftypes.AttributeName("created_at"):     "2026-01-01T00:00:00.000Z",
		tftypes.AttributeName("expires_at"):     "2026-01-02T00:00:00.000Z",
	}[at.LastStep()]), nil
}

func (session) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (session) Update(_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (session) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
