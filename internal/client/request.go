// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
)

// call is what the chain has to know of a request beyond HTTP. It travels in the
// request's context and belongs to one goroutine.
type call struct {
	path     string // what errors and logs call it: without host and query
	party    Party
	limit    int64 // bytes of a 2xx response
	create   bool  // never sent twice if it may have been carried out, nor cut off by an interrupt
	partial  bool  // a response that broke off is one, as far as it came
	stream   bool  // the body of a 200 response is left to the caller
	attempts int
	cut      error // why the body of the newest response is incomplete, or nil
}

type callKey struct{}

func withCall(ctx context.Context, about call) context.Context {
	return context.WithValue(ctx, callKey{}, &about)
}

// callOf returns the call of a request. A request of another program has none: what
// might change something is treated as a create.
func callOf(req *http.Request) *call {
	if about, ok := req.Context().Value(callKey{}).(*call); ok {
		return about
	}
	changes := req.Method != http.MethodGet && req.Method != http.MethodHead
	return &call{path: req.URL.EscapedPath(), limit: maxSession, create: changes, partial: true}
}

// newRequest makes the request of a call, body included if there is one.
func newRequest(ctx context.Context, method, address string, body *Body, about call) (*http.Request, error) {
	//nolint:gosec // a path begins with a slash, so it can't change the host
	req, err := http.NewRequestWithContext(withCall(ctx, about), method, address, nil)
	if err != nil {
		return nil, errors.New("the address of the API can't be used for a request")
	}
	if body == nil {
		return req, nil
	}
	req.Header.Set("Content-Type", body.ContentType)
	req.ContentLength = body.Length
	req.GetBody = func() (io.ReadCloser, error) {
		content, err := body.Open()
		return &upload{content: content, left: body.Length}, err
	}
	return req, nil
}

// get reads path of the API. It returns the request, which later errors need, and the
// body of the 2xx response.
func (c *Client) get(ctx context.Context, path string, query url.Values, limit int64) (*http.Request, []byte, error) {
	address := c.apiURL + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := newRequest(ctx, http.MethodGet, address, nil, call{path: path, limit: limit})
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Accept", "application/json")
	resp, err := c.api.RoundTrip(req)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode/100 != 2 {
		return nil, nil, statusError(req, resp)
	}
	body, err := io.ReadAll(resp.Body)
	return req, body, err
}

// upload is the body of one request while it is sent. It remembers whether the
// content itself failed: a body that ended short of its length can't have been
// accepted, which a broken connection alone does not show.
type upload struct {
	content io.ReadCloser
	left    int64
	closed  atomic.Bool // the transport gave up first
	failed  atomic.Pointer[error]
}

// Read implements [io.Reader].
func (u *upload) Read(p []byte) (int, error) {
	n, err := u.content.Read(p)
	u.left -= int64(n)
	var failure error
	switch {
	case err == nil, errors.Is(err, io.EOF) && u.left <= 0, u.closed.Load():
		return n, err
	case errors.Is(err, io.EOF):
		failure = errors.New("the request body is shorter than announced: a file may have changed while it was sent")
	default:
		failure = fmt.Errorf("reading the request body: %w", err)
	}
	u.failed.CompareAndSwap(nil, &failure)
	return n, err
}

// Close implements [io.Closer].
func (u *upload) Close() error {
	u.closed.Store(true)
	return u.content.Close()
}
