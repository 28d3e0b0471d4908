// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package payload_test

import (
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/payload"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// To open a pipe that nobody writes to would wait forever; a device may have
// no end.
func TestBuildRefusesPipesAndDevices(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, "/dev/zero"} {
		file := value.File{Path: path, SHA256: strings.Repeat("0", 64)}
		_, err := payload.Build(t.Context(), object{"input": file}, contract.Multipart, nil)
		wantErrors(t, err, []string{"input: file " + strconv.Quote(path) + " is a device, a pipe or a socket; it must be a regular file"})
	}
}

// A system error is reported once: without the path, which is
// in the message already.
func TestBuildReportsTheReasonOfTheSystem(t *testing.T) {
	file := writeFile(t, "a", nil)
	file.Path = filepath.Join(file.Path, "below")
	_, err := payload.Build(t.Context(), object{"input": file}, contract.Multipart, nil)
	wantErrors(t, err, []string{"input: file " + strconv.Quote(file.Path) + " can't be read: not a directory"})
}
