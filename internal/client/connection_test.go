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
	"sync/atomic"
	"testing"
)

// What net/http says of a failure quotes addresses, and the address of a proxy
// can hold a password.
func TestConnectionErrorsQuoteNothing(t *testing.T) {
	tests := map[string]struct {
		cause error
		text  string
	}{
		"a proxy's address":        {errors.New(`invalid proxy address "http://u:planted@proxy"`), "no connection could be made"},
		"a URL":                    {&url.Error{Op: "Get", URL: "https://x.example?planted", Err: io.ErrUnexpectedEOF}, "closed before the answer was complete"},
		"a close while it is sent": {&net.OpError{Op: "write", Net: "tcp", Err: net.ErrClosed}, "closed before the answer was complete"},
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
