// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const created = `{"flowId":"f1","flowVersion":2,"environment":"live","sessionContext":{"sessionId":"s1","sessionStatus":"CREATED","createdAt":"2024-11-04T10:30:00Z"},"playerUrl":"https://player.example/player?token=planted-player"}`

// The ways in which a create can end.
const (
	succeeded  = "a session"
	notCreated = "no session"
	unknown    = "unknown"
	incomplete = "a session without ID"
)

func kindOf(err error) string {
	var e *CreateError
	switch {
	case err == nil:
		return succeeded
	case errors.As(err, &e) && e.Confirmed:
		return incomplete
	case e != nil:
		return unknown
	}
	return notCreated
}

func TestCreateSessionFaults(t *testing.T) {
	hang := func(s **service) handler {
		return func(_ http.ResponseWriter, r *http.Request, _ int) {
			select {
			case <-(*s).quit:
			case <-r.Context().Done():
			}
		}
	}
	var s *service
	ok := status(201, created)
	tests := map[string]struct {
		respond handler
		timeout time.Duration
		creates int
		kind    string
		text    string // part of the error
	}{
		"created":                         {respond: ok, creates: 1, kind: succeeded},
		"created, with status 200":        {respond: status(200, created), creates: 1, kind: succeeded},
		"reset before the response":       {respond: inTurn(raw(t, "", true), ok), creates: 1, kind: unknown, text: "the connection was reset"},
		"closed before the response":      {respond: inTurn(raw(t, "", false), ok), creates: 1, kind: unknown, text: "the connection was closed"},
		"cut in the header":               {respond: inTurn(raw(t, "HTTP/1.1 201 Cre", false), ok), creates: 1, kind: unknown},
		"cut before the ID":               {respond: inTurn(raw(t, "HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{\"flowId\":\"f1\"", false), ok), creates: 1, kind: incomplete, text: "its response broke off: the connection was closed"},
		"cut after the ID":                {respond: raw(t, "HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n"+created[:120], false), creates: 1, kind: succeeded},
		"not HTTP":                        {respond: inTurn(raw(t, "SSH-2.0-planted\r\n", false), ok), creates: 1, kind: unknown, text: "the response is not HTTP"},
		"hangs":                           {respond: inTurn(hang(&s), ok), timeout: 50 * time.Millisecond, creates: 1, kind: unknown, text: "no complete response within the request timeout of 50ms"},
		"400":                             {respond: status(400, `{"statusCode":400,"message":["input.x is wrong","y too"],"error":"Bad Request"}`), creates: 1, kind: notCreated, text: "400 Bad Request"},
		"401 with an API key":             {respond: status(401, ""), creates: 1, kind: notCreated},
		"403":                             {respond: status(403, ""), creates: 1, kind: notCreated},
		"404":                             {respond: status(404, ""), creates: 1, kind: notCreated},
		"408":                             {respond: status(408, ""), creates: 1, kind: notCreated},
		"409":                             {respond: status(409, ""), creates: 1, kind: notCreated},
		"413":                             {respond: status(413, ""), creates: 1, kind: notCreated},
		"429, then created":               {respond: inTurn(status(429, "", "Retry-After: 0"), ok), creates: 2, kind: succeeded},
		"429 without end":                 {respond: status(429, "", "Retry-After: 0"), creates: 3, kind: notCreated},
		"500":                             {respond: inTurn(status(500, ""), ok), creates: 1, kind: unknown},
		"501":                             {respond: inTurn(status(501, ""), ok), creates: 1, kind: unknown},
		"502":                             {respond: inTurn(status(502, "<html><head><title>502 Bad Gateway</title>"), ok), creates: 1, kind: unknown, text: "It is unknown whether a session was created"},
		"502 with Retry-After":            {respond: inTurn(status(502, "", "Retry-After: 0"), ok), creates: 1, kind: unknown},
		"503":                             {respond: inTurn(status(503, ""), ok), creates: 1, kind: unknown},
		"503 with an unreadable time":     {respond: inTurn(status(503, "", "Retry-After: soon"), ok), creates: 1, kind: unknown},
		"503 with seconds, then created":  {respond: inTurn(status(503, "", "Retry-After: 0"), ok), creates: 2, kind: succeeded},
		"503 with a date, then created":   {respond: inTurn(status(503, "", "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT"), ok), creates: 2, kind: succeeded},
		"503 with seconds, without end":   {respond: status(503, "", "Retry-After: 0"), creates: 3, kind: notCreated},
		"503 with seconds, then reset":    {respond: inTurn(status(503, "", "Retry-After: 0"), raw(t, "", true)), creates: 2, kind: unknown},
		"504":                             {respond: inTurn(status(504, ""), ok), creates: 1, kind: unknown},
		"201 empty":                       {respond: status(201, ""), creates: 1, kind: incomplete, text: "its response is empty"},
		"201 not JSON":                    {respond: status(201, "<html>"), creates: 1, kind: incomplete, text: "not a JSON object"},
		"201 an array":                    {respond: status(201, "[]"), creates: 1, kind: incomplete},
		"201 without ID":                  {respond: status(201, `{"sessionContext":null,"flowId":"f1"}`), creates: 1, kind: incomplete, text: "does not contain the session's ID"},
		"201 with an ID alone":            {respond: status(201, `{"sessionContext":{"sessionId":"s1"}}`), creates: 1, kind: succeeded},
		"201 of another type":             {respond: status(201, created, "Content-Type: text/plain"), creates: 1, kind: succeeded},
		"201 too large, ID first":         {respond: status(201, created[:len(created)-1]+`,"x":"`+strings.Repeat("x", maxCreated)+`"}`), creates: 1, kind: succeeded},
		"201 too large, no ID":            {respond: status(201, `{"x":"`+strings.Repeat("x", maxCreated)+`"}`), creates: 1, kind: incomplete, text: "larger than 1 MiB"},
		"200 that is not the service's":   {respond: status(200, "<html>Log in"), creates: 1, kind: unknown, text: "not a JSON object"},
		"204":                             {respond: status(204, ""), creates: 1, kind: unknown},
		"307 is not followed":             {respond: status(307, "", "Location: /elsewhere?token=planted"), creates: 1, kind: unknown, text: "307 Temporary Redirect"},
		"302 is not followed":             {respond: status(302, "", "Location: /elsewhere"), creates: 1, kind: unknown},
		"302 with an unreadable Location": {respond: status(302, "", "Location: http://[planted"), creates: 1, kind: unknown},
		"303 after a processed request":   {respond: status(303, "", "Location: /elsewhere"), creates: 1, kind: unknown},
		"500 cut": {
			respond: inTurn(raw(t, "HTTP/1.1 500 Internal\r\nContent-Length: 500\r\n\r\n{", false), ok),
			creates: 1, kind: unknown,
		},
		"400 cut": {
			respond: inTurn(raw(t, "HTTP/1.1 400 Bad\r\nContent-Length: 500\r\n\r\n{", false), ok),
			creates: 1, kind: notCreated,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s = newService(t, tt.respond)
			c := newTestClient(t, s.URL, func(cfg *Config) {
				if tt.timeout > 0 {
					cfg.RequestTimeout = tt.timeout
				}
			})
			session, err := c.CreateSession(t.Context(), "f1", "live", bodyOf(`{"metadata":{"subjectId":"x"}}`))
			if got := kindOf(err); got != tt.kind {
				t.Errorf("ended with %s, want %s: %v", got, tt.kind, err)
			}
			if got := len(s.seen()); got != tt.creates {
				t.Errorf("the service saw %d creates, want %d", got, tt.creates)
			}
			if tt.kind == succeeded && (session == nil || session.ID != "s1") {
				t.Errorf("session = %+v, want ID s1", session)
			}
			if tt.kind == incomplete && session == nil {
				t.Error("no partial session")
			}
			if err != nil && !strings.Contains(err.Error(), tt.text) {
				t.Errorf("error %q does not contain %q", err, tt.text)
			}
			if strings.Contains(everyText(err), "planted") {
				t.Errorf("a secret shows in %s", everyText(err))
			}
		})
	}
}

