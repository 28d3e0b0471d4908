// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/session"
)

// arrival is a webhook as it arrived.
type arrival struct {
	header http.Header
	body   string
}

// receiver responds to each attempt with the next of statuses, then always with the last.
type receiver struct {
	*httptest.Server

	mu       sync.Mutex
	statuses []int
	arrived  []arrival
}

func receive(t *testing.T, statuses ...int) *receiver {
	t.Helper()
	r := &receiver{statuses: statuses}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.arrived = append(r.arrived, arrival{request.Header, string(body)})
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(r.statuses[0])
		r.statuses = r.statuses[min(1, len(r.statuses)-1):]
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) all() []arrival {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]arrival{}, r.arrived...)
}

func newSender(t *testing.T, options Options, hooks ...Hook) *Sender {
	t.Helper()
	options.Log = slog.New(slog.DiscardHandler)
	if options.Backoff == 0 {
		options.Backoff = time.Millisecond
	}
	s := New(options)
	t.Cleanup(s.Close)
	for _, h := range hooks {
		if err := s.Put(h); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// ended waits until no delivery is pending.
func (s *Sender) ended() []Delivery {
	s.running.Wait()
	return s.Deliveries("")
}

func aSession(status session.Status) session.Session {
	return session.Session{
		ID: "s1", FlowID: "f1", FlowVersion: "2", Environment: "staging", Status: status, Outcome: session.NoOutcome, Base: "http://emulator",
		SubjectID: "planted-subject", State: "planted-state", RedirectURL: "https://planted.example", PlayerToken: "planted-token",
		Body:   map[string]any{"input": "planted-input"},
		Blocks: []session.DataBlock{{Content: "planted-content"}},
	}
}

// verify reads a JWT by a key set, as a receiver does.
func verify(t *testing.T, set jose.JSONWebKeySet, jwt string) (map[string]any, error) {
	t.Helper()
	signed, err := jose.ParseSignedCompact(jwt, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatalf("%s: %v", jwt, err)
	}
	raw, err := signed.Verify(set)
	if err != nil {
		return nil, err
	}
	claims := map[string]any{}
	return claims, json.Unmarshal(raw, &claims)
}

func keySet(t *testing.T, s *Sender) jose.JSONWebKeySet {
	t.Helper()
	set, err := s.Keys.Set()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestWhatIsSent(t *testing.T) {
	for name, inHeader := range map[string]bool{"in the body": false, "in the header": true} {
		t.Run(name, func(t *testing.T) {
			r := receive(t, 204)
			s := newSender(t, Options{InHeader: inHeader}, Hook{URL: r.URL + "/hook?key=secret", Headers: map[string]string{"X-Custom": "custom"}})
			s.Notify("", aSession(session.Created))
			deliveries := s.ended()
			got := r.all()
			if len(got) != 1 || got[0].header.Get("X-Custom") != "custom" || got[0].header.Get("User-Agent") != "idnow-emulator" {
				t.Fatalf("arrived %+v", got)
			}
			jwt, mediaType := got[0].body, "application/jwt"
			if inHeader {
				jwt, mediaType = got[0].header.Get("X-Idnow-Signature"), "application/json"
			}
			if got[0].header.Get("Content-Type") != mediaType || got[0].header.Get("X-Idnow-Signature") == "" && inHeader {
				t.Errorf("header %v", got[0].header)
			}
			claims, err := verify(t, keySet(t, s), jwt)
			if err != nil {
				t.Fatal(err)
			}
			sent := deliveries[0].Claims
			if sent.ExpiresAt-sent.IssuedAt != 3600 || time.Since(sent.Data.CreatedAt) > time.Minute {
				t.Errorf("issued at %d, expires at %d, created at %v", sent.IssuedAt, sent.ExpiresAt, sent.Data.CreatedAt)
			}
			id := deliveries[0].ID
			want := map[string]any{
				"iss": "http://emulator", "aud": r.URL + "/hook", "sub": id, "iat": float64(sent.IssuedAt), "exp": float64(sent.ExpiresAt),
				"data": map[string]any{
					"eventId": id, "eventVersion": "1.0", "eventName": "session.created", "eventDeliverId": id + "-1", "eventSequence": "1",
					"createdAt": sent.Data.CreatedAt.Format(time.RFC3339Nano), "environment": "staging",
					"payload": map[string]any{"flowId": "f1", "sessionId": "s1", "sessionStatus": "CREATED"},
				},
			}
			if diff := cmp.Diff(want, claims); diff != "" {
				t.Error(diff)
			}
			listed, _ := json.Marshal(map[string]any{"deliveries": deliveries, "hooks": s.Hooks()})
			if text := string(listed) + got[0].body; strings.Contains(text, "planted") || strings.Contains(string(listed), "secret") || strings.Contains(string(listed), "custom\"") {
				t.Errorf("personal data or secrets in %s", text)
			}
		})
	}
}

func TestEvents(t *testing.T) {
	r := receive(t, 200)
	s := newSender(t, Options{}, Hook{URL: r.URL})
	steps := []struct{ before, now session.Status }{
		{"", session.Created}, {session.Created, session.Running}, {session.Running, session.Completed},
		{session.Running, session.Aborted}, {session.Created, session.Expired}, {session.Running, session.Errored},
	}
	for _, step := range steps {
		s.Notify(step.before, aSession(step.now))
	}
	var events []Event
	for _, d := range s.ended() {
		events = append(events, d.Event)
	}
	want := []Event{Created, Completed, Aborted, Expired, Errored}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Error(diff)
	}
	for i, got := range r.all() { // in order, since they are of one session
		claims, err := verify(t, keySet(t, s), got.body)
		if err != nil {
			t.Fatal(err)
		}
		data := claims["data"].(map[string]any)
		if data["eventName"] != string(want[i]) || data["eventSequence"] != strconv.Itoa(i+1) {
			t.Errorf("arrival %d: %v", i, claims)
		}
	}
}

func TestTries(t *testing.T) {
	cases := map[string]struct {
		statuses []int
		state    State
		tries    int
	}{
		"at once":              {[]int{200}, Delivered, 1},
		"any 2xx":              {[]int{299}, Delivered, 1},
		"the third":            {[]int{500, 404, 202}, Delivered, 3},
		"never":                {[]int{500, 500, 500, 200}, Failed, 3},
		"redirects don't help": {[]int{307}, Failed, 3},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			r := receive(t, test.statuses...)
			s := newSender(t, Options{}, Hook{URL: r.URL})
			s.Notify("", aSession(session.Created))
			d := s.ended()[0]
			if d.State != test.state || len(d.Attempts) != test.tries || len(r.all()) != test.tries {
				t.Errorf("%s after %d tries, %d arrived", d.State, len(d.Attempts), len(r.all()))
			}
			for i, got := range r.all() {
				claims, err := verify(t, keySet(t, s), got.body)
				if err != nil {
					t.Fatal(err)
				}
				data := claims["data"].(map[string]any)
				if data["eventId"] != d.ID || data["eventDeliverId"] != d.ID+"-"+strconv.Itoa(i+1) {
					t.Errorf("try %d: %v", i+1, data)
				}
			}
			if d.Attempts[0].Status != test.statuses[0] {
				t.Errorf("attempt %+v", d.Attempts[0])
			}
		})
	}
}

