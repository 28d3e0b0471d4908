// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	defaultFirstWait = 500 * time.Millisecond
	maxWait          = 30 * time.Second
	maxRetryAfter    = 60 * time.Second
)

// retry makes attempts until one is final. createOutcome decides whether a create is
// retried, mayRetryRead decides for all others.
//
// No retry library is used: they decide by method and status, and pass net/http a body
// that it can send again by itself.
type retry struct {
	next      http.RoundTripper
	max       int
	firstWait time.Duration
	jitter    func() float64 // in [0,1)
	passed    func() int     // calls that the rate limit let through so far
}

// RoundTrip implements [http.RoundTripper].
func (r retry) RoundTrip(req *http.Request) (*http.Response, error) {
	retries, passed := 0, r.passed()
	for {
		attempt, err := again(req)
		if err != nil {
			return nil, err
		}
		resp, err := r.next.RoundTrip(attempt)
		if req.Context().Err() != nil || !mayRetry(req, resp, err) {
			return resp, err
		}
		// While the service lets other calls through, a 429 only means that
		// this call has to wait, and is not counted: with a hundred calls
		// in parallel and a limit of one a second, chance alone would use up any number.
		before := passed
		passed = r.passed()
		if refused := resp != nil && resp.StatusCode == http.StatusTooManyRequests; !refused || passed == before || r.max == 0 {
			retries++
		}
		if retries > r.max {
			return resp, err
		}
		if resp != nil {
			_ = resp.Body.Close()
		}
		if ended := sleep(req.Context(), r.wait(retries, resp)); ended != nil {
			return nil, waitEnded(req, ended, resp, err)
		}
	}
}

func mayRetry(req *http.Request, resp *http.Response, err error) bool {
	switch {
	case err == nil && resp.StatusCode/100 == 2:
		return false
	case callOf(req.Context()).create:
		return createOutcome(resp, err) == nothingCreatedYet
	}
	return mayRetryRead(resp, err)
}

// wait is the time before the retry of that number: what the service asks for in
// Retry-After, up to a minute, else twice as long each time. Jitter adds up to a
// quarter to the former and is up to half of the latter, so that parallel calls don't
// retry at once; the rate limiter spreads those that met a 429.
func (r retry) wait(number int, resp *http.Response) time.Duration {
	if asked, ok := retryAfter(resp); ok {
		wait := min(asked, maxRetryAfter)
		if resp.StatusCode == http.StatusTooManyRequests {
			return wait
		}
		return wait + time.Duration(r.jitter()*float64(max(wait/4, r.firstWait)))
	}
	wait := maxWait
	if n := max(number-1, 0); n < 16 { // beyond, the shift would pass any limit
		wait = min(r.firstWait<<n, maxWait)
	}
	return wait/2 + time.Duration(r.jitter()*float64(wait/2))
}

// waitEnded is the error of a call that ended while it waited to be retried. It
// contains why it waited.
func waitEnded(req *http.Request, ended error, resp *http.Response, err error) error {
	e := connectionError(req, ended, false)
	var broken *ConnectionError
	switch {
	case resp != nil:
		e.Reason += " before it could be retried after " + statusLine(resp.StatusCode)
	case errors.As(err, &broken):
		e.Reason += " before it could be retried: " + broken.Reason
	}
	return e
}

// sleep waits for d, or until ctx ends, whose error it then returns.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return ctx.Err()
	}
}

// retryAfter returns how long a response asks to wait.
func retryAfter(resp *http.Response) (time.Duration, bool) {
	if resp == nil {
		return 0, false
	}
	return parseRetryAfter(resp.Header.Get("Retry-After"), time.Now())
}

// parseRetryAfter reads a Retry-After header (RFC 9110, section 10.2.3): a
// number of seconds or a date. A date that has passed means now.
func parseRetryAfter(header string, now time.Time) (time.Duration, bool) {
	header = strings.TrimSpace(header)
	if header == "" {
		return 0, false
	}
	if strings.Trim(header, "0123456789") == "" {
		seconds, err := strconv.ParseInt(header, 10, 32)
		if err != nil { // more digits than an int32: longer than anyone waits
			return time.Hour, true
		}
		return time.Duration(seconds) * time.Second, true
	}
	date, err := http.ParseTime(header)
	if err != nil {
		return 0, false
	}
	return max(date.Sub(now), 0), true
}
