// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package interop_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

const (
	installed = ".build/node"
	leastNode = 20
)

// nodeTool returns the path of a tool from npm, and skips the test where there
// is none.
func nodeTool(t *testing.T, name string) string {
	t.Helper()
	requireNode(t)
	// npm writes this file last.
	_, err := os.Stat(filepath.Join(root, installed, "node_modules", ".package-lock.json"))
	if err != nil {
		t.Skip("the tools from npm are not installed: run make node-tools")
	}
	if read(t, installed+"/package-lock.json") != read(t, "tools/node/package-lock.json") {
		t.Skip("the tools from npm are installed at other versions: run make node-tools")
	}
	tool, err := filepath.Abs(filepath.Join(root, installed, "node_modules", ".bin", name))
	if err != nil {
		t.Fatal(err)
	}
	return tool
}

func requireNode(t *testing.T) {
	t.Helper()
	printed, err := exec.CommandContext(t.Context(), "node", "--version").Output()
	if err != nil {
		t.Skip("Node.js is not installed: the tools from npm are not tried")
	}
	match := regexp.MustCompile(`^v(\d+)\.`).FindSubmatch(printed)
	if match == nil {
		t.Fatalf("node prints version %q", printed)
	}
	if major, err := strconv.Atoi(string(match[1])); err != nil || major < leastNode {
		t.Skipf("Node.js is older than %d: the tools from npm are not tried", leastNode)
	}
}
