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

func given(text string) settings.Value { return settings.Value{State: settings.Given, Text: text} }

func TestResolve(t *testing.T) {
	got, faults := settings.Resolve(source(
		map[string]settings.Value{"api_key": given("key"), "region": given("us")},
		map[string]string{
			"IDNOW_CLIENT_ID": "irrelevant", "IDNOW_REGION": "irrelevant", "IDNOW_PLATFORM": "sandbox",
			"IDNOW_REQUEST_TIMEOUT": "5s", "IDNOW_MAX_RETRIES": "0",
		}))
	want := settings.Settings{
		Known: true, APIURL: "https://api.us.platform.idnow.sx", AuthURL: "https://auth.us.platform.idnow.sx",
		Credentials: client.APIKey("key"), RequestTimeout: 5 * time.Second,
	}
	if len(faults) > 0 || got != want {
		t.Errorf("%v", faults)
	}
}

// Each fault names the setting as the caller calls it, and holds no value.
func TestFaults(t *testing.T) {
	key := map[string]settings.Value{"api_key": given("planted")}
	cases := map[string]struct {
		configured map[string]settings.Value
		variables  map[string]string
		argument   string
		want       string
	}{
		"nothing": {want: "Missing credentials: No way to authenticate is given. Set IDNOW_API_KEY to a ready token, or IDNOW_CLIENT_ID and IDNOW_CLIENT_SECRET to the API client's credentials."},
		"both ways": {variables: map[string]string{"IDNOW_API_KEY": "planted", "IDNOW_CLIENT_SECRET": "planted"},
			want: "Two ways to authenticate: Both a ready token"},
		"half a pair": {variables: map[string]string{"IDNOW_CLIENT_SECRET": "planted"},
			argument: "client_id", want: "Missing client_id: IDNOW_CLIENT_SECRET is given without its other half. Set IDNOW_CLIENT_ID too."},
		"a token service that nobody named": {variables: map[string]string{
			"IDNOW_CLIENT_ID": "planted", "IDNOW_CLIENT_SECRET": "planted", "IDNOW_API_URL": "https://planted.example",
		}, argument: "auth_url", want: "Missing auth_url: Client credentials are used and IDNOW_API_URL replaces"},
		"retries":     {key, map[string]string{"IDNOW_MAX_RETRIES": "planted"}, "max_retries", "Invalid max_retries: IDNOW_MAX_RETRIES must be a whole number from 0 to 100."},
		"a timeout":   {key, map[string]string{"IDNOW_REQUEST_TIMEOUT": "planted"}, "request_timeout", "Invalid request_timeout: IDNOW_REQUEST_TIMEOUT must be a duration above zero"},
		"a platform":  {key, map[string]string{"IDNOW_PLATFORM": "planted"}, "platform", `IDNOW_PLATFORM must be one of "production", "sandbox"; a logical environment such as "staging" is set by IDNOW_ENVIRONMENT.`},
		"a line end":  {configured: map[string]settings.Value{"api_key": given("planted\n")}, argument: "api_key", want: "Invalid api_key: IDNOW_API_KEY has a space, a line end"},
		"empty token": {configured: map[string]settings.Value{"api_key": given("")}, argument: "api_key", want: "Invalid api_key: IDNOW_API_KEY is empty."},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, faults := settings.Resolve(source(c.configured, c.variables))
			if len(faults) != 1 {
				t.Fatalf("%d faults: %v", len(faults), faults)
			}
			if text := faults[0].String(); faults[0].Argument != c.argument || !strings.Contains(text, c.want) || strings.Contains(text, "planted") {
				t.Errorf("%q: %s", faults[0].Argument, text)
			}
		})
	}
}
