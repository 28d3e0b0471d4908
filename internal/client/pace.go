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

	// Once the rate is known, a refusal lowers it by a tenth and every answer
	// raises it by a tenth of an attempt per second, so that it stays close to
	// the limit with few refusals and follows a limit that is lifted. Below two
	// a second a tenth is too much, and a twentieth of the rate is added.
	slowDown     = 0.9
	speedUp      = 0.1
	speedUpShare = 0.05

	pauseUnasked = time.Second     // after a refusal that names no time
	maxPause     = 5 * time.Second // for all calls; the refused one waits as asked
	rateWindow   = 10 * time.Second
)

// pace spreads the attempts of all calls once the service has refused one with
// 429. Repeating each refused call by itself is not enough: with a hundred
// calls in parallel and a limit below that, the same calls lose every time and
// run out of repetitions while others take their place.
//
// It starts without any limit. The first refusal tells the limit: what passed
// in the time that passed, the pause included that the service asks for.
type pace struct {
	now  func() time.Time
	head chan struct{} // held by the attempt at the head of the row

	mu     sync.Mutex
	rate   float64   // attempts per second; 0: no limit met yet
	next   time.Time // when the next attempt may leave
	since  time.Time // attempts that left earlier tell about the time before
	passed int       // answers that were no refusal, until the first one
	window time.Duration
	let    int // answers that were no refusal, of all time
}

func newPace(now func() time.Time) *pace {
	return &pace{now: now, head: make(chan struct{}, 1)}
}

// wait returns when the attempt may leave. Only the head of the row has a time
// to leave at: a change of the rate then reaches all who wait behind it.
func (p *pace) wait(ctx context.Context) error {
	if !p.limited() {
		return ctx.Err()
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case p.head <- struct{}{}:
	}
	defer func() { <-p.head }()
	timer := time.NewTimer(p.reserve())
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return ctx.Err()
	}
}

func (p *pace) limited() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if p.since.IsZero() || p.rate == 0 && now.Sub(p.since) > rateWindow {
		p.since, p.passed = now, 0
	}
	return p.rate > 0
}

// reserve takes the next place in time and returns how far away it is.
func (p *pace) reserve() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if p.next.Before(now) {
		p.next = now
	}
	delay := p.next.Sub(now)
	p.next = p.next.Add(time.Duration(float64(time.Second) / p.rate))
	return delay
}

// learn takes note of an answer to an attempt that left at start.
func (p *pace) learn(start time.Time, a *answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	// An attempt that was on its way while the last refusal came tells about
	// the time before it: its refusal is no news, its success still counts.
	early := start.Before(p.since)
	refused := a.status == http.StatusTooManyRequests
	if !refused {
		p.let++
	}
	switch {
	case !refused && (early || p.rate == 0):
		p.passed++
		p.estimate()
	case !refused:
		p.rate += min(speedUp, p.rate*speedUpShare)
	case early:
	case p.rate > 0:
		p.rate = max(p.rate*slowDown, lowestRate)
		// What passed meanwhile passed at a rate that was too high.
		p.since, p.passed, p.window = p.now(), 0, 0
	default:
		p.pause(a)
	}
}

// pause heeds the first refusal.
func (p *pace) pause(a *answer) {
	now := p.now()
	length, asked := parseRetryAfter(a.header.Get("Retry-After"), now)
	if !asked {
		length = pauseUnasked
	}
	p.next = now.Add(min(length, maxPause))
	p.window = p.next.Sub(p.since)
	p.since = p.next
	p.rate = firstRate
	p.estimate()
}

// estimate sets the rate to what passed within the window before the first
// refusal, if there was one and that is more than the rate so far.
func (p *pace) estimate() {
	if seconds := p.window.Seconds(); seconds > 0 {
		p.rate = max(p.rate, float64(p.passed)/seconds)
	}
}

// passes counts the answers so far that were no refusal, of all calls.
func (p *pace) passes() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.let
}