// A create is never sent on a connection that had another response: the service
// may be about to close it, and a gateway to send that response again.
func TestCreateSessionHasAConnectionOfItsOwn(t *testing.T) {
	var opened atomic.Int64
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			status(201, another())(w, r, 0)
			return
		}
		status(200, `{"sessionId":"s1"}`)(w, r, 0)
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	s.Start()
	defer s.Close()
	c := newTestClient(t, s.URL)
	for range 3 {
		if _, err := c.Session(t.Context(), "live", "s1"); err != nil {
			t.Fatal(err)
		}
		if _, err := c.CreateSession(t.Context(), "f1", "live", bodyOf("{}")); err != nil {
			t.Fatal(err)
		}
	}
	if got := opened.Load(); got != 1+3 {
		t.Errorf("%d connections for three reads and three creates, want one and three", got)
	}
}

func TestCreateSessionSendsTheBodyAsItIs(t *testing.T) {
	s := newService(t, status(201, strings.Replace(created, "f1", "f 1/ä", 1)))
	c := newTestClient(t, s.URL+"/prefix/")
	body := bodyOf(`{"input":{"n":9007199254740993}}`)
	body.ContentType = "application/json; x=y"
	session, err := c.CreateSession(t.Context(), "f 1/ä", "live", body)
	if err != nil {
		t.Fatal(err)
	}
	want := []seen{{
		method: "POST", uri: "/prefix/api/v1/flows/f%201%2F%C3%A4/live/sessions", authorization: "Bearer " + testKey,
		contentType: "application/json; x=y", userAgent: "test/1", body: `{"input":{"n":9007199254740993}}`, length: 32,
	}}
	if diff := cmp.Diff(want, s.seen(), cmp.AllowUnexported(seen{})); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	wantSession := &Session{
		ID: "s1", Status: "CREATED", FlowID: "f 1/ä", FlowVersion: "2", Environment: "live",
		PlayerURL: "https://player.example/player?token=planted-player", CreatedAt: "2024-11-04T10:30:00Z",
	}
	if diff := cmp.Diff(wantSession, session); diff != "" {
		t.Errorf("session (-want +got):\n%s", diff)
	}
}

