// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Write writes a module's files into a folder, which it creates where it is
// missing. It does not touch files that have the content already, and returns the
// names of the others. Before anything is written it refuses to replace a file
// that does not begin as a generated one does.
func Write(dir string, files []File) (changed []string, err error) {
	var due []File
	switch info, err := os.Stat(dir); {
	case err == nil && !info.IsDir(), errors.Is(err, syscall.ENOTDIR):
		return nil, fmt.Errorf("%s is a file, or lies below one: a module needs a folder, so choose another name", dir)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	for _, f := range files {
		current, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Name))) //nolint:gosec // the folder that the person named
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		case bytes.Equal(current, f.Content):
			continue
		case !isGenerated(current):
			return nil, fmt.Errorf("%s was not written by idnow-module, and is not replaced: move it away, or choose another folder",
				filepath.Join(dir, f.Name))
		}
		due = append(due, f)
	}
	for _, f := range due {
		if err := writeFile(filepath.Join(dir, filepath.FromSlash(f.Name)), f.Content); err != nil {
			return changed, err
		}
		changed = append(changed, f.Name)
	}
	return changed, nil
}

// isGenerated reports whether a file's first line is that of a header.
func isGenerated(content []byte) bool {
	first, _, _ := strings.Cut(string(content), "\n")
	return strings.HasPrefix(first, "# "+generated) || strings.HasPrefix(first, "<!-- "+generated)
}

// writeFile lets everybody read what it writes: a module is source code.
func writeFile(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // source code, which others read
		return err
	}
	return os.WriteFile(path, content, 0o644) //nolint:gosec // source code, which others read
}
