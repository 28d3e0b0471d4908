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
	t.repeating = ctx.Err() == nil && t.mayRepeat() && t.mayRepeatOnceMore()
	return t.repeating, nil
}

// mayRepeatOnceMore counts a repetition and reports whether it is still one of
// those that are allowed. While the service lets other calls through, a refusal
// for its rate only tells this call to wait its turn, and is not counted: with a
// hundred calls in parallel and a limit of one a second, chance alone would use
// up any number. A service that lets nothing through is given up as ever.
func (t *call) mayRepeatOnceMore() bool {
	if t.client.maxRetries > 0 && t.auth != nil && t.answer != nil && t.answer.status == http.StatusTooManyRequests {
		before := t.passes
		t.passes = t.client.pace.passes()
		if t.passes > before {
			return true
		}
	}
	t.repeats++
	return t.repeats <= t.client.maxRetries
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
// Retry-After, up to a minute, else twice as long each time. Chance adds a
// quarter to the one and makes half of the other, so that parallel calls don't
// come back as one wave; those that were refused for the rate, the pace spreads.
func (t *call) backoff(_, _ time.Duration, _ int, _ *http.Response) time.Duration {
	if asked, ok := t.retryAfter(); ok {
		wait := min(asked, maxRetryAfter)
		if t.answer.status == http.StatusTooManyRequests {
			return wait
		}
		return wait + time.Duration(t.client.jitter()*float64(max(wait/4, t.client.firstWait)))
	}
	wait := maxWait
	if n := max(t.repeats-1, 0); n < 16 { // beyond, the shift would pass any limit
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
