// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package payload

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"sync"
)

// segment is a stretch of a body.
type segment interface {
	length() int64
	open() (io.ReadCloser, error)
}

func length(segments []segment) (sum int64) {
	for _, s := range segments {
		sum += s.length()
	}
	return sum
}

// literal is bytes that are held in memory.
type literal []byte

func (l literal) length() int64 { return int64(len(l)) }

func (l literal) open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(l)), nil }

// content is the content of a file, as it is or in base64 (RFC 4648,
// section 4, padded).
type content struct {
	source
	base64 bool
}

func (c content) length() int64 {
	if c.base64 {
		return (c.size + 2) / 3 * 4 // base64.EncodedLen is an int, too short for a file on 32-bit machines
	}
	return c.size
}

func (c content) open() (io.ReadCloser, error) {
	plain, err := c.source.open()
	if err != nil || !c.base64 {
		return plain, err
	}
	return &base64Reader{in: plain}, nil
}

// base64Reader encodes what it reads. The chunk's size is a multiple of 3, so
// that only the last chunk is padded.
type base64Reader struct {
	in    io.ReadCloser
	plain [24 << 10]byte
	text  [32 << 10]byte
	rest  []byte // of text, not yet returned
}

func (r *base64Reader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		n, err := io.ReadFull(r.in, r.plain[:])
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, err // a chunk that broke off is not padded and passed on
		}
		base64.StdEncoding.Encode(r.text[:], r.plain[:n])
		r.rest = r.text[:base64.StdEncoding.EncodedLen(n)]
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (r *base64Reader) Close() error { return r.in.Close() }

// bodyReader reads segments one after the other, with at most one file open.
// Its lock is there because an HTTP transport may close a body that it is
// still reading.
type bodyReader struct {
	mu      sync.Mutex
	current io.ReadCloser // nil between segments
	rest    []segment
	err     error // from then on
}

func (r *bodyReader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.err == nil {
		if r.current == nil {
			r.next()
			continue
		}
		n, err := r.current.Read(p)
		switch {
		case errors.Is(err, io.EOF):
			r.err = r.closeCurrent()
		case err != nil:
			r.err = err
		}
		if n > 0 || len(p) == 0 {
			return n, nil
		}
	}
	return 0, r.err
}

// next opens the next segment. After the last comes io.EOF.
func (r *bodyReader) next() {
	if len(r.rest) == 0 {
		r.err = io.EOF
		return
	}
	r.current, r.err = r.rest[0].open()
	r.rest = r.rest[1:]
}

// Close ends the reading, whole or not.
func (r *bodyReader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = fs.ErrClosed
	return r.closeCurrent()
}

func (r *bodyReader) closeCurrent() error {
	if r.current == nil {
		return nil
	}
	err := r.current.Close()
	r.current = nil
	return err
}
