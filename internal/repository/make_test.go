// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package repository_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the repository's, seen from here.
const root = "../.."

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// rehearse returns what make would run, or the error that it reports.
func rehearse(t *testing.T, arguments ...string) string {
	t.Helper()
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not installed")
	}
	command := exec.CommandContext(t.Context(), "make", append([]string{"--no-print-directory", "-n"}, arguments...)...)
	command.Dir = root
	// The make that runs this test must not pass its own flags on.
	command.Env = append(os.Environ(), "MAKEFLAGS=", "MAKEOVERRIDES=")
	output, err := command.CombinedOutput()
	if err != nil {
		t.Errorf("make -n %s: %v\n%s", strings.Join(arguments, " "), err, output)
	}
	return string(output)
}

// Each tool that the makefile builds has a rule by both paths.
func TestEveryToolHasARule(t *testing.T) {
	absolute, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	tools := regexp.MustCompile(`(?m)^\$\(BIN\)/(\S+): tools/`).FindAllStringSubmatch(read(t, "GNUmakefile"), -1)
	if len(tools) < 6 {
		t.Fatalf("only %d tools found", len(tools))
	}
	for _, tool := range tools {
		path := filepath.Join(".build", "bin", tool[1])
		for _, target := range []string{path, filepath.Join(absolute, path)} {
			rehearse(t, target)
		}
	}
}

// A CLI may be named as a person names it; the scripts change folders.
func TestCLIByRelativePath(t *testing.T) {
	absolute, err := filepath.Abs(filepath.Join(root, ".build", "bin", "tofu"))
	if err != nil {
		t.Fatal(err)
	}
	if plan := rehearse(t, "demo", "CLI=.build/bin/tofu"); !strings.Contains(plan, "CLI="+absolute+" sh scripts/demo.sh") {
		t.Errorf("make would run\n%s", plan)
	}
}
