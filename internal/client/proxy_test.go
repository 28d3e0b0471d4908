// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
)

// The proxy variables are read once in a process, so each test of them has one.
// Plain http never goes through a proxy, which would read the token.
func TestPlainHTTPNeverGoesThroughAProxy(t *testing.T) {
	const address = "TEST_API_URL"
	if api := os.Getenv(address); api != "" {
		c := newTestClient(t, api, func(cfg *Config) { cfg.AllowInsecureHTTP, cfg.MaxRetries = true, 0 })
		_, err := c.Session(t.Context(), "live", "s1")
		t.Logf("error = %v", err)
		return
	}
	s := newService(t, status(200, `{}`))
	_, port, err := net.SplitHostPort(strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		url     string
		proxied int64
	}{
		{url: "http://LOCALHOST:" + port},
		{url: "http://emulator.invalid"},
		{url: "https://api.invalid", proxied: 1},
	} {
		t.Run(tt.url, func(t *testing.T) {
			var proxied atomic.Int64
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				proxied.Add(1)
				w.WriteHeader(http.StatusBadGateway)
			}))
			defer proxy.Close()
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPlainHTTPNeverGoesThroughAProxy$", "-test.v")
			child.Env = []string{address + "=" + tt.url, "HTTP_PROXY=" + proxy.URL, "HTTPS_PROXY=" + proxy.URL}
			out, err := child.CombinedOutput()
			if err != nil || proxied.Load() != tt.proxied {
				t.Errorf("%d requests to the proxy, want %d; %v\n%s", proxied.Load(), tt.proxied, err, out)
			}
		})
	}
	if got := len(s.seen()); got != 1 {
		t.Errorf("%d requests arrived", got)
	}
}
