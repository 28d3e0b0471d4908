// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
)

func environment(server *emulatortest.Server) func(string) string {
	return func(name string) string {
		return map[string]string{"IDNOW_API_URL": server.URL, "IDNOW_API_KEY": emulator.DefaultAPIKey, "IDNOW_ENVIRONMENT": "staging"}[name]
	}
}

func TestRunRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		arguments []string
		want      string
	}{
		"no flow":             {nil, "set -flow"},
		"no flag":             {[]string{"flow"}, `"flow" is not a flag`},
		"creates elsewhere":   {[]string{"-flow", "f", "-environment", "live", "-create"}, "may be billed"},
		"input for no create": {[]string{"-flow", "f", "-input", "x"}, "-input goes with -create"},
	} {
		var stderr strings.Builder
		if err := run(t.Context(), test.arguments, func(string) string { return "staging" }, t.Output(), &stderr); err == nil || !strings.Contains(stderr.String(), test.want) {
			t.Errorf("%s: %v, %s", name, err, stderr.String())
		}
	}
}

func TestRunNamesMissingCredentials(t *testing.T) {
	err := run(t.Context(), []string{"-flow", "f", "-environment", "staging"}, func(string) string { return "" }, t.Output(), t.Output())
	if err == nil || !strings.Contains(err.Error(), "IDNOW_API_KEY") {
		t.Error(err)
	}
}

// Reading alone sends no create; with one, the sessions are counted.
func TestRun(t *testing.T) {
	server := emulatortest.NewServer(t, emulator.Options{})
	var stdout strings.Builder
	if err := run(t.Context(), []string{"-flow", emulatortest.DocumentCapture}, environment(server), &stdout, t.Output()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(stdout.String(), "Sessions created: 0.") || len(server.Sessions()) != 0 {
		t.Error(stdout.String())
	}
	input := filepath.Join(t.TempDir(), "input.json")
	if err := os.WriteFile(input, []byte(`{"basicIdentity":{"givenName":"Max","familyName":"Schmidt"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout.Reset()
	if err := run(t.Context(), []string{"-flow", emulatortest.DocumentCapture, "-create", "-input", input, "-json"}, environment(server), &stdout, t.Output()); err != nil {
		t.Fatal(err)
	}
	var report struct {
		Findings []struct{ Verdict string }
		Created  int `json:"sessions_created"`
	}
	if err := json.Unmarshal([]byte(stdout.String()), &report); err != nil {
		t.Fatal(err)
	}
	if report.Created == 0 || report.Created != len(server.Sessions()) || len(report.Findings) < 40 {
		t.Errorf("%d findings, %d sessions reported, %d created", len(report.Findings), report.Created, len(server.Sessions()))
	}
}

// A document without examples needs a file.
func TestRunAsksForAnInput(t *testing.T) {
	server := emulatortest.NewServer(t, emulator.Options{})
	err := run(t.Context(), []string{"-flow", emulatortest.DocumentCapture, "-create"}, environment(server), t.Output(), t.Output())
	if err == nil || !strings.Contains(err.Error(), "-input") || len(server.Sessions()) != 0 {
		t.Error(err)
	}
}
