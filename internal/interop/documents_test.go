// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package interop_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
)

// publication is a flow as published to an environment.
type publication struct {
	name        string
	id          string
	environment string
}

var (
	captureStaging   = publication{"Document capture", emulatortest.DocumentCapture, "staging"}
	captureLive      = publication{"Document capture", emulatortest.DocumentCapture, "live"}
	addressCheck     = publication{"Address check", emulatortest.AddressCheck, "staging"}
	instantSignature = publication{"instant_signiture_issance_with_qes", emulatortest.InstantSignature, "staging"}
)

func (p publication) String() string { return p.name + " in " + p.environment }

// download has the example module write the flow's document, by the data
// source and the CLI's output -raw, and returns the folder in which
// flow.openapi.json then is.
func (p publication) download(t *testing.T, env *acceptance.Env) string {
	t.Helper()
	acceptance.RequireCLI(t, "1.3.0", "1.6.0") // as the module does
	w := env.CopyWorkspace(filepath.Join(root, "examples", "modules", "flow-document"))
	w.Setenv("TF_VAR_flow_name", p.name)
	w.Setenv("TF_VAR_environment", p.environment)
	w.MustRun("init", "-input=false")
	if result := w.Shell("./write.sh flow.openapi.json"); result.ExitCode != 0 {
		t.Fatalf("write.sh ended with %d:\n%s", result.ExitCode, result.Output)
	}
	folder := t.TempDir()
	if err := os.Rename(filepath.Join(w.Dir, "flow.openapi.json"), filepath.Join(folder, "flow.openapi.json")); err != nil {
		t.Fatal(err)
	}
	return folder
}

// run runs a command in a folder and returns what it printed on stdout.
func run(t *testing.T, folder string, environment []string, name string, arguments ...string) string {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd := exec.CommandContext(t.Context(), name, arguments...)
	cmd.Dir, cmd.Env = folder, append(os.Environ(), environment...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(arguments, " "), err, stdout.String(), stderr.String())
	}
	return stdout.String()
}
