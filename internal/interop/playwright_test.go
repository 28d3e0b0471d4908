// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package interop_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
)

// The example's test goes through the player page in a browser, and waits for the
// webhook.
func TestPlaywrightExample(t *testing.T) {
	nodeTool(t, "playwright-core")
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil && browser == "" {
			browser = path
		}
	}
	if browser == "" {
		t.Skip("Chromium is not installed: the player page is not driven by Playwright")
	}
	// Node.js looks for packages from the file's own folder upwards.
	modules, err := filepath.Abs(filepath.Join(root, installed, "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	write(t, filepath.Join(folder, "player.test.mjs"), read(t, "examples/playwright/player.test.mjs"))
	if err := os.Symlink(modules, filepath.Join(folder, "node_modules")); err != nil {
		t.Skipf("no symbolic link can be made: %v", err)
	}
	server := emulatortest.NewServer(t, emulator.Options{})
	node := exec.CommandContext(t.Context(), "node", "--test")
	node.Dir = folder
	node.Env = append(os.Environ(), "EMULATOR_URL="+server.URL, "CHROMIUM="+browser)
	said, err := node.CombinedOutput()
	if err != nil || !strings.Contains(string(said), "pass 3") {
		t.Fatalf("%v\n%s", err, said)
	}
	if opened := server.RequestsOf(emulator.CallPlayer); len(opened) != 6 {
		t.Errorf("%d requests to the player page", len(opened))
	}
}
