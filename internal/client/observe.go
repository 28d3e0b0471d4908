// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"cmp"
	"context"
	"net/http"
	"time"
)

// Exchange describes one attempt for a log. It has no header, body or query,
// because each of them can hold a secret or a person's data.
type Exchange struct {
	Method   string
	Path     string        // escaped, without host and query
	Attempt  int           // from 1
	Status   int           // 0 if no response came
	Duration time.Duration // from sending to the end of the response
	Outcome  string        // the status text, or what went wrong
}

// observe describes each attempt to the client's observer.
type observe struct {
	next http.RoundTripper
	see  func(ctx context.Context, e Exchange) // may be nil
}

// RoundTrip implements [http.RoundTripper].
func (o observe) RoundTrip(req *http.Request) (*http.Response, error) {
	about, start := callOf(req), time.Now()
	about.attempts++
	ctx := context.WithValue(req.Context(), callKey{}, about) // another program's request has none
	resp, err := o.next.RoundTrip(req.WithContext(ctx))
	e := Exchange{Method: req.Method, Path: about.path, Attempt: about.attempts, Duration: time.Since(start)}
	if err == nil {
		e.Status, e.Outcome = resp.StatusCode, http.StatusText(resp.StatusCode)
	}
	if failure := cmp.Or(err, about.cut); failure != nil {
		e.Outcome = reasonOf(failure)
	}
	if o.see != nil {
		o.see(req.Context(), e)
	}
	return resp, err
}
