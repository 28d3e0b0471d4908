// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

const (
	defaultFirstWait = 500 * time.Millisecond
	maxWait          = 30 * time.Second
	maxRetryAfter    = 60 * time.Second
)

// retry makes attempts until one is final. createOutcome decides whether a create is
// retried, mayRetry for all others.
type retry struct {
	next      http.RoundTripper
	max       int
	firstWait time.Duration
	passed    *atomic.Int64 // calls that the rate limiter let through so far
}

// RoundTrip implements [http.RoundTripper].
func (r retry) RoundTrip(req *http.Request) (*http.Response, error) {
	retries, passed := 0, r.passed.Load()
	for {
		attempt, err := again(req)
		if err != nil {
			return nil, err
		}
		resp, err := r.next.RoundTrip(attempt)
		if req.Context().Err() != nil || r.max == 0 || !mayRetry(req, resp, err) {
			return resp, err
		}
		// While the service lets other calls through, a 429 only means that
		// this call has to wait, and is not counted: with a hundred calls
		// in parallel and a limit of one a second, chance alone would use up any number.
		before := passed
		passed = r.passed.Load()
		if refused := err == nil && resp.StatusCode == http.StatusTooManyRequests; !refused || passed == before {
			retries++
		}
		if retries > r.max {
			return resp, err
		}
		if ended := sleep(req.Context(), r.wait(retries, resp)); ended != nil {
			return nil, waitEnded(req, ended, resp, err)
		}
	}
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

// mayRetry reports whether an attempt was not final. Requests that change nothing are
// worth another one after any transient failure.
func mayRetry(req *http.Request, resp *http.Response, err error) bool {
	var e *Error
	switch {
	case err == nil && resp.StatusCode/100 == 2:
		return false
	case callOf(req).create:
		return createOutcome(resp, err) == nothingCreatedYet
	case err != nil:
		return errors.As(err, &e) && e.StatusCode == 0 && !e.final
	}
	status := resp.StatusCode
	return status == http.StatusTooManyRequests || status >= 500 && status != http.StatusNotImplemented
}

// wait is the time before the retry of that number: what the service asks for in
// Retry-After, up to a minute, else twice as long each time. Jitter adds up to a
// quarter to the former and is up to half of the latter, so that parallel calls don't
// retry at once; the rate limiter spreads those that met a 429.
func (r retry) wait(number int, resp *http.Response) time.Duration {
	jitter := rand.Float64() //nolint:gosec // it is no secret
	if asked, ok := retryAfter(resp); ok {
		wait := min(asked, maxRetryAfter)
		if resp.StatusCode == http.StatusTooManyRequests {
			return wait
		}
		return wait + time.Duration(jitter*float64(max(wait/4, r.firstWait)))
	}
	doublings := min(max(number-1, 0), 16) // beyond, the shift would pass any limit
	wait := min(r.firstWait<<doublings, maxWait)
	return wait/2 + time.Duration(jitter*float64(wait/2))
}

// waitEnded is the error of a call that ended while it waited to be retried. It
// contains why it waited.
func waitEnded(req *http.Request, ended error, resp *http.Response, err error) error {
	e := connectionError(req, ended, false)
	if resp != nil {
		e.Reason += " before it could be retried after " + StatusLine(resp.StatusCode)
	} else {
		e.Reason += " before it could be retried: " + reasonOf(err)
	}
	return e
}

// sleep waits for d, or until ctx ends, whose error it then returns.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
	return ctx.Err()
}

// retryAfter returns how long a response asks to wait by its header Retry-After (RFC 9110,
// section 10.2.3): a number of seconds or a date. A date that has passed means now.
func retryAfter(resp *http.Response) (time.Duration, bool) {
	if resp == nil {
		return 0, false
	}
	header := strings.TrimSpace(resp.Header.Get("Retry-After"))
	seconds, err := strconv.ParseUint(header, 10, 32)
	if err == nil || errors.Is(err, strconv.ErrRange) { // then seconds are the most there can be
		return time.Duration(seconds) * time.Second, true
	}
	date, err := http.ParseTime(header)
	return max(time.Until(date), 0), err == nil
}
