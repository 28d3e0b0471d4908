// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestReadFaults(t *testing.T) {
	const session = `{"sessionId":"s1","sessionStatus":"RUNNING"}`
	ok := status(200, session)
	tests := map[string]struct {
		respond  handler
		timeout  time.Duration
		requests int
		status   int    // of the *Error; 0 for none
		text     string // of the error; empty for success
	}{
		"ok":                   {respond: ok, requests: 1},
		"reset, then ok":       {respond: inTurn(raw(t, "", true), ok), requests: 2},
		"reset without end":    {respond: raw(t, "", true), requests: 3, text: "the connection was reset"},
		"cut, then ok":         {respond: inTurn(raw(t, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", false), ok), requests: 2},
		"cut without end":      {respond: raw(t, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", false), requests: 3, text: "closed before the response was complete"},
		"429, then ok":         {respond: inTurn(status(429, "", "Retry-After: 0"), ok), requests: 2},
		"500, then ok":         {respond: inTurn(status(500, ""), ok), requests: 2},
		"502, 504, then ok":    {respond: inTurn(status(502, ""), status(504, ""), ok), requests: 3},
		"503 without end":      {respond: status(503, "down"), requests: 3, status: 503, text: "503 Service Unavailable"},
		"501":                  {respond: status(501, ""), requests: 1, status: 501, text: "501 Not Implemented"},
		"400":                  {respond: status(400, ""), requests: 1, status: 400, text: "400 Bad Request"},
		"404":                  {respond: status(404, ""), requests: 1, status: 404, text: "404 Not Found"},
		"404 cut":              {respond: raw(t, "HTTP/1.1 404 Not Found\r\nContent-Length: 99\r\n\r\n{", false), requests: 1, status: 404, text: "404"},
		"a redirect":           {respond: status(302, "", "Location: /x?token=planted"), requests: 1, status: 302, text: "302 Found"},
		"not JSON":             {respond: status(200, "<html>"), requests: 1, text: "the response is not a JSON object"},
		"null":                 {respond: status(200, "null"), requests: 1, text: "the response is not a JSON object"},
		"without end":          {respond: status(200, strings.Repeat("x", maxSession+1)), requests: 1, text: "larger than 8 MiB"},
		"large after gzip":     {respond: status(200, gzipped(strings.Repeat(" ", maxSession+1)), "Content-Encoding: gzip"), requests: 1, text: "larger than 8 MiB"},
		"a header without end": {respond: status(200, "", "X: "+strings.Repeat("x", 1<<20)), requests: 3, text: "the response is not HTTP"},
		"gzip":                 {respond: status(200, gzipped(session), "Content-Encoding: gzip"), requests: 1},
		"hangs, then ok":       {respond: inTurn(untilGone, ok), timeout: 500 * time.Millisecond, requests: 2},
		"hangs in the body":    {respond: drip, timeout: 50 * time.Millisecond, requests: 3, text: "no complete response within the request timeout of 50ms"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newService(t, tt.respond)
			c := newTestClient(t, s.URL, func(cfg *Config) {
				if tt.timeout > 0 {
					cfg.RequestTimeout = tt.timeout
				}
			})
			got, err := c.Session(t.Context(), "live", "s1")
			if n := len(s.seen()); n != tt.requests {
				t.Errorf("%d requests, want %d", n, tt.requests)
			}
			if tt.text == "" {
				if err != nil || got.Status != "RUNNING" {
					t.Errorf("got %+v, %v", got, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.text) || strings.Contains(everyText(err), "planted") {
				t.Errorf("error %v, want %q", err, tt.text)
			}
			if tt.status != 0 && !hasStatus(err, tt.status) {
				t.Errorf("error %v has not status %d", err, tt.status)
			}
		})
	}
}

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

func untilGone(_ http.ResponseWriter, r *http.Request, _ int) { <-r.Context().Done() }

func drip(w http.ResponseWriter, r *http.Request, _ int) {
	w.WriteHeader(200)
	_, _ = w.Write([]byte("{"))
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

func TestUntrustedCertificateIsNotRepeated(t *testing.T) {
	attempts := &observed{}
	s := newTLSService(t)
	c := newTestClient(t, s, func(cfg *Config) { cfg.Observe = attempts.observe })
	_, err := c.Session(t.Context(), "live", "s1")
	var broken *Error
	if !errors.As(err, &broken) || broken.Sent || !strings.Contains(broken.Reason, "certificate of the service is not trusted: x509:") {
		t.Errorf("error = %v", err)
	}
	if len(attempts.all) != 1 {
		t.Errorf("%d attempts, want 1", len(attempts.all))
	}
}

// Waits are measured in a bubble, where the clock runs only while all sleep.
func TestWaitsBetweenAttempts(t *testing.T) {
	header := func(value string) http.Header { return http.Header{"Retry-After": {value}} }
	const half, second, minute = time.Second / 2, time.Second, time.Minute
	tests := map[string]struct {
		header http.Header
		atMost []time.Duration // between attempts
		share  float64         // of it is the least
	}{
		"doubling":          {atMost: []time.Duration{half, second, 2 * second, 4 * second}, share: 0.5},
		"seconds":           {header: header("4"), atMost: slices.Repeat([]time.Duration{5 * second}, 4), share: 0.8},
		"at once":           {header: header("0"), atMost: slices.Repeat([]time.Duration{half}, 4)},
		"an hour is capped": {header: header("3600"), atMost: slices.Repeat([]time.Duration{minute * 5 / 4}, 4), share: 0.8},
		"digits past int64": {header: header("99999999999999999999"), atMost: slices.Repeat([]time.Duration{minute * 5 / 4}, 4), share: 0.8},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newTestClient(t, "https://api.example", func(cfg *Config) { cfg.MaxRetries, cfg.firstWait = 4, 0 })
				var at []time.Time
				c.connect(roundTripper(func(req *http.Request) (*http.Response, error) {
					at = append(at, time.Now())
					return response(req, 503, "", tt.header), nil
				}))
				if _, err := c.Session(t.Context(), "live", "s1"); !hasStatus(err, 503) || len(at) != 5 {
					t.Fatalf("%d attempts, error %v", len(at), err)
				}
				for i, atMost := range tt.atMost {
					if wait := at[i+1].Sub(at[i]); wait > atMost || float64(wait) < tt.share*float64(atMost) {
						t.Errorf("retry %d after %s, want at most %s and at least %g of it", i+1, wait, atMost, tt.share)
					}
				}
			})
		})
	}
}

// Calls that failed together don't retry together.
func TestWaitsDiffer(t *testing.T) {
	r := retry{firstWait: time.Second}
	waits := map[time.Duration]bool{}
	for range 20 {
		waits[r.wait(100, nil)] = true
	}
	if len(waits) < 10 || slices.Max(slices.Collect(maps.Keys(waits))) > maxWait {
		t.Errorf("waits %v", waits)
	}
}

func TestRetryAfter(t *testing.T) {
	tests := map[string]struct {
		header string
		want   time.Duration
		ok     bool
	}{
		"absent":         {"", 0, false},
		"zero":           {"0", 0, true},
		"seconds":        {"120", 2 * time.Minute, true},
		"spaces":         {" 7 ", 7 * time.Second, true},
		"negative":       {"-1", 0, false},
		"word":           {"soon", 0, false},
		"fraction":       {"1.5", 0, false},
		"date to come":   {"Sat, 01 Jan 2000 00:01:00 GMT", time.Minute, true},
		"date of RFC850": {"Saturday, 01-Jan-00 00:01:00 GMT", time.Minute, true},
		"date passed":    {"Fri, 31 Dec 1999 23:59:59 GMT", 0, true},
		"overflow":       {"99999999999999999999", math.MaxUint32 * time.Second, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // where the year 2000 begins
				got, ok := retryAfter(&http.Response{Header: http.Header{"Retry-After": {tt.header}}})
				if got != tt.want || ok != tt.ok {
					t.Errorf("got %s, %t; want %s, %t", got, ok, tt.want, tt.ok)
				}
			})
		})
	}
}

func TestCancelEndsAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestClient(t, "https://api.example")
		c.connect(roundTripper(func(req *http.Request) (*http.Response, error) {
			return response(req, 503, "", http.Header{"Retry-After": {"60"}}), nil
		}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		_, err := c.Session(ctx, "live", "s1")
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("ended after %s with %v", time.Since(start), err)
		}
	})
}
