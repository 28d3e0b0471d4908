// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package apiread reads flows, sessions, data blocks and files for data sources,
// ephemeral resources, actions and the list resource: it resolves the environment,
// selects and sorts sessions, and converts responses to attributes.
//
// The framework has a separate schema package for each of the four, so their schemas
// are in their own packages. The descriptions and validators of shared attributes are
// here.
package apiread

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/configured"
	"github.com/idnow/terraform-provider-idnow/internal/diagnostic"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

// EnvironmentDescription describes the attribute that Environment resolves.
const EnvironmentDescription = "The logical environment, such as `staging` or `live`. Default: the provider's `environment`."

// Environment returns the environment to read in: the configured one, or the
// provider's. It reports false, with an error in diags, where there is none, it
// is not allowed, or the provider's settings are unknown; then nothing may be
// sent.
func Environment(data *configured.Provider, configured types.String, diags *diag.Diagnostics) (types.String, bool) {
	if !data.RequireClient(diags) {
		return configured, false
	}
	environment := data.ResolveEnvironment(configured, diags)
	if environment.IsUnknown() {
		diags.AddAttributeError(path.Root("environment"), "Environment unknown",
			`The provider's environment is unknown until apply, and this step must call the service now. `+
				`Set "environment" here, or apply its dependencies first, for example with -target.`)
	}
	return environment, !diags.HasError()
}

// readTimeout bounds a whole read, with all its pages and retries: there is no
// timeouts attribute for reads, and a service that responds slowly, or asks for
// long waits, would hold up a plan for hours. A list of
// a hundred thousand sessions needs a few minutes. Tests shorten it.
var readTimeout = 10 * time.Minute

// Within returns ctx with the timeout of a read, which Error explains.
func Within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, readTimeout)
}

// Error returns a diagnostic's summary and detail for a read that failed.
func Error(data *configured.Provider, err error, doing string) (summary, detail string) {
	d := diagnostic.Call{Doing: doing, Policy: data.ServiceText}.Explain(err)
	if errors.Is(err, context.DeadlineExceeded) {
		d.Advice = fmt.Sprintf("A read may take %g minutes in all. Try again when the service responds faster.", readTimeout.Minutes())
	}
	return d.Summary, d.Detail()
}

// FlowNotPublished returns a diagnostic's summary and detail for a flow that the
// service does not find, with the flows that are published.
func FlowNotPublished(ctx context.Context, data *configured.Provider, flowID, environment string) (summary, detail string) {
	return diagnostic.FlowNotPublished(flowID, environment, data.PublishedFlows(ctx, environment))
}

// Text is an attribute's value for a string of a response: null if it is empty.
// The CLI prints it as it is, so it keeps no control characters.
func Text(served string) types.String {
	if served == "" {
		return types.StringNull()
	}
	return types.StringValue(terminal.Printable(served))
}

// Integer is an attribute's value for a version, which responses contain as a
// number: null for anything else.
func Integer(served client.Number) types.Int64 {
	n, ok := served.Integer()
	if !ok {
		return types.Int64Null()
	}
	return types.Int64Value(n)
}

// JSON is an attribute's value for JSON of a response: its own text without
// insignificant space, so that numbers and key order are preserved; null if
// there is none.
func JSON(served json.RawMessage) types.String {
	var compact bytes.Buffer
	if len(served) == 0 || json.Compact(&compact, served) != nil {
		return types.StringNull()
	}
	return types.StringValue(compact.String())
}
