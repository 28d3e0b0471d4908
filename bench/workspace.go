// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// workspace is a folder with a configuration of n sessions of a contender.
type workspace struct {
	cli string
	dir string
}

// newWorkspace writes the configuration. The provider is found by
// dev_overrides, so nothing is installed and no request goes to a registry.
func newWorkspace(dir, cli string, provider installed, url string, n int) (workspace, error) {
	var overrides strings.Builder
	for _, registry := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		fmt.Fprintf(&overrides, "    %q = %q\n", registry+"/"+provider.source, provider.dir)
	}
	w := workspace{cli: cli, dir: dir}
	return w, errors.Join(
		os.MkdirAll(dir, 0o750),
		os.WriteFile(filepath.Join(dir, "main.tf"), []byte(provider.configuration(url, n)), 0o600),
		os.WriteFile(filepath.Join(dir, "cli.tfrc"), []byte("provider_installation {\n  dev_overrides {\n"+overrides.String()+"  }\n}\n"), 0o600),
	)
}

// sample is what one run of the CLI took.
type sample struct {
	wall   time.Duration
	all    time.Duration // CPU time of the CLI and its providers
	cpu    time.Duration // CPU time of the provider's processes
	memory int64         // most memory that one of them held, in bytes
}

// The steps that are measured. Both plans refresh every session and plan no
// change. The first meets drift in each of them, since the platform moves a
// session to RUNNING right after its create: until the next apply every plan in
// the field is of that kind. The second follows a refresh that stored it.
const (
	validate = "validate"
	apply    = "apply"
	drifted  = "plan with drift"
	plan     = "plan"
)

var steps = []string{validate, apply, drifted, plan}

// step runs one of the steps. A plan that has changes is an error: then the
// contenders would not have done the same.
func (w workspace) step(ctx context.Context, name string, parallelism int) (sample, error) {
	switch common := []string{"-input=false", "-no-color", "-parallelism=" + strconv.Itoa(parallelism)}; name {
	case apply:
		return w.run(ctx, append([]string{name, "-auto-approve"}, common...)...)
	case drifted, plan:
		return w.run(ctx, append([]string{"plan", "-detailed-exitcode"}, common...)...)
	}
	return w.run(ctx, name, "-no-color")
}

// settle stores what the service has made of the sessions since they were
// created, so that the plan that follows finds nothing new, as the floor's does.
func (w workspace) settle(ctx context.Context) error {
	_, err := w.run(ctx, apply, "-refresh-only", "-auto-approve", "-input=false", "-no-color")
	return err
}

func (w workspace) run(ctx context.Context, arguments ...string) (sample, error) {
	notes := filepath.Join(w.dir, "meter.json")
	if err := os.Remove(notes); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return sample{}, err
	}
	var output bytes.Buffer
	cmd := exec.CommandContext(ctx, w.cli, arguments...) //nolint:gosec // the CLI under measurement
	cmd.Dir, cmd.Stdout, cmd.Stderr = w.dir, &output, &output
	cmd.Env = append(ownEnvironment(),
		"TF_CLI_CONFIG_FILE="+filepath.Join(w.dir, "cli.tfrc"), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "BENCH_METER="+notes)
	begun := time.Now()
	err := cmd.Run()
	s := sample{wall: time.Since(begun)}
	if err != nil {
		return s, fmt.Errorf("%s %s in %s: %w\n%s", w.cli, strings.Join(arguments, " "), w.dir, err, tail(output.Bytes()))
	}
	s.all = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return s, s.read(notes)
}

// ownEnvironment is the environment without what would change what is measured.
func ownEnvironment() []string {
	var kept []string
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "TF_") && !strings.HasPrefix(entry, "IDNOW_") {
			kept = append(kept, entry)
		}
	}
	return kept
}

// read sums up what the meter noted of the provider's processes.
func (s *sample) read(notes string) error {
	file, err := os.Open(notes) //nolint:gosec // the meter's, in our own folder
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	for decoder := json.NewDecoder(file); ; {
		var process struct {
			CPU    int64 `json:"cpu_ns"`
			Memory int64 `json:"memory_bytes"`
		}
		switch err := decoder.Decode(&process); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("reading %s: %w", notes, err)
		}
		s.cpu += time.Duration(process.CPU)
		s.memory = max(s.memory, process.Memory)
	}
}

// state is what the local state file contains.
type state struct {
	bytes int      // of the file
	ids   []string // of the sessions
}

func (w workspace) state() (state, error) {
	raw, err := os.ReadFile(filepath.Join(w.dir, "terraform.tfstate"))
	if err != nil {
		return state{}, err
	}
	var file struct {
		Resources []struct {
			Instances []struct {
				Attributes struct {
					ID string `json:"id"`
				} `json:"attributes"`
			} `json:"instances"`
		} `json:"resources"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return state{}, fmt.Errorf("reading the state: %w", err)
	}
	s := state{bytes: len(raw)}
	for _, resource := range file.Resources {
		for _, instance := range resource.Instances {
			s.ids = append(s.ids, instance.Attributes.ID)
		}
	}
	return s, nil
}

// tail is the end of a CLI's output, where the errors are.
func tail(output []byte) []byte {
	const enough = 4 << 10
	return output[max(len(output)-enough, 0):]
}
