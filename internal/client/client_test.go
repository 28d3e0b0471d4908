// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestCheckURL(t *testing.T) {
	tests := map[string]struct {
		url      string
		text     string // of the error; empty for success
		insecure bool   // plain http is allowed for other hosts
	}{
		"https":                    {"https://api.eu.platform.idnow.io", "", false},
		"https with path":          {"https://proxy.example/idnow/", "", false},
		"loopback by IP":           {"http://127.0.0.1:8080", "", false},
		"loopback by IPv6":         {"http://[::1]:8080", "", false},
		"localhost":                {"http://localhost", "", false},
		"127.8.9.10":               {"http://127.8.9.10", "", false},
		"plain http":               {"http://api.example", "loopback addresses only", false},
		"lookalike":                {"http://localhost.example", "loopback addresses only", false},
		"private network":          {"http://10.0.0.1", "loopback addresses only", false},
		"any address":              {"http://0.0.0.0", "loopback addresses only", false},
		"empty":                    {"", "absolute URL", false},
		"no scheme":                {"api.example", "absolute URL", false},
		"other scheme":             {"ftp://api.example", "absolute URL", false},
		"no host":                  {"https://", "absolute URL", false},
		"port alone":               {"https://:443", "absolute URL", false},
		"user":                     {"https://planted:planted@api.example", "user name or password", false},
		"query":                    {"https://api.example?key=planted", "query or a fragment", false},
		"fragment":                 {"https://api.example#planted", "query or a fragment", false},
		"localhost in capitals":    {"http://LOCALHOST:1", "", false},
		"allowed":                  {"http://emulator:8080", "", true},
		"allowed, an address":      {"http://10.0.0.1:8080", "", true},
		"allowed, the platform":    {"http://api.eu.platform.idnow.io", "never called by plain http", true},
		"allowed, the sandbox":     {"http://auth.eu.platform.idnow.sx", "never called by plain http", true},
		"allowed, with a dot":      {"http://API.EU.platform.IDNOW.io.", "never called by plain http", true},
		"allowed, the domain":      {"http://idnow.io:8080", "never called by plain http", true},
		"allowed, a lookalike":     {"http://notidnow.io", "", true},
		"allowed, but with a user": {"http://planted@emulator", "user name or password", true},
		"unreadable":               {"https://[planted", "not a valid URL", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := CheckURL(tt.url, tt.insecure)
			switch {
			case tt.text == "" && err != nil:
				t.Error(err)
			case tt.text != "" && (err == nil || !strings.Contains(err.Error(), tt.text)):
				t.Errorf("error = %v, want %q", err, tt.text)
			case err != nil && strings.Contains(err.Error(), "planted"):
				t.Errorf("error %q quotes the URL", err)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	const api, auth = "https://api.example", "https://auth.example"
	both := Credentials{ClientID: "id", ClientSecret: "planted"}
	tests := map[string]struct {
		cfg  Config
		text string
	}{
		"API URL":         {Config{APIURL: "http://api.example", Credentials: Credentials{APIKey: "planted"}}, "API URL: plain http is accepted"},
		"no credentials":  {Config{APIURL: api}, "no credentials"},
		"empty key":       {Config{APIURL: api, Credentials: Credentials{APIKey: ""}}, "no credentials"},
		"key with a line": {Config{APIURL: api, Credentials: Credentials{APIKey: "planted\n"}}, "control character"},
		"no client ID":    {Config{APIURL: api, AuthURL: auth, Credentials: Credentials{ClientSecret: "planted"}}, "no credentials"},
		"no secret":       {Config{APIURL: api, AuthURL: auth, Credentials: Credentials{ClientID: "id"}}, "no credentials"},
		"no token host":   {Config{APIURL: api, Credentials: both}, "authentication URL: must be an absolute URL"},
		"retries":         {Config{APIURL: api, Credentials: Credentials{APIKey: "planted"}, MaxRetries: -1}, "maximum of retries"},
		"timeout":         {Config{APIURL: api, Credentials: Credentials{APIKey: "planted"}, RequestTimeout: -time.Second}, "request timeout"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if name != "timeout" {
				tt.cfg.RequestTimeout = time.Second
			}
			_, err := New(tt.cfg)
			if err == nil || !strings.Contains(err.Error(), tt.text) || strings.Contains(err.Error(), "planted") {
				t.Errorf("error = %v, want %q", err, tt.text)
			}
		})
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	secrets := []any{Credentials{APIKey: "planted"}, Credentials{ClientID: "planted", ClientSecret: "planted"}, Token{AccessToken: "planted"},
		Config{Credentials: Credentials{APIKey: "planted"}}}
	for _, secret := range secrets {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			if shown := fmt.Sprintf(verb, secret); strings.Contains(shown, "planted") || strings.Contains(shown, "706c616e746564") {
				t.Errorf("%s of %T shows %s", verb, secret, shown)
			}
		}
	}
}

// The client must stay usable, and readable, without Terraform.
func TestImportsNothingOfTerraform(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	for pkg := range strings.FieldsSeq(string(out)) {
		own := strings.Contains(pkg, "terraform-provider-idnow/internal/") && !strings.HasSuffix(pkg, "/internal/client")
		if own || strings.Contains(pkg, "hashicorp/terraform") {
			t.Errorf("imports %s", pkg)
		}
	}
}

func TestPathElements(t *testing.T) {
	tests := map[string]struct {
		value string
		path  string // empty: refused
		text  string
	}{
		"plain":              {value: "live", path: "/api/v1/flows/live"},
		"space":              {value: "a b", path: "/api/v1/flows/a%20b"},
		"slash":              {value: "a/b", path: "/api/v1/flows/a%2Fb"},
		"percent":            {value: "a%2Fb", path: "/api/v1/flows/a%252Fb"},
		"query":              {value: "a?b#c", path: "/api/v1/flows/a%3Fb%23c"},
		"unicode":            {value: "ä", path: "/api/v1/flows/%C3%A4"},
		"dots in a name":     {value: "v1..2", path: "/api/v1/flows/v1..2"},
		"braces":             {value: "{}", path: "/api/v1/flows/%7B%7D"},
		"empty":              {value: "", text: "the environment is empty"},
		"here":               {value: ".", text: "path step"},
		"up":                 {value: "..", text: "path step"},
		"up and over":        {value: "../x", text: `path step ("..")`},
		"up at the end":      {value: "x/..", text: "path step"},
		"up by backslash":    {value: `..\x`, text: "path step"},
		"line break":         {value: "a\nb", text: "control character"},
		"NUL":                {value: "a\x00", text: "control character"},
		"C1 control":         {value: "a\u0085", text: "control character"},
		"a call of another?": {value: "live/../../v2", text: "path step"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newService(t, status(200, `{"content":[]}`))
			_, err := newTestClient(t, s.URL).ListFlows(t.Context(), tt.value)
			if tt.text != "" {
				if err == nil || !strings.Contains(err.Error(), tt.text) || len(s.seen()) != 0 {
					t.Errorf("error = %v after %d requests, want %q", err, len(s.seen()), tt.text)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, _, _ := strings.Cut(s.seen()[0].uri, "?page"); got != tt.path {
				t.Errorf("path = %s, want %s", got, tt.path)
			}
		})
	}
}

func TestEveryCallChecksItsElements(t *testing.T) {
	c := newTestClient(t, closedAddress(t))
	calls := map[string]func(ctx context.Context, bad string) error{
		"ListFlows":                 func(ctx context.Context, bad string) error { _, err := c.ListFlows(ctx, bad); return err },
		"FlowDocument, environment": func(ctx context.Context, bad string) error { _, err := c.FlowDocument(ctx, bad, "f"); return err },
		"FlowDocument, flow":        func(ctx context.Context, bad string) error { _, err := c.FlowDocument(ctx, "e", bad); return err },
		"CreateSession, flow": func(ctx context.Context, bad string) error {
			_, err := c.CreateSession(ctx, bad, "e", Body{})
			return err
		},
		"CreateSession, environment": func(ctx context.Context, bad string) error {
			_, err := c.CreateSession(ctx, "f", bad, Body{})
			return err
		},
		"Session, environment": func(ctx context.Context, bad string) error { _, err := c.Session(ctx, bad, "s"); return err },
		"Session, session":     func(ctx context.Context, bad string) error { _, err := c.Session(ctx, "e", bad); return err },
		"ListSessions, flow": func(ctx context.Context, bad string) error {
			_, err := listSessions(ctx, c, bad, "e", SessionQuery{})
			return err
		},
		"ListSessions, environment": func(ctx context.Context, bad string) error {
			_, err := listSessions(ctx, c, "f", bad, SessionQuery{})
			return err
		},
		"DataBlocks, environment": func(ctx context.Context, bad string) error { _, err := c.DataBlocks(ctx, bad, "s"); return err },
		"DataBlocks, session":     func(ctx context.Context, bad string) error { _, err := c.DataBlocks(ctx, "e", bad); return err },
		"File, environment":       func(ctx context.Context, bad string) error { _, err := c.File(ctx, bad, "v"); return err },
		"File, file":              func(ctx context.Context, bad string) error { _, err := c.File(ctx, "e", bad); return err },
	}
	for name, do := range calls {
		t.Run(name, func(t *testing.T) {
			if err := do(t.Context(), ".."); err == nil || !strings.Contains(err.Error(), "path step") {
				t.Errorf("error = %v", err)
			}
		})
	}
}
