// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
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
		"a header without end": {respond: status(200, "", "X: "+strings.Repeat("x", 2*maxHeaderBytes)), requests: 3, text: "the response is not HTTP"},
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
	var broken *ConnectionError
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
	tests := map[string]struct {
		header http.Header
		want   []time.Duration // between attempts
	}{
		"doubling":          {want: []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second}},
		"seconds":           {header: header("3"), want: slices.Repeat([]time.Duration{3 * time.Second * 5 / 4}, 4)},
		"at once":           {header: header("0"), want: slices.Repeat([]time.Duration{500 * time.Millisecond}, 4)},
		"an hour is capped": {header: header("3600"), want: slices.Repeat([]time.Duration{time.Minute * 5 / 4}, 4)},
		"digits past int64": {header: header("99999999999999999999"), want: slices.Repeat([]time.Duration{time.Minute * 5 / 4}, 4)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newTestClient(t, "https://api.example", func(cfg *Config) {
					cfg.MaxRetries, cfg.firstWait = 4, 0
					cfg.jitter = func() float64 { return 1 }
				})
				var at []time.Time
				c.transport = roundTripper(func(req *http.Request) (*http.Response, error) {
					at = append(at, time.Now())
					return response(req, 503, "", tt.header), nil
				})
				if _, err := c.Session(t.Context(), "live", "s1"); !hasStatus(err, 503) {
					t.Fatal(err)
				}
				var waits []time.Duration
				for i := 1; i < len(at); i++ {
					waits = append(waits, at[i].Sub(at[i-1]))
				}
				if diff := cmp.Diff(tt.want, waits); diff != "" {
					t.Errorf("waits (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestJitterHalvesAtMost(t *testing.T) {
	for jitter, want := range map[float64]time.Duration{0: 4 * time.Second, 0.5: 6 * time.Second, 1: 8 * time.Second} {
		r := retry{firstWait: time.Second, jitter: func() float64 { return jitter }}
		if got := r.wait(4, nil); got != want {
			t.Errorf("jitter %v: waits %s, want %s", jitter, got, want)
		}
		if got := r.wait(100, nil); got > maxWait {
			t.Errorf("jitter %v: waits %s after 100 attempts", jitter, got)
		}
	}
}

func TestParseRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
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
		"date to come":   {"Fri, 02 Jan 2026 03:05:05 GMT", time.Minute, true},
		"date of RFC850": {"Friday, 02-Jan-26 03:05:05 GMT", time.Minute, true},
		"date passed":    {"Fri, 31 Dec 1999 23:59:59 GMT", 0, true},
		"overflow":       {"99999999999999999999", time.Hour, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := parseRetryAfter(tt.header, now)
			if got != tt.want || ok != tt.ok {
				t.Errorf("got %s, %t; want %s, %t", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestCancelEndsAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestClient(t, "https://api.example")
		c.transport = roundTripper(func(req *http.Request) (*http.Response, error) {
			return response(req, 503, "", http.Header{"Retry-After": {"60"}}), nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		_, err := c.Session(ctx, "live", "s1")
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("ended after %s with %v", time.Since(start), err)
		}
	})
}
