// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package repository_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Each trap in CONTRIBUTING.md names the test that guards it, and the test exists.
func TestEveryTrapHasItsTest(t *testing.T) {
	_, traps, found := strings.Cut(read(t, "CONTRIBUTING.md"), "\n## Traps\n")
	traps, _, _ = strings.Cut(traps, "\n## ")
	items := strings.Split(traps, "\n- ")[1:]
	if !found || len(items) < 15 {
		t.Fatalf("only %d traps found", len(items))
	}
	guard := regexp.MustCompile("\\(`(internal/[a-z/]+)`: `(Test\\w+)`\\)\\s*$")
	for _, item := range items {
		match := guard.FindStringSubmatch(item)
		if match == nil {
			t.Errorf("no test is named at the end of: %s", item)
			continue
		}
		if !declares(t, match[1], match[2]) {
			t.Errorf("%s has no %s, which is to guard: %s", match[1], match[2], item)
		}
	}
}

// declares reports whether a folder's tests have one of a name.
func declares(t *testing.T, folder, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(source), "\nfunc "+name+"(t *testing.T) {") {
			return true
		}
	}
	return false
}

// What a reporter is asked to run exists, and is asked for where a behavior of the
// service is in question.
func TestTemplatesAskForWhatExists(t *testing.T) {
	wrong := read(t, ".github/ISSUE_TEMPLATE/service.yml")
	if !strings.Contains(wrong, "go run ./cmd/idnow-probe") {
		t.Error("the template on the service asks for no output of idnow-probe")
	}
	commands := regexp.MustCompile("go run [.]/(cmd/[a-z-]+)|`make ([a-z-]+)`")
	for _, file := range []string{".github/ISSUE_TEMPLATE/service.yml", ".github/ISSUE_TEMPLATE/bug.yml", ".github/pull_request_template.md"} {
		for _, command := range commands.FindAllStringSubmatch(read(t, file), -1) {
			if command[1] != "" {
				if _, err := os.Stat(filepath.Join(root, command[1], "main.go")); err != nil {
					t.Errorf("%s names %s, which there is not", file, command[0])
				}
				continue
			}
			if !regexp.MustCompile(`(?m)^` + command[2] + `:`).MatchString(read(t, "GNUmakefile")) {
				t.Errorf("%s names %s, which there is not", file, command[0])
			}
		}
	}
}
