// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package actions

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
)

// Files are personal data: only their owner may read them.
const (
	folderMode fs.FileMode = 0o700
	fileMode   fs.FileMode = 0o600
)

var (
	errExists    = errors.New("the folder has a file of that name with other content")
	errWrongSize = errors.New("the size of the file is not the one that the storage announced")
)

// folder is where files are stored. Nothing is written outside of it, whatever the
// files' names and whatever links it contains.
type folder struct {
	root *os.Root
	used map[string]bool // names of this run, in lower case
}

// openFolder opens the folder at path, and creates it if it is missing.
func openFolder(path string) (*folder, error) {
	if err := os.MkdirAll(path, folderMode); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	return &folder{root: root, used: map[string]bool{}}, nil
}

func (f *folder) close() { _ = f.root.Close() }

// unused returns name, or name with a number where another file of this run has
// it. File systems may ignore case.
func (f *folder) unused(name string) string {
	extension := path.Ext(name)
	free := name
	for n := 2; f.used[strings.ToLower(free)]; n++ {
		free = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, extension), n, extension)
	}
	f.used[strings.ToLower(free)] = true
	return free
}

// store writes content, of length bytes where that is not negative, to a file of
// the folder and returns its size. It is written atomically. An existing file is not
// changed and must have the same content.
func (f *folder) store(name string, length int64, content io.Reader) (int64, error) {
	temporary := ".idnow-" + rand.Text() + ".part"
	sum := sha256.New()
	size, err := f.write(temporary, io.TeeReader(content, sum))
	defer func() { _ = f.root.Remove(temporary) }() // nothing is left to remove after a success
	switch {
	case err != nil:
		return size, err
	case length >= 0 && size != length:
		return size, errWrongSize
	}
	return size, f.place(temporary, name, size, sum)
}

func (f *folder) write(name string, content io.Reader) (int64, error) {
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return 0, err
	}
	size, err := io.Copy(file, content)
	if err == nil {
		err = file.Sync() // or a crash leaves the name without the content
	}
	return size, errors.Join(err, file.Close())
}

// placing prevents two actions of one run with the same folder from using the same
// name concurrently.
var placing sync.Mutex

func (f *folder) place(temporary, name string, size int64, sum hash.Hash) error {
	placing.Lock()
	defer placing.Unlock()
	found, err := f.root.Lstat(name) // of a link itself, which is never followed
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f.root.Rename(temporary, name)
	case err != nil:
		return err
	case !found.Mode().IsRegular() || found.Size() != size:
		return errExists
	}
	return f.compare(name, sum)
}

// compare returns errExists if the content of a file has another hash.
func (f *folder) compare(name string, want hash.Hash) error {
	file, err := f.root.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	got := sha256.New()
	if _, err := io.Copy(got, file); err != nil {
		return err
	}
	if !bytes.Equal(got.Sum(nil), want.Sum(nil)) {
		return errExists
	}
	return nil
}

// fileReason is a file system's error without the path, because a file's name could
// be personal data.
func fileReason(err error) string {
	var inPath *fs.PathError
	var inLink *os.LinkError
	switch {
	case errors.As(err, &inPath):
		err = inPath.Err
	case errors.As(err, &inLink):
		err = inLink.Err
	}
	return err.Error()
}

// isFileError reports whether err is one of the file system.
func isFileError(err error) bool {
	var inPath *fs.PathError
	var inLink *os.LinkError
	return errors.As(err, &inPath) || errors.As(err, &inLink)
}
