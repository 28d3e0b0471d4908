// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/url"

	"github.com/hashicorp/go-retryablehttp"
)

// call is one API call: a request, the rules for repeating it, and what its
// last attempt came to. It is used once and by one goroutine.
type call struct {
	client     *Client
	method     string
	url        string     // with query; never in an error or a log
	path       string     // what errors and logs call it
	auth       authorizer // nil: the call carries no token
	body       *Body      // nil: none
	limit      int64      // bytes of a 2xx answer
	stream     bool       // leave a 200 answer's body to the caller
	idempotent bool

	attempts  int
	repeats   int  // attempts after the first that count against the maximum
	passes    int  // calls that had been let through at the last refusal
	renewed   bool // a 401 has already cost a token
	repeating bool
	answer    *answer
	err       error
}

// answer is what one attempt brought: the body is read to its end, or to its
// bound, or to where it broke off.
type answer struct {
	status int
	header http.Header
	body   []byte
	cut    error   // why body is not the whole, or nil
	stream *stream // instead of body, for a call that streams
}

func (a *answer) ok() bool { return a.status/100 == 2 }

// newCall makes a call of the API at path, which apiPath made.
func (c *Client) newCall(method, path string, query url.Values, limit int64) *call {
	u := c.apiURL + path
	if len(query) > 0 {
		u += "?" + query.Encode()
	}
	return &call{client: c, method: method, url: u, path: path, auth: c.auth, limit: limit, idempotent: method == http.MethodGet}
}

// read makes a GET and returns the body of its 2xx answer.
func (c *Client) read(ctx context.Context, path string, query url.Values, limit int64) ([]byte, error) {
	t := c.newCall(http.MethodGet, path, query, limit)
	a, err := t.send(ctx)
	switch {
	case err != nil:
		return nil, err
	case !a.ok():
		return nil, t.statusError(a)
	case a.cut != nil:
		return nil, t.cutError(a.cut)
	}
	return a.body, nil
}

// send makes attempts until one is final and returns its answer, whatever its
// status.
//
// retryablehttp gets a request that stands for the call and an answer that
// stands for what came back: neither has a body or a header. So http.Client
// finds no Location to follow, and nobody but attempt opens the body.
func (t *call) send(ctx context.Context) (*answer, error) {
	carrier, err := retryablehttp.NewRequestWithContext(ctx, t.method, t.url, nil)
	if err != nil {
		return nil, errors.New("the address of the API can't be used for a request")
	}
	t.passes = t.client.pace.passes()
	retrier := &retryablehttp.Client{
		HTTPClient:   &http.Client{Transport: t},
		RetryMax:     math.MaxInt32, // checkRetry counts
		CheckRetry:   t.checkRetry,
		Backoff:      t.backoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	resp, err := retrier.Do(carrier)
	if resp != nil {
		_ = resp.Body.Close()
	}
	if err != nil && t.repeating && ctx.Err() != nil {
		return nil, t.waitEnded(ctx.Err())
	}
	return t.answer, t.err
}

// waitEnded is the error of a call that ended while it waited to be repeated.
// It tells what made it wait, which is what a longer wait would have to outlast.
func (t *call) waitEnded(err error) error {
	ended := t.connectionError(err, false)
	var broken *ConnectionError
	switch {
	case t.answer != nil:
		ended.Reason += " before it could be retried after " + statusLine(t.answer.status)
	case errors.As(t.err, &broken):
		ended.Reason += " before it could be retried: " + broken.Reason
	}
	return ended
}

// RoundTrip implements [http.RoundTripper] for one turn of retryablehttp.
func (t *call) RoundTrip(carrier *http.Request) (*http.Response, error) {
	t.answer, t.err = t.exchange(carrier.Context())
	if t.err != nil {
		return nil, t.err
	}
	return &http.Response{StatusCode: t.answer.status, Header: http.Header{}, Body: http.NoBody, Request: carrier}, nil
}

// exchange makes one attempt, and a second one if a new token can mend a 401.
// That second attempt is safe for a create too: a 401 has carried out nothing.
func (t *call) exchange(ctx context.Context) (*answer, error) {
	if t.auth == nil {
		return t.attempt(ctx, "")
	}
	token, err := t.auth.token(ctx)
	if err != nil {
		return nil, err
	}
	a, err := t.attempt(ctx, token.AccessToken)
	if err != nil || a.status != http.StatusUnauthorized || t.renewed {
		return a, err
	}
	fresh, err := t.auth.renew(ctx, token)
	if err != nil {
		return nil, err
	}
	if fresh.generation == token.generation {
		return a, nil
	}
	t.renewed = true
	return t.attempt(ctx, fresh.AccessToken)
}
