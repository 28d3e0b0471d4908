// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package server serves the provider over the plugin protocol.
//
// It is the framework's server with one change. The framework keeps a cancel
// function for every call until the process ends (registerContext in its
// package proto6server; no issue of it is open), and with it the call's context,
// whose loggers and streams take some 50 to 100 KB. Here a call's context holds
// nothing once the call has returned.
package server

import (
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
)

// address is where a registry has the provider.
const address = "registry.terraform.io/idnow/idnow"

// Serve serves a CLI until the CLI ends it. With attach it waits for a debugger and
// prints how a CLI reaches this process.
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

// complete lists all interfaces of the framework's server. The optional ones are
// found by type assertions, so they must be implemented here too.
type complete interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// server releases each call's context once the call has returned.
type server struct{ complete }
