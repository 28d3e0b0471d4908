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
// responds 429 to the rest.
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

func TestRateLimiterFollowsTheLimitOfTheService(t *testing.T) {
	tests := map[string]struct {
		header http.Header
		limit  float64
		calls  int
		// A service that lets one through at a time has no room for two that come
		// close together: what is tried between loses its turn.
		atATime bool
	}{
		"Retry-After of a second":      {header: http.Header{"Retry-After": {"1"}}, limit: 50, calls: 1000},
		"no Retry-After":               {limit: 50, calls: 1000},
		"a low limit":                  {header: http.Header{"Retry-After": {"1"}}, limit: 15, calls: 1000},
		"three a second":               {header: http.Header{"Retry-After": {"1"}}, limit: 3, calls: 300},
		"one a second":                 {header: http.Header{"Retry-After": {"1"}}, limit: 1, calls: 200, atATime: true},
		"one a second, no Retry-After": {limit: 1, calls: 200, atATime: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const parallel = 100
				service := &bucket{perSecond: tt.limit, left: tt.limit, last: time.Now()}
				c := newTestClient(t, "https://api.example", func(cfg *Config) { cfg.MaxRetries, cfg.firstWait = 4, 0 })
				c.connect(roundTripper(func(req *http.Request) (*http.Response, error) {
					time.Sleep(10 * time.Millisecond)
					if !service.take() {
						return response(req, 429, "", tt.header), nil
					}
					return response(req, 201, another(), nil), nil
				}))
				start := time.Now()
				lost := runParallel(tt.calls, parallel, func() error {
					_, err := c.CreateSession(t.Context(), "f1", "live", bodyOf("{}"))
					return err
				})
				took, ideal := time.Since(start), time.Duration(float64(tt.calls)/tt.limit*float64(time.Second))
				t.Logf("%d calls in %s (the limit allows %s), %d turned away", tt.calls, took, ideal, service.turnedAway)
				if lost > 0 || service.accepted != tt.calls {
					t.Errorf("%d calls lost, %d accepted", lost, service.accepted)
				}
				if service.turnedAway > tt.calls*3/2 {
					t.Errorf("%d calls were turned away for %d that were not", service.turnedAway, tt.calls)
				}
				allowed := ideal * 13 / 10
				if tt.atATime {
					allowed = ideal * 16 / 10
				}
				if took > allowed {
					t.Errorf("took %s, more than %s, where the limit allows %s", took, allowed, ideal)
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

// What lets nothing through ends every call, however many there are.
func TestRefusalsWithoutEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		retries, passing int // how many attempts of all pass before the end
		attempts, failed int64
	}{
		"from the start":            {retries: 4, attempts: 5 * 20, failed: 20},
		"after some":                {retries: 4, passing: 10, attempts: 10 + 20 + 5*10, failed: 10},
		"without retries":           {retries: 0, attempts: 20, failed: 20},
		"after some, without those": {retries: 0, passing: 10, attempts: 20, failed: 10},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newTestClient(t, "https://api.example", func(cfg *Config) { cfg.MaxRetries, cfg.firstWait = tt.retries, 0 })
				var attempts atomic.Int64
				c.connect(roundTripper(func(req *http.Request) (*http.Response, error) {
					if attempts.Add(1) <= int64(tt.passing) {
						return response(req, 201, another(), nil), nil
					}
					return response(req, 429, "", nil), nil
				}))
				failed := runParallel(20, 20, func() error {
					_, err := c.CreateSession(t.Context(), "f1", "live", bodyOf("{}"))
					return err
				})
				if failed != tt.failed || attempts.Load() > tt.attempts {
					t.Errorf("%d calls failed by %d attempts, want %d by %d at most", failed, attempts.Load(), tt.failed, tt.attempts)
				}
			})
		})
	}
}

func TestRateLimiterCostsNothingWithoutARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestClient(t, "https://api.example")
		c.connect(roundTripper(func(req *http.Request) (*http.Response, error) {
			return response(req, 201, another(), nil), nil
		}))
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

func TestRateLimiterAfterASingleRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestClient(t, "https://api.example")
		n := 0
		c.connect(roundTripper(func(req *http.Request) (*http.Response, error) {
			if n++; n == 1 {
				return response(req, 429, "", http.Header{"Retry-After": {"60"}}), nil
			}
			return response(req, 201, another(), nil), nil
		}))
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

// A service that refused everything for a while, and then has no limit at all, is
// soon used without one again.
func TestRateLimiterRecovers(t *testing.T) {
	for name, tt := range map[string]struct{ parallel, retries int }{
		"one by one":           {parallel: 1, retries: 100},
		"ten in parallel":      {parallel: 10, retries: 100},
		"a hundred, few tries": {parallel: 100, retries: 4},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newTestClient(t, "https://api.example", func(cfg *Config) { cfg.MaxRetries, cfg.firstWait = tt.retries, 0 })
				var attempts atomic.Int64
				var stormEnded atomic.Pointer[time.Time]
				c.connect(roundTripper(func(req *http.Request) (*http.Response, error) {
					time.Sleep(10 * time.Millisecond)
					if attempts.Add(1) <= 60 {
						return response(req, 429, "", http.Header{"Retry-After": {"0"}}), nil
					}
					now := time.Now()
					stormEnded.CompareAndSwap(nil, &now)
					return response(req, 201, another(), nil), nil
				}))
				start := time.Now()
				failed := runParallel(100, tt.parallel, func() error {
					_, err := c.CreateSession(t.Context(), "f1", "live", bodyOf("{}"))
					return err
				})
				if took := time.Since(start); failed > 0 || took > 30*time.Second {
					t.Errorf("%d failed; took %s, %s of them after the storm", failed, took, time.Since(*stormEnded.Load()))
				}
			})
		})
	}
}

// The search after a lost create is a read: it is not late because creates wait.
func TestReadsDoNotWaitBehindCreates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestClient(t, "https://api.example")
		var refused atomic.Bool
		c.connect(roundTripper(func(req *http.Request) (*http.Response, error) {
			switch {
			case req.Method == http.MethodGet:
				return response(req, 200, `{"sessionId":"s1"}`, nil), nil
			case refused.CompareAndSwap(false, true):
				return response(req, 429, "", http.Header{"Retry-After": {"0"}}), nil
			}
			return response(req, 201, another(), nil), nil
		}))
		var creates sync.WaitGroup
		for range 100 {
			creates.Go(func() { _, _ = c.CreateSession(t.Context(), "f1", "live", bodyOf("{}")) })
			time.Sleep(time.Millisecond)
		}
		start := time.Now()
		if _, err := c.Session(t.Context(), "live", "s1"); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("a read took %s", took)
		}
		creates.Wait()
	})
}
