// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// firstRate is what the first refusal leaves, in attempts per second: it keeps a client
	// going that met it by chance. Further ones lower it, to lowestRate at least.
	firstRate  = 10.0
	lowestRate = 0.2

	// A refusal lowers the rate by a tenth and every success raises it by a tenth of
	// an attempt per second, or by a twentieth where that is less. So it stays close
	// to the limit with few refusals.
	slowDown     = 0.9
	speedUp      = 0.1
	speedUpShare = 0.05

	// So many successes in so long without a refusal indicate that the limit was lifted
	// or is far away. From then on every success adds the twentieth.
	liftedAfter  = 10
	liftedWithin = 5 * time.Second

	// Refusals without a success between them indicate that the service is closed, and
	// not where its limit is: after so many, the rate stays as it is for later.
	tellingRefusals = 5

	pauseUnasked = time.Second     // after a refusal that names no time
	maxPause     = 5 * time.Second // for all calls; the refused one waits as asked
)

// rateLimiter spreads the attempts of all calls once the service has refused one
// with 429. Retrying each refused call by itself is not enough: with a hundred
// calls in parallel and a limit below that, the same calls lose every time and
// run out of retries while others take their place. It starts without any limit.
type rateLimiter struct {
	next http.RoundTripper
	head [2]chan struct{} // held by the attempt at the head of the queue, of reads and of creates

	mu        sync.Mutex
	rate      float64   // attempts per second; 0: no limit met yet
	slot      time.Time // when the next attempt may leave
	since     time.Time // attempts that left earlier met the rate before
	refusedAt time.Time // the last refusal
	refusals  int       // since the last success
	streak    int       // successes since the last refusal

	passed atomic.Int64 // responses so far that were no refusal
}

func newRateLimiter(next http.RoundTripper) *rateLimiter {
	return &rateLimiter{next: next, head: [2]chan struct{}{make(chan struct{}, 1), make(chan struct{}, 1)}}
}

// RoundTrip implements [http.RoundTripper].
func (l *rateLimiter) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := l.wait(req.Context(), callOf(req).create); err != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, connectionError(req, err, false)
	}
	start := time.Now()
	resp, err := l.next.RoundTrip(req)
	if err == nil {
		l.learn(start, resp)
	}
	return resp, err
}

// wait returns when the attempt may leave. Only the head of a queue has a time
// to leave at: a change of the rate then reaches all who wait behind it. Reads have a
// queue of their own, so that the search after a lost create does not wait behind creates.
func (l *rateLimiter) wait(ctx context.Context, create bool) error {
	head := l.head[0]
	if create {
		head = l.head[1]
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case head <- struct{}{}:
	}
	defer func() { <-head }()
	return sleep(ctx, l.reserve())
}

// reserve takes the next place in time and returns how far away it is.
func (l *rateLimiter) reserve() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rate == 0 {
		return 0
	}
	if now := time.Now(); l.slot.Before(now) {
		l.slot = now
	}
	delay := time.Until(l.slot)
	l.slot = l.slot.Add(time.Duration(float64(time.Second) / l.rate))
	return delay
}

// learn adjusts the rate to the response of an attempt that was sent at start. One that was
// in flight while the rate changed is no evidence about the new rate.
func (l *rateLimiter) learn(start time.Time, resp *http.Response) {
	l.mu.Lock()
	defer l.mu.Unlock()
	early := start.Before(l.since)
	switch {
	case resp.StatusCode != http.StatusTooManyRequests:
		l.passed.Add(1)
		l.refusals = 0
		if l.rate > 0 && !early {
			l.raise()
		}
	case !early:
		l.lower(resp)
	}
}

func (l *rateLimiter) raise() {
	l.streak++
	more := l.rate * speedUpShare
	if lifted := l.streak > liftedAfter && time.Since(l.refusedAt) > liftedWithin; !lifted {
		more = min(more, speedUp)
	}
	l.rate += more
}

// lower sets the rate where there is none yet, after the pause that the service asks for.
func (l *rateLimiter) lower(resp *http.Response) {
	now := time.Now()
	l.refusedAt, l.streak = now, 0
	l.refusals++
	switch {
	case l.rate == 0:
		pause, asked := retryAfter(resp)
		if !asked {
			pause = pauseUnasked
		}
		l.slot = now.Add(min(pause, maxPause))
		l.rate, l.since = firstRate, l.slot
	case l.refusals <= tellingRefusals:
		l.rate, l.since = max(l.rate*slowDown, lowestRate), now
	}
}
