// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package actions

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// newFolder opens a folder that is missing until then.
func newFolder(t *testing.T) (f *folder, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "parent", "folder")
	f, err := openFolder(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.close)
	return f, path
}

// requireOnly fails unless the folder contains just these files, by name and
// content.
func requireOnly(t *testing.T, path string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(path, entry.Name()))
		if err != nil {
			content = []byte(err.Error())
		}
		got[entry.Name()] = string(content)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestStore(t *testing.T) {
	f, path := newFolder(t)
	size, err := f.store("contract.pdf", 8, strings.NewReader("%PDF-1.7"))
	if size != 8 || err != nil {
		t.Errorf("%d bytes, error %v", size, err)
	}
	requireOnly(t, path, map[string]string{"contract.pdf": "%PDF-1.7"})
	for name, want := range map[string]fs.FileMode{path: 0o700, filepath.Join(path, "contract.pdf"): 0o600} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, error %v", name, info.Mode(), err)
		}
	}
}

// What goes wrong leaves nothing behind, neither a part nor an empty file.
func TestStoreFails(t *testing.T) {
	broken := errors.New("broken")
	for name, test := range map[string]struct {
		length  int64
		content io.Reader
		want    error
	}{
		"shorter than announced": {9, strings.NewReader("%PDF-1.7"), errWrongSize},
		"longer than announced":  {7, strings.NewReader("%PDF-1.7"), errWrongSize},
		"breaks off":             {-1, io.MultiReader(strings.NewReader("%PDF"), iotest.ErrReader(broken)), broken},
	} {
		t.Run(name, func(t *testing.T) {
			f, path := newFolder(t)
			if _, err := f.store("contract.pdf", test.length, test.content); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			requireOnly(t, path, map[string]string{})
		})
	}
}

func TestStoreBesideWhatIsThere(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(path, outside string) error // makes what has the name
		want    error
	}{
		"the same content":  {func(path, _ string) error { return os.WriteFile(path, []byte("new"), 0o600) }, nil},
		"another content":   {func(path, _ string) error { return os.WriteFile(path, []byte("old"), 0o600) }, errExists},
		"another size":      {func(path, _ string) error { return os.WriteFile(path, []byte("older"), 0o600) }, errExists},
		"a folder":          {func(path, _ string) error { return os.Mkdir(path, 0o700) }, errExists},
		"a link to a file":  {func(path, outside string) error { return os.Symlink(outside, path) }, errExists},
		"a link to nothing": {func(path, outside string) error { return os.Symlink(outside+"-missing", path) }, errExists},
	} {
		t.Run(name, func(t *testing.T) {
			f, path := newFolder(t)
			outside := filepath.Join(t.TempDir(), "outside")
			if err := errors.Join(os.WriteFile(outside, []byte("new"), 0o600), test.prepare(filepath.Join(path, "name"), outside)); err != nil {
				t.Fatal(err)
			}
			before := snapshot(t, path)
			if _, err := f.store("name", -1, strings.NewReader("new")); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if diff := cmp.Diff(before, snapshot(t, path)); diff != "" {
				t.Errorf("the folder has changed (-before +after):\n%s", diff)
			}
			if entries, err := os.ReadDir(filepath.Dir(outside)); len(entries) != 1 || err != nil {
				t.Errorf("outside of the folder: %v, %v", entries, err)
			}
		})
	}
}

// snapshot lists a folder's entries with their kinds and sizes.
func snapshot(t *testing.T, path string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		all[entry.Name()] = info.Mode().String() + info.ModTime().String()
	}
	return all
}

// Whatever reaches the folder, os.Root keeps it inside.
func TestStoreStaysInside(t *testing.T) {
	f, path := newFolder(t)
	for _, name := range []string{"../outside", "/outside", "link/outside"} {
		if err := os.Symlink(filepath.Dir(path), filepath.Join(path, "link")); err != nil && !errors.Is(err, fs.ErrExist) {
			t.Fatal(err)
		}
		if _, err := f.store(name, -1, strings.NewReader("new")); err == nil {
			t.Errorf("%s was written", name)
		}
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); len(entries) != 1 || err != nil {
		t.Errorf("beside the folder: %v, %v", entries, err)
	}
}

func TestUnusedNames(t *testing.T) {
	f, _ := newFolder(t)
	var got []string
	for _, name := range []string{"a.pdf", "a.pdf", "A.PDF", "a-2.pdf", "a", "a", "a.pdf"} {
		got = append(got, f.unused(name))
	}
	if diff := cmp.Diff([]string{"a.pdf", "a-2.pdf", "A-3.PDF", "a-2-2.pdf", "a", "a-2", "a-4.pdf"}, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

// Two sessions whose files have the same name don't overwrite each other's, even
// at the same moment.
func TestPlaceAtOnce(t *testing.T) {
	const contenders = 8
	f, path := newFolder(t)
	for round := range 100 {
		name := fmt.Sprint("contract-", round)
		var placed atomic.Int32
		var start, all sync.WaitGroup
		start.Add(1)
		for i := range contenders {
			temporary := fmt.Sprint(name, ".part-", i)
			if err := os.WriteFile(filepath.Join(path, temporary), make([]byte, i), 0o600); err != nil {
				t.Fatal(err)
			}
			all.Go(func() {
				start.Wait()
				switch err := f.place(temporary, name, int64(i), sha256.New()); {
				case err == nil:
					placed.Add(1)
				case !errors.Is(err, errExists):
					t.Error(err)
				}
			})
		}
		start.Done()
		all.Wait()
		if placed.Load() != 1 {
			t.Fatalf("%d files were placed under one name", placed.Load())
		}
	}
}

func TestOpenFolderFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(file, "folder")} {
		_, err := openFolder(path)
		if err == nil {
			t.Fatalf("%s was opened", path)
		}
		if reason := fileReason(err); !isFileError(err) || reason != "not a directory" {
			t.Errorf("reason %q of %v", reason, err)
		}
	}
}
