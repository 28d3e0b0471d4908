// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// bucket is a service that lets so many requests per second through and
// answers 429 to the rest.
type bucket struct {
	mu                   sync.Mutex
	perSecond, left      float64
	last                 time.Time
	accepted, turnedAway int
}

func (b *bucket) take() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.left = min(b.left+now.Sub(b.last).Seconds()*b.perSecond, b.perSecond)
	b.last = now
	if b.left < 1 {
		b.turnedAway++
		return false
	}
	b.left--
	b.accepted++
	return true
}

func TestPaceFollowsTheLimitOfTheService(t *testing.T) {
	tests := map[string]struct {
		header http.Header
		limit  float64
	}{
		"Retry-After of a second": {header: http.Header{"Retry-After": {"1"}}, limit: 50},
		"no Retry-After":          {limit: 50},
		"a low limit":             {header: http.Header{"Retry-After": {"1"}}, limit: 15},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const calls, parallel = 1000, 100
				service := &bucket{perSecond: tt.limit, left: tt.limit, last: time.Now()}
				c := newTestClient(t, "https://api.example", func(cfg *Config) { cfg.MaxRetries, cfg.firstWait = 4, 0 })
				c.transport = roundTripper(func(req *http.Request) (*http.Response, error) {
					time.Sleep(10 * time.Millisecond)
					if !service.take() {
						return response(req, 429, "", tt.header), nil
					}
					return response(req, 201, created, nil), nil
				})
				start := time.Now()
				lost := runParallel(calls, parallel, func() error {
					_, err := c.CreateSession(t.Context(), "f1", "live", bodyOf("{}"))
					return err
				})
				took, ideal := time.Since(start), time.Duration(calls/tt.limit*float64(time.Second))
				t.Logf("%d calls in %s (the limit allows %s), %d turned away", calls, took, ideal, service.turnedAway)
				if lost > 0 || service.accepted != calls {
					t.Errorf("%d calls lost, %d accepted", lost, service.accepted)
				}
				if took > ideal*13/10 {
					t.Errorf("took %s, more than 1.3 times the %s that the limit allows", took, ideal)
				}
			})
		})
	}
}

func runParallel(calls, parallel int, do func() error) (failed int64) {
	var next, failures atomic.Int64
	var workers sync.WaitGroup
	for range parallel {
		workers.Go(func() {
			for next.Add(1) <= int64(calls) {
				if do() != nil {
					failures.Add(1)
				}
			}
		})
	}
	workers.Wait()
	return failures.Load()
}

func TestPaceCostsNothingWithoutARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestClient(t, "https://api.example")
		c.transport = roundTripper(func(req *http.Request) (*http.Response, error) {
			return response(req, 201, created, nil), nil
		})
		start := time.Now()
		for range 1000 {
			if _, err := c.CreateSession(t.Context(), "f1", "live", bodyOf("{}")); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("1000 calls waited %s", took)
		}
	})
}

func TestPaceAfterASingleRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestClient(t, "https://api.example")
		n := 0
		c.transport = roundTripper(func(req *http.Request) (*http.Response, error) {
			if n++; n == 1 {
				return response(req, 429, "", http.Header{"Retry-After": {"60"}}), nil
			}
			return response(req, 201, created, nil), nil
		})
		start := time.Now()
		for range 11 {
			if _, err := c.CreateSession(t.Context(), "f1", "live", bodyOf("{}")); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start) - time.Minute; took > time.Second {
			t.Errorf("ten calls after the refused one took %s, want at most a second", took)
		}
	})
}
