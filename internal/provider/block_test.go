// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"math/big"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/configured"
)

// resolveWith resolves a configuration under exactly these variables.
func resolveWith(t *testing.T, variables map[string]string, model providerModel) (resolved, diag.Diagnostics) {
	t.Helper()
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "IDNOW_") {
			t.Setenv(name, "")
		}
	}
	for name, v := range variables {
		t.Setenv(name, v)
	}
	if model.AllowedEnvironments.IsNull() {
		model.AllowedEnvironments = types.SetNull(types.StringType)
	}
	var diags diag.Diagnostics
	return resolveBlock(context.Background(), model, &diags), diags
}

func str(s string) types.String { return types.StringValue(s) }

func number(text string) types.Number {
	n, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
	if err != nil {
		panic(err)
	}
	return types.NumberValue(n)
}

func TestAuthentication(t *testing.T) {
	key := providerModel{APIKey: str("key")}
	pair := providerModel{ClientID: str("id"), ClientSecret: str("secret")}
	variables := map[string]string{"IDNOW_CLIENT_ID": "env-id", "IDNOW_CLIENT_SECRET": "env-secret"}
	envKey := map[string]string{"IDNOW_API_KEY": "env-key"}

	for name, test := range map[string]struct {
		variables map[string]string
		model     providerModel
		want      client.Credentials
		wantError []string // texts that the one error holds
	}{
		"key":                               {nil, key, client.Credentials{APIKey: "key"}, nil},
		"client":                            {nil, pair, client.Credentials{ClientID: "id", ClientSecret: "secret"}, nil},
		"key by variable":                   {envKey, providerModel{}, client.Credentials{APIKey: "env-key"}, nil},
		"client by variables":               {variables, providerModel{}, client.Credentials{ClientID: "env-id", ClientSecret: "env-secret"}, nil},
		"configured key beats variables":    {variables, key, client.Credentials{APIKey: "key"}, nil},
		"configured client beats variables": {envKey, pair, client.Credentials{ClientID: "id", ClientSecret: "secret"}, nil},
		"secret by variable":                {variables, providerModel{ClientID: str("id")}, client.Credentials{ClientID: "id", ClientSecret: "env-secret"}, nil},
		"configured client, variables of both": {
			map[string]string{"IDNOW_API_KEY": "x", "IDNOW_CLIENT_SECRET": "env-secret"}, providerModel{ClientID: str("id")},
			client.Credentials{ClientID: "id", ClientSecret: "env-secret"}, nil,
		},
		"none":              {nil, providerModel{}, client.Credentials{}, []string{"No credentials configured", "api_key", "IDNOW_API_KEY", "IDNOW_CLIENT_ID"}},
		"both configured":   {nil, providerModel{APIKey: str("k"), ClientID: str("i")}, client.Credentials{}, []string{"Conflicting credentials", "api_key", "client_id", "IDNOW_API_KEY"}},
		"both by variables": {map[string]string{"IDNOW_API_KEY": "k", "IDNOW_CLIENT_ID": "i"}, providerModel{}, client.Credentials{}, []string{"Conflicting credentials"}},
		"no secret":         {nil, providerModel{ClientID: str("id")}, client.Credentials{}, []string{"Missing client_secret", "IDNOW_CLIENT_SECRET"}},
		"no id":             {nil, providerModel{ClientSecret: str("s")}, client.Credentials{}, []string{"Missing client_id", "IDNOW_CLIENT_ID"}},
		"empty key":         {nil, providerModel{APIKey: str("")}, client.Credentials{}, []string{"api_key", "IDNOW_API_KEY", "empty"}},
		"key with line end": {nil, providerModel{APIKey: str("planted\n")}, client.Credentials{}, []string{"api_key", "IDNOW_API_KEY", "chomp"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, diags := resolveWith(t, test.variables, test.model)
			if test.wantError == nil {
				if diags.HasError() || got.Credentials != test.want {
					t.Fatalf("credentials differ from what is wanted; diagnostics: %v", diags)
				}
				return
			}
			requireOneError(t, diags, test.wantError...)
		})
	}
}

