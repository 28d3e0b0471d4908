// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package payload

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"mime"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// readSize is how much of a file is read at once while it is hashed.
const readSize = 64 << 10

// fingerprint identifies the content of a file when it was first read.
type fingerprint struct {
	size int64
	sum  [sha256.Size]byte
	head []byte // the first sniffLength bytes
}

// source is the file of a reference, verified to have the reference's content.
type source struct {
	fingerprint
	path value.Path // of the reference
	name string     // path on disk
}

// takeFingerprint reads the whole file. It ends early with ctx.
func takeFingerprint(ctx context.Context, name string) (fingerprint, error) {
	file, size, err := open(name)
	if err != nil {
		return fingerprint{}, err
	}
	defer func() { _ = file.Close() }() // nothing was written that it could lose

	in := contextReader{ctx, file}
	head, err := io.ReadAll(io.LimitReader(in, sniffLength))
	if err != nil {
		return fingerprint{}, err
	}
	digest := sha256.New()
	digest.Write(head)
	rest, err := io.CopyBuffer(digest, in, make([]byte, readSize))
	if err != nil {
		return fingerprint{}, err
	}
	if int64(len(head))+rest != size {
		return fingerprint{}, errChangedWhileRead
	}
	return fingerprint{size: size, sum: [sha256.Size]byte(digest.Sum(nil)), head: head}, nil
}

// checkReference compares a reference with the file that it names.
func checkReference(file value.File, found fingerprint) error {
	switch {
	case !strings.EqualFold(file.SHA256, hex.EncodeToString(found.sum[:])):
		return errChangedSincePlan
	case !isHeaderText(file.Name()):
		return errName
	case file.ContentType != "" && !isMediaType(file.ContentType):
		return errType
	}
	return nil
}

// isHeaderText reports whether s may be part of a header: a line break
// would begin another header.
func isHeaderText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// isMediaType reports whether s can be a Content-Type: type/subtype, with or
// without parameters (RFC 9110, section 8.3.1).
func isMediaType(s string) bool {
	kind, _, err := mime.ParseMediaType(s)
	return err == nil && strings.Contains(kind, "/") && isHeaderText(s)
}

// open opens a regular file and returns its size. It checks before it opens:
// opening a pipe would wait for a writer that may never come.
func open(name string) (*os.File, int64, error) {
	size, err := stat(name)
	if err != nil {
		return nil, 0, err
	}
	file, err := os.Open(name) //nolint:gosec // the user selects the file
	return file, size, err
}

// stat returns the size of a regular file.
func stat(name string) (int64, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return 0, err
	case info.IsDir():
		return 0, errFolder
	case !info.Mode().IsRegular():
		return 0, errIrregular
	}
	return info.Size(), nil
}

func (s source) fail(err error) *FileError {
	return &FileError{Path: s.path, File: s.name, Reason: reason(err), Err: err}
}

// recheck reports whether the file is still there with its size.
func (s source) recheck() error {
	size, err := stat(s.name)
	if err == nil && size != s.size {
		err = errChangedWhileRead
	}
	if err != nil {
		return s.fail(err)
	}
	return nil
}

// open starts the second reading of the file.
func (s source) open() (io.ReadCloser, error) {
	file, _, err := open(s.name)
	if err != nil {
		return nil, s.fail(err)
	}
	return &sourceReader{source: s, file: file, left: s.size, digest: sha256.New()}, nil
}

// sourceReader returns a file's content and withholds its last bytes until
// size and hash of the whole are what they were when it was first read.
type sourceReader struct {
	source source
	file   io.ReadCloser
	left   int64 // bytes not returned yet
	digest hash.Hash
	proven bool // the whole has been read and is unchanged
}

func (r *sourceReader) Read(p []byte) (int, error) {
	if r.proven {
		return 0, io.EOF
	}
	if int64(len(p)) >= r.left {
		return r.readLast(p[:r.left])
	}
	n, err := r.file.Read(p)
	if err != nil {
		return 0, r.broken(err)
	}
	r.digest.Write(p[:n])
	r.left -= int64(n)
	return n, nil
}

// readLast fills p with the rest, and counts it as read only if the
// file ends there and its hash holds.
func (r *sourceReader) readLast(p []byte) (int, error) {
	if _, err := io.ReadFull(r.file, p); err != nil {
		return 0, r.broken(err)
	}
	r.digest.Write(p)
	if n, err := io.ReadFull(r.file, make([]byte, 1)); n > 0 || !errors.Is(err, io.EOF) {
		return 0, r.broken(err)
	}
	if [sha256.Size]byte(r.digest.Sum(nil)) != r.source.sum {
		return 0, r.source.fail(errChangedWhileRead)
	}
	r.proven = true
	r.left = 0
	return len(p), nil
}

// broken is the error for a file that ended early or late, or couldn't be read.
func (r *sourceReader) broken(err error) error {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errChangedWhileRead
	}
	return r.source.fail(err)
}

func (r *sourceReader) Close() error { return r.file.Close() }

// contextReader ends with ctx.
type contextReader struct {
	ctx context.Context
	in  io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.in.Read(p)
}
