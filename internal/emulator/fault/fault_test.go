// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package fault

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestValidate(t *testing.T) {
	cases := map[string]struct {
		fault Fault
		want  string // empty: valid
	}{
		"least":         {Fault{Kind: ResetAfter}, ""},
		"with a call":   {Fault{Kind: Empty, Call: "create", Skip: 1, Times: 2}, ""},
		"unknown kind":  {Fault{Kind: "explode"}, "kind must be one of"},
		"no kind":       {Fault{}, "kind must be one of"},
		"unknown call":  {Fault{Kind: Hang, Call: "dance"}, "call must be one of"},
		"negative":      {Fault{Kind: Hang, Times: -1}, "must not be negative"},
		"odd status":    {Fault{Kind: Status, Status: 42}, "between 200 and 599"},
		"limit of none": {Fault{Kind: RateLimit}, "rate must be"},
		"no delay":      {Fault{Kind: SlowBody}, "delay must be"},
		"delay":         {Fault{Kind: Delay, Delay: Duration(time.Second)}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			err := c.fault.Validate([]string{"create", "read"})
			if (err == nil) != (c.want == "") || (err != nil && !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestFaultInJSON(t *testing.T) {
	var got Fault
	if err := json.Unmarshal([]byte(`{"call":"read","kind":"slow-header","times":2,"delay":"1.5s","header":{"A":"b"}}`), &got); err != nil {
		t.Fatal(err)
	}
	want := Fault{Call: "read", Kind: SlowHeader, Times: 2, Delay: Duration(1500 * time.Millisecond), Header: map[string]string{"A": "b"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if raw, err := json.Marshal(want); err != nil || !strings.Contains(string(raw), `"delay":"1.5s"`) {
		t.Errorf("%s, %v", raw, err)
	}
	if err := json.Unmarshal([]byte(`{"delay":"soon"}`), &got); err == nil {
		t.Error("a delay in words is taken")
	}
}

func TestSetTakesInOrder(t *testing.T) {
	var set Set
	set.Add(Fault{Kind: ResetBefore, Call: "create", Times: 1})
	set.Add(Fault{Kind: Empty, Call: "create", Skip: 1, Times: 2})
	set.Add(Fault{Kind: Status, Call: ""})
	requests := []string{"create", "read", "create", "create", "create", "create"}
	got := make([]Kind, 0, len(requests))
	for _, call := range requests {
		taken, ok := set.Take(call)
		if !ok {
			t.Fatalf("no fault for %s", call)
		}
		got = append(got, taken.Kind)
	}
	// The second fault does not see the first request, lets one pass, affects two.
	want := []Kind{ResetBefore, Status, Status, Empty, Empty, Status}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Fault{{Kind: Status}}, set.List()); diff != "" {
		t.Error(diff)
	}
	set.Clear()
	if taken, ok := set.Take("read"); ok {
		t.Errorf("%v is in force after Clear", taken)
	}
}

func TestRateLimitLetsSomeThrough(t *testing.T) {
	var set Set
	set.Add(Fault{Kind: RateLimit, Rate: 5})
	refused := 0
	for range 50 {
		if _, ok := set.Take("create"); ok {
			refused++
		}
	}
	if refused == 0 || refused > 45 {
		t.Errorf("%d of 50 requests at once were refused; 5 pass", refused)
	}
}

// faultyService responds 201 with a session and injects f into every request.
type faultyService struct {
	url     string
	carried atomic.Int32 // requests carried out
	revoked atomic.Int32
	end     func() // of the service; may be called again
}

func inject(t *testing.T, f Fault) *faultyService {
	t.Helper()
	closed := make(chan struct{})
	s := &faultyService{end: sync.OnceFunc(func() { close(closed) })}
	service := Service{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			s.carried.Add(1)
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, `{"flowVersion":12345678901234567890,"sessionContext":{"sessionId":"S1","sessionStatus":"CREATED"}}`)
		}),
		RevokeTokens: func() { s.revoked.Add(1) },
		Known:        func() []string { return []string{"all of S1"} },
		Elsewhere:    "http://localhost:1/elsewhere",
		Closed:       closed,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f.Inject(service, w, r) }))
	s.url = server.URL
	t.Cleanup(func() {
		s.end()
		server.Close()
	})
	return s
}

