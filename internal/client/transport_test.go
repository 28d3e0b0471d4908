// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
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
			c.transport = transport
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
	c.transport = transport
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
