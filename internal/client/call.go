// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
)

// call is what the chain has to know of a request beyond HTTP. It travels in the
// request's context and belongs to one goroutine.
type call struct {
	path     string // what errors and logs call it: without host and query
	limit    int64  // bytes of a 2xx response
	create   bool   // never sent twice if it may have been carried out, nor cut off by an interrupt
	partial  bool   // a response that broke off is one, as far as it came
	stream   bool   // the body of a 200 response is left to the caller
	attempts int
}

type callKey struct{}

// callOf returns the call of a request's context.
func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{}
}

// newRequest makes the request of a call, body included if there is one.
func newRequest(ctx context.Context, method, address string, body *Body, about call) (*http.Request, error) {
	//nolint:gosec // a path begins with a slash, so it can't change the host
	req, err := http.NewRequestWithContext(context.WithValue(ctx, callKey{}, &about), method, address, nil)
	if err != nil {
		return nil, errors.New("the address of the API can't be used for a request")
	}
	if body == nil {
		return req, nil
	}
	req.Header.Set("Content-Type", body.ContentType)
	req.ContentLength = body.Length
	req.GetBody = func() (io.ReadCloser, error) {
		if body.Length == 0 {
			return http.NoBody, nil
		}
		content, err := body.Open()
		if err != nil {
			return nil, err
		}
		return &upload{content: content, left: body.Length}, nil
	}
	return req, nil
}

// again returns the request of another attempt, with a body of its own.
func again(req *http.Request) (*http.Request, error) {
	attempt := req.Clone(req.Context())
	if req.GetBody == nil {
		return attempt, nil
	}
	body, err := req.GetBody()
	attempt.Body = body
	return attempt, err
}

// url returns the address of a path of the API.
func (c *Client) url(path string, query url.Values) string {
	address := c.apiURL + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return address
}

// get reads path of the API and returns the body of its 2xx response.
func (c *Client) get(ctx context.Context, path string, query url.Values, limit int64) ([]byte, error) {
	req, err := newRequest(ctx, http.MethodGet, c.url(path, query), nil, call{path: path, limit: limit})
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	resp, err := c.api.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode/100 != 2 {
		return nil, statusError(req, resp)
	}
	return io.ReadAll(resp.Body)
}