func requireOneError(t *testing.T, diags diag.Diagnostics, texts ...string) {
	t.Helper()
	if diags.ErrorsCount() != 1 {
		t.Fatalf("want one error, got %v", diags)
	}
	message := diags.Errors()[0].Summary() + "\n" + diags.Errors()[0].Detail()
	for _, text := range texts {
		if !strings.Contains(message, text) {
			t.Errorf("the error lacks %q:\n%s", text, message)
		}
	}
	if strings.Contains(message, "planted") {
		t.Errorf("the error quotes a secret:\n%s", message)
	}
}

func TestMalformedSettings(t *testing.T) {
	for name, test := range map[string]struct {
		variables map[string]string
		model     providerModel
		want      []string
	}{
		"platform":             {nil, providerModel{Platform: str("staging")}, []string{"platform", "IDNOW_PLATFORM", `"production", "sandbox"`, "environment"}},
		"platform by variable": {map[string]string{"IDNOW_PLATFORM": "x"}, providerModel{}, []string{"platform", "IDNOW_PLATFORM"}},
		"environment":          {map[string]string{"IDNOW_ENVIRONMENT": "../live"}, providerModel{}, []string{"environment", "IDNOW_ENVIRONMENT", "path step"}},
		"region":               {nil, providerModel{Region: str("e/u")}, []string{"region", "IDNOW_REGION"}},
		"api_url with http":    {nil, providerModel{APIURL: str("http://example.com")}, []string{"api_url", "IDNOW_API_URL"}},
		"api_url relative":     {nil, providerModel{APIURL: str("example.com")}, []string{"api_url", "IDNOW_API_URL"}},
		"auth_url with http":   {nil, providerModel{AuthURL: str("http://example.com")}, []string{"auth_url", "IDNOW_AUTH_URL"}},
		"input_validation":     {nil, providerModel{InputValidation: str("lax")}, []string{"input_validation", "IDNOW_INPUT_VALIDATION", `"required", "strict", "warn", "off"`}},
		"request_timeout":      {nil, providerModel{RequestTimeout: str("60")}, []string{"request_timeout", "IDNOW_REQUEST_TIMEOUT", "30s"}},
		"negative timeout":     {nil, providerModel{RequestTimeout: str("-1s")}, []string{"request_timeout"}},
		"max_retries":          {map[string]string{"IDNOW_MAX_RETRIES": "many"}, providerModel{}, []string{"max_retries", "IDNOW_MAX_RETRIES"}},
		"huge max_retries":     {map[string]string{"IDNOW_MAX_RETRIES": "1000"}, providerModel{}, []string{"max_retries", "100"}},
		"negative max_retries": {nil, providerModel{MaxRetries: number("-1")}, []string{"max_retries", "IDNOW_MAX_RETRIES", "from 0 to 100"}},
		"broken max_retries":   {nil, providerModel{MaxRetries: number("1.5")}, []string{"max_retries", "IDNOW_MAX_RETRIES", "whole number"}},
		"empty environment":    {nil, providerModel{Environment: str("")}, []string{"environment", "IDNOW_ENVIRONMENT", "empty"}},
	} {
		t.Run(name, func(t *testing.T) {
			test.model.APIKey = str("key")
			_, diags := resolveWith(t, test.variables, test.model)
			requireOneError(t, diags, test.want...)
		})
	}
}