func TestReceiversThatDoNotRespond(t *testing.T) {
	release := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(slow.Close)
	t.Cleanup(func() { close(release) })
	gone := httptest.NewServer(nil)
	gone.Close()
	for address, want := range map[string]string{slow.URL: "no response in time", gone.URL + "?key=secret": "connection refused"} {
		s := newSender(t, Options{Timeout: 50 * time.Millisecond}, Hook{URL: address})
		s.Notify("", aSession(session.Created))
		d := s.ended()[0]
		if d.State != Failed || len(d.Attempts) != 3 || !strings.Contains(d.Attempts[2].Problem, want) || strings.Contains(d.Attempts[2].Problem, "secret") {
			t.Errorf("%+v", d)
		}
	}
}

func TestRepeat(t *testing.T) {
	r := receive(t, 500, 500, 500, 200)
	s := newSender(t, Options{}, Hook{URL: r.URL})
	s.Notify("", aSession(session.Created))
	failed := s.ended()[0]
	if err := s.Redeliver(failed.ID); err != nil {
		t.Fatal(err)
	}
	again := s.ended()[0]
	if again.ID != failed.ID || again.State != Delivered || again.Problem != "" || len(again.Attempts) != 4 {
		t.Errorf("%+v", again)
	}
	if err := s.Redeliver("none"); err == nil {
		t.Error("an unknown delivery is sent again")
	}
	for range 40 {
		if err := s.Redeliver(failed.ID); err != nil {
			t.Fatal(err)
		}
		again = s.ended()[0]
	}
	if len(again.Attempts) != maxAttempts {
		t.Errorf("%d attempts are remembered", len(again.Attempts))
	}
}

