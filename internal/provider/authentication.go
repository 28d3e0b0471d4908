// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// authMethod is one of the two ways to authenticate.
type authMethod int

const (
	methodNone authMethod = iota
	methodAPIKey
	methodClientCredentials
)

// authentication is the way that was chosen, with its settings.
type authentication struct {
	method                         authMethod
	apiKey, clientID, clientSecret setting
}

func (a authentication) unknown() bool {
	switch a.method {
	case methodAPIKey:
		return a.apiKey.value.IsUnknown()
	case methodClientCredentials:
		return a.clientID.value.IsUnknown() || a.clientSecret.value.IsUnknown()
	case methodNone:
	}
	return true
}

const howToAuthenticate = `Set "api_key" (variable IDNOW_API_KEY) to a ready token, or "client_id" and "client_secret" ` +
	`(variables IDNOW_CLIENT_ID and IDNOW_CLIENT_SECRET) to the API client's credentials.`

// resolveAuthentication finds the one way to authenticate. What configuration
// sets chooses the way, and variables of the other way are then irrelevant: a
// runner with leftover variables must not break an explicit configuration.
// Within the chosen way a variable may still fill in, so that a client_id in
// the configuration goes with a secret from the environment.
func resolveAuthentication(model providerModel, diags *diag.Diagnostics) authentication {
	inConfiguration := authentication{
		apiKey:       setting{value: model.APIKey},
		clientID:     setting{value: model.ClientID},
		clientSecret: setting{value: model.ClientSecret},
	}
	merged := authentication{
		apiKey:       fromEnvironment("api_key", model.APIKey),
		clientID:     fromEnvironment("client_id", model.ClientID),
		clientSecret: fromEnvironment("client_secret", model.ClientSecret),
	}

	method, doubled := inConfiguration.choose()
	if method == methodNone && !doubled {
		method, doubled = merged.choose()
	}
	merged.method = method
	switch {
	case doubled:
		diags.AddError("Two ways to authenticate",
			"Both a ready token and client credentials are given; exactly one of them may be. "+howToAuthenticate)
	case method == methodNone:
		diags.AddError("Missing credentials", "No way to authenticate is given. "+howToAuthenticate)
	case method == methodAPIKey:
		merged.apiKey.checkHeaderValue(diags)
	default:
		merged.checkClientCredentials(diags)
	}
	return merged
}

// choose tells which way a's settings mean, and whether they mean both.
func (a authentication) choose() (method authMethod, doubled bool) {
	byKey := a.apiKey.isSet()
	byClient := a.clientID.isSet() || a.clientSecret.isSet()
	switch {
	case byKey && byClient:
		return methodNone, true
	case byKey:
		return methodAPIKey, false
	case byClient:
		return methodClientCredentials, false
	}
	return methodNone, false
}

func (a authentication) checkClientCredentials(diags *diag.Diagnostics) {
	for _, pair := range [][2]setting{{a.clientID, a.clientSecret}, {a.clientSecret, a.clientID}} {
		s, other := pair[0], pair[1]
		switch {
		case !s.isSet():
			diags.AddAttributeError(path.Root(s.argument), "Missing "+s.argument,
				fmt.Sprintf("%q is given without %q. Set it too, or the variable %s.", other.argument, s.argument, s.variable))
		case s.value.Equal(types.StringValue("")):
			s.invalid(diags, "The value is empty")
		}
	}
}

// checkHeaderValue refuses what can't be a bearer token: most often a line end
// that came along from a file.
func (s setting) checkHeaderValue(diags *diag.Diagnostics) {
	if s.value.IsUnknown() {
		return
	}
	token := s.value.ValueString()
	switch {
	case token == "":
		s.invalid(diags, "The value is empty")
	case strings.IndexFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0:
		s.invalid(diags, "The value has a space, a line end or another character that no token has; "+
			"if it was read from a file, trim it with chomp()")
	}
}