func TestHosts(t *testing.T) {
	key := func(m providerModel) providerModel { m.APIKey = str("key"); return m }
	for name, test := range map[string]struct {
		variables map[string]string
		model     providerModel
		api, auth string
	}{
		"default":           {nil, key(providerModel{}), "https://api.eu.platform.idnow.io", "https://auth.eu.platform.idnow.io"},
		"sandbox":           {nil, key(providerModel{Platform: str("sandbox")}), "https://api.eu.platform.idnow.sx", "https://auth.eu.platform.idnow.sx"},
		"region":            {map[string]string{"IDNOW_REGION": "us"}, key(providerModel{}), "https://api.us.platform.idnow.io", "https://auth.us.platform.idnow.io"},
		"replaced":          {nil, key(providerModel{APIURL: str("https://proxy.example/idnow")}), "https://proxy.example/idnow", "https://auth.eu.platform.idnow.io"},
		"loopback":          {nil, key(providerModel{APIURL: str("http://127.0.0.1:8080")}), "http://127.0.0.1:8080", "https://auth.eu.platform.idnow.io"},
		"configured first":  {map[string]string{"IDNOW_PLATFORM": "sandbox"}, key(providerModel{Platform: str("production")}), "https://api.eu.platform.idnow.io", "https://auth.eu.platform.idnow.io"},
		"empty is not set":  {map[string]string{"IDNOW_REGION": ""}, key(providerModel{}), "https://api.eu.platform.idnow.io", "https://auth.eu.platform.idnow.io"},
		"auth by variables": {map[string]string{"IDNOW_AUTH_URL": "https://sso.example"}, key(providerModel{}), "https://api.eu.platform.idnow.io", "https://sso.example"},
	} {
		t.Run(name, func(t *testing.T) {
			got, diags := resolveWith(t, test.variables, test.model)
			if diags.HasError() || got.APIURL != test.api || got.AuthURL != test.auth {
				t.Errorf("got %s and %s (%v)", got.APIURL, got.AuthURL, diags)
			}
		})
	}
}

func TestAuthURLIsNeededWithAPIURL(t *testing.T) {
	_, diags := resolveWith(t, nil, providerModel{APIURL: str("https://proxy.example"), ClientID: str("id"), ClientSecret: str("secret")})
	requireOneError(t, diags, "auth_url", "IDNOW_AUTH_URL", "api_url")
}

func TestDefaults(t *testing.T) {
	got, diags := resolveWith(t, nil, providerModel{APIKey: str("key")})
	if diags.HasError() || !got.Known || got.MaxRetries != 4 || got.RequestTimeout != time.Minute ||
		got.inputValidation != configured.ValidationStrict || !got.environment.IsNull() || got.allowedEnvironments != nil {
		t.Errorf("defaults: %+v, %v", got, diags)
	}
}

func TestUnknownSettingsAreNoError(t *testing.T) {
	unknown := types.StringUnknown()
	set := types.SetValueMust(types.StringType, []attr.Value{unknown})
	for name, model := range map[string]providerModel{
		"api_key":              {APIKey: unknown},
		"client_secret":        {ClientID: str("id"), ClientSecret: unknown},
		"client_id alone":      {ClientID: unknown},
		"either way":           {APIKey: unknown, ClientID: unknown, ClientSecret: unknown},
		"key or client":        {APIKey: unknown, ClientID: str("id"), ClientSecret: str("secret")},
		"api_url":              {APIKey: str("k"), APIURL: unknown},
		"api_url of a client":  {ClientID: str("id"), ClientSecret: str("secret"), APIURL: unknown},
		"auth_url":             {ClientID: str("id"), ClientSecret: str("secret"), APIURL: str("https://proxy.example"), AuthURL: unknown},
		"platform":             {APIKey: str("k"), Platform: unknown},
		"request_timeout":      {APIKey: str("k"), RequestTimeout: unknown},
		"max_retries":          {APIKey: str("k"), MaxRetries: types.NumberUnknown()},
		"allowed_environments": {APIKey: str("k"), AllowedEnvironments: set},
	} {
		t.Run(name, func(t *testing.T) {
			got, diags := resolveWith(t, nil, model)
			if diags.HasError() {
				t.Fatalf("an error for a value that is not known yet: %v", diags)
			}
			if got.Known {
				t.Error("nothing may be sent before the setting is known")
			}
		})
	}
}

// While it is not known whether problems are errors, they must not be.
func TestUnknownInputValidationWarns(t *testing.T) {
	got, diags := resolveWith(t, nil, providerModel{APIKey: str("k"), InputValidation: types.StringUnknown()})
	if diags.HasError() || !got.Known || got.inputValidation != configured.ValidationWarn {
		t.Errorf("got %q, %v", got.inputValidation, diags)
	}
}

func TestUnknownDoesNotExcuseWhatIsWrongAnyhow(t *testing.T) {
	_, diags := resolveWith(t, nil, providerModel{APIKey: str("k"), ClientID: str("id"), ClientSecret: types.StringUnknown()})
	requireOneError(t, diags, "Conflicting credentials")
}

