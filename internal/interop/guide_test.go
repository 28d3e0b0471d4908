// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package interop_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// The tools, by the names under which go and npx run them.
const (
	oapiCodegen = "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"
	postman     = "openapi-to-postmanv2"
	prism       = "@stoplight/prism-cli"
)

// invocation is a command line of the guide that runs a tool.
type invocation struct {
	version   string
	arguments []string
}

// invocations reads the command lines that run a tool out of the guide, so
// that a test can't try another than a reader does.
func invocations(t *testing.T, tool string) []invocation {
	t.Helper()
	guide := read(t, "templates/guides/flow-document.md.tmpl")
	line := regexp.MustCompile(`(?m)^(?:go run|npx --yes) ` + regexp.QuoteMeta(tool) + `@(\S+) (.*)$`)
	var found []invocation
	for _, match := range line.FindAllStringSubmatch(strings.ReplaceAll(guide, "\\\n", " "), -1) {
		found = append(found, invocation{match[1], strings.Fields(match[2])})
	}
	if len(found) == 0 {
		t.Fatalf("the guide does not run %s", tool)
	}
	return found
}

// invocationWith returns the one command line that has the word.
func invocationWith(t *testing.T, tool, word string) []string {
	t.Helper()
	for _, candidate := range invocations(t, tool) {
		if slices.Contains(candidate.arguments, word) {
			return candidate.arguments
		}
	}
	t.Fatalf("the guide does not run %s with %s", tool, word)
	return nil
}

// A version in the guide that no test has tried would be a guess.
func TestGuideRunsTheVersionsTried(t *testing.T) {
	for tool, pinned := range map[string]string{
		oapiCodegen: requiredGoVersion(t, "github.com/oapi-codegen/oapi-codegen/v2"),
		postman:     requiredNodeVersion(t, postman),
		prism:       requiredNodeVersion(t, prism),
	} {
		for _, line := range invocations(t, tool) {
			if line.version != pinned {
				t.Errorf("the guide runs %s at %s; the tests at %s", tool, line.version, pinned)
			}
		}
	}
	runtime := "github.com/oapi-codegen/runtime"
	get := "go get " + runtime + "@" + requiredGoVersion(t, runtime) + "\n"
	if !strings.Contains(read(t, "templates/guides/flow-document.md.tmpl"), get) {
		t.Errorf("the guide lacks %s", get)
	}
}

// Whoever installs by the lock takes the packages from the registry that is
// set up there.
func TestLockNamesNoRegistry(t *testing.T) {
	lock := read(t, "tools/node/package-lock.json")
	if strings.Contains(lock, `"resolved"`) {
		t.Error("the lock contains the packages' origins; make it where tools/node/.npmrc applies")
	}
}

func requiredGoVersion(t *testing.T, module string) string {
	t.Helper()
	requirement := regexp.MustCompile(`(?m)^\s*(?:require )?` + regexp.QuoteMeta(module) + ` (v\S+)`)
	match := requirement.FindStringSubmatch(read(t, "tools/oapi-codegen/go.mod"))
	if match == nil {
		t.Fatalf("tools/oapi-codegen does not require %s", module)
	}
	return match[1]
}

func requiredNodeVersion(t *testing.T, name string) string {
	t.Helper()
	var manifest struct{ Dependencies map[string]string }
	if err := json.Unmarshal([]byte(read(t, "tools/node/package.json")), &manifest); err != nil {
		t.Fatal(err)
	}
	return manifest.Dependencies[name]
}

// read returns a file of the repository.
func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
