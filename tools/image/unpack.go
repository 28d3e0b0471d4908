// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

// unpack writes the file system of a platform's image into a new folder. As root it
// sets owners too, as a container engine does.
func unpack(folder string, platform v1.Platform, out string) (err error) {
	index, err := readIndex(folder)
	if err != nil {
		return err
	}
	entry, err := manifestOf(index, platform)
	if err != nil {
		return err
	}
	image, err := index.Image(entry.Digest)
	if err != nil {
		return err
	}
	if err := os.Mkdir(out, 0o755); err != nil { //nolint:gosec // the file system of a user other than this
		return err
	}
	root, err := os.OpenRoot(out)
	if err != nil {
		return err
	}
	archive := mutate.Extract(image)
	defer func() { err = errors.Join(err, archive.Close(), root.Close()) }()
	for r := tar.NewReader(archive); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = unpackEntry(root, header, r)
		}
		if err != nil {
			return err
		}
	}
}

func unpackEntry(root *os.Root, header *tar.Header, content io.Reader) error {
	var err error
	switch header.Typeflag {
	case tar.TypeDir:
		err = root.Mkdir(header.Name, 0o700)
	case tar.TypeReg:
		err = writeFile(root, header, content)
	default:
		return fmt.Errorf("%s is neither a file nor a folder", header.Name)
	}
	if err == nil && os.Geteuid() == 0 {
		err = root.Chown(header.Name, header.Uid, header.Gid)
	}
	if err != nil {
		return err
	}
	return root.Chmod(header.Name, header.FileInfo().Mode()&(fs.ModePerm|fs.ModeSticky)) // after the owner, which would reset it
}

func writeFile(root *os.Root, header *tar.Header, content io.Reader) error {
	file, err := root.OpenFile(header.Name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.CopyN(file, content, header.Size)
	return errors.Join(err, file.Close())
}