// A secret that is missing is the one thing to set right first.
func TestOneErrorForHalfAClient(t *testing.T) {
	_, diags := resolveWith(t, nil, providerModel{ClientID: str("id"), APIURL: str("https://proxy.example")})
	requireOneError(t, diags, "Missing client_secret")
}

// Each argument and each variable reaches what it is for, and no other.
func TestSettingsReachTheClient(t *testing.T) {
	everything := map[string]string{
		"IDNOW_API_URL": "https://api.example", "IDNOW_AUTH_URL": "https://auth.example", "IDNOW_CLIENT_ID": "id", "IDNOW_CLIENT_SECRET": "secret",
		"IDNOW_MAX_RETRIES": "7", "IDNOW_REQUEST_TIMEOUT": "9s", "IDNOW_ENVIRONMENT": "staging", "IDNOW_INPUT_VALIDATION": "warn",
	}
	configured := providerModel{
		APIURL: str("https://api.example"), AuthURL: str("https://auth.example"), ClientID: str("id"), ClientSecret: str("secret"),
		MaxRetries: number("7"), RequestTimeout: str("9s"), Environment: str("staging"), InputValidation: str("warn"),
	}
	others := map[string]string{
		"IDNOW_API_URL": "https://other.example", "IDNOW_AUTH_URL": "https://other.example", "IDNOW_CLIENT_ID": "other", "IDNOW_CLIENT_SECRET": "other",
		"IDNOW_MAX_RETRIES": "1", "IDNOW_REQUEST_TIMEOUT": "1s", "IDNOW_ENVIRONMENT": "other", "IDNOW_INPUT_VALIDATION": "off",
	}
	for name, test := range map[string]struct {
		variables map[string]string
		model     providerModel
	}{
		"variables": {everything, providerModel{}}, "configuration": {nil, configured}, "configuration first": {others, configured},
	} {
		t.Run(name, func(t *testing.T) {
			got, diags := resolveWith(t, test.variables, test.model)
			if diags.HasError() {
				t.Fatal(diags)
			}
			config := got.clientConfig("agent")
			config.Observe = nil
			want := client.Config{
				APIURL: "https://api.example", AuthURL: "https://auth.example", UserAgent: "agent",
				Credentials: client.Credentials{ClientID: "id", ClientSecret: "secret"}, MaxRetries: 7, RequestTimeout: 9 * time.Second,
			}
			if !reflect.DeepEqual(config, want) {
				t.Errorf("got %+v, want %+v", config, want)
			}
			if !got.environment.Equal(str("staging")) || got.inputValidation != "warn" {
				t.Errorf("got environment %s and input_validation %q", got.environment, got.inputValidation)
			}
		})
	}
}

// terraform validate has no variables and no credentials, but what is in
// the configuration can be wrong all the same.
func TestMalformedWithoutVariables(t *testing.T) {
	t.Setenv("IDNOW_REGION", "e/u")
	problems := malformed(providerModel{
		Platform: str("staging"), APIURL: str("https://proxy.example"), ClientID: str("id"), MaxRetries: number("-1"), AuthURL: types.StringUnknown(),
	})
	var about []string
	for _, f := range problems {
		about = append(about, f.Argument)
	}
	slices.Sort(about)
	if want := []string{"max_retries", "platform"}; !slices.Equal(about, want) {
		t.Errorf("problems of %v, want %v", about, want)
	}
	if problems := malformed(providerModel{APIURL: str("http://emulator:8080")}); len(problems) > 0 {
		t.Errorf("a variable may allow plain http: %v", problems)
	}
	if problems := malformed(providerModel{APIURL: str("http://api.eu.platform.idnow.io")}); len(problems) != 1 {
		t.Errorf("nothing allows plain http for the platform: %v", problems)
	}
}

func TestUserAgent(t *testing.T) {
	t.Setenv("TF_APPEND_USER_AGENT", " team/1.0\r\nX-Evil: 1 ")
	if got, want := userAgent("1.2.3", "1.11.4"), "terraform-provider-idnow/1.2.3 Terraform/1.11.4 team/1.0X-Evil: 1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	t.Setenv("TF_APPEND_USER_AGENT", "")
	if got, want := userAgent("1.2.3", "1.11.4"), "terraform-provider-idnow/1.2.3 Terraform/1.11.4"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
