// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// An error text of net/http quotes addresses, and the address of a proxy
// can hold a password.
func TestConnectionErrorsQuoteNothing(t *testing.T) {
	tests := map[string]struct {
		cause error
		text  string
	}{
		"a proxy's address":        {errors.New(`invalid proxy address "http://u:planted@proxy"`), "no connection could be made"},
		"a URL":                    {&url.Error{Op: "Get", URL: "https://x.example?planted", Err: io.ErrUnexpectedEOF}, "closed before the response was complete"},
		"a close while it is sent": {&net.OpError{Op: "write", Net: "tcp", Err: net.ErrClosed}, "closed before the response was complete"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := newTestClient(t, "https://api.example")
			transport := newTransport()
			transport.Proxy = func(*http.Request) (*url.URL, error) { return nil, tt.cause }
			c.connect(transport)
			_, err := c.CreateSession(t.Context(), "f1", "live", bodyOf("{}"))
			if kindOf(err) != notCreated || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("error = %v, want %q", err, tt.text)
			}
			for e := err; e != nil; e = errors.Unwrap(e) {
				if strings.Contains(e.Error(), "planted") {
					t.Errorf("error %q quotes the cause", e)
				}
			}
		})
	}
}

// HTTP/2 has its own rules for sending a request again.
func TestCreateSessionIsNotReplayedOverHTTP2(t *testing.T) {
	var creates atomic.Int64
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		creates.Add(1)
		if r.ProtoMajor != 2 {
			t.Errorf("protocol %s", r.Proto)
		}
		_, _ = io.ReadAll(r.Body)
		panic(http.ErrAbortHandler)
	}))
	s.EnableHTTP2 = true
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()

	c := newTestClient(t, s.URL)
	trusted, ok := s.Client().Transport.(*http.Transport)
	if !ok {
		t.Fatal("no transport")
	}
	transport := newTransport()
	transport.TLSClientConfig = trusted.TLSClientConfig.Clone()
	c.connect(transport)
	defer transport.CloseIdleConnections()
	_, err := c.CreateSession(t.Context(), "f1", "live", bodyOf("{}"))
	if kindOf(err) != unknown || creates.Load() != 1 {
		t.Errorf("%d creates, ended with %s: %v", creates.Load(), kindOf(err), err)
	}
}

// Terraform runs up to -parallelism calls concurrently, in waves. Each
// wave finds the connections of the one before.
func TestConnectionsAreKeptForCallsInParallel(t *testing.T) {
	const parallel = 50
	var opened atomic.Int64
	var arrived sync.WaitGroup
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		arrived.Done()
		arrived.Wait() // all are in flight at once
		_, _ = io.WriteString(w, `{"sessionId":"s1"}`)
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	s.Start()
	defer s.Close()
	c := newTestClient(t, s.URL)
	for range 2 {
		arrived.Add(parallel)
		var calls sync.WaitGroup
		for range parallel {
			calls.Go(func() {
				if _, err := c.Session(t.Context(), "live", "s1"); err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()
	}
	if got := opened.Load(); got > parallel+parallel/5 { // one may be idle a moment too late
		t.Errorf("%d connections for %d calls at a time", got, parallel)
	}
}

// A tool sees each response as it came.
func TestTransport(t *testing.T) {
	tests := map[string]struct {
		method, path, body string
		anonymous          bool
		respond            handler
		status             int
		want               string // of the body
	}{
		"a success":       {path: "/api/v1/flows/live?page=1", respond: status(200, "{}"), status: 200, want: "{}"},
		"a refusal":       {path: "/x", respond: status(404, "gone"), status: 404, want: "gone"},
		"a limit":         {path: "/x", respond: status(429, ""), status: 429},
		"a failure":       {path: "/x", respond: status(503, "", "Retry-After: 0"), status: 503},
		"a redirect":      {path: "/x", respond: status(302, "", "Location: /y"), status: 302},
		"an odd redirect": {path: "/x", respond: status(302, "", "Location: http://[y"), status: 302},
		"without a token": {path: "/x", anonymous: true, respond: status(401, ""), status: 401},
		"a 401":           {path: "/x", respond: status(401, ""), status: 401},
		"a body":          {method: "POST", path: "/x", body: "{}", respond: status(201, "made"), status: 201, want: "made"},
		"a large error":   {path: "/x", respond: status(500, strings.Repeat("x", maxErrorBody+1)), status: 500, want: strings.Repeat("x", maxErrorBody)},
		"a body cut":      {path: "/x", respond: raw(t, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc", false), status: 200, want: "abc"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newService(t, tt.respond)
			req, err := http.NewRequestWithContext(t.Context(), cmp.Or(tt.method, "GET"), s.URL+tt.path, strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := newTestClient(t, s.URL).Transport(!tt.anonymous).RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			body, err := io.ReadAll(resp.Body)
			if resp.StatusCode != tt.status || string(body) != tt.want || err != nil {
				t.Errorf("got %d, %q, error %v", resp.StatusCode, body, err)
			}
			requests := s.seen()
			if len(requests) != 1 || requests[0].uri != tt.path || requests[0].method != req.Method || requests[0].body != tt.body {
				t.Fatalf("requests = %+v", requests)
			}
			if sent := requests[0].authorization != ""; sent == tt.anonymous {
				t.Errorf("authorization %q", requests[0].authorization)
			}
		})
	}
}

func TestTransportFails(t *testing.T) {
	send := func(ctx context.Context, c *Client, method string) error {
		req, err := http.NewRequestWithContext(ctx, method, c.apiURL+"/x", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.Transport(true).RoundTrip(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		return err
	}
	var e *Error
	if err := send(t.Context(), newTestClient(t, closedAddress(t)), "GET"); !errors.As(err, &e) || e.Sent || e.Path != "/x" {
		t.Errorf("nobody there: %v", err)
	}
	s := newService(t, untilGone)
	c := newTestClient(t, s.URL, func(cfg *Config) { cfg.RequestTimeout = 50 * time.Millisecond })
	if err := send(t.Context(), c, "POST"); !errors.As(err, &e) || !e.Sent || len(s.seen()) != 1 {
		t.Errorf("a timeout: %v after %d requests", err, len(s.seen()))
	}
	p := newPlatform(t)
	p.token = status(401, `{"error":"invalid_client"}`, "Content-Type: application/json")
	if err := send(t.Context(), p.client(t), "GET"); !errors.As(err, &e) || e.Party != TokenService {
		t.Errorf("no token: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := send(ctx, newTestClient(t, s.URL), "GET"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// A tool looks at a 401 too: it is no reason to send what may change something twice.
func TestTransportSendsOnceWhateverTheToken(t *testing.T) {
	p := newPlatform(t)
	p.refuse.Store("token-1", true)
	o := &observed{}
	c := p.client(t, func(cfg *Config) { cfg.Observe = o.observe })
	req, err := http.NewRequestWithContext(t.Context(), "POST", p.URL+"/x", io.NopCloser(strings.NewReader("{}"))) // can't be rewound
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Transport(true).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != 401 || p.tokens.Load() != 1 || len(p.seen()) != 2 {
		t.Errorf("%d after %d tokens and %d requests", resp.StatusCode, p.tokens.Load(), len(p.seen()))
	}
}

// net/http goes on connecting after the request has ended, so that only these end it.
func TestConnectingEnds(t *testing.T) {
	if got := newTransport(); got.DialContext == nil || got.TLSHandshakeTimeout == 0 {
		t.Error("a host that does not respond keeps its connection forever")
	}
}
