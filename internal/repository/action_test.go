// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package repository_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// job is a GitHub Actions job in which the emulator's action runs.
type job struct {
	t   *testing.T
	dir string
	env []string
}

func newJob(t *testing.T, env ...string) *job {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the action runs on Linux and macOS")
	}
	dir := t.TempDir()
	flows, err := filepath.Abs(filepath.Join(root, "examples", "flows"))
	if err != nil {
		t.Fatal(err)
	}
	return &job{t, dir, append(os.Environ(), append([]string{
		"RUNNER_TEMP=" + dir, "GITHUB_OUTPUT=" + filepath.Join(dir, "output"), "GITHUB_ENV=" + filepath.Join(dir, "env"),
		"RUNNER_OS=Linux", "RUNNER_ARCH=X64", "EMULATOR_FLOWS=" + flows, "EMULATOR_ADDRESS=127.0.0.1:0",
	}, env...)...)}
}

// start runs the action's script, and sees that what it has started ends with the test.
func (j *job) start() (printed string, err error) {
	j.t.Helper()
	step := exec.CommandContext(j.t.Context(), "sh", filepath.Join(root, ".github", "actions", "emulator", "start.sh"))
	step.Env = j.env
	output, err := step.CombinedOutput()
	if pid, convErr := strconv.Atoi(j.written("output", "pid")); convErr == nil {
		j.t.Cleanup(func() {
			if process, err := os.FindProcess(pid); err == nil {
				_ = process.Kill()
			}
		})
	}
	return string(output), err
}

// written is the value that the script has set for later steps under a name.
func (j *job) written(file, name string) string {
	content, _ := os.ReadFile(filepath.Join(j.dir, file)) // absent where the script has failed
	match := regexp.MustCompile(`(?m)^` + name + `=(.*)$`).FindStringSubmatch(string(content))
	if match == nil {
		return ""
	}
	return match[1]
}

func (j *job) requireHealthy(version string) {
	j.t.Helper()
	url := j.written("env", "IDNOW_API_URL")
	response, err := http.Get(url + "/healthz")
	if err != nil {
		j.t.Fatal(err)
	}
	defer response.Body.Close()
	body := make([]byte, 200)
	n, _ := response.Body.Read(body)
	if response.StatusCode != http.StatusOK || !strings.Contains(string(body[:n]), version) || j.written("output", "url") != url || j.written("env", "IDNOW_AUTH_URL") != url {
		j.t.Errorf("%s: %s", response.Status, body[:n])
	}
}

// emulatorBinary builds the emulator.
func emulatorBinary(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "idnow-emulator")
	build := exec.CommandContext(t.Context(), "go", "build", "-ldflags", "-X main.version=0.2.0", "-o", binary, "./cmd/idnow-emulator")
	build.Dir = root
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return binary
}

// The action downloads the release's archive, has its provenance verified, and starts
// what is in it. The GitHub CLI is played by a script here.
func TestActionStartsARelease(t *testing.T) {
	tools, release := t.TempDir(), t.TempDir()
	archive := filepath.Join(release, "idnow-emulator_0.2.0_linux_amd64.tar.gz")
	if output, err := exec.CommandContext(t.Context(), "tar", "-czf", archive, "-C", filepath.Dir(emulatorBinary(t)), "idnow-emulator").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	log := filepath.Join(tools, "log")
	gh := "#!/bin/sh\nset -eu\necho \"$*\" >>" + log + "\nif [ \"$1\" = attestation ]; then exit \"${ATTESTED:-0}\"; fi\nwhile [ \"$1\" != --dir ]; do shift; done\ncp " + archive + " \"$2\"\n"
	if err := os.WriteFile(filepath.Join(tools, "gh"), []byte(gh), 0o700); err != nil {
		t.Fatal(err)
	}
	path := "PATH=" + tools + string(os.PathListSeparator) + os.Getenv("PATH")
	j := newJob(t, path, "EMULATOR_VERSION=0.2.0", "EMULATOR_ARGUMENTS=-session-ttl\n1h")
	if printed, err := j.start(); err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	j.requireHealthy("0.2.0")
	calls, err := os.ReadFile(log)
	if err != nil || !regexp.MustCompile(`^release download v0\.2\.0 --repo idnow/terraform-provider-idnow --dir \S+ --pattern idnow-emulator_\*_linux_amd64\.tar\.gz\nattestation verify \S+_linux_amd64\.tar\.gz --repo idnow/terraform-provider-idnow\n$`).Match(calls) {
		t.Errorf("the GitHub CLI was called so (%v):\n%s", err, calls)
	}
	forged := newJob(t, path, "ATTESTED=1")
	if printed, err := forged.start(); err == nil || forged.written("env", "IDNOW_API_URL") != "" {
		t.Errorf("an archive that is not attested was started: %s", printed)
	}
}

func TestActionStartsABinary(t *testing.T) {
	binary := emulatorBinary(t)
	j := newJob(t, "EMULATOR_BINARY="+binary)
	if printed, err := j.start(); err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	j.requireHealthy("0.2.0")
	broken := newJob(t, "EMULATOR_BINARY="+binary, "EMULATOR_ARGUMENTS=-addr\nnone")
	if printed, err := broken.start(); err == nil || !strings.Contains(printed, "::error::The emulator did not start.") || !strings.Contains(printed, "-addr must be") {
		t.Errorf("%v: %s", err, printed)
	}
	other := newJob(t, "RUNNER_OS=Windows")
	if printed, err := other.start(); err == nil || !strings.Contains(printed, "on Windows, X64 start a binary") {
		t.Errorf("%v: %s", err, printed)
	}
}
