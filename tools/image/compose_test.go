// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
)

// compose.yaml is read by the library that Docker Compose reads it with, and runs the
// image as its config expects.
func TestCompose(t *testing.T) {
	options, err := cli.NewProjectOptions([]string{filepath.Join("..", "..", "compose.yaml")})
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	service, err := project.GetService("emulator")
	if err != nil {
		t.Fatal(err)
	}
	// Default command, with a state file beside.
	config := runConfig(description{created: time.Now()})
	want := []string{"-state=/state/sessions.db"}
	for i := 0; i < len(config.Cmd); i += 2 {
		want = append(want, config.Cmd[i]+"="+config.Cmd[i+1])
	}
	got := slices.Sorted(slices.Values(service.Command))
	if slices.Sort(want); !slices.Equal(got, want) {
		t.Errorf("the command is %q, want %q", got, want)
	}
	if len(service.Ports) != 1 || service.Ports[0].HostIP != "127.0.0.1" || service.Ports[0].Target != 8080 {
		t.Errorf("ports %+v", service.Ports)
	}
	if !service.ReadOnly || service.Image != "ghcr.io/idnow/idnow-emulator:latest" || service.User != "" || len(service.Volumes) != 2 {
		t.Errorf("%+v", service)
	}
	flows, err := filepath.Abs(filepath.Join("..", "..", "examples", "flows"))
	if err != nil || service.Volumes[0].Source != flows || !service.Volumes[0].ReadOnly {
		t.Errorf("%+v", service.Volumes)
	}
}
