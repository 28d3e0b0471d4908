// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package acceptance_test

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
)

// readmeBlocks are the code blocks of the README's part on the emulator.
func readmeBlocks(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(string(raw), "\n## Without an account: the emulator\n")
	part, _, _ = strings.Cut(part, "\n## ")
	var blocks []string
	for _, match := range regexp.MustCompile("(?s)```[a-z]+\n(.*?)```").FindAllStringSubmatch(part, -1) {
		blocks = append(blocks, match[1])
	}
	if len(blocks) != 4 {
		t.Fatalf("the README has %d code blocks on the emulator: the emulator, the variables, main.tf, the CLI", len(blocks))
	}
	return blocks
}

// The README's way from nothing to a player URL, in an empty folder. The emulator is
// that of the test: without credentials of its own, as the README starts it.
func TestREADMEOnTheEmulator(t *testing.T) {
	blocks := readmeBlocks(t)
	start, variables, configuration, commands := blocks[0], blocks[1], blocks[2], blocks[3]
	example, err := os.ReadFile("../../examples/emulator/main.tf")
	if err != nil || !bytes.Equal(example, []byte(configuration)) {
		t.Errorf("main.tf in the README is not that of examples/emulator (%v)", err)
	}
	const address = "127.0.0.1:8080"
	if !strings.Contains(start, "-addr "+address) || !strings.Contains(variables, "http://"+address) {
		t.Fatalf("the address is not %s in both terminals:\n%s%s", address, start, variables)
	}
	env := acceptance.New(t, emulator.Options{AnyCredentials: true})
	w := env.CopyWorkspace(t.TempDir()) // with the mirror that make install makes
	for _, name := range []string{"IDNOW_API_URL", "IDNOW_AUTH_URL", "IDNOW_CLIENT_ID", "IDNOW_CLIENT_SECRET"} {
		w.Setenv(name, "")
	}
	w.Write("main.tf", configuration)
	for _, export := range regexp.MustCompile(`(IDNOW_\w+)=(\S+)`).FindAllStringSubmatch(variables, -1) {
		w.Setenv(export[1], strings.ReplaceAll(export[2], "http://"+address, env.URL))
	}
	result := w.Shell("set -eu\n" + strings.ReplaceAll(commands, "terraform apply", "terraform apply -auto-approve"))
	if result.ExitCode != 0 || !strings.Contains(result.Output, env.URL+"/player?token=") {
		t.Fatalf("it ended with %d:\n%s", result.ExitCode, result.Output)
	}
	env.RequireCreates(t, 1)
	requireNoChanges(t, w)
}