// post sends a create and returns status, body, and the error of either.
func (s *faultyService) post(ctx context.Context, t *testing.T) (*http.Response, string, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, strings.NewReader(`{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	return response, string(body), err
}

func TestStrikeResponds(t *testing.T) {
	cases := map[string]struct {
		fault   Fault
		status  int
		body    string // contained in the response
		header  [2]string
		carried int32
	}{
		"status":         {Fault{Kind: Status, Status: 503, Header: map[string]string{"Retry-After": "7"}}, 503, `"statusCode":503`, [2]string{"Retry-After", "7"}, 0},
		"default status": {Fault{Kind: Status}, 500, `"error":"Internal Server Error"`, [2]string{}, 0},
		"status, body":   {Fault{Kind: Status, Status: 502, Body: "<html>", Header: map[string]string{"Content-Type": "text/html"}}, 502, "<html>", [2]string{"Content-Type", "text/html"}, 0},
		"redirect":       {Fault{Kind: Redirect}, 307, "", [2]string{"Location", "http://localhost:1/elsewhere"}, 0},
		"rate limit":     {Fault{Kind: RateLimit, Rate: 1}, 429, `"statusCode":429`, [2]string{"Retry-After", "1"}, 0},
		"rate, header":   {Fault{Kind: RateLimit, Rate: 1, Header: map[string]string{"Retry-After": "3"}}, 429, "", [2]string{"Retry-After", "3"}, 0},
		"quote":          {Fault{Kind: Quote}, 400, `"message":["","{\"a\":1}","all of S1"],"statusCode":400`, [2]string{"Content-Type", "application/json"}, 0},
		"quote, status":  {Fault{Kind: Quote, Status: 403, Header: map[string]string{"A": "b"}}, 403, "all of S1", [2]string{"A", "b"}, 0},
		"delay":          {Fault{Kind: Delay, Delay: Duration(time.Millisecond)}, 201, `"S1"`, [2]string{}, 1},
		"revoke":         {Fault{Kind: RevokeTokens}, 201, `"S1"`, [2]string{}, 1},
		"slow header":    {Fault{Kind: SlowHeader, Delay: Duration(time.Millisecond)}, 201, `"S1"`, [2]string{}, 1},
		"slow body":      {Fault{Kind: SlowBody, Delay: Duration(time.Microsecond)}, 201, `"sessionStatus":"CREATED"}}`, [2]string{}, 1},
		"replace":        {Fault{Kind: Replace, Status: 202, Body: "{}"}, 202, "{}", [2]string{"Content-Type", "application/json"}, 1},
		"not JSON":       {Fault{Kind: NotJSON}, 201, "<!doctype html>", [2]string{"Content-Type", "text/html; charset=utf-8"}, 1},
		"wrong type":     {Fault{Kind: WrongType}, 201, `["created"]`, [2]string{}, 1},
		"without ID":     {Fault{Kind: WithoutID}, 201, `{"flowVersion":12345678901234567890,"sessionContext":{"sessionStatus":"CREATED"}}`, [2]string{}, 1},
		"ID only":        {Fault{Kind: IDOnly}, 201, `{"sessionContext":{"sessionId":"S1"}}`, [2]string{}, 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := inject(t, c.fault)
			response, body, err := s.post(t.Context(), t)
			if err != nil {
				t.Fatal(err)
			}
			if response.StatusCode != c.status || !strings.Contains(body, c.body) {
				t.Errorf("%d %s", response.StatusCode, body)
			}
			if c.header[0] != "" && response.Header.Get(c.header[0]) != c.header[1] {
				t.Errorf("%s: %q", c.header[0], response.Header.Get(c.header[0]))
			}
			if got := s.carried.Load(); got != c.carried {
				t.Errorf("carried out %d times, want %d", got, c.carried)
			}
			if want := c.fault.Kind == RevokeTokens; (s.revoked.Load() == 1) != want {
				t.Errorf("tokens revoked: %v", !want)
			}
		})
	}
}

func TestStrikeEmpty(t *testing.T) {
	s := inject(t, Fault{Kind: Empty})
	response, body, err := s.post(t.Context(), t)
	if err != nil || response.StatusCode != http.StatusCreated || body != "" || s.carried.Load() != 1 {
		t.Errorf("%v %q %v", response, body, err)
	}
}

func TestStrikeConnections(t *testing.T) {
	cases := map[string]struct {
		kind    Kind
		want    error
		carried int32
	}{
		"reset before": {ResetBefore, syscall.ECONNRESET, 0},
		"reset after":  {ResetAfter, syscall.ECONNRESET, 1},
		"truncated":    {Truncated, io.ErrUnexpectedEOF, 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := inject(t, Fault{Kind: c.kind})
			_, _, err := s.post(t.Context(), t)
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if got := s.carried.Load(); got != c.carried {
				t.Errorf("carried out %d times, want %d", got, c.carried)
			}
		})
	}
}

func TestStrikeWithoutEnd(t *testing.T) {
	t.Run("hang ends with the client", func(t *testing.T) {
		s := inject(t, Fault{Kind: Hang})
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, _, err := s.post(ctx, t); !errors.Is(err, context.DeadlineExceeded) || s.carried.Load() != 0 {
			t.Errorf("%v", err)
		}
	})
	t.Run("endless body goes past any bound", func(t *testing.T) {
		s := inject(t, Fault{Kind: EndlessBody})
		response, body, err := s.post(t.Context(), t)
		if err != nil || response.StatusCode != http.StatusCreated || len(body) != 1<<20 || s.carried.Load() != 1 {
			t.Errorf("%d bytes, %v", len(body), err)
		}
	})
	for _, kind := range []Kind{Hang, EndlessBody} {
		t.Run(string(kind)+" ends with the service", func(t *testing.T) {
			s := inject(t, Fault{Kind: kind})
			done := make(chan error, 1)
			go func() {
				request, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, s.url, http.NoBody)
				response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
				if err == nil {
					_, err = io.Copy(io.Discard, response.Body)
				}
				done <- err
			}()
			s.end()
			if err := <-done; err == nil {
				t.Error("the request came to a good end")
			}
		})
	}
}
