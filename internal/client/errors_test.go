// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What the service wrote is data of the error, never part of its text.
func TestErrorOfARefusal(t *testing.T) {
	s := newService(t, status(503, "down for Max", "X-Request-Id: req-Max"))
	c := newTestClient(t, s.URL, func(cfg *Config) { cfg.MaxRetries = 0 })
	_, err := c.Session(t.Context(), "live", "s1")
	e := asError(t, err)
	if e.RequestID != "req-Max" || string(e.Body) != "down for Max" {
		t.Errorf("error = %#v", e)
	}
	const want = "GET /api/v1/live/sessions/s1: the service responded with 503 Service Unavailable"
	if err.Error() != want {
		t.Errorf("text = %q, want %q", err, want)
	}
}

func TestBodyOfARefusalIsBounded(t *testing.T) {
	s := newService(t, status(400, strings.Repeat("x", 2*maxErrorBody)))
	_, err := newTestClient(t, s.URL).Session(t.Context(), "live", "s1")
	if n := len(asError(t, err).Body); n != maxErrorBody {
		t.Errorf("%d bytes, want %d", n, maxErrorBody)
	}
}

func TestStatusPredicates(t *testing.T) {
	tests := map[int]struct{ notFound, forbidden, unauthorized bool }{
		400: {}, 401: {unauthorized: true}, 403: {forbidden: true}, 404: {notFound: true}, 500: {},
	}
	for code, want := range tests {
		err := error(&CreateError{Err: &Error{StatusCode: code}})
		if IsNotFound(err) != want.notFound || IsForbidden(err) != want.forbidden || hasStatus(err, 401) != want.unauthorized {
			t.Errorf("%d: IsNotFound %t, IsForbidden %t, unauthorized %t", code, IsNotFound(err), IsForbidden(err), hasStatus(err, 401))
		}
	}
	if IsNotFound(nil) || IsNotFound(context.Canceled) || hasStatus(&Error{Party: TokenService, StatusCode: 401}, 401) {
		t.Error("another error passes for a status")
	}
}

// A dialer's own timeout is no deadline of the caller's, whose value would be raised in vain.
func TestDialTimeoutIsNotTheCallers(t *testing.T) {
	_, cause := (&net.Dialer{Timeout: 1}).Dial("tcp", "127.0.0.1:1")
	if !errors.Is(cause, context.DeadlineExceeded) {
		t.Fatalf("the dialer's error is %v", cause)
	}
	err := connectionError(httptest.NewRequest(http.MethodGet, "/", http.NoBody), cause, false)
	if errors.Is(err, context.DeadlineExceeded) || err.Reason != "the connection timed out" {
		t.Errorf("error = %v", err)
	}
}
