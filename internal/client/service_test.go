// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	testKey    = "key-7f3a-planted"
	testSecret = "se cret/+%&=ü"
)

// service is an HTTP server that records what reaches it.
type service struct {
	*httptest.Server
	mu       sync.Mutex
	requests []seen
	quit     chan struct{} // closed at the end, for handlers that hang
}

// seen is a request as the service saw it.
type seen struct {
	method, uri, authorization, contentType, userAgent, body string
	length                                                   int64
}

// handler responds to the n-th request, from 1, to a service.
type handler func(w http.ResponseWriter, r *http.Request, n int)

func newService(t *testing.T, respond handler) *service {
	t.Helper()
	s := &service{quit: make(chan struct{})}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.requests = append(s.requests, seen{
			method: r.Method, uri: r.RequestURI, authorization: r.Header.Get("Authorization"),
			contentType: r.Header.Get("Content-Type"), userAgent: r.UserAgent(), body: string(body), length: r.ContentLength,
		})
		n := len(s.requests)
		s.mu.Unlock()
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		respond(w, r, n)
	}))
	t.Cleanup(func() {
		close(s.quit)
		s.Close()
	})
	return s
}

func (s *service) seen() []seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// newTestClient makes a client of api with an API key, two retries and
// waits of a millisecond.
func newTestClient(t *testing.T, api string, change ...func(*Config)) *Client {
	t.Helper()
	cfg := Config{APIURL: api, Credentials: Credentials{APIKey: testKey}, UserAgent: "test/1", MaxRetries: 2, RequestTimeout: 10 * time.Second, firstWait: time.Millisecond}
	for _, c := range change {
		c(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		(&http.Client{Transport: c.connections.kept}).CloseIdleConnections()
	})
	return c
}

// status responds with a status, headers as "Key: value", and a body.
func status(code int, body string, headers ...string) handler {
	return func(w http.ResponseWriter, _ *http.Request, _ int) {
		for _, h := range headers {
			key, value, _ := strings.Cut(h, ": ")
			w.Header().Set(key, value)
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// inTurn responds to the first request with the first handler and so on; the last
// one responds to all others.
func inTurn(handlers ...handler) handler {
	return func(w http.ResponseWriter, r *http.Request, n int) {
		handlers[min(n, len(handlers))-1](w, r, n)
	}
}

// raw writes bytes to the connection, past net/http, and closes it; with reset
// it sends RST.
func raw(t *testing.T, text string, reset bool) handler {
	t.Helper()
	return func(w http.ResponseWriter, _ *http.Request, _ int) {
		conn, buffer, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = buffer.WriteString(text)
		_ = buffer.Flush()
		if tcp, ok := conn.(*net.TCPConn); ok && reset {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
}

// closedAddress returns the URL of a port on which nobody listens.
func closedAddress(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return "http://" + l.Addr().String()
}

func bodyOf(text string) Body {
	return Body{ContentType: "application/json", Length: int64(len(text)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	}}
}

// roundTripper is a function as the end of a client's chain.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// connect replaces the client's connections.
func (c *Client) connect(end http.RoundTripper) { c.connections.kept, c.connections.single = end, end }

func response(req *http.Request, code int, body string, header http.Header) *http.Response {
	return &http.Response{StatusCode: code, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: req}
}

// everyText returns all texts that an error can show: its own, those under it,
// and the verbose formats.
func everyText(err error) string {
	var b strings.Builder
	for err != nil {
		fmt.Fprintf(&b, "%v\n%+v\n%#v\n", err, err, err)
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			break
		}
		err = u.Unwrap()
	}
	return b.String()
}

// observed collects exchanges.
type observed struct {
	mu  sync.Mutex
	all []Exchange
}

func (o *observed) observe(_ context.Context, e Exchange) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all = append(o.all, e)
}

// newTLSService returns the address of a service whose certificate nobody
// trusts.
func newTLSService(t *testing.T) string {
	t.Helper()
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

func asError(t *testing.T, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error = %v, want a response with a status", err)
	}
	return e
}

// listSessions collects what EachSession visits.
func listSessions(ctx context.Context, c *Client, flowID, environment string, query SessionQuery) (sessions []Session, err error) {
	err = c.EachSession(ctx, flowID, environment, query, func(s Session) bool {
		sessions = append(sessions, s)
		return true
	})
	return sessions, err
}

var sessionsMade atomic.Int64

// another is the response to a create with an ID of its own.
func another() string {
	return strings.Replace(created, `"s1"`, fmt.Sprintf(`"made-%d"`, sessionsMade.Add(1)), 1)
}
