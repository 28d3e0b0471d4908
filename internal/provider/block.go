// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/configured"
	"github.com/idnow/terraform-provider-idnow/internal/settings"
)

// resolved is the provider block once configuration and environment are merged.
type resolved struct {
	settings.Settings

	environment         types.String
	allowedEnvironments []string
	inputValidation     string
}

// resolveBlock merges configuration and environment variables and checks each
// setting. What is wrong is reported once for each setting.
func resolveBlock(ctx context.Context, model providerModel, diags *diag.Diagnostics) resolved {
	source := model.source()
	r, problems := read(source)
	report(problems, diags)
	r.resolveAllowedEnvironments(ctx, model.AllowedEnvironments, diags)
	return r
}

// read reads the settings that have a variable each.
func read(source settings.Source) (resolved, []settings.Problem) {
	var r resolved
	var problems []settings.Problem
	r.Settings, problems = settings.Resolve(source)

	environment := source.Lookup("environment")
	r.environment = toTerraform(environment.Value)
	if environment.State == settings.Set {
		if err := client.CheckElement("environment", environment.Text); err != nil {
			problems = append(problems, environment.Invalid("is not usable: "+err.Error()))
		}
	}

	mode := source.Lookup("input_validation")
	switch {
	case mode.State == settings.Omitted:
		r.inputValidation = configured.ValidationStrict
	case mode.State == settings.Unknown: // problems may turn out to be wanted
		r.inputValidation = configured.ValidationWarn
	case slices.Contains(configured.Validations, mode.Text):
		r.inputValidation = mode.Text
	default:
		problems = append(problems, mode.Invalid("must be one of "+configured.QuoteList(configured.Validations)))
	}
	return r, problems
}

// malformed returns the problems of the arguments themselves, which no variable
// and no later value can set right.
func malformed(model providerModel) []settings.Problem {
	source := model.source()
	source.Getenv = func(string) string { return "" }
	if allow := "allow_insecure_http"; source.Configured[allow].State == settings.Omitted {
		source.Configured[allow] = settings.Value{State: settings.Unknown} // a variable may allow it
	}
	_, problems := read(source)
	return slices.DeleteFunc(problems, func(f settings.Problem) bool {
		return source.Configured[f.Argument].State != settings.Set
	})
}

// source are the block's arguments, with the variables behind them.
func (m providerModel) source() settings.Source {
	configured := map[string]settings.Value{}
	for argument, v := range map[string]types.String{
		"platform": m.Platform, "region": m.Region, "api_url": m.APIURL, "auth_url": m.AuthURL,
		"api_key": m.APIKey, "client_id": m.ClientID, "client_secret": m.ClientSecret,
		"environment": m.Environment, "input_validation": m.InputValidation, "request_timeout": m.RequestTimeout,
	} {
		configured[argument] = fromTerraform(v, v.ValueString())
	}
	retries := ""
	if n := m.MaxRetries.ValueBigFloat(); n != nil {
		retries = n.Text('f', -1)
	}
	configured["max_retries"] = fromTerraform(m.MaxRetries, retries)
	configured["allow_insecure_http"] = fromTerraform(m.AllowInsecureHTTP, strconv.FormatBool(m.AllowInsecureHTTP.ValueBool()))
	configured["show_service_messages"] = fromTerraform(m.ShowServiceMessages, strconv.FormatBool(m.ShowServiceMessages.ValueBool()))
	return settings.Source{Configured: configured, Getenv: os.Getenv, Name: nameOf}
}

// nameOf names both ways to set something, since the reader may have used either.
func nameOf(argument string) string {
	return strconv.Quote(argument) + " (variable " + settings.Variable(argument) + ")"
}

func fromTerraform(v attr.Value, text string) settings.Value {
	switch {
	case v.IsNull():
		return settings.Value{}
	case v.IsUnknown():
		return settings.Value{State: settings.Unknown}
	}
	return settings.Value{State: settings.Set, Text: text}
}

func toTerraform(v settings.Value) types.String {
	switch v.State {
	case settings.Unknown:
		return types.StringUnknown()
	case settings.Set:
		return types.StringValue(v.Text)
	case settings.Omitted:
	}
	return types.StringNull()
}

func report(problems []settings.Problem, diags *diag.Diagnostics) {
	for _, f := range problems {
		if f.Argument == "" {
			diags.AddError(f.Summary, f.Detail)
			continue
		}
		diags.AddAttributeError(path.Root(f.Argument), f.Summary, f.Detail)
	}
}

func (r *resolved) resolveAllowedEnvironments(ctx context.Context, allowed types.Set, diags *diag.Diagnostics) {
	if allowed.IsNull() {
		return
	}
	if allowed.IsUnknown() {
		// Until the list is known nothing may be sent: it is there to stop a
		// request to the wrong environment.
		r.Known = false
		return
	}
	var names []types.String
	diags.Append(allowed.ElementsAs(ctx, &names, false)...)
	r.allowedEnvironments = []string{}
	for _, name := range names {
		if name.IsUnknown() {
			r.Known = false
			r.allowedEnvironments = nil
			return
		}
		r.allowedEnvironments = append(r.allowedEnvironments, name.ValueString())
	}
	slices.Sort(r.allowedEnvironments)
}

func (r resolved) clientConfig(userAgent string) client.Config {
	config := r.Config(userAgent)
	config.Observe = logExchange
	return config
}

// logExchange writes one line for each HTTP attempt. The client passes it method,
// path, status and duration: headers, queries and bodies contain secrets and
// personal data, and never reach it.
func logExchange(ctx context.Context, e client.Exchange) {
	tflog.Debug(ctx, "API request", map[string]any{
		"method":      e.Method,
		"path":        e.Path,
		"attempt":     e.Attempt,
		"status":      e.Status,
		"duration_ms": e.Duration.Milliseconds(),
		"outcome":     e.Outcome,
	})
}

func oneOf(values []string) string { return "`" + strings.Join(values, "` or `") + "`" }