func TestFaults(t *testing.T) {
	r := receive(t, 200)
	s := newSender(t, Options{}, Hook{URL: r.URL})
	s.Faults.Add(fault.Fault{Call: fault.Webhook, Kind: fault.Status, Status: 503, Times: 1})
	s.Faults.Add(fault.Fault{Call: fault.Webhook, Kind: fault.ResetBefore, Times: 1})
	s.Faults.Add(fault.Fault{Call: fault.Webhook, Kind: fault.BadSignature, Times: 1})
	s.Notify("", aSession(session.Created))
	d := s.ended()[0]
	got := r.all()
	if d.State != Delivered || len(d.Attempts) != 3 || len(got) != 1 || d.Attempts[0].Status != 503 || d.Attempts[1].Fault != fault.ResetBefore {
		t.Fatalf("%+v, %d arrived", d, len(got))
	}
	if _, err := verify(t, keySet(t, s), got[0].body); err == nil {
		t.Error("a signature of a foreign key is good")
	}
}

func TestRotation(t *testing.T) {
	r := receive(t, 200)
	s := newSender(t, Options{}, Hook{URL: r.URL})
	send := func() string {
		s.Notify("", aSession(session.Created))
		s.ended()
		all := r.all()
		return all[len(all)-1].body
	}
	before, old := keySet(t, s), send()
	if err := s.Keys.Rotate(); err != nil {
		t.Fatal(err)
	}
	after, fresh := keySet(t, s), send()
	if len(before.Keys) != 1 || len(after.Keys) != 2 {
		t.Fatalf("%d keys, then %d", len(before.Keys), len(after.Keys))
	}
	for _, key := range after.Keys {
		if !key.IsPublic() || key.KeyID == "" || key.Use != "sig" || key.Algorithm != "RS256" {
			t.Errorf("key %+v", key)
		}
	}
	if _, err := verify(t, before, fresh); err == nil {
		t.Error("a rotated key signs as the one before")
	}
	for _, jwt := range []string{old, fresh} {
		if _, err := verify(t, after, jwt); err != nil {
			t.Error(err)
		}
	}
	s.Keys.Retire()
	if _, err := verify(t, keySet(t, s), old); err == nil {
		t.Error("a retired key is in the set")
	}
	if _, err := verify(t, keySet(t, s), fresh); err != nil {
		t.Error(err)
	}
}

func TestTheMostParticularHookIsTaken(t *testing.T) {
	s := newSender(t, Options{},
		Hook{URL: "http://all"}, Hook{Environment: "live", URL: "http://live"},
		Hook{FlowID: "f", URL: "http://old"}, Hook{FlowID: "f", URL: "http://f"}, Hook{FlowID: "f", Environment: "live", URL: "http://f-live"})
	for of, want := range map[[2]string]string{
		{"g", "staging"}: "http://all", {"g", "live"}: "http://live", {"f", "staging"}: "http://f", {"f", "live"}: "http://f-live",
	} {
		if got, _ := s.hooks.find(of[0], of[1]); got.URL != want {
			t.Errorf("%v goes to %s, want %s", of, got.URL, want)
		}
	}
	s.ClearHooks()
	if _, found := s.hooks.find("f", "live"); found {
		t.Error("a hook is left")
	}
}

func TestHooksRefuse(t *testing.T) {
	cases := map[string]Hook{
		"must be absolute":   {URL: "127.0.0.1:9000"},
		"such as http":       {URL: "ftp://x/"},
		"user and password":  {URL: "http://a:b@x/"},
		"not the name of a":  {URL: "http://x", Headers: map[string]string{"A b": "c"}},
		"emulator's own":     {URL: "http://x", Headers: map[string]string{"content-type": "c"}},
		"control characters": {URL: "http://x", Headers: map[string]string{"A": "planted\r\nB: c"}},
		"more than 8 KiB":    {URL: "http://x", Headers: map[string]string{"A": strings.Repeat("a", 9<<10)}},
	}
	for want, h := range cases {
		if err := h.Validate(); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "planted") {
			t.Errorf("%q: %v", want, err)
		}
	}
}

// TestBounds sends more than is remembered, and more at once than may wait.
func TestBounds(t *testing.T) {
	r := receive(t, 200)
	s := newSender(t, Options{}, Hook{URL: r.URL})
	for range maxDeliveries + 10 {
		s.Notify("", aSession(session.Created))
	}
	failed := 0
	for _, d := range s.ended() {
		if d.State == Failed {
			failed++
		}
	}
	s.Notify("", aSession(session.Created))
	if got := len(s.ended()); got != maxDeliveries || failed == 0 {
		t.Errorf("%d deliveries are remembered, %d failed", got, failed)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.tails) != 0 || s.pending != 0 {
		t.Errorf("%d sessions and %d deliveries wait", len(s.tails), s.pending)
	}
}
