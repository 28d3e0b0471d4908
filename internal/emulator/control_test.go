// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// TestFaultsAffectEachCall adds one for each and sees that only that call is
// faulty, and once.
func TestFaultsAffectEachCall(t *testing.T) {
	c := start(t, emulator.Options{})
	id := c.createID("")
	file := c.createFile()
	calls := map[emulator.Call]struct{ method, path, contentType, body string }{
		emulator.CallToken:      {http.MethodPost, "/oidc/token", formType, "grant_type=client_credentials&client_id=emulator-client&client_secret=emulator-secret"},
		emulator.CallFlows:      {http.MethodGet, "/api/v1/flows/staging", "", ""},
		emulator.CallDocument:   {http.MethodGet, "/api/v1/flows/staging/" + emulatortest.DocumentCapture, "", ""},
		emulator.CallCreate:     {http.MethodPost, captureSessions, "application/json", `{"input":{` + captureIdentity + `},"metadata":{"subjectId":"c"}}`},
		emulator.CallSessions:   {http.MethodGet, captureSessions, "", ""},
		emulator.CallRead:       {http.MethodGet, "/api/v1/staging/sessions/" + id, "", ""},
		emulator.CallDataBlocks: {http.MethodGet, "/api/v1/staging/sessions/" + id + "/datablocks", "", ""},
		emulator.CallFile:       {http.MethodGet, "/api/v1/staging/files/" + file, "", ""},
	}
	for faulty := range calls {
		t.Run(string(faulty), func(t *testing.T) {
			c.Fault(fault.Fault{Call: string(faulty), Kind: fault.Status, Status: 503, Times: 1, Header: map[string]string{"Retry-After": "1"}})
			for call, request := range calls {
				first := c.do(request.method, request.path, request.contentType, request.body)
				if (first.StatusCode == http.StatusServiceUnavailable) != (call == faulty) {
					t.Errorf("%s returns %d", call, first.StatusCode)
				}
			}
			again := calls[faulty]
			if got := c.do(again.method, again.path, again.contentType, again.body); got.StatusCode >= 400 {
				t.Errorf("it is in force twice: %d", got.StatusCode)
			}
		})
	}
	if left := c.Faults(); len(left) != 0 {
		t.Errorf("faults left: %v", left)
	}
}

func (c *caller) createFile() string {
	c.t.Helper()
	made := c.do(http.MethodPost, "/api/v1/flows/"+emulatortest.InstantSignature+"/staging/sessions", "multipart/form-data; boundary=b", signatureForm)
	return c.vaultIDs(made.text(c.t, "sessionContext.sessionId"))[0]
}

// TestFaultsAndSessions checks for every kind whether a session is created.
func TestFaultsAndSessions(t *testing.T) {
	cases := map[fault.Kind]struct {
		status   int // 0: no response
		sessions int
	}{
		fault.Status: {500, 0}, fault.Redirect: {307, 0}, fault.ResetBefore: {0, 0}, fault.Quote: {400, 0},
		fault.RevokeTokens: {201, 1}, // the API key stays good
		fault.ResetAfter:   {0, 1}, fault.Truncated: {0, 1}, fault.Empty: {201, 1}, fault.NotJSON: {201, 1},
		fault.WrongType: {201, 1}, fault.WithoutID: {201, 1}, fault.IDOnly: {201, 1}, fault.Replace: {200, 1},
	}
	for kind, test := range cases {
		t.Run(string(kind), func(t *testing.T) {
			c := start(t, emulator.Options{})
			c.Fault(fault.Fault{Call: "create", Kind: kind, Times: 1})
			status, err := c.rawCreate(`{"input":{` + captureIdentity + `},"metadata":{"subjectId":"c"}}`)
			if status != test.status || (err != nil) != (test.status == 0) {
				t.Errorf("status %d, %v", status, err)
			}
			if got := len(c.Sessions()); got != test.sessions {
				t.Errorf("%d sessions, want %d", got, test.sessions)
			}
			recorded := c.RequestsOf(emulator.CallCreate)
			if len(recorded) != 1 || recorded[0].Fault != kind {
				t.Errorf("recorded %+v", recorded)
			}
			if created := recorded[0].SessionID != ""; created != (test.sessions == 1) {
				t.Errorf("recorded session %q", recorded[0].SessionID)
			}
		})
	}
}

// rawCreate returns the status, or the connection's error.
func (c *caller) rawCreate(body string) (int, error) {
	request, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.URL+captureSessions, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+c.bearer)
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if _, err = io.ReadAll(response.Body); err != nil {
		return 0, err
	}
	return response.StatusCode, nil
}

func TestRefusedRequestsAreNotCreatedByFaults(t *testing.T) {
	c := start(t, emulator.Options{})
	c.Fault(fault.Fault{Call: "create", Kind: fault.ResetAfter})
	if _, err := c.rawCreate(`{}`); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v", err)
	}
	if got := len(c.Sessions()); got != 0 {
		t.Errorf("%d sessions of a request that is refused", got)
	}
}

