// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
)

const document = "../../examples/flows/document-capture.staging.json"

// environment are variables as run reads them.
type environment map[string]string

func (e environment) get(name string) string { return e[name] }

// with returns the variables with some changed.
func (e environment) with(changes environment) environment {
	changed := maps.Clone(e)
	maps.Copy(changed, changes)
	return changed
}

// serve starts an emulator and returns the variables that lead to it.
func serve(t *testing.T) (*emulatortest.Server, environment) {
	t.Helper()
	server := emulatortest.NewServer(t, emulator.Options{ClientID: "client", ClientSecret: "secret with /+%&=", APIKey: "key"})
	return server, environment{"IDNOW_API_URL": server.URL, "IDNOW_API_KEY": "key"}
}

func TestRunFromAFile(t *testing.T) {
	out := filepath.Join(t.TempDir(), "module")
	for _, want := range []string{filepath.Join(out, "main.tf") + "\n", "nothing has changed in " + out + "\n"} {
		var stdout bytes.Buffer
		if err := run(t.Context(), []string{"-openapi", document, "-out", out}, environment{}.get, &stdout, io.Discard); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("got %q, want %q", stdout.String(), want)
		}
	}
}

// Without a folder, the flow names one, in which a person's files are as safe.
func TestRunWithoutAFolder(t *testing.T) {
	_, byKey := serve(t)
	file, err := filepath.Abs(document)
	if err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"from a file":      {"-openapi", file},
		"from the service": {"-flow", emulatortest.DocumentCapture},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			env := byKey.with(environment{"IDNOW_ENVIRONMENT": "staging"})
			written := filepath.Join("document-capture", "main.tf")
			var stdout bytes.Buffer
			if err := run(t.Context(), args, env.get, &stdout, io.Discard); err != nil || !strings.Contains(stdout.String(), written+"\n") {
				t.Fatalf("%v, it printed %q", err, stdout.String())
			}
			if err := os.WriteFile(written, []byte("# mine\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := run(t.Context(), args, env.get, &stdout, io.Discard); err == nil || !strings.Contains(err.Error(), written+" was not written by idnow-module") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// What the service serves makes the same module as the file that it serves.
func TestRunFromTheService(t *testing.T) {
	server, byKey := serve(t)
	byClient := environment{
		"IDNOW_API_URL": server.URL, "IDNOW_AUTH_URL": server.URL, "IDNOW_CLIENT_ID": "client", "IDNOW_CLIENT_SECRET": "secret with /+%&=",
	}
	want := t.TempDir()
	if err := run(t.Context(), []string{"-openapi", document, "-out", want}, environment{}.get, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		env  environment
		args []string
	}{
		"by a key":                         {byKey, []string{"-environment", "staging"}},
		"by client credentials":            {byClient, []string{"-environment", "staging"}},
		"in the environment of a variable": {byKey.with(environment{"IDNOW_ENVIRONMENT": "staging"}), nil},
		"in another than a variable's":     {byKey.with(environment{"IDNOW_ENVIRONMENT": "live"}), []string{"-environment", "staging"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			out := t.TempDir()
			args := append([]string{"-flow", emulatortest.DocumentCapture, "-out", out}, c.args...)
			if err := run(t.Context(), args, c.env.get, io.Discard, io.Discard); err != nil {
				t.Fatal(err)
			}
			if got, expected := read(t, out), read(t, want); got != expected {
				t.Errorf("got %s\nwant %s", got, expected)
			}
		})
	}
}

// read returns the variables of a module.
func read(t *testing.T, dir string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "variables.tf"))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestRunFails(t *testing.T) {
	server, byKey := serve(t)
	notJSON := filepath.Join(t.TempDir(), "x.json")
	if err := os.WriteFile(notJSON, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	fromService := []string{"-flow", emulatortest.DocumentCapture, "-environment", "staging"}
	cases := map[string]struct {
		args []string
		env  environment
		want string
	}{
		"no credentials":       {fromService, environment{}, "Set IDNOW_API_KEY to an existing bearer token"},
		"both ways":            {fromService, byKey.with(environment{"IDNOW_CLIENT_ID": "client"}), "Conflicting credentials"},
		"no client":            {fromService, environment{"IDNOW_CLIENT_SECRET": "planted"}, "set IDNOW_CLIENT_ID too"},
		"no secret":            {fromService, environment{"IDNOW_CLIENT_ID": "client"}, "set IDNOW_CLIENT_SECRET too"},
		"no token service":     {fromService, environment{"IDNOW_API_URL": server.URL, "IDNOW_CLIENT_ID": "client", "IDNOW_CLIENT_SECRET": "planted"}, "set IDNOW_AUTH_URL"},
		"a wrong key":          {fromService, byKey.with(environment{"IDNOW_API_KEY": "planted"}), "Not authenticated"},
		"a wrong secret":       {fromService, environment{"IDNOW_API_URL": server.URL, "IDNOW_AUTH_URL": server.URL, "IDNOW_CLIENT_ID": "client", "IDNOW_CLIENT_SECRET": "planted"}, "Authentication failed"},
		"a wrong platform":     {fromService, byKey.with(environment{"IDNOW_PLATFORM": "staging"}), `IDNOW_PLATFORM must be one of "production", "sandbox"`},
		"a wrong region":       {fromService, byKey.with(environment{"IDNOW_REGION": "eu.x"}), "IDNOW_REGION must be"},
		"a plain address":      {fromService, byKey.with(environment{"IDNOW_API_URL": "http://example.com"}), "IDNOW_API_URL is not usable"},
		"a plain token host":   {fromService, byKey.with(environment{"IDNOW_AUTH_URL": "http://example.com"}), "IDNOW_AUTH_URL is not usable"},
		"a wrong timeout":      {fromService, byKey.with(environment{"IDNOW_REQUEST_TIMEOUT": "60"}), "IDNOW_REQUEST_TIMEOUT must be a duration"},
		"wrong retries":        {fromService, byKey.with(environment{"IDNOW_MAX_RETRIES": "many"}), "IDNOW_MAX_RETRIES must be a whole number"},
		"a flow that is not":   {[]string{"-flow", "none", "-environment", "staging"}, byKey, `There is no flow "none" in the environment "staging"`},
		"no file":              {[]string{"-openapi", "none.json"}, environment{}, "none.json"},
		"not a document":       {[]string{"-openapi", notJSON}, environment{}, "the flow's OpenAPI document"},
		"another flow's file":  {[]string{"-openapi", document, "-flow", "other"}, environment{}, `not for "other"`},
		"another environment":  {[]string{"-openapi", document, "-environment", "live"}, environment{}, `not for "live"`},
		"a folder of a person": {[]string{"-openapi", document, "-flow", emulatortest.DocumentCapture}, environment{}, "was not written by idnow-module"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			out := t.TempDir()
			if name == "a folder of a person" {
				if err := os.WriteFile(filepath.Join(out, "main.tf"), []byte("# mine\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var stdout, stderr bytes.Buffer
			err := run(t.Context(), append(c.args, "-out", out), c.env.get, &stdout, &stderr)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "planted") {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if stdout.Len() > 0 || stderr.Len() > 0 {
				t.Errorf("it printed %s%s", stdout.String(), stderr.String())
			}
			if _, err := os.Stat(filepath.Join(out, "variables.tf")); err == nil {
				t.Error("it wrote a module")
			}
		})
	}
}

func TestRunIntoAFile(t *testing.T) {
	out := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(out, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := run(t.Context(), []string{"-openapi", document, "-out", out}, environment{}.get, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), out+" is a file") {
		t.Errorf("got %v", err)
	}
}

func TestRunWriteOnly(t *testing.T) {
	out := t.TempDir()
	if err := run(t.Context(), []string{"-openapi", document, "-out", out, "-write-only"}, environment{}.get, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(read(t, out), `variable "input_wo"`) {
		t.Error("there is no variable input_wo")
	}
}

func TestUsage(t *testing.T) {
	cases := map[string]struct {
		args []string
		want string
	}{
		"nothing":        {nil, "set -flow"},
		"no flow":        {[]string{"-out", "x"}, "set -flow"},
		"no environment": {[]string{"-out", "x", "-flow", "f"}, "set -environment"},
		"an argument":    {[]string{"-out", "x", "more"}, `"more" is not a flag`},
		"another flag":   {[]string{"-x"}, "flag provided but not defined"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var stderr bytes.Buffer
			err := run(t.Context(), c.args, environment{}.get, io.Discard, &stderr)
			if !errors.Is(err, errUsage) || !strings.Contains(stderr.String(), c.want) {
				t.Errorf("%v: %s", err, stderr.String())
			}
		})
	}
	var stderr bytes.Buffer
	if err := run(t.Context(), []string{"-h"}, environment{}.get, io.Discard, &stderr); !errors.Is(err, flag.ErrHelp) || !strings.Contains(stderr.String(), "-openapi") {
		t.Errorf("%v: %s", err, stderr.String())
	}
}

func TestVersion(t *testing.T) {
	var stdout bytes.Buffer
	if err := run(t.Context(), []string{"-version"}, environment{}.get, &stdout, io.Discard); err != nil || stdout.String() != "idnow-module dev\n" {
		t.Errorf("%v: %s", err, stdout.String())
	}
}
