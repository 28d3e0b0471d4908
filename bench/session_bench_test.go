// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/provider"
	"github.com/idnow/terraform-provider-idnow/internal/server"
)

const resourceType = "idnow_session"

// BenchmarkSession measures what each of Terraform's calls about a session costs
// the provider, against the emulator but without a CLI. Its allocations
// are steady enough to compare two versions of the provider by, also on a
// machine that does other things.
func BenchmarkSession(b *testing.B) {
	for _, logger := range []string{"TF_LOG_PROVIDER", "TF_LOG_SDK"} { // as the provider's own main does
		b.Setenv(logger, "OFF")
	}
	w := newWire(b)
	create := &tfprotov6.PlanResourceChangeRequest{TypeName: resourceType, Config: w.config, PriorState: w.none, ProposedNewState: w.config}
	apply := &tfprotov6.ApplyResourceChangeRequest{
		TypeName: resourceType, Config: w.config, PriorState: w.none, PlannedState: w.plan(b, create).PlannedState,
	}
	created := w.apply(b, apply)
	read := &tfprotov6.ReadResourceRequest{TypeName: resourceType, CurrentState: created.NewState, CurrentIdentity: created.NewIdentity}
	current := w.read(b, read)
	read.CurrentState = current.NewState // so that later reads find nothing new
	unchanged := &tfprotov6.PlanResourceChangeRequest{
		TypeName: resourceType, Config: w.config,
		PriorState: current.NewState, PriorIdentity: current.NewIdentity, ProposedNewState: current.NewState,
	}

	run := func(name string, call func(b *testing.B)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				call(b)
			}
		})
	}
	run("validate", w.validate)
	run("plan to create", func(b *testing.B) { w.plan(b, create) })
	run("create", func(b *testing.B) { w.apply(b, apply) })
	run("read", func(b *testing.B) { w.read(b, read) })
	run("plan without a change", func(b *testing.B) { w.plan(b, unchanged) })
}

// wire is a configured provider as a CLI sees it, and one session's
// configuration.
type wire struct {
	server tfprotov6.ProviderServer
	none   *tfprotov6.DynamicValue // no session
	config *tfprotov6.DynamicValue
}

func newWire(b *testing.B) *wire {
	b.Helper()
	service := emulatortest.NewServer(b, emulator.Options{})
	w := &wire{server: server.New(provider.New("bench")())}
	schema, err := w.server.GetProviderSchema(b.Context(), &tfprotov6.GetProviderSchemaRequest{})
	require(b, err, schema.Diagnostics)
	configured, err := w.server.ConfigureProvider(b.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.11.4",
		Config: encode(b, complete(schema.Provider.ValueType(), map[string]tftypes.Value{
			"api_url": text(service.URL), "api_key": text(emulator.DefaultAPIKey),
		})),
	})
	require(b, err, configured.Diagnostics)
	session := schema.ResourceSchemas[resourceType].ValueType()
	w.none = encode(b, tftypes.NewValue(session, nil))
	w.config = encode(b, complete(session, map[string]tftypes.Value{
		"flow_id":      text(flow),
		"environment":  text("staging"),
		"input":        object(map[string]tftypes.Value{"basicIdentity": texts("givenName", "Max", "familyName", "Schmidt", "birthDate", "1985-08-22")}),
		"metadata":     texts("subjectId", "customer-123", "locale", "en"),
		"redirect_url": text("https://example.com/verification"),
		"state":        text("csrf-token"),
	}))
	return w
}

func (w *wire) validate(b *testing.B) {
	b.Helper()
	resp, err := w.server.ValidateResourceConfig(b.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: resourceType, Config: w.config})
	require(b, err, resp.Diagnostics)
}

func (w *wire) plan(b *testing.B, req *tfprotov6.PlanResourceChangeRequest) *tfprotov6.PlanResourceChangeResponse {
	b.Helper()
	resp, err := w.server.PlanResourceChange(b.Context(), req)
	require(b, err, resp.Diagnostics)
	return resp
}

func (w *wire) apply(b *testing.B, req *tfprotov6.ApplyResourceChangeRequest) *tfprotov6.ApplyResourceChangeResponse {
	b.Helper()
	resp, err := w.server.ApplyResourceChange(b.Context(), req)
	require(b, err, resp.Diagnostics)
	return resp
}

func (w *wire) read(b *testing.B, req *tfprotov6.ReadResourceRequest) *tfprotov6.ReadResourceResponse {
	b.Helper()
	resp, err := w.server.ReadResource(b.Context(), req)
	require(b, err, resp.Diagnostics)
	return resp
}

func require(b *testing.B, err error, diags []*tfprotov6.Diagnostic) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
	for _, d := range diags {
		b.Fatalf("%s: %s", d.Summary, d.Detail)
	}
}

// complete is a value of an object type, with null for what values omits.
func complete(of tftypes.Type, values map[string]tftypes.Value) tftypes.Value {
	all := map[string]tftypes.Value{}
	for name, t := range of.(tftypes.Object).AttributeTypes {
		all[name] = tftypes.NewValue(t, nil)
		if v, ok := values[name]; ok {
			all[name] = v
		}
	}
	return tftypes.NewValue(of, all)
}

func encode(b *testing.B, v tftypes.Value) *tfprotov6.DynamicValue {
	b.Helper()
	encoded, err := tfprotov6.NewDynamicValue(v.Type(), v)
	if err != nil {
		b.Fatal(err)
	}
	return &encoded
}

func text(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

func object(of map[string]tftypes.Value) tftypes.Value {
	types := map[string]tftypes.Type{}
	for name, v := range of {
		types[name] = v.Type()
	}
	return tftypes.NewValue(tftypes.Object{AttributeTypes: types}, of)
}

// texts is an object of strings, by names and values in turn.
func texts(pairs ...string) tftypes.Value {
	of := map[string]tftypes.Value{}
	for i := 0; i < len(pairs); i += 2 {
		of[pairs[i]] = text(pairs[i+1])
	}
	return object(of)
}
