// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
)

const anySession = `
resource "idnow_session" "s" {
  flow_id  = "` + emulatortest.DocumentCapture + `"
  input    = { basicIdentity = { givenName = "Max", familyName = "Schmidt" } }
  metadata = { subjectId = "customer-123" }
}
`

// What a person reads who has set the provider up wrongly: one error that names
// the argument and its variable, and not a word of a secret.
func TestSettingsThatAreWrong(t *testing.T) {
	for name, test := range map[string]struct {
		block     func(env *acceptance.Env) string
		variables map[string]string
		want      []string
	}{
		"no credentials": {
			func(env *acceptance.Env) string {
				return "provider \"idnow\" {\n  api_url = \"" + env.URL + "\"\n  environment = \"staging\"\n}\n"
			}, nil, []string{"No credentials configured", "api_key", "IDNOW_API_KEY", "IDNOW_CLIENT_ID"},
		},
		"two ways": {
			func(env *acceptance.Env) string { return env.Provider(`client_id = "x"`) },
			nil, []string{"Conflicting credentials"},
		},
		"wrong key": {
			func(env *acceptance.Env) string {
				return strings.Replace(env.Provider(), acceptance.APIKey, "planted-wrong-key", 1)
			}, nil, []string{"Not authenticated", "api_key", "IDNOW_API_KEY"},
		},
		"wrong secret": {
			func(env *acceptance.Env) string {
				return strings.Replace(env.ProviderWithClient(), acceptance.ClientSecret, "planted-wrong-secret", 1)
			}, nil, []string{"Authentication failed", "client_secret", "IDNOW_CLIENT_SECRET"},
		},
		"a header as the key": {
			func(env *acceptance.Env) string {
				return strings.Replace(env.Provider(), acceptance.APIKey, "Bearer key", 1)
			}, nil, []string{"Invalid api_key", "the token alone"},
		},
		"the API's path in its address": {
			func(env *acceptance.Env) string {
				return strings.Replace(env.Provider(), env.URL, env.URL+"/api/v1", 1)
			}, nil, []string{"Invalid api_url", "must not end in /api/v1"},
		},
		"token service not there": {
			func(env *acceptance.Env) string {
				return strings.Replace(env.ProviderWithClient("max_retries = 0"), `auth_url = "`+env.URL, `auth_url = "http://127.0.0.1:1`, 1)
			}, nil, []string{"Token service not reachable", "127.0.0.1:1", "auth_url"},
		},
		"unknown platform": {
			func(env *acceptance.Env) string { return env.Provider(`platform = "staging"`) },
			nil, []string{"Invalid platform", "IDNOW_PLATFORM"},
		},
		"unknown platform by variable": {
			func(env *acceptance.Env) string { return env.Provider() },
			map[string]string{"IDNOW_PLATFORM": "staging"}, []string{"Invalid platform", "IDNOW_PLATFORM"},
		},
		"http to elsewhere": {
			func(env *acceptance.Env) string {
				return strings.Replace(env.Provider(), env.URL, "http://idnow.example", 1)
			},
			nil, []string{"Invalid api_url", "IDNOW_API_URL", "https"},
		},
		"no environment": {
			func(env *acceptance.Env) string {
				return strings.Replace(env.Provider(), `environment = "staging"`, "", 1)
			},
			nil, []string{"Missing environment", "IDNOW_ENVIRONMENT"},
		},
		"service not there": {
			func(env *acceptance.Env) string {
				return strings.Replace(env.Provider("max_retries = 0", `input_validation = "off"`), env.URL, "http://127.0.0.1:1", 1)
			}, nil, []string{"Service not reachable", "api_url"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			w := env.Workspace(test.block(env) + anySession)
			for variable, v := range test.variables {
				w.Setenv(variable, v)
			}
			result := w.Run("apply", "-auto-approve", "-no-color", "-input=false")
			if result.ExitCode != 1 || strings.Count(result.Output, "Error:") != 1 {
				t.Errorf("ended with %d and not with one error:\n%s", result.ExitCode, result.Output)
			}
			for _, want := range test.want {
				if !strings.Contains(result.Output, want) {
					t.Errorf("does not say %q:\n%s", want, result.Output)
				}
			}
			if strings.Contains(result.Output, "planted") {
				t.Errorf("shows a secret:\n%s", result.Output)
			}
			env.RequireCreates(t, 0)
		})
	}
}

// A pipeline's first step often is terraform validate, without any secret.
func TestValidateNeedsNoVariables(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	w := env.Workspace("provider \"idnow\" {\n  platform = \"staging\"\n  max_retries = 1.5\n}\n" + anySession)
	result := w.Run("validate", "-no-color")
	if result.ExitCode != 1 || strings.Count(result.Output, "Error:") != 2 {
		t.Errorf("ended with %d and not with two errors:\n%s", result.ExitCode, result.Output)
	}
	for _, want := range []string{"Invalid platform", "IDNOW_PLATFORM", "Invalid max_retries", "IDNOW_MAX_RETRIES", "whole number"} {
		if !strings.Contains(result.Output, want) {
			t.Errorf("does not say %q:\n%s", want, result.Output)
		}
	}
	w = env.Workspace("provider \"idnow\" {}\n" + anySession)
	if result := w.Run("validate", "-no-color"); result.ExitCode != 0 {
		t.Errorf("a block without credentials does not validate:\n%s", result.Output)
	}
}

// Credentials that another resource makes are unknown in the first plan.
func TestUnknownCredentials(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	acceptance.RequireCLI(t, "1.4.0", "1.6.0") // for terraform_data
	w := env.Workspace(`
resource "terraform_data" "key" {
  input = "` + acceptance.APIKey + `"
}

` + strings.Replace(env.Provider(), `"`+acceptance.APIKey+`"`, "terraform_data.key.output", 1) + anySession)
	if plan := w.Plan(); plan.ExitCode != 2 || strings.Contains(plan.Output, "Warning: Input") {
		t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
	}
	if requests := env.Requests(); len(requests) != 0 {
		t.Errorf("%d requests were sent without credentials", len(requests))
	}
	w.Apply()
	env.RequireCreates(t, 1)
	if plan := w.Plan(); plan.ExitCode != 0 {
		t.Errorf("the second plan ended with %d:\n%s", plan.ExitCode, plan.Output)
	}
}
