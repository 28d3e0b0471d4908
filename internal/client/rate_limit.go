// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"net/http"
	"sync"
	"time"
)

const (
	// firstRate keeps a client going that met a single refusal by chance, in
	// attempts per second. Further refusals lower it, to lowestRate at least.
	firstRate  = 10.0
	lowestRate = 0.2

	// Once the rate is known, a refusal lowers it by a tenth and every success
	// raises it by a tenth of an attempt per second, so that it stays close to
	// the limit with few refusals. Below two a second a tenth is too much, and a
	// twentieth of the rate is added.
	slowDown     = 0.9
	speedUp      = 0.1
	speedUpShare = 0.05

	// Refusals without a success between them say that the service is closed, not
	// where its limit is: after so many the rate stays, to be of use afterwards.
	tellingRefusals = 5

	// So many successes in so long without a refusal say that the limit was lifted
	// or is far away. From then on every success raises the rate by an eighth.
	liftedAfter  = 10
	liftedWithin = 5 * time.Second
	liftedShare  = 0.125

	pauseUnasked = time.Second     // after a refusal that names no time
	maxPause     = 5 * time.Second // for all calls; the refused one waits as asked
	rateWindow   = 10 * time.Second
)

// rateLimiter spreads the attempts of all calls once the service has refused one
// with 429. Retrying each refused call by itself is not enough: with a hundred
// calls in parallel and a limit below that, the same calls lose every time and
// run out of retries while others take their place.
//
// It starts without any limit. The first refusal tells the limit: what passed
// in the time that passed, the pause included that the service asks for.
type rateLimiter struct {
	next http.RoundTripper
	now  func() time.Time
	head chan struct{} // held by the attempt at the head of the queue

	mu        sync.Mutex
	rate      float64   // attempts per second; 0: no limit met yet
	slot      time.Time // when the next attempt may leave
	since     time.Time // attempts that left earlier tell about the time before
	passed    int       // successes until the first refusal
	window    time.Duration
	let       int       // successes of all time
	refusals  int       // since the last success
	streak    int       // successes since the last refusal
	refusedAt time.Time // the last refusal
}

func newRateLimiter(next http.RoundTripper, now func() time.Time) *rateLimiter {
	return &rateLimiter{next: next, now: now, head: make(chan struct{}, 1)}
}

// RoundTrip implements [http.RoundTripper].
func (l *rateLimiter) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := l.wait(req.Context()); err != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, connectionError(req, err, false)
	}
	start := l.now()
	resp, err := l.next.RoundTrip(req)
	if err == nil {
		l.learn(start, resp)
	}
	return resp, err
}

// wait returns when the attempt may leave. Only the head of the queue has a time
// to leave at: a change of the rate then reaches all who wait behind it.
func (l *rateLimiter) wait(ctx context.Context) error {
	if !l.limited() {
		return ctx.Err()
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case l.head <- struct{}{}:
	}
	defer func() { <-l.head }()
	return sleep(ctx, l.reserve())
}

func (l *rateLimiter) limited() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if l.since.IsZero() || l.rate == 0 && now.Sub(l.since) > rateWindow {
		l.since, l.passed = now, 0
	}
	return l.rate > 0
}

// reserve takes the next place in time and returns how far away it is.
func (l *rateLimiter) reserve() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if l.slot.Before(now) {
		l.slot = now
	}
	delay := l.slot.Sub(now)
	l.slot = l.slot.Add(time.Duration(float64(time.Second) / l.rate))
	return delay
}

// learn takes note of the response to an attempt that left at start.
func (l *rateLimiter) learn(start time.Time, resp *http.Response) {
	l.mu.Lock()
	defer l.mu.Unlock()
	// An attempt that was on its way while the last refusal came tells about
	// the time before it: its refusal is no news, its success still counts.
	early := start.Before(l.since)
	if resp.StatusCode == http.StatusTooManyRequests {
		if !early {
			l.refused(resp)
		}
		return
	}
	l.let++
	l.refusals = 0
	if early || l.rate == 0 {
		l.passed++
		l.estimate()
		return
	}
	if l.streak++; l.streak > liftedAfter && l.now().Sub(l.refusedAt) > liftedWithin {
		l.rate += l.rate * liftedShare
	} else {
		l.rate += min(speedUp, l.rate*speedUpShare)
	}
}

// refused lowers the rate, or sets it where there is none yet.
func (l *rateLimiter) refused(resp *http.Response) {
	l.streak, l.refusedAt = 0, l.now()
	l.refusals++
	switch {
	case l.rate == 0:
		l.pause(resp)
	case l.refusals <= tellingRefusals:
		l.rate = max(l.rate*slowDown, lowestRate)
		// What passed meanwhile passed at a rate that was too high.
		l.since, l.passed, l.window = l.now(), 0, 0
	}
}

// pause honors the first refusal.
func (l *rateLimiter) pause(resp *http.Response) {
	now := l.now()
	length, asked := retryAfter(resp)
	if !asked {
		length = pauseUnasked
	}
	l.slot = now.Add(min(length, maxPause))
	l.window = l.slot.Sub(l.since)
	l.since = l.slot
	l.rate = firstRate
	l.estimate()
}

// estimate sets the rate to what passed within the window before the first
// refusal, if there was one and that is more than the rate so far.
func (l *rateLimiter) estimate() {
	if seconds := l.window.Seconds(); seconds > 0 {
		l.rate = max(l.rate, float64(l.passed)/seconds)
	}
}

// successes counts the responses so far that were no refusal, of all calls.
func (l *rateLimiter) successes() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.let
}
