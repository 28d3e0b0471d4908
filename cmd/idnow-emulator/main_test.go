// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idnow/terraform-provider-idnow/examples/flows"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/revision"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/webhook"
)

func TestParseFlags(t *testing.T) {
	got, err := parseFlags([]string{
		"-flows", ".", "-addr", "[::1]:0", "-ready-file", "r", "-session-ttl", "1h", "-token-ttl", "1m",
		"-client-id", "i", "-client-secret", "s", "-api-key", "k", "-allow-redirect", "https://a/", "-allow-redirect", "myapp://b",
		"-auto-complete", "f", "-auto-complete", "g=2s", "-public-url", "http://emulator:8080",
	}, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	o := got.options
	parsed := []any{got.address, got.readyFile, o.SessionTTL, o.TokenTTL, o.ClientID, o.ClientSecret, o.APIKey, o.RedirectAllowlist, o.AutoComplete, o.PublicURL}
	want := []any{"[::1]:0", "r", time.Hour, time.Minute, "i", "s", "k", []string{"https://a/", "myapp://b"}, map[string]time.Duration{"f": 0, "g": 2 * time.Second}, "http://emulator:8080"}
	if diff := cmp.Diff(want, parsed); diff != "" {
		t.Error(diff)
	}
}

func TestParseFlagsRefuses(t *testing.T) {
	cases := map[string]struct {
		args []string
		want string
	}{
		"unknown flag":        {[]string{"-x"}, "flag provided but not defined"},
		"an argument":         {[]string{"-flows", ".", "more"}, `"more" is not a flag`},
		"every address":       {[]string{"-flows", ".", "-addr", ":8080"}, "is not a loopback address: -public-url must be"},
		"every address, in 4": {[]string{"-flows", ".", "-addr", "0.0.0.0:8080"}, "is not a loopback address: -public-url must be"},
		"another machine":     {[]string{"-flows", ".", "-addr", "192.0.2.1:8080"}, "is not a loopback address: -public-url must be"},
		"a name":              {[]string{"-flows", ".", "-addr", "example.com:80"}, "a name goes into -public-url"},
		"no port":             {[]string{"-flows", ".", "-addr", "127.0.0.1"}, "an address and a port"},
		"no lifetime":         {[]string{"-flows", ".", "-session-ttl", "0s"}, "must be positive"},
		"negative lifetime":   {[]string{"-flows", ".", "-token-ttl", "-1s"}, "must be positive"},
		"duration in words":   {[]string{"-flows", ".", "-auto-complete", "f=soon"}, "the duration is written like"},
		"unknown log":         {[]string{"-flows", ".", "-log", "xml"}, "-log must be text, json or off"},
		"no maximum":          {[]string{"-flows", ".", "-max-sessions", "0"}, "must be a positive number"},
		"unknown revision":    {[]string{"-flows", ".", "-revision", "latest"}, "-revision: the revision is oldest, newest or a file"},
		"webhook of no URL":   {[]string{"-flows", ".", "-webhook", "f=x"}, "a webhook's URL must be absolute"},
		"header of no hook":   {[]string{"-flows", ".", "-webhook-header", "A: b"}, "needs a -webhook"},
		"header of no name":   {[]string{"-flows", ".", "-webhook", "http://x", "-webhook-header", "b"}, "a header is written like"},
		"no folder":           {[]string{"-flows", "none"}, "there is no folder none"},
		"a file":              {[]string{"-flows", "../idnow-emulator/main.go"}, "main.go is a file; name the folder that contains it, ../idnow-emulator"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var stderr bytes.Buffer
			_, err := parseFlags(c.args, io.Discard, &stderr)
			if !errors.Is(err, errUsage) || !strings.Contains(stderr.String(), c.want) {
				t.Errorf("%v: %s", err, stderr.String())
			}
		})
	}
}

func TestHelp(t *testing.T) {
	var stderr bytes.Buffer
	if _, err := parseFlags([]string{"-h"}, io.Discard, &stderr); !errors.Is(err, flag.ErrHelp) || !strings.Contains(stderr.String(), "usage: idnow-emulator -flows FOLDER") || !strings.Contains(stderr.String(), "-ready-file") {
		t.Errorf("%v: %s", err, stderr.String())
	}
}