func TestRevokedTokenMidRun(t *testing.T) {
	c := start(t, emulator.Options{})
	c.bearer = c.newToken()
	c.Fault(fault.Fault{Call: "create", Kind: fault.RevokeTokens, Times: 1})
	if status, err := c.rawCreate(`{"input":{` + captureIdentity + `},"metadata":{"subjectId":"c"}}`); status != http.StatusUnauthorized {
		t.Errorf("%d %v", status, err)
	}
	c.bearer = c.newToken()
	c.create("")
}

func TestRedirectLeadsElsewhere(t *testing.T) {
	c := start(t, emulator.Options{})
	c.Fault(fault.Fault{Call: "flows", Kind: fault.Redirect})
	target := c.get("/api/v1/flows/staging").Header.Get("Location")
	if !strings.HasPrefix(target, "http://localhost:") {
		t.Fatalf("leads to %s", target)
	}
	wantFailure(t, c.get(strings.Replace(target, "localhost", "127.0.0.1", 1)), http.StatusNotFound, "no such call")
	arrived := c.RequestsOf(emulator.CallUnknown)
	if len(arrived) != 1 || arrived[0].Path != "/elsewhere" || arrived[0].Header.Get("Authorization") != "Bearer [redacted]" {
		t.Errorf("recorded %+v", arrived)
	}
}

func TestFaultsOfAnyCallLeaveUnknownPathsAlone(t *testing.T) {
	c := start(t, emulator.Options{})
	c.Fault(fault.Fault{Kind: fault.Status, Status: http.StatusBadGateway, Times: 1})
	if got := c.get("/elsewhere"); got.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown path gets a fault: %d", got.StatusCode)
	}
	if got := c.get("/api/v1/flows/staging"); got.StatusCode != http.StatusBadGateway {
		t.Errorf("the call after it gets no fault: %d", got.StatusCode)
	}
}

func TestAddFaultRefuses(t *testing.T) {
	c := start(t, emulator.Options{})
	if err := c.AddFault(fault.Fault{Call: "unknown", Kind: fault.Hang}); err == nil {
		t.Error("a fault of no call is taken")
	}
}

// control sends a request to the control interface.
func (c *caller) control(method, path, body string) response {
	c.t.Helper()
	contentType := ""
	if body != "" {
		contentType = "application/json"
	}
	return c.anonymous().do(method, "/_emulator/"+path, contentType, body)
}

func (c *caller) mustControl(method, path, body string) {
	c.t.Helper()
	if got := c.control(method, path, body); got.StatusCode >= 300 {
		c.t.Errorf("%s %s: %d %s", method, path, got.StatusCode, got.body)
	}
}

func TestControlInterface(t *testing.T) {
	clock := newManual()
	c := start(t, emulator.Options{Clock: clock.Now, SessionTTL: time.Hour})
	id := c.createID("")

	c.mustControl("POST", "sessions/"+id, `{"status":"COMPLETED","outcome":"rejected"}`)
	c.wantStatus(id, "COMPLETED", "rejected")
	c.mustControl("DELETE", "sessions/"+id+"/datablocks", "")
	if got := c.get("/api/v1/staging/sessions/" + id + "/datablocks"); !strings.Contains(got.body, `"DELETED"`) {
		t.Error(got.body)
	}
	c.mustControl("DELETE", "sessions/"+id, "")
	wantFailure(t, c.session(id), 404, "does not exist")

	c.mustControl("POST", "faults", `{"call":"read","kind":"status","status":502,"times":2}`)
	if got := c.session(id); got.StatusCode != http.StatusBadGateway {
		t.Errorf("the fault is not injected: %d", got.StatusCode)
	}
	if got := c.control("GET", "faults", ""); got.body != `{"faults":[{"call":"read","kind":"status","times":1,"status":502}]}` {
		t.Error(got.body)
	}
	c.mustControl("DELETE", "faults", "")
	if got := c.session(id); got.StatusCode != http.StatusNotFound {
		t.Errorf("the fault goes on: %d", got.StatusCode)
	}

	later := c.createID("")
	if got := c.control("POST", "clock", `{"advance":"1h"}`); got.body != `{"now":"2026-03-01T13:00:00.000Z"}` {
		t.Error(got.body)
	}
	c.wantStatus(later, "EXPIRED", "NO_OUTCOME")

	token := c.newToken()
	c.mustControl("DELETE", "tokens", "")
	if got := (&caller{c.Server, t, token}).get("/api/v1/flows/staging"); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("the token is good after revoking: %d", got.StatusCode)
	}

	c.mustControl("DELETE", "flows/live/"+emulatortest.DocumentCapture, "")
	if got := c.get("/api/v1/flows/live"); got.StatusCode != http.StatusNotFound {
		t.Errorf("the flow is still there: %d", got.StatusCode)
	}
	c.mustControl("PUT", "flows", string(readExample(t, "document-capture.live.json")))
	if got := c.get("/api/v1/flows/live"); got.StatusCode != http.StatusOK {
		t.Errorf("the flow is not there: %d", got.StatusCode)
	}

	c.mustControl("POST", "reset", "")
	if len(c.Sessions())+len(c.Requests())+c.TokensIssued() != 0 {
		t.Error("something is left after a reset")
	}
}

