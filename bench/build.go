// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const ownModule = "github.com/idnow/terraform-provider-idnow"

// module is a main package and, where it is not of this repository, the version
// to build.
type module struct{ path, version string }

// installed is a contender's provider, ready for a CLI's dev_overrides.
type installed struct {
	contender
	dir     string // holds the meter under the provider's name
	version string
}

// install builds the meter and the contenders into folders below dir. A peer is
// taken from the folder peers, if that has it, and else built from the module
// proxy. One that is not available is left out, and the second result is the reason.
func install(ctx context.Context, dir, peers string, wanted []contender) ([]installed, []string, error) {
	meter := filepath.Join(dir, "meter")
	if err := goBuild(ctx, "", meter, ownModule+"/bench/meter"); err != nil {
		return nil, nil, err
	}
	var ready []installed
	var missing []string
	for _, c := range wanted {
		home := filepath.Join(dir, c.name)
		binary := filepath.Join(home, "real", "terraform-provider-"+c.name)
		if err := os.MkdirAll(filepath.Dir(binary), 0o750); err != nil {
			return nil, nil, err
		}
		switch err := c.module.build(ctx, peers, binary); {
		case err != nil && c.module.version != "":
			missing = append(missing, fmt.Sprintf("%s %s is left out: %s", c.name, c.module.version, err))
			continue
		case err != nil:
			return nil, nil, err
		}
		if err := os.Link(meter, filepath.Join(home, filepath.Base(binary))); err != nil {
			return nil, nil, err
		}
		ready = append(ready, installed{contender: c, dir: home, version: versionOf(binary)})
	}
	return ready, missing, nil
}

func (m module) build(ctx context.Context, peers, binary string) error {
	switch {
	case m.path == ownModule:
		dir, err := ownFolder(ctx)
		if err != nil {
			return err
		}
		return goBuild(ctx, dir, binary, m.path)
	case m.version == "":
		return goBuild(ctx, "", binary, m.path)
	}
	if peers != "" {
		content, err := os.ReadFile(filepath.Join(peers, filepath.Base(binary))) //nolint:gosec // the user names the folder
		if err == nil {
			return os.WriteFile(binary, content, 0o700) //nolint:gosec // a program
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return m.buildFromProxy(ctx, binary)
}

// buildFromProxy builds in a module of its own, so that the peer gets the
// dependencies that its own release has.
func (m module) buildFromProxy(ctx context.Context, binary string) error {
	dir, err := os.MkdirTemp("", "bench-peer-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module peer\n"), 0o600); err != nil {
		return err
	}
	if err := goRun(ctx, dir, "get", m.path+"@"+m.version); err != nil {
		return err
	}
	return goBuild(ctx, dir, binary, m.path)
}

// ownFolder is where the provider's module is. It is built there, so that it
// gets the dependencies that its own module names, as a release does.
func ownFolder(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", ownModule).Output()
	if err != nil {
		return "", fmt.Errorf("finding the provider's module: %w; run the bench in its own folder", err)
	}
	return strings.TrimSpace(string(out)), nil
}

func goBuild(ctx context.Context, dir, binary, pkg string) error {
	return goRun(ctx, dir, "build", "-o", binary, pkg)
}

func goRun(ctx context.Context, dir string, arguments ...string) error {
	cmd := exec.CommandContext(ctx, "go", arguments...) //nolint:gosec // arguments of our own
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return fmt.Errorf("go %s: %s", strings.Join(arguments, " "), strings.Join(lines[max(len(lines)-2, 0):], " "))
	}
	return nil
}

// versionOf is the version that Go stamped into a binary of a peer: as a
// dependency of our throwaway module, or as its own main module.
func versionOf(binary string) string {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return "of unknown version"
	}
	for _, dependency := range info.Deps {
		if dependency.Path == info.Path {
			return dependency.Version
		}
	}
	return info.Main.Version
}
