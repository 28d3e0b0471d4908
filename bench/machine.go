// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// cli is a Terraform or OpenTofu to measure on.
type cli struct{ path, version string }

var versionLine = regexp.MustCompile(`(?m)^(?:Terraform|OpenTofu) v\S+`)

// newCLI runs a CLI to get its name and version.
func newCLI(ctx context.Context, path string) (cli, error) {
	path, err := exec.LookPath(path)
	if err != nil {
		return cli{}, err
	}
	if path, err = filepath.Abs(path); err != nil { // it is run in other folders
		return cli{}, err
	}
	cmd := exec.CommandContext(ctx, path, "version")
	cmd.Env = append(ownEnvironment(), "CHECKPOINT_DISABLE=1")
	out, err := cmd.Output()
	if err != nil {
		return cli{}, fmt.Errorf("getting the version of %s: %w", path, err)
	}
	version := versionLine.Find(out)
	if version == nil {
		return cli{}, fmt.Errorf("%s is neither Terraform nor OpenTofu", path)
	}
	return cli{path: path, version: string(version)}, nil
}

// describe writes what the numbers depend on.
func (b *bench) describe(w io.Writer) {
	_, _ = fmt.Fprintf(w, "Measured on %s: %d cores%s%s, %s/%s, %s.\n",
		time.Now().Format(time.DateOnly), runtime.NumCPU(), processor(), memory(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	for _, p := range b.providers {
		if p.module.version != "" {
			_, _ = fmt.Fprintf(w, "%s is %s %s.\n", p.name, p.module.path, p.version)
		}
	}
	for _, line := range b.missing {
		_, _ = fmt.Fprintln(w, line)
	}
}

var modelLine = regexp.MustCompile(`(?m)^model name\s*: (.+)$`)

// processor is empty where the system does not report it.
func processor() string {
	raw, _ := os.ReadFile("/proc/cpuinfo")
	if match := modelLine.FindSubmatch(raw); match != nil {
		return " (" + strings.TrimSpace(string(match[1])) + ")"
	}
	return ""
}

var memoryLine = regexp.MustCompile(`(?m)^MemTotal:\s+(\d+) kB$`)

// memory is empty where the system does not report it.
func memory() string {
	raw, _ := os.ReadFile("/proc/meminfo")
	match := memoryLine.FindSubmatch(raw)
	if match == nil {
		return ""
	}
	kibibytes, err := strconv.Atoi(string(match[1]))
	if err != nil {
		return ""
	}
	return fmt.Sprintf(", %.0f GiB of memory", float64(kibibytes)/(1<<20))
}
