// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/providerdata"
)

const (
	platformProduction = "production"
	platformSandbox    = "sandbox"

	defaultRegion         = "eu"
	defaultMaxRetries     = 4
	maxMaxRetries         = 100
	defaultRequestTimeout = 60 * time.Second
)

var (
	platforms = []string{platformProduction, platformSandbox}

	// topLevelDomains tells the platforms' hosts apart.
	topLevelDomains = map[string]string{platformProduction: "io", platformSandbox: "sx"}

	regionName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
)

// settings is the provider block once configuration and environment are merged.
type settings struct {
	// known is false while a setting that the client needs is unknown.
	known bool

	apiURL, authURL string
	credentials     client.Credentials
	maxRetries      int
	requestTimeout  time.Duration

	environment         types.String
	allowedEnvironments []string
	inputValidation     string
}

// setting is one argument with its variable.
type setting struct {
	argument string
	variable string
	value    types.String // null where neither is set
}

// fromEnvironment merges an argument with its variable. An empty variable
// counts as not set, as everywhere in the Terraform world.
func fromEnvironment(argument string, configured types.String) setting {
	s := setting{argument: argument, variable: "IDNOW_" + strings.ToUpper(argument), value: configured}
	if configured.IsNull() {
		if v := os.Getenv(s.variable); v != "" {
			s.value = types.StringValue(v)
		}
	}
	return s
}

func (s setting) isSet() bool { return !s.value.IsNull() }

// invalid reports s as malformed. The message names the argument and the
// variable, since the reader may have used either.
func (s setting) invalid(diags *diag.Diagnostics, reason string) {
	diags.AddAttributeError(path.Root(s.argument), "Invalid "+s.argument,
		fmt.Sprintf("%s (argument %q, or variable %s).", reason, s.argument, s.variable))
}

// resolve merges configuration and environment variables and checks each
// setting. What is wrong is reported once for each setting.
func resolve(ctx context.Context, model providerModel, diags *diag.Diagnostics) settings {
	s := settings{known: true, environment: fromEnvironment("environment", model.Environment).value}
	s.resolveAllowedEnvironments(ctx, model.AllowedEnvironments, diags)
	s.inputValidation = resolveInputValidation(model, diags)
	s.resolveLimits(model, diags)
	auth := resolveAuthentication(model, diags)
	s.resolveHosts(model, auth, diags)
	s.resolveCredentials(auth)
	return s
}

func (s *settings) resolveAllowedEnvironments(ctx context.Context, allowed types.Set, diags *diag.Diagnostics) {
	if allowed.IsNull() {
		return
	}
	if allowed.IsUnknown() {
		// Until the list is known nothing may be sent: it is there to stop a
		// request to the wrong environment.
		s.known = false
		return
	}
	var names []types.String
	diags.Append(allowed.ElementsAs(ctx, &names, false)...)
	s.allowedEnvironments = []string{}
	for _, name := range names {
		if name.IsUnknown() {
			s.known = false
			s.allowedEnvironments = nil
			return
		}
		s.allowedEnvironments = append(s.allowedEnvironments, name.ValueString())
	}
	slices.Sort(s.allowedEnvironments)
}

func resolveInputValidation(model providerModel, diags *diag.Diagnostics) string {
	mode := fromEnvironment("input_validation", model.InputValidation)
	switch {
	case !mode.isSet(), mode.value.IsUnknown():
		return providerdata.ValidationStrict
	case !slices.Contains(providerdata.Validations, mode.value.ValueString()):
		mode.invalid(diags, "The value must be one of "+providerdata.QuoteList(providerdata.Validations))
	}
	return mode.value.ValueString()
}

