// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// observe describes each attempt to the client's observer.
type observe struct {
	next http.RoundTripper
	now  func() time.Time
	see  func(ctx context.Context, e Exchange)
}

// RoundTrip implements [http.RoundTripper].
func (o observe) RoundTrip(req *http.Request) (*http.Response, error) {
	about := callOf(req.Context())
	about.attempts++
	start := o.now()
	resp, err := o.next.RoundTrip(req)
	e := Exchange{Method: req.Method, Path: about.path, Attempt: about.attempts, Duration: o.now().Sub(start)}
	failure := err
	if resp != nil {
		e.Status, e.Outcome = resp.StatusCode, http.StatusText(resp.StatusCode)
		if body, ok := resp.Body.(*received); ok {
			failure = body.cut
		}
	}
	if failure != nil {
		e.Outcome = outcomeText(failure)
	}
	o.see(req.Context(), e)
	return resp, err
}

// outcomeText describes an attempt without a whole response in a few words. The
// error of a request's body is not described: it can name a file of the person.
func outcomeText(err error) string {
	var broken *ConnectionError
	var unreadable *InvalidResponseError
	switch {
	case errors.As(err, &broken):
		return broken.Reason
	case errors.As(err, &unreadable):
		return unreadable.Reason
	}
	return "the request body can't be read"
}