func TestParseFlagsOfNetworkAndWebhooks(t *testing.T) {
	got, err := parseFlags([]string{
		"-flows", ".", "-addr", "0.0.0.0:8080", "-public-url", "http://emulator:8080", "-state", "s.db", "-revision", "oldest", "-max-sessions", "7",
		"-webhook", "http://a/?b=c", "-webhook", "f=https://d", "-webhook-header", "Authorization: Bearer x", "-webhook-header", "X-Y:z",
	}, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	headers := map[string]string{"Authorization": "Bearer x", "X-Y": "z"}
	want := []webhook.Hook{{URL: "http://a/?b=c", Headers: headers}, {FlowID: "f", URL: "https://d", Headers: headers}}
	o := got.options
	if diff := cmp.Diff(want, o.Webhooks); diff != "" || o.StateFile != "s.db" || o.MaxSessions != 7 || o.Revision != revision.Oldest() || got.address != "0.0.0.0:8080" {
		t.Error(diff, o)
	}
}

// The README knows each flag, and no other.
func TestREADMEKnowsEveryFlag(t *testing.T) {
	readme, err := os.ReadFile("../../internal/emulator/README.md")
	if err != nil {
		t.Fatal(err)
	}
	var help bytes.Buffer
	_, _ = parseFlags([]string{"-h"}, io.Discard, &help)
	inHelp := map[string]bool{}
	for _, match := range regexp.MustCompile(`(?m)^  (-[a-z-]+)`).FindAllStringSubmatch(help.String(), -1) {
		inHelp[match[1]] = true
	}
	table, _, _ := strings.Cut(string(readme), "## In a network")
	inREADME := map[string]bool{}
	for _, match := range regexp.MustCompile("`(-[a-z-]+)").FindAllStringSubmatch(table, -1) {
		inREADME[match[1]] = true
	}
	if diff := cmp.Diff(inHelp, inREADME); diff != "" {
		t.Errorf("help and README (-help +README):\n%s", diff)
	}
}

// A container without a volume gets its flows by the control interface.
func TestFlowsByRequestAlone(t *testing.T) {
	document, err := fs.ReadFile(flows.FS, "document-capture.staging.json")
	if err != nil {
		t.Fatal(err)
	}
	got, err := parseFlags(nil, io.Discard, io.Discard)
	if err != nil || got.options.Flows != nil {
		t.Fatalf("%v, %v", got.options.Flows, err)
	}
	emulated, err := emulator.New(got.options)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(emulated.Handler())
	t.Cleanup(func() { server.Close(); _ = emulated.Close() })
	if page := call(t, http.MethodGet, server.URL+"/", "", http.StatusOK); !strings.Contains(page, "There is no flow") {
		t.Error(page)
	}
	call(t, http.MethodPut, server.URL+"/_emulator/flows", string(document), http.StatusNoContent)
	if len(emulated.Flows()) != 1 {
		t.Errorf("%d flows", len(emulated.Flows()))
	}
}

func TestVersion(t *testing.T) {
	var stdout bytes.Buffer
	if _, err := parseFlags([]string{"-version"}, &stdout, io.Discard); !errors.Is(err, errVersion) || stdout.String() != "idnow-emulator dev\n" {
		t.Errorf("%v: %s", err, stdout.String())
	}
}

// TestRun starts the emulator as a script does, uses it, and stops it while a
// request hangs.
func TestRun(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, flows.FS); err != nil {
		t.Fatal(err)
	}
	ready := filepath.Join(t.TempDir(), "url")
	stdout, lines := io.Pipe()
	var stderr bytes.Buffer
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, []string{"-flows", folder, "-ready-file", ready, "-log", "json"}, lines, &stderr)
		lines.Close()
	}()
	line := make([]byte, 100)
	n, err := stdout.Read(line)
	if err != nil {
		stop()
		t.Fatalf("%v, %v: %s", err, <-done, stderr.String())
	}
	url, found := strings.CutPrefix(strings.TrimSpace(string(line[:n])), "idnow-emulator listening on ")
	written, err := os.ReadFile(ready)
	if !found || err != nil || string(written) != url+"\n" || !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Fatalf("stdout %q, ready file %q, %v", line[:n], written, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(ready), "*")); len(left) != 1 {
		t.Errorf("files left: %q", left)
	}
	if err := run(t.Context(), []string{"-healthcheck", url + "/"}, io.Discard, io.Discard); err != nil {
		t.Errorf("health check: %v", err)
	}
	call(t, http.MethodPost, url+"/_emulator/faults", `{"call":"flows","kind":"hang"}`, http.StatusNoContent)
	hung := make(chan error, 1)
	go func() {
		request, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, url+"/api/v1/flows/staging", http.NoBody)
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			response.Body.Close()
		}
		hung <- err
	}()
	for !strings.Contains(call(t, http.MethodGet, url+"/_emulator/requests", "", http.StatusOK), `"fault":"hang"`) {
		// The request is in flight.
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("it stops with %v", err)
	}
	if err := run(t.Context(), []string{"-healthcheck", url}, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "is not up") {
		t.Errorf("health check after the end: %v", err)
	}
	if _, err := os.Stat(ready); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the ready file after the end: %v", err)
	}
	if <-hung == nil {
		t.Error("the hanging request got a response")
	}
	for line := range strings.Lines(stderr.String()) {
		var logged struct {
			Level, Msg, Call, Path string
			Status                 int
		}
		if err := json.Unmarshal([]byte(line), &logged); err != nil || logged.Level != "INFO" {
			t.Errorf("the log contains %q, %v", line, err)
		}
	}
	if !strings.Contains(stderr.String(), `"call":"flows","method":"GET","path":"/api/v1/flows/staging"`) {
		t.Errorf("the log does not know of a request: %s", stderr.String())
	}
}

func call(t *testing.T, method, address, body string, status int) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != status {
		t.Fatalf("%s: %d %v", address, response.StatusCode, err)
	}
	return string(content)
}

func TestRunRefuses(t *testing.T) {
	empty := t.TempDir()
	good := t.TempDir()
	if err := os.CopyFS(good, flows.FS); err != nil {
		t.Fatal(err)
	}
	twice := t.TempDir()
	if err := errors.Join(os.CopyFS(twice, flows.FS), os.Link(filepath.Join(twice, "document-capture.live.json"), filepath.Join(twice, "old.json"))); err != nil {
		t.Fatal(err)
	}
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	cases := map[string]struct {
		args []string
		want string
	}{
		"the same flow twice":   {[]string{"-flows", twice}, "by document document-capture.live.json already"},
		"busy port":             {[]string{"-flows", good, "-addr", taken.Addr().String()}, "is in use already; set another port in -addr"},
		"empty folder":          {[]string{"-flows", empty}, "contains no *.json"},
		"unwritable ready":      {[]string{"-flows", good, "-ready-file", filepath.Join(empty, "none", "x")}, "writing the ready file"},
		"flow that isn't":       {[]string{"-flows", good, "-auto-complete", "x"}, `the ID "x"`},
		"address of others":     {[]string{"-flows", good, "-addr", "127.0.0.1:99999"}, "listening on"},
		"arguments of no sense": {[]string{"-x"}, "wrong arguments"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			err := run(t.Context(), c.args, io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
