// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// platform is a service with both hosts in one: it issues tokens named
// token-1, token-2 and so on, and accepts calls that carry a valid one.
type platform struct {
	*service
	tokens    atomic.Int64
	forms     sync.Map // number of the token request to its form
	refuse    sync.Map // tokens that meet a 401
	token     handler  // instead of giving a token
	respond   handler  // of an authorized call
	expiresIn string
}

func newPlatform(t *testing.T) *platform {
	t.Helper()
	p := &platform{expiresIn: "86400"}
	p.respond = func(w http.ResponseWriter, r *http.Request, n int) {
		if r.Method == http.MethodPost {
			status(201, another())(w, r, n)
			return
		}
		status(200, `{"sessionId":"s1"}`)(w, r, n)
	}
	p.service = newService(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if r.URL.Path == tokenPath {
			p.giveToken(w, r)
			return
		}
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if _, refused := p.refuse.Load(token); refused || !strings.HasPrefix(token, "token-") {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		p.respond(w, r, n)
	})
	return p
}

func (p *platform) giveToken(w http.ResponseWriter, r *http.Request) {
	n := int(p.tokens.Add(1))
	_ = r.ParseForm()
	p.forms.Store(n, r.PostForm)
	if p.token != nil {
		p.token(w, r, n)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"access_token":"token-%d","token_type":"Bearer","expires_in":%s}`, n, p.expiresIn)
}

func (p *platform) client(t *testing.T, change ...func(*Config)) *Client {
	t.Helper()
	credentials := func(cfg *Config) {
		cfg.AuthURL, cfg.Credentials = p.URL+"/", Credentials{ClientID: "id-1", ClientSecret: testSecret}
	}
	return newTestClient(t, p.URL, append([]func(*Config){credentials}, change...)...)
}

func TestTokenRequest(t *testing.T) {
	p := newPlatform(t)
	if _, err := p.client(t).Session(t.Context(), "live", "s1"); err != nil {
		t.Fatal(err)
	}
	got, _ := p.forms.Load(1)
	form, _ := got.(url.Values)
	want := url.Values{"grant_type": {"client_credentials"}, "client_id": {"id-1"}, "client_secret": {testSecret}}
	if form.Encode() != want.Encode() {
		t.Errorf("form = %v, want %v", form, want)
	}
	if calls := p.seen(); calls[1].authorization != "Bearer token-1" || calls[0].authorization != "" || calls[0].userAgent != "test/1" {
		t.Errorf("requests = %+v", calls)
	}
}

func TestParallelCallsShareOneToken(t *testing.T) {
	p := newPlatform(t)
	c := p.client(t)
	failed := runParallel(20, 20, func() error {
		_, err := c.CreateSession(t.Context(), "f1", "live", bodyOf("{}"))
		return err
	})
	if failed > 0 || p.tokens.Load() != 1 {
		t.Errorf("%d calls failed, %d token requests", failed, p.tokens.Load())
	}
}

// A caller that looked before the token came may ask after it came.
func TestLateCallerFindsTheToken(t *testing.T) {
	p := newPlatform(t)
	c := p.client(t)
	if _, err := c.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	if held, err := c.tokens.fetch(t.Context(), nil); err != nil || held.AccessToken != "token-1" || p.tokens.Load() != 1 {
		t.Errorf("%s by %d token requests, error %v", held.AccessToken, p.tokens.Load(), err)
	}
}

func TestTokenIsRenewedBeforeItsEnd(t *testing.T) {
	tests := map[string]struct {
		expiresIn string
		after     time.Duration
		tokens    int64
	}{
		"a day, well before":        {"86400", 23 * time.Hour, 1},
		"a day, 61 s before":        {"86400", 24*time.Hour - 61*time.Second, 1},
		"a day, 60 s before":        {"86400", 24*time.Hour - 60*time.Second, 2},
		"ten seconds, after eight":  {"10", 8 * time.Second, 1},
		"ten seconds, after nine":   {"10", 9 * time.Second, 2},
		"as text":                   {`"10"`, 9 * time.Second, 2},
		"no expiry":                 {"null", 1000 * time.Hour, 1},
		"an end before the start":   {"-5", time.Hour, 1},
		"more than an int32 can be": {"99999999999", 24 * time.Hour, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := newPlatform(t)
			p.expiresIn = tt.expiresIn
			now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			c := p.client(t)
			c.tokens.now = func() time.Time { return now }
			for range 2 {
				if _, err := c.Session(t.Context(), "live", "s1"); err != nil {
					t.Fatal(err)
				}
				now = now.Add(tt.after)
			}
			if got := p.tokens.Load(); got != tt.tokens {
				t.Errorf("%d token requests, want %d", got, tt.tokens)
			}
		})
	}
}

func TestToken(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p := newPlatform(t)
	c := p.client(t)
	c.tokens.now = func() time.Time { return now }
	got, err := c.Token(t.Context())
	if err != nil || got.AccessToken != "token-1" || !got.ExpiresAt.Equal(now.Add(24*time.Hour)) {
		t.Errorf("AccessToken %s, ExpiresAt %s, error %v", got.AccessToken, got.ExpiresAt, err)
	}
	got, err = newTestClient(t, p.URL).Token(t.Context())
	if err != nil || got.AccessToken != testKey || !got.ExpiresAt.IsZero() {
		t.Errorf("API key: AccessToken %s, ExpiresAt %s, error %v", got.AccessToken, got.ExpiresAt, err)
	}
}

func TestRetryWithClientCredentials(t *testing.T) {
	p := newPlatform(t)
	n := 0
	p.respond = func(w http.ResponseWriter, r *http.Request, _ int) {
		n++
		inTurn(status(503, "", "Retry-After: 0"), status(429, ""), status(201, created))(w, r, n)
	}
	session, err := p.client(t).CreateSession(t.Context(), "f1", "live", bodyOf("{}"))
	if err != nil || session.ID != "s1" || n != 3 || p.tokens.Load() != 1 {
		t.Errorf("%d creates, %d tokens, error %v", n, p.tokens.Load(), err)
	}
}

func TestTokenFaults(t *testing.T) {
	const good = `{"access_token":"token-9","expires_in":60}`
	asJSON := "Content-Type: application/json"
	ok := status(200, good, asJSON)
	tests := map[string]struct {
		token    handler
		requests int64
		text     string // of the error; empty for success
	}{
		"503, then ok":       {token: inTurn(status(503, ""), ok), requests: 2},
		"reset, then ok":     {token: inTurn(raw(t, "", true), ok), requests: 2},
		"429, then ok":       {token: inTurn(status(429, "", "Retry-After: 0"), ok), requests: 2},
		"500 without end":    {token: status(500, ""), requests: 3, text: "the token service responded with 500"},
		"reset without end":  {token: raw(t, "", true), requests: 3, text: "POST /oidc/token at 127.0.0.1"},
		"invalid_client":     {token: status(401, `{"error":"invalid_client","error_description":"Client authentication failed"}`, asJSON), requests: 1, text: "401 Unauthorized (invalid_client)"},
		"it echoes a secret": {token: status(401, `{"error":"invalid_client","error_description":"no client with `+testSecret+`"}`, asJSON), requests: 1, text: "401 Unauthorized (invalid_client)"},
		"not allowed":        {token: status(400, `{"error":"unauthorized_client"}`, asJSON), requests: 1, text: "400 Bad Request (unauthorized_client)"},
		"nothing there":      {token: status(404, "<html><title>Not here</title>"), requests: 1, text: "the token service responded with 404 Not Found"},
		"a redirect":         {token: status(302, "", "Location: /x?y=planted"), requests: 1, text: "302 Found"},
		"not JSON":           {token: status(200, "<html>planted"), requests: 1, text: "is not a valid token response"},
		"no token":           {token: status(200, `{"token_type":"Bearer"}`, asJSON), requests: 1, text: "is not a valid token response"},
		"a token of lines":   {token: status(200, `{"access_token":"planted\r\nX: y"}`, asJSON), requests: 1, text: "is not a valid token response"},
		"an error with 200":  {token: status(200, `{"error":"server_error"}`, asJSON), requests: 1, text: "is not a valid token response"},
		"without end":        {token: status(200, strings.Repeat(" ", maxToken+1), asJSON), requests: 1, text: "larger than 1 MiB"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := newPlatform(t)
			p.token = tt.token
			_, err := p.client(t).CreateSession(t.Context(), "f1", "live", bodyOf("{}"))
			if got := p.tokens.Load(); got != tt.requests {
				t.Errorf("%d token requests, want %d", got, tt.requests)
			}
			if tt.text == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var auth *Error
			if !errors.As(err, &auth) || kindOf(err) != notCreated || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("error = %v, want %q", err, tt.text)
			}
			if shown := everyText(err); strings.Contains(shown, testSecret) || strings.Contains(shown, "planted") {
				t.Errorf("a secret shows in %s", shown)
			}
		})
	}
}

func TestRefusedCredentialsAreHeldForAWhile(t *testing.T) {
	p := newPlatform(t)
	p.token = status(401, `{"error":"invalid_client"}`, "Content-Type: application/json")
	now := time.Now()
	c := p.client(t)
	c.tokens.now = func() time.Time { return now }
	for range 5 {
		if _, err := c.Token(t.Context()); err == nil {
			t.Fatal("no error")
		}
	}
	if got := p.tokens.Load(); got != 1 {
		t.Errorf("%d token requests for one refusal", got)
	}
	now = now.Add(refusalHold)
	p.token = nil
	if _, err := c.Token(t.Context()); err != nil {
		t.Errorf("after a while: %v", err)
	}
}

func TestCancelledCallerDoesNotSpoilTheTokenOfOthers(t *testing.T) {
	p := newPlatform(t)
	asked, release := make(chan struct{}), make(chan struct{})
	p.token = func(w http.ResponseWriter, r *http.Request, n int) {
		close(asked)
		<-release
		status(200, `{"access_token":"token-1","expires_in":60}`, "Content-Type: application/json")(w, r, n)
	}
	c := p.client(t)
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error)
	go func() {
		_, err := c.CreateSession(ctx, "f1", "live", bodyOf("{}"))
		first <- err
	}()
	<-asked
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) || kindOf(err) != notCreated || !strings.Contains(err.Error(), "the call was cancelled") {
		t.Errorf("the cancelled caller got %v", err)
	}
	close(release)
	if _, err := c.Session(t.Context(), "live", "s1"); err != nil {
		t.Errorf("the next caller got %v", err)
	}
	if got := p.tokens.Load(); got != 1 {
		t.Errorf("%d token requests", got)
	}
}

// Parallel refusals renew the token several times while the first response is read.
func TestSecretsAreKeptForAWhile(t *testing.T) {
	p := newPlatform(t)
	c := p.client(t)
	var token *Token
	for range maxTokens + 1 {
		var err error
		if token, err = c.tokens.token(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	got := c.Secrets()
	if len(got) != maxTokens+1 || got[0] != testSecret || got[1] != "token-17" || got[maxTokens] != "token-2" {
		t.Errorf("secrets %q", got)
	}
}
