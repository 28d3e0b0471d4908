// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package acceptance_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
)

// pipelineCommands are the lines that a job of the example's file runs, but for those
// that install packages.
func pipelineCommands(t *testing.T, file string) []string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(examples, "emulator", file))
	if err != nil {
		t.Fatal(err)
	}
	var commands []string
	for _, match := range regexp.MustCompile(`(?m)^ +- (?:run: )?((?:terraform|for) .*)$`).FindAllStringSubmatch(string(raw), -1) {
		commands = append(commands, match[1])
	}
	return commands
}

// The pipelines with an emulator run unchanged. On GitLab it starts without
// flows, and gets them from the job; on GitHub the action has started it.
func TestEmulatorPipelines(t *testing.T) {
	for file, test := range map[string]struct {
		options  emulator.Options
		commands int
	}{
		"gitlab-ci.yml":      {emulator.Options{Documents: [][]byte{}, AnyCredentials: true}, 3},
		"github-actions.yml": {emulator.Options{AnyCredentials: true}, 2},
	} {
		t.Run(file, func(t *testing.T) {
			env := acceptance.New(t, test.options)
			w := env.CopyWorkspace(filepath.Join(examples, "emulator"))
			if err := os.CopyFS(filepath.Join(w.Dir, "flows"), os.DirFS(filepath.Join(examples, "flows"))); err != nil {
				t.Fatal(err)
			}
			w.Setenv("TF_INPUT", "0")
			commands := pipelineCommands(t, file)
			if len(commands) != test.commands {
				t.Fatalf("%q", commands)
			}
			result := w.Shell("set -eu\n" + strings.Join(commands, "\n"))
			if result.ExitCode != 0 {
				t.Fatalf("it ended with %d:\n%s", result.ExitCode, result.Output)
			}
			env.RequireCreates(t, 1)
		})
	}
}
