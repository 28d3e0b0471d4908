// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
)

// as sends a request under another host name, as a container or a web page would.
func (c *caller) as(host, method, path, body string) response {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.URL+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Host = host
	request.Header.Set("Authorization", "Bearer "+c.bearer)
	request.Header.Set("Content-Type", "application/json")
	return c.send(request)
}

func TestHostNames(t *testing.T) {
	cases := map[string]struct {
		publicURL, host string
		accepted        bool
	}{
		"loopback":                           {"", "localhost:8080", true},
		"a network's name without a URL":     {"", "emulator:8080", false},
		"the public host":                    {"http://emulator:8080", "emulator:8080", true},
		"in capitals":                        {"http://Emulator:8080/", "EMULATOR:8080", true},
		"by a published port":                {"http://emulator:8080", "emulator:49153", true},
		"loopback beside it":                 {"http://emulator:8080", "127.0.0.1:8080", true},
		"a page's own name":                  {"http://emulator:8080", "evil.example", false},
		"a name that ends like it":           {"http://emulator:8080", "evil.emulator:8080", false},
		"a name that begins like it":         {"http://emulator:8080", "emulator.evil.example:8080", false},
		"the machine's address without name": {"http://emulator:8080", "192.0.2.7:8080", false},
		"an address as public URL":           {"http://192.0.2.7:8080", "192.0.2.7:8080", true},
		"in IPv6":                            {"http://[2001:db8::1]:8080", "[2001:db8::1]:8080", true},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			c := start(t, emulator.Options{PublicURL: test.publicURL})
			for _, path := range []string{"/api/v1/flows/staging", "/_emulator/sessions", "/player?token=x"} {
				refused := c.as(test.host, http.MethodGet, path, "").StatusCode == http.StatusMisdirectedRequest
				if refused == test.accepted {
					t.Errorf("%s refused: %v", path, refused)
				}
			}
			if got := c.as(test.host, http.MethodGet, "/healthz", ""); got.StatusCode != http.StatusOK || got.body != `{"status":"ok","version":"dev"}` {
				t.Errorf("health: %d %s", got.StatusCode, got.body)
			}
		})
	}
}

func TestPublicURLRefuses(t *testing.T) {
	for _, address := range []string{"emulator:8080", "ftp://emulator", "http://", "http://user@emulator", "http://emulator/path", "http://emulator?a=b", "http://emulator#a"} {
		if _, err := emulator.New(emulator.Options{PublicURL: address}); err == nil || !strings.Contains(err.Error(), "such as http://emulator:8080") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// Addresses in responses are those by which the request came: a container and a
// browser on the machine may see the same emulator under two names.
func TestAddressesFollowTheRequest(t *testing.T) {
	const body = `{"input":{` + captureIdentity + `},"metadata":{"subjectId":"c"}}`
	c := start(t, emulator.Options{PublicURL: "https://emulator.example"})
	for host, want := range map[string]string{
		"emulator.example":      "https://emulator.example/player?token=",
		"emulator.example:8443": "https://emulator.example:8443/player?token=",
		"localhost:9000":        "http://localhost:9000/player?token=",
	} {
		made := c.as(host, http.MethodPost, captureSessions, body)
		if got := made.text(t, "playerUrl"); !strings.HasPrefix(got, want) {
			t.Errorf("by %s the player is at %s", host, got)
		}
	}
	file := c.createFile()
	target := c.as("emulator.example", http.MethodGet, "/api/v1/staging/files/"+file, "").Header.Get("Location")
	path, found := strings.CutPrefix(target, "https://emulator.example")
	if !found {
		t.Fatalf("the file is at %s", target)
	}
	if got := c.as("emulator.example", http.MethodGet, path, ""); got.StatusCode != http.StatusOK {
		t.Errorf("download: %d %s", got.StatusCode, got.body)
	}
}
