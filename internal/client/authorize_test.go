// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"net/http"
	"testing"
)

func TestUnauthorizedRenewsTheTokenOnce(t *testing.T) {
	create := func(t *testing.T, c *Client) error {
		t.Helper()
		_, err := c.CreateSession(t.Context(), "f1", "live", bodyOf("{}"))
		return err
	}
	t.Run("and the call goes through", func(t *testing.T) {
		p := newPlatform(t)
		p.refuse.Store("token-1", true)
		if err := create(t, p.client(t, func(cfg *Config) { cfg.MaxRetries = 0 })); err != nil {
			t.Fatal(err)
		}
		requests := p.seen()
		if len(requests) != 4 || p.tokens.Load() != 2 {
			t.Fatalf("%d requests, %d tokens", len(requests), p.tokens.Load())
		}
		if first, second := requests[1], requests[3]; first.body != "{}" || second.body != "{}" || second.authorization != "Bearer token-2" {
			t.Errorf("creates = %+v, %+v", first, second)
		}
	})
	t.Run("and no more", func(t *testing.T) {
		p := newPlatform(t)
		p.respond = status(401, "")
		err := create(t, p.client(t))
		if !hasStatus(err, 401) || kindOf(err) != notCreated || len(p.seen()) != 4 || p.tokens.Load() != 2 {
			t.Errorf("%d requests, %d tokens, error %v", len(p.seen()), p.tokens.Load(), err)
		}
	})
	t.Run("and no more after a retry", func(t *testing.T) {
		p := newPlatform(t)
		p.refuse.Store("token-1", true)
		p.respond = func(w http.ResponseWriter, r *http.Request, n int) {
			p.refuse.Store("token-2", true)
			status(503, "", "Retry-After: 0")(w, r, n)
		}
		if err := create(t, p.client(t)); !hasStatus(err, 401) || p.tokens.Load() != 2 {
			t.Errorf("%d tokens, error %v", p.tokens.Load(), err)
		}
	})
	t.Run("for all calls together", func(t *testing.T) {
		p := newPlatform(t)
		c := p.client(t)
		if err := create(t, c); err != nil {
			t.Fatal(err)
		}
		p.refuse.Store("token-1", true)
		if failed := runParallel(20, 20, func() error { return create(t, c) }); failed > 0 || p.tokens.Load() != 2 {
			t.Errorf("%d calls failed, %d tokens", failed, p.tokens.Load())
		}
	})
	t.Run("also where the service returns the same token again", func(t *testing.T) {
		p := newPlatform(t)
		p.token = status(200, `{"access_token":"stuck","expires_in":60}`, "Content-Type: application/json")
		if err := create(t, p.client(t)); !hasStatus(err, 401) || p.tokens.Load() != 2 {
			t.Errorf("%d tokens, error %v", p.tokens.Load(), err)
		}
	})
	t.Run("never with an API key", func(t *testing.T) {
		p := newPlatform(t)
		if err := create(t, newTestClient(t, p.URL)); !hasStatus(err, 401) || len(p.seen()) != 1 {
			t.Errorf("%d requests, error %v", len(p.seen()), err)
		}
	})
}