func TestControlInterfaceRefuses(t *testing.T) {
	c := start(t, emulator.Options{})
	id := c.createID("")
	cases := map[string]struct {
		method, path, body string
		status             int
	}{
		"unknown session":    {"DELETE", "sessions/x", "", 404},
		"unknown status":     {"POST", "sessions/" + id, `{"status":"DANCING"}`, 400},
		"unknown outcome":    {"POST", "sessions/" + id, `{"status":"COMPLETED","outcome":"ACCEPTED"}`, 400},
		"unknown member":     {"POST", "sessions/" + id, `{"status":"RUNNING","outcom":"rejected"}`, 400},
		"not JSON":           {"POST", "faults", `{`, 400},
		"unknown kind":       {"POST", "faults", `{"kind":"x"}`, 400},
		"backward clock":     {"POST", "clock", `{"advance":"-1h"}`, 400},
		"document of no use": {"PUT", "flows", `{}`, 400},
		"unknown path":       {"GET", "x", "", 404},
		"unknown method":     {"PUT", "faults", "{}", 405},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			if got := c.control(test.method, test.path, test.body); got.StatusCode != test.status {
				t.Errorf("%d %s, want %d", got.StatusCode, got.body, test.status)
			}
		})
	}
	c.wantStatus(id, "CREATED", "NO_OUTCOME")
}

// TestControlIsNotForWebPages sends what a browser sends for another site.
func TestControlIsNotForWebPages(t *testing.T) {
	c := start(t, emulator.Options{})
	send := func(change func(*http.Request)) int {
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, c.URL+"/_emulator/reset", http.NoBody)
		change(request)
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		return response.StatusCode
	}
	if got := send(func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }); got != http.StatusForbidden {
		t.Errorf("another origin: %d", got)
	}
	if got := send(func(r *http.Request) { r.Host = "evil.example" }); got != http.StatusMisdirectedRequest {
		t.Errorf("another host name: %d", got)
	}
	for _, host := range []string{"localhost", "localhost:8080", "127.0.0.1", "127.1.2.3:80", "[::1]:80"} {
		if got := send(func(r *http.Request) { r.Host = host }); got != http.StatusNoContent {
			t.Errorf("%s: %d", host, got)
		}
	}
}

// TestRecordsHoldNothingThatGivesAccess plants secrets and looks for them in
// what the control interface returns.
func TestRecordsHoldNothingThatGivesAccess(t *testing.T) {
	c := start(t, emulator.Options{ClientSecret: "planted-secret", APIKey: "planted-key"})
	c.bearer = "planted-key"
	c.do(http.MethodPost, "/oidc/token", formType, "grant_type=client_credentials&client_id=emulator-client&client_secret=planted-secret")
	p := c.person("")
	p.open()
	p.decide("accept")
	file := c.get("/api/v1/staging/files/" + c.vaultIDs(p.id)[0]).Header.Get("Location")
	c.anonymous().get(strings.Replace(file, "localhost", "127.0.0.1", 1))

	shown := c.control("GET", "requests", "").body + c.control("GET", "sessions", "").body
	var requests strings.Builder
	for _, recorded := range c.Requests() {
		requests.WriteString(string(recorded.Body))
	}
	shown += requests.String()
	for _, planted := range []string{"planted-secret", "planted-key", p.token, query(file).Get("signature")} {
		if planted == "" || strings.Contains(shown, planted) {
			t.Errorf("%q is listed", planted)
		}
	}
	var listed struct {
		Requests []emulator.Recorded `json:"requests"`
		Tokens   int                 `json:"tokensIssued"`
	}
	if err := json.Unmarshal([]byte(c.control("GET", "requests", "").body), &listed); err != nil || len(listed.Requests) != 7 || listed.Tokens != 1 {
		t.Errorf("%d requests, %d tokens, %v", len(listed.Requests), listed.Tokens, err)
	}
}

func TestPathsThatAreNoCalls(t *testing.T) {
	c := start(t, emulator.Options{})
	cases := map[string]struct {
		method, path string
		status       int
	}{
		"post to the root":      {"POST", "/", 405},
		"elsewhere":             {"GET", "/api/v2/flows/staging", 404},
		"slash at the end":      {"GET", "/api/v1/flows/staging/", 404},
		"no environment":        {"GET", "/api/v1/flows//x", 404},
		"delete a session":      {"DELETE", "/api/v1/staging/sessions/x", 405},
		"put a session":         {"PUT", "/api/v1/staging/sessions/x", 405},
		"get a token":           {"GET", "/oidc/token", 405},
		"slash in an element":   {"GET", "/api/v1/staging/sessions/a%2Fb", 404},
		"dots in an element":    {"GET", "/api/v1/staging/sessions/%2E%2E", 404},
		"environment \"flows\"": {"GET", "/api/v1/flows/sessions/x", 404},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			wantFailure(t, c.do(test.method, test.path, "", ""), test.status, "")
		})
	}
}
