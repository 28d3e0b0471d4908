// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

// upload is the body of one request while it is sent. It remembers whether the
// content itself failed: a body that ended short of its length can't have been
// accepted, which a broken connection alone does not show.
type upload struct {
	content io.ReadCloser

	mu     sync.Mutex
	left   int64
	closed bool
	failed error
}

// Read implements [io.Reader].
func (u *upload) Read(p []byte) (int, error) {
	n, err := u.content.Read(p)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.left -= int64(n)
	switch {
	case u.closed || u.failed != nil: // the transport gave up first
	case errors.Is(err, io.EOF) && u.left > 0:
		u.failed = errors.New("the request body is shorter than announced: a file may have changed while it was sent")
	case err != nil && !errors.Is(err, io.EOF):
		u.failed = fmt.Errorf("reading the request body: %w", err)
	}
	return n, err
}

// Close implements [io.Closer].
func (u *upload) Close() error {
	u.mu.Lock()
	u.closed = true
	u.mu.Unlock()
	return u.content.Close()
}

func (u *upload) failure() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.failed
}
