// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
)

// Request is a request as a tool makes it, for a look at the service's behavior.
type Request struct {
	Method    string
	Path      string // of the API, escaped, with its query: /api/v1/flows/live?page=1
	Header    http.Header
	Body      *Body // nil: none
	Anonymous bool  // without the bearer token
}

// Response is a response as it came.
type Response struct {
	StatusCode int
	Header     http.Header
	Body       []byte // up to 8 MiB of a success, 64 KiB of anything else
	Truncated  bool   // the body broke off, or is larger
}

// Send sends one request and returns the response whatever its status. Nothing is
// retried and no redirect followed. The request has the client's bearer token,
// user agent, timeout and bounds; the token is fetched if there is none. An error
// is an *AuthError, a *ConnectionError, or an *InvalidResponseError where the status is not
// that of a response.
func (c *Client) Send(ctx context.Context, r Request) (*Response, error) {
	if !strings.HasPrefix(r.Path, "/") {
		return nil, errors.New("the path must begin with a slash")
	}
	path, _, _ := strings.Cut(r.Path, "?")
	changes := r.Method != http.MethodGet && r.Method != http.MethodHead
	req, err := newRequest(ctx, r.Method, c.url(r.Path, nil), r.Body, call{path: path, limit: maxSession, create: changes, partial: true})
	if err != nil {
		return nil, err
	}
	for name, values := range r.Header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	if req, err = again(req); err != nil { // with its body
		return nil, err
	}
	if !r.Anonymous {
		token, err := c.tokens.token(ctx)
		if err != nil {
			return nil, err
		}
		req = withToken(req, token)
	}
	resp, err := c.once.RoundTrip(req) //nolint:bodyclose // bound has read and closed it
	if err != nil {
		return nil, err
	}
	body, cut := io.ReadAll(resp.Body)
	return &Response{StatusCode: resp.StatusCode, Header: resp.Header, Body: body, Truncated: cut != nil}, nil
}
