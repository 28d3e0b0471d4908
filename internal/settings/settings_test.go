// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package settings_test

import (
	"strings"
	"testing"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/settings"
)

// source is a configuration and variables, with settings named as a command
// names them.
func source(configured map[string]settings.Value, variables map[string]string) settings.Source {
	return settings.Source{
		Configured: configured, Name: settings.Variable,
		Getenv: func(name string) string { return variables[name] },
	}
}

func configured(text string) settings.Value { return settings.Value{State: settings.Set, Text: text} }

func TestResolve(t *testing.T) {
	got, problems := settings.Resolve(source(
		map[string]settings.Value{"api_key": configured("key"), "region": configured("us")},
		map[string]string{
			"IDNOW_CLIENT_ID": "irrelevant", "IDNOW_REGION": "irrelevant", "IDNOW_PLATFORM": "sandbox",
			"IDNOW_REQUEST_TIMEOUT": "5s", "IDNOW_MAX_RETRIES": "0", "IDNOW_SHOW_SERVICE_MESSAGES": "true",
		}))
	want := settings.Settings{
		Known: true, APIURL: "https://api.us.platform.idnow.sx", AuthURL: "https://auth.us.platform.idnow.sx",
		Credentials: client.Credentials{APIKey: "key"}, RequestTimeout: 5 * time.Second, ShowServiceMessages: true,
	}
	if len(problems) > 0 || got != want {
		t.Errorf("%v", problems)
	}
}

// Plain http is for loopback hosts, or where it is asked for.
func TestInsecureHTTP(t *testing.T) {
	const own, platform = "http://emulator:8080", "http://api.eu.platform.idnow.io"
	yes, later := configured("true"), settings.Value{State: settings.Unknown}
	for name, c := range map[string]struct {
		url     string
		allow   settings.Value
		env     string
		allowed bool
		known   bool
	}{
		"by default":            {url: own, known: true},
		"in the configuration":  {url: own, allow: yes, allowed: true, known: true},
		"by the variable":       {url: own, env: "true", allowed: true, known: true},
		"configured beats it":   {url: own, allow: configured("false"), env: "true", known: true},
		"unknown until apply":   {url: own, allow: later, allowed: true},
		"never the platform":    {url: platform, allow: yes, known: true},
		"not even if it may be": {url: platform, allow: later},
	} {
		t.Run(name, func(t *testing.T) {
			got, problems := settings.Resolve(source(
				map[string]settings.Value{"api_key": configured("key"), "api_url": configured(c.url), "allow_insecure_http": c.allow},
				map[string]string{"IDNOW_ALLOW_INSECURE_HTTP": c.env}))
			if allowed := len(problems) == 0; allowed != c.allowed || got.Known != c.known {
				t.Errorf("known %t, problems %v", got.Known, problems)
			}
			if c.allowed && c.known && !got.Config("").AllowInsecureHTTP {
				t.Error("the client does not have the setting")
			}
		})
	}
}

// Each problem names the setting as the caller calls it, and holds no value.
func TestProblems(t *testing.T) {
	key := map[string]settings.Value{"api_key": configured("planted")}
	cases := map[string]struct {
		configured map[string]settings.Value
		variables  map[string]string
		argument   string
		want       string
	}{
		"nothing": {want: "No credentials configured: The provider requires credentials to call the API. Set IDNOW_API_KEY to an existing bearer token, or IDNOW_CLIENT_ID and IDNOW_CLIENT_SECRET to the API client's credentials."},
		"both ways": {variables: map[string]string{"IDNOW_API_KEY": "planted", "IDNOW_CLIENT_SECRET": "planted"},
			want: "Conflicting credentials: Both an existing token"},
		"half a pair": {variables: map[string]string{"IDNOW_CLIENT_SECRET": "planted"},
			argument: "client_id", want: "Missing client_id: IDNOW_CLIENT_SECRET is set and IDNOW_CLIENT_ID is not."},
		"a token service that nobody named": {variables: map[string]string{
			"IDNOW_CLIENT_ID": "planted", "IDNOW_CLIENT_SECRET": "planted", "IDNOW_API_URL": "https://planted.example",
		}, argument: "auth_url", want: "Missing auth_url: IDNOW_API_URL replaces the address of the API, and client credentials are configured."},
		"retries":     {key, map[string]string{"IDNOW_MAX_RETRIES": "planted"}, "max_retries", "Invalid max_retries: IDNOW_MAX_RETRIES must be a whole number from 0 to 100."},
		"a timeout":   {key, map[string]string{"IDNOW_REQUEST_TIMEOUT": "planted"}, "request_timeout", "Invalid request_timeout: IDNOW_REQUEST_TIMEOUT must be a duration greater than zero"},
		"a platform":  {key, map[string]string{"IDNOW_PLATFORM": "planted"}, "platform", `IDNOW_PLATFORM must be one of "production", "sandbox"; for a logical environment such as "staging" set IDNOW_ENVIRONMENT.`},
		"a line end":  {configured: map[string]settings.Value{"api_key": configured("planted\n")}, argument: "api_key", want: "Invalid api_key: IDNOW_API_KEY contains a space, a line break"},
		"empty token": {configured: map[string]settings.Value{"api_key": configured("")}, argument: "api_key", want: "Invalid api_key: IDNOW_API_KEY must not be empty."},
		"a header": {variables: map[string]string{"IDNOW_API_KEY": "bearer planted"}, argument: "api_key",
			want: `Invalid api_key: IDNOW_API_KEY must be the token alone, without "Bearer" in front of it.`},
		"the API's path": {key, map[string]string{"IDNOW_API_URL": "https://planted.example/api/v1/"}, "api_url",
			"Invalid api_url: IDNOW_API_URL must not end in /api/v1, which the provider adds to the address itself."},
		"a token service's path": {key, map[string]string{"IDNOW_AUTH_URL": "https://planted.example/oidc/token"}, "auth_url",
			"Invalid auth_url: IDNOW_AUTH_URL must not end in /oidc/token, which the provider adds"},
		"plain http": {key, map[string]string{"IDNOW_AUTH_URL": "http://planted.example"}, "auth_url",
			"Invalid auth_url: IDNOW_AUTH_URL is not usable: plain http is accepted for loopback addresses only"},
		"no flag of http": {key, map[string]string{"IDNOW_ALLOW_INSECURE_HTTP": "planted"}, "allow_insecure_http",
			"Invalid allow_insecure_http: IDNOW_ALLOW_INSECURE_HTTP must be true or false."},
		"no flag": {key, map[string]string{"IDNOW_SHOW_SERVICE_MESSAGES": "planted"}, "show_service_messages",
			"Invalid show_service_messages: IDNOW_SHOW_SERVICE_MESSAGES must be true or false."},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, problems := settings.Resolve(source(c.configured, c.variables))
			if len(problems) != 1 {
				t.Fatalf("%d problems: %v", len(problems), problems)
			}
			if text := problems[0].String(); problems[0].Argument != c.argument || !strings.Contains(text, c.want) || strings.Contains(text, "planted") {
				t.Errorf("%q: %s", problems[0].Argument, text)
			}
		})
	}
}