func (s *settings) resolveLimits(model providerModel, diags *diag.Diagnostics) {
	s.maxRetries = defaultMaxRetries
	switch {
	case model.MaxRetries.IsUnknown():
		s.known = false
	case !model.MaxRetries.IsNull():
		s.maxRetries = int(model.MaxRetries.ValueInt64())
	default:
		s.resolveMaxRetriesVariable(diags)
	}

	s.requestTimeout = defaultRequestTimeout
	timeout := fromEnvironment("request_timeout", model.RequestTimeout)
	if timeout.value.IsUnknown() {
		s.known = false
	} else if timeout.isSet() {
		d, err := time.ParseDuration(timeout.value.ValueString())
		if err != nil || d <= 0 {
			timeout.invalid(diags, `The value must be a duration above zero, such as "30s" or "2m"`)
		}
		s.requestTimeout = d
	}
}

func (s *settings) resolveMaxRetriesVariable(diags *diag.Diagnostics) {
	retries := fromEnvironment("max_retries", types.StringNull())
	if !retries.isSet() {
		return
	}
	n, err := strconv.Atoi(retries.value.ValueString())
	if err != nil || n < 0 || n > maxMaxRetries {
		retries.invalid(diags, fmt.Sprintf("The value must be a whole number from 0 to %d", maxMaxRetries))
	}
	s.maxRetries = n
}

// resolveHosts finds the two addresses. A secret is sent to a token service
// only if the person named that service or it belongs to the API's platform.
func (s *settings) resolveHosts(model providerModel, auth authentication, diags *diag.Diagnostics) {
	platform := fromEnvironment("platform", model.Platform)
	region := fromEnvironment("region", model.Region)
	api := fromEnvironment("api_url", model.APIURL)
	token := fromEnvironment("auth_url", model.AuthURL)

	for _, setting := range []setting{platform, region, api, token} {
		s.known = s.known && !setting.value.IsUnknown()
	}
	domain := platformDomain(platform, region, diags)
	s.apiURL = address(api, "https://api."+domain, diags)
	s.authURL = address(token, "https://auth."+domain, diags)
	if api.isSet() && !token.isSet() && auth.method == methodClientCredentials {
		diags.AddAttributeError(path.Root("auth_url"), "Missing auth_url",
			`Client credentials are used and "api_url" replaces the API's address, so the token service's address must be given too: `+
				`set "auth_url", or the variable IDNOW_AUTH_URL.`)
	}
}

func platformDomain(platform, region setting, diags *diag.Diagnostics) string {
	name := platformProduction
	if platform.isSet() && !platform.value.IsUnknown() {
		name = platform.value.ValueString()
		if !slices.Contains(platforms, name) {
			platform.invalid(diags, "The value must be one of "+providerdata.QuoteList(platforms)+
				`; a logical environment such as "staging" goes into "environment"`)
		}
	}
	where := defaultRegion
	if region.isSet() && !region.value.IsUnknown() {
		where = region.value.ValueString()
		if !regionName.MatchString(where) {
			region.invalid(diags, `The value must be a part of a host name, such as "eu"`)
		}
	}
	return fmt.Sprintf("%s.platform.idnow.%s", where, topLevelDomains[name])
}

func address(s setting, otherwise string, diags *diag.Diagnostics) string {
	if !s.isSet() || s.value.IsUnknown() {
		return otherwise
	}
	if err := client.CheckURL(s.value.ValueString()); err != nil {
		s.invalid(diags, "The address can't be used: "+err.Error())
	}
	return s.value.ValueString()
}

func (s *settings) resolveCredentials(auth authentication) {
	switch {
	case auth.unknown():
		s.known = false
	case auth.method == methodAPIKey:
		s.credentials = client.APIKey(auth.apiKey.value.ValueString())
	default:
		s.credentials = client.ClientCredentials{
			ID:     auth.clientID.value.ValueString(),
			Secret: auth.clientSecret.value.ValueString(),
		}
	}
}

func (s *settings) clientConfig(userAgent string) client.Config {
	return client.Config{
		APIURL:         s.apiURL,
		AuthURL:        s.authURL,
		Credentials:    s.credentials,
		UserAgent:      userAgent,
		RequestTimeout: s.requestTimeout,
		MaxRetries:     s.maxRetries,
		Observe:        logExchange,
	}
}

// logExchange writes one line for each HTTP attempt. The client tells it
// method, path, status and time: headers, queries and bodies carry secrets and
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
