// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestSend(t *testing.T) {
	tests := map[string]struct {
		request   Request
		respond   handler
		want      Response
		truncated bool
	}{
		"a success":         {Request{Method: "GET", Path: "/api/v1/flows/live?page=1"}, status(200, "{}"), Response{StatusCode: 200, Body: []byte("{}")}, false},
		"a refusal":         {Request{Method: "GET", Path: "/x"}, status(404, "gone"), Response{StatusCode: 404, Body: []byte("gone")}, false},
		"a limit":           {Request{Method: "GET", Path: "/x"}, status(429, ""), Response{StatusCode: 429}, false},
		"a failure":         {Request{Method: "GET", Path: "/x"}, status(503, "", "Retry-After: 0"), Response{StatusCode: 503}, false},
		"a redirect":        {Request{Method: "GET", Path: "/x"}, status(302, "", "Location: /y"), Response{StatusCode: 302}, false},
		"an odd redirect":   {Request{Method: "GET", Path: "/x"}, status(302, "", "Location: http://[y"), Response{StatusCode: 302}, false},
		"without a token":   {Request{Method: "GET", Path: "/x", Anonymous: true}, status(401, ""), Response{StatusCode: 401}, false},
		"a 401":             {Request{Method: "GET", Path: "/x"}, status(401, ""), Response{StatusCode: 401}, false},
		"a body and header": {Request{Method: "POST", Path: "/x", Body: new(bodyOf("{}")), Header: http.Header{"accept": {"text/x"}}}, status(201, "made"), Response{StatusCode: 201, Body: []byte("made")}, false},
		"a large error":     {Request{Method: "GET", Path: "/x"}, status(500, strings.Repeat("x", maxErrorBody+1)), Response{StatusCode: 500, Body: []byte(strings.Repeat("x", maxErrorBody))}, true},
		"a body cut":        {Request{Method: "GET", Path: "/x"}, raw(t, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc", false), Response{StatusCode: 200, Body: []byte("abc")}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newService(t, tt.respond)
			got, err := newTestClient(t, s.URL).Send(t.Context(), tt.request)
			if err != nil {
				t.Fatal(err)
			}
			if got.StatusCode != tt.want.StatusCode || string(got.Body) != string(tt.want.Body) || got.Truncated != tt.truncated {
				t.Errorf("got %d, %q, truncated %t", got.StatusCode, got.Body, got.Truncated)
			}
			requests := s.seen()
			if len(requests) != 1 || requests[0].uri != tt.request.Path || requests[0].method != tt.request.Method {
				t.Fatalf("requests = %+v", requests)
			}
			if sent := requests[0].authorization != ""; sent == tt.request.Anonymous {
				t.Errorf("authorization %q", requests[0].authorization)
			}
			if tt.request.Body != nil && requests[0].body != "{}" {
				t.Errorf("body %q", requests[0].body)
			}
		})
	}
}

func TestSendFails(t *testing.T) {
	var broken *ConnectionError
	if _, err := newTestClient(t, closedAddress(t)).Send(t.Context(), Request{Method: "GET", Path: "/x"}); !errors.As(err, &broken) || broken.Sent {
		t.Errorf("nobody there: %v", err)
	}
	if _, err := newTestClient(t, closedAddress(t)).Send(t.Context(), Request{Method: "GET", Path: "x"}); err == nil {
		t.Error("a path that begins with the host's rest is accepted")
	}
	s := newService(t, untilGone)
	c := newTestClient(t, s.URL, func(cfg *Config) { cfg.RequestTimeout = 50 * time.Millisecond })
	if _, err := c.Send(t.Context(), Request{Method: "POST", Path: "/x", Body: new(bodyOf("{}"))}); !errors.As(err, &broken) || !broken.Sent {
		t.Errorf("a timeout: %v", err)
	}
	p := newPlatform(t)
	p.token = status(401, `{"error":"invalid_client"}`, "Content-Type: application/json")
	var auth *AuthError
	if _, err := p.client(t).Send(t.Context(), Request{Method: "GET", Path: "/x"}); !errors.As(err, &auth) {
		t.Errorf("no token: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newTestClient(t, s.URL).Send(ctx, Request{Method: "GET", Path: "/x"}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
