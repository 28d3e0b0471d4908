// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
)

// manual is a clock that a test sets.
type manual struct {
	mu  sync.Mutex
	now time.Time
}

func newManual() *manual { return &manual{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (m *manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

func (m *manual) forward(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
}

// response is the response to a call, its body read whole.
type response struct {
	*http.Response
	body string
}

// object reads the body as a JSON object; numbers keep their text.
func (r response) object(t testing.TB) map[string]any {
	t.Helper()
	var object map[string]any
	decoder := json.NewDecoder(strings.NewReader(r.body))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil {
		t.Fatalf("%d %s: %v", r.StatusCode, r.body, err)
	}
	return object
}

// at follows path, with dots, into the body's object.
func (r response) at(t testing.TB, path string) any {
	t.Helper()
	var value any = r.object(t)
	for step := range strings.SplitSeq(path, ".") {
		object, ok := value.(map[string]any)
		if !ok {
			t.Fatalf("no %s in %s", path, r.body)
		}
		value = object[step]
	}
	return value
}

func (r response) text(t testing.TB, path string) string {
	t.Helper()
	text, ok := r.at(t, path).(string)
	if !ok {
		t.Fatalf("%s is not a string in %s", path, r.body)
	}
	return text
}

// caller talks to an emulator with its API key, and follows no redirect.
type caller struct {
	*emulatortest.Server
	t      testing.TB
	bearer string
}

func start(t testing.TB, options emulator.Options) *caller {
	t.Helper()
	return &caller{emulatortest.NewServer(t, options), t, emulator.DefaultAPIKey}
}

func (c *caller) do(method, address, contentType, body string) response {
	c.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = c.URL + address
	}
	request, err := http.NewRequestWithContext(c.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	if c.bearer != "" {
		request.Header.Set("Authorization", "Bearer "+c.bearer)
	}
	return c.send(request)
}

func (c *caller) send(request *http.Request) response {
	c.t.Helper()
	reply, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer reply.Body.Close()
	raw, err := io.ReadAll(reply.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return response{reply, string(raw)}
}

func (c *caller) get(path string) response {
	c.t.Helper()
	return c.do(http.MethodGet, path, "", "")
}

// anonymous is c without a bearer token.
func (c *caller) anonymous() *caller { return &caller{c.Server, c.t, ""} }

const (
	captureSessions = "/api/v1/flows/" + emulatortest.DocumentCapture + "/staging/sessions"
	captureIdentity = `"basicIdentity":{"givenName":"Max","familyName":"Schmidt"}`
)

// create makes a session of the document capture flow; more is further members
// of the body.
func (c *caller) create(more string) response {
	c.t.Helper()
	made := c.do(http.MethodPost, captureSessions, "application/json",
		`{"input":{`+captureIdentity+`},"metadata":{"subjectId":"customer-1","locale":"de"}`+more+`}`)
	if made.StatusCode != http.StatusCreated {
		c.t.Fatalf("create: %d %s", made.StatusCode, made.body)
	}
	return made
}

func (c *caller) createID(more string) string {
	c.t.Helper()
	return c.create(more).text(c.t, "sessionContext.sessionId")
}

func (c *caller) session(id string) response {
	c.t.Helper()
	return c.get("/api/v1/staging/sessions/" + id)
}

func (c *caller) wantStatus(id, status, outcome string) {
	c.t.Helper()
	got := c.session(id)
	if got.at(c.t, "sessionStatus") != status || got.at(c.t, "outcome") != outcome {
		c.t.Errorf("want %s %s, got %s", status, outcome, got.body)
	}
}

// wantFailure checks an error in the API's shape.
func wantFailure(t testing.TB, got response, status int, message string) {
	t.Helper()
	if got.StatusCode != status {
		t.Fatalf("%d %s, want %d", got.StatusCode, got.body, status)
	}
	if got.at(t, "statusCode") != json.Number(got.Status[:3]) || got.at(t, "error") != http.StatusText(status) {
		t.Errorf("the error is not in the API's shape: %s", got.body)
	}
	if !strings.Contains(got.body, message) {
		t.Errorf("%s does not contain %q", got.body, message)
	}
}

func query(address string) url.Values {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil
	}
	return parsed.Query()
}
