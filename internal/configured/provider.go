// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package configured is the configured provider as it is passed to resources,
// data sources, ephemeral resources and actions: the API client, the cache of flow
// documents, and the policies of the provider block.
package configured

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/servicetext"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

// The values of input_validation.
const (
	ValidationRequired = "required" // as strict, and input that could not be validated is an error
	ValidationStrict   = "strict"
	ValidationWarn     = "warn"
	ValidationOff      = "off"
)

// Validations lists the values of input_validation, for validators and
// descriptions.
var Validations = []string{ValidationRequired, ValidationStrict, ValidationWarn, ValidationOff}

// Provider is what the provider's Configure passes to the Configure of every
// resource, data source, ephemeral resource and action.
type Provider struct {
	// Client is nil while a setting that it needs is unknown, which Terraform
	// allows in a plan.
	Client    *client.Client
	Documents *DocumentCache

	// Environment is the provider's default; null where none is set.
	Environment types.String

	// AllowedEnvironments is nil where every environment is allowed.
	AllowedEnvironments []string

	InputValidation string

	// DeepPaths is whether the CLI shows the line of a key when a
	// diagnostic's path steps into a dynamic value.
	DeepPaths bool

	// ServiceText decides which parts of the service's messages are shown.
	ServiceText servicetext.Policy

	flows flowLists

	// Creates records the sessions of this run.
	Creates Creates

	// Handover holds the sessions whose wait is not over.
	Handover Handover

	// Spacing keeps apart the creates that fail.
	Spacing Spacing

	// Now is the clock by which sessions expire.
	Now func() time.Time

	// Sleep waits between two polls, or until the context ends.
	Sleep func(ctx context.Context, d time.Duration) error
}

// Sleep waits for d, or until ctx ends, whose error it then returns.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// From returns the data that Terraform passed to a Configure method. It is nil
// before the provider itself is configured, as in validation.
func From(providerData any, diags *diag.Diagnostics) *Provider {
	if providerData == nil {
		return nil
	}
	data, ok := providerData.(*Provider)
	if !ok {
		diags.AddError("Provider not configured",
			"The provider passed settings of an unexpected type. This is a bug in the provider. Report it to the provider's developers.")
		return nil
	}
	return data
}

// RequireClient reports an error where the client can't be built yet.
func (d *Provider) RequireClient(diags *diag.Diagnostics) bool {
	if d != nil && d.Client != nil {
		return true
	}
	diags.AddError("Provider settings unknown",
		"A setting of the idnow provider, its address or its credentials, is unknown until apply, and this step must call the service now. "+
			"Apply the dependencies of the setting first, for example with -target, or set it with an environment variable.")
	return false
}

// ResolveEnvironment returns the environment for something that names
// configured itself, or the provider's default. The result is unknown while
// either is. An environment that is missing or not allowed is an error.
func (d *Provider) ResolveEnvironment(configured types.String, diags *diag.Diagnostics) types.String {
	environment := configured
	if environment.IsNull() {
		environment = d.Environment
	}
	switch {
	case environment.IsUnknown():
	case environment.IsNull():
		diags.AddAttributeError(path.Root("environment"), "Missing environment",
			`No environment is configured. Set "environment" here or in the provider block, or set the variable IDNOW_ENVIRONMENT.`)
	case !d.Allows(environment.ValueString()):
		diags.AddAttributeError(path.Root("environment"), "Environment not allowed",
			fmt.Sprintf("The environment %s is not one of the provider's allowed_environments: %s. "+
				"No request was sent to it. Set one of those, or extend allowed_environments.",
				terminal.Quote(environment.ValueString()), QuoteList(d.AllowedEnvironments)))
	}
	return environment
}

// Allows reports whether requests to an environment may be sent.
func (d *Provider) Allows(environment string) bool {
	return d.AllowedEnvironments == nil || slices.Contains(d.AllowedEnvironments, environment)
}

// deepPathsSince is the first Terraform version that resolves a diagnostic's
// path inside a dynamic value to its line. Earlier ones, and OpenTofu 1.12,
// show for such a path the first line of the resource.
var deepPathsSince = version.Must(version.NewVersion("1.15.0-alpha"))

// ShowsDeepPaths reports whether the CLI of that version shows the line of a key
// inside a dynamic value.
func ShowsDeepPaths(terraformVersion string) bool {
	v, err := version.NewVersion(terraformVersion)
	return err == nil && v.GreaterThanOrEqual(deepPathsSince)
}

// QuoteList writes names as "a", "b", "c".
func QuoteList(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = terminal.Quote(name)
	}
	return strings.Join(quoted, ", ")
}
