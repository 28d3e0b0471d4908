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

// checkRetry implements [retryablehttp.CheckRetry]. It judges the call's own
// answer and error; those that retryablehttp passes only stand for them.
func (t *call) checkRetry(ctx context.Context, _ *http.Response, _ error) (bool, error) {
	t.repeating = ctx.Err() == nil && t.mayRepeat()
	return t.repeating, nil
}

// mayRepeat says whether the last attempt may be made again. For a create that
// is so only where the service can't have carried it out: no connection, 429,
// or 503 with Retry-After, by which the service itself asks for it.
func (t *call) mayRepeat() bool {
	if t.err != nil {
		return t.mayRepeatAfter(t.err)
	}
	_, invited := t.retryAfter()
	switch status := t.answer.status; {
	case status == http.StatusTooManyRequests:
		return true
	case status == http.StatusServiceUnavailable:
		return t.idempotent || invited
	case status == http.StatusNotImplemented:
		return false
	case status >= 500:
		return t.idempotent
	default: // a read whose answer broke off
		cut := t.answer.cut
		return t.idempotent && t.answer.ok() && cut != nil && !errors.Is(cut, errTooLarge)
	}
}

func (t *call) mayRepeatAfter(err error) bool {
	var auth *AuthError // its request has had its own repetitions
	var broken *ConnectionError
	if errors.As(err, &auth) || !errors.As(err, &broken) {
		return false
	}
	return !isCertificateError(broken.err) && (t.idempotent || !broken.Sent)
}

// backoff implements [retryablehttp.Backoff]: what the service asks for in
// Retry-After, up to a minute, else twice as long each time. Half of a wait is
// chance, so that parallel calls don't come back as one wave.
func (t *call) backoff(_, _ time.Duration, n int, _ *http.Response) time.Duration {
	if asked, ok := t.retryAfter(); ok {
		return min(asked, maxRetryAfter)
	}
	wait := maxWait
	if n < 16 { // beyond, the shift would pass any limit
		wait = min(t.client.firstWait<<n, maxWait)
	}
	return wait/2 + time.Duration(t.client.jitter()*float64(wait/2))
}

func (t *call) retryAfter() (time.Duration, bool) {
	if t.err != nil || t.answer == nil {
		return 0, false
	}
	return parseRetryAfter(t.answer.header.Get("Retry-After"), t.client.now())
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