func TestCreateSessionIsRepeatedWhenNothingWasSent(t *testing.T) {
	s := newService(t, status(201, created))
	c := newTestClient(t, s.URL)
	dials := 0
	refuse := func(ctx context.Context, network, address string) (net.Conn, error) {
		if dials++; dials < 3 {
			return nil, &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	transport := newTransport()
	transport.DialContext = refuse
	c.connect(transport)
	defer transport.CloseIdleConnections()

	if _, err := c.CreateSession(t.Context(), "f1", "live", bodyOf("{}")); err != nil {
		t.Fatal(err)
	}
	if dials != 3 || len(s.seen()) != 1 {
		t.Errorf("%d dials and %d creates, want 3 and 1", dials, len(s.seen()))
	}
}

func TestCreateSessionToNobody(t *testing.T) {
	c := newTestClient(t, closedAddress(t))
	_, err := c.CreateSession(t.Context(), "f1", "live", bodyOf("{}"))
	var broken *Error
	if kindOf(err) != notCreated || !errors.As(err, &broken) || broken.Sent || broken.Reason != "the connection was refused" {
		t.Errorf("error = %#v", err)
	}
}

func TestCreateSessionWithABodyThatFails(t *testing.T) {
	gone := errors.New("the file is gone")
	tests := map[string]struct {
		body    Body
		creates int
		text    string
	}{
		"can't be opened": {
			body: Body{Length: 5, Open: func() (io.ReadCloser, error) { return nil, gone }},
			text: "the file is gone",
		},
		"breaks off": {
			body: Body{Length: 9, Open: func() (io.ReadCloser, error) {
				return io.NopCloser(io.MultiReader(strings.NewReader("123"), failing{gone})), nil
			}},
			text: "reading the request body: the file is gone",
		},
		"is shorter than announced": {
			body: Body{Length: 9, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("123")), nil }},
			text: "shorter than announced",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newService(t, func(w http.ResponseWriter, r *http.Request, n int) {
				if r.ContentLength == 9 { // the body is incomplete: a real service does not respond
					raw(t, "", false)(w, r, n)
				}
			})
			c := newTestClient(t, s.URL)
			_, err := c.CreateSession(t.Context(), "f1", "live", tt.body)
			if kindOf(err) != notCreated || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("ended with %s: %v, want %q", kindOf(err), err, tt.text)
			}
			if got := len(s.seen()); got > 1 {
				t.Errorf("sent %d times", got)
			}
		})
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestCreateSessionCancelled(t *testing.T) {
	t.Run("in flight", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := newService(t, func(w http.ResponseWriter, r *http.Request, n int) {
			cancel()
			select { // a client that hangs up is seen within this time
			case <-r.Context().Done():
			case <-time.After(100 * time.Millisecond):
			}
			status(201, created)(w, r, n)
		})
		session, err := newTestClient(t, s.URL).CreateSession(ctx, "f1", "live", bodyOf("{}"))
		if err != nil || session.ID != "s1" {
			t.Errorf("got %+v, error = %v", session, err)
		}
	})
	t.Run("in flight, then turned away", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := newService(t, func(w http.ResponseWriter, r *http.Request, n int) {
			cancel()
			status(503, "", "Retry-After: 0")(w, r, n)
		})
		_, err := newTestClient(t, s.URL).CreateSession(ctx, "f1", "live", bodyOf("{}"))
		if kindOf(err) != notCreated || !hasStatus(err, 503) || len(s.seen()) != 1 {
			t.Errorf("error = %v after %d creates", err, len(s.seen()))
		}
	})
	t.Run("in flight, past its deadline", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		s := newService(t, untilGone)
		_, err := newTestClient(t, s.URL).CreateSession(ctx, "f1", "live", bodyOf("{}"))
		if kindOf(err) != unknown || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v", err)
		}
	})
	t.Run("while it waits to retry", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := newService(t, status(503, "", "Retry-After: 60"))
		c := newTestClient(t, s.URL, func(cfg *Config) {
			cfg.Observe = func(context.Context, Exchange) { time.AfterFunc(time.Millisecond, cancel) }
		})
		_, err := c.CreateSession(ctx, "f1", "live", bodyOf("{}"))
		if kindOf(err) != notCreated || !errors.Is(err, context.Canceled) || len(s.seen()) != 1 {
			t.Errorf("error = %v after %d creates", err, len(s.seen()))
		}
		if !strings.Contains(err.Error(), "before it could be retried after 503 Service Unavailable") {
			t.Errorf("error %q does not contain why it waited", err)
		}
	})
	t.Run("before it began", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		s := newService(t, status(201, created))
		_, err := newTestClient(t, s.URL).CreateSession(ctx, "f1", "live", bodyOf("{}"))
		if kindOf(err) != notCreated || !errors.Is(err, context.Canceled) || len(s.seen()) != 0 {
			t.Errorf("error = %v after %d creates", err, len(s.seen()))
		}
	})
}
