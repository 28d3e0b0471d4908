// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// pagesOf serves entries page after page, with a description of the page made
// from its number, size, and the totals.
func pagesOf(total int, describe string) handler {
	return func(w http.ResponseWriter, r *http.Request, _ int) {
		number, _ := strconv.Atoi(r.URL.Query().Get("page"))
		size, _ := strconv.Atoi(r.URL.Query().Get("size"))
		var entries []string
		for i := (number - 1) * size; i < min(number*size, total); i++ {
			entries = append(entries, fmt.Sprintf(`{"id":"f%d"}`, i))
		}
		page := strings.NewReplacer("NUMBER", strconv.Itoa(number), "PAGES", strconv.Itoa((total+size-1)/size), "TOTAL", strconv.Itoa(total)).Replace(describe)
		_, _ = fmt.Fprintf(w, `{"content":[%s]%s}`, strings.Join(entries, ","), page)
	}
}

// capped makes a service give at most so many entries a page, whatever it is
// asked for.
func capped(size int, respond handler) handler {
	return func(w http.ResponseWriter, r *http.Request, n int) {
		query := r.URL.Query()
		query.Set("size", strconv.Itoa(size))
		r.URL.RawQuery = query.Encode()
		respond(w, r, n)
	}
}

func TestListFlowsReadsAllPages(t *testing.T) {
	tests := map[string]struct {
		respond  handler
		flows    int
		requests int
		text     string // of the error; empty for success
	}{
		"none":                      {respond: pagesOf(0, `,"page":{"totalPages":0,"totalElements":0}`), requests: 1},
		"one page":                  {respond: pagesOf(100, `,"page":{"number":NUMBER,"totalPages":PAGES}`), flows: 100, requests: 1},
		"three pages":               {respond: pagesOf(250, `,"page":{"number":NUMBER,"totalPages":PAGES}`), flows: 250, requests: 3},
		"elements alone":            {respond: pagesOf(250, `,"page":{"totalElements":TOTAL}`), flows: 250, requests: 3},
		"no totals":                 {respond: pagesOf(250, `,"page":{"number":NUMBER}`), flows: 250, requests: 4},
		"no totals, a short page":   {respond: capped(20, pagesOf(50, `,"page":{"number":NUMBER}`)), flows: 50, requests: 4},
		"no totals, no pages":       {respond: status(200, `{"content":[{"id":"a"}],"page":{"size":1}}`), flows: 1, requests: 2},
		"pages as a string":         {respond: pagesOf(250, `,"page":{"totalPages":"PAGES"}`), flows: 250, requests: 3},
		"pages as a fraction":       {respond: pagesOf(250, `,"page":{"totalPages":PAGES.0}`), flows: 250, requests: 3},
		"elements as a string":      {respond: pagesOf(250, `,"page":{"totalElements":"TOTAL.0"}`), flows: 250, requests: 3},
		"totals of another kind":    {respond: pagesOf(250, `,"page":{"totalPages":"many","totalElements":{}}`), flows: 250, requests: 4},
		"pages at the top":          {respond: pagesOf(250, `,"totalPages":PAGES`), flows: 250, requests: 3},
		"elements at the top":       {respond: pagesOf(250, `,"page":null,"totalElements":"TOTAL"`), flows: 250, requests: 3},
		"page is its number":        {respond: pagesOf(200, `,"page":NUMBER,"totalPages":PAGES`), flows: 200, requests: 2},
		"page is a number alone":    {respond: status(200, `{"content":[{"id":"a"}],"page":1}`), flows: 1, requests: 1},
		"page is empty":             {respond: pagesOf(200, `,"page":{},"totalPages":PAGES`), flows: 200, requests: 2},
		"fewer than asked for":      {respond: capped(20, pagesOf(50, `,"page":{"size":20,"totalElements":TOTAL}`)), flows: 50, requests: 3},
		"fewer, its pages not":      {respond: capped(20, pagesOf(50, `,"page":{"totalPages":1,"totalElements":TOTAL}`)), flows: 50, requests: 3},
		"all at once":               {respond: status(200, `{"content":[{"id":"a"},{"id":"b"}]}`), flows: 2, requests: 1},
		"page is null":              {respond: status(200, `{"content":[{"id":"a"}],"page":null}`), flows: 1, requests: 1},
		"a bare list":               {respond: status(200, `[{"id":"a"},{"id":"b"}]`), flows: 2, requests: 1},
		"content is null":           {respond: status(200, `{"content":null}`), requests: 1},
		"entries that are no flows": {respond: status(200, `{"content":[null,7,"x",[],{"id":"a"}]}`), flows: 1, requests: 1},
		"ends before its totals":    {respond: pagesOf(120, `,"page":{"totalPages":2147483647}`), flows: 120, requests: 3},
		"the same page forever":     {respond: status(200, `{"content":[{"id":"a"}],"page":{"totalPages":9}}`), requests: 2, text: "page 2 has no new entries"},
		"none, but totals":          {respond: status(200, `{"content":[],"page":{"totalElements":999999999}}`), requests: 1, text: "page 1 has no new entries"},
		"pages without end":         {respond: pagesOf(1<<30, `,"page":{"totalPages":2147483647}`), requests: maxPages, text: "more than 1000 pages"},
		"not JSON":                  {respond: status(200, `<html>`), requests: 1, text: "not a list in JSON"},
		"the second page fails":     {respond: inTurn(pagesOf(250, `,"page":{"totalPages":PAGES}`), status(403, "")), requests: 2, text: "403 Forbidden"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newService(t, tt.respond)
			flows, err := newTestClient(t, s.URL).ListFlows(t.Context(), "live")
			if len(flows) != tt.flows || len(s.seen()) != tt.requests {
				t.Errorf("%d flows by %d requests, want %d by %d", len(flows), len(s.seen()), tt.flows, tt.requests)
			}
			if tt.text == "" && err != nil || tt.text != "" && (err == nil || !strings.Contains(err.Error(), tt.text)) {
				t.Errorf("error = %v, want %q", err, tt.text)
			}
		})
	}
}

func TestListFlowsAsksForTheLargestPage(t *testing.T) {
	s := newService(t, status(200, `{"content":[]}`))
	if _, err := newTestClient(t, s.URL).ListFlows(t.Context(), "live"); err != nil {
		t.Fatal(err)
	}
	if got, want := s.seen()[0].uri, "/api/v1/flows/live?page=1&size=100"; got != want {
		t.Errorf("asked for %s, want %s", got, want)
	}
}

// sessionPages serves a list of sessions that are ever older.
func sessionPages(perPage, pages int) handler {
	return func(w http.ResponseWriter, r *http.Request, _ int) {
		number, _ := strconv.Atoi(r.URL.Query().Get("page"))
		var entries []string
		for i := range perPage {
			entries = append(entries, fmt.Sprintf(`{"sessionId":"s%d","createdAt":"%d"}`, (number-1)*perPage+i, 9999-(number-1)*perPage-i))
		}
		_, _ = fmt.Fprintf(w, `{"content":[%s],"page":{"totalPages":%d}}`, strings.Join(entries, ","), pages)
	}
}

func TestEachSessionStopsEarly(t *testing.T) {
	older := func(s Session) bool { return s.CreatedAt < "9985" }
	tests := map[string]struct {
		query    SessionQuery
		stop     func(Session) bool
		limit    int
		sessions int
		uri      string // of the last request
		requests int
		text     string // of the error; empty for success
	}{
		"all":          {sessions: 30, uri: "/api/v1/flows/f1/live/sessions?page=3&size=100", requests: 3},
		"newest first": {query: SessionQuery{SortBy: "createdAt", SortDesc: true}, sessions: 30, uri: "/api/v1/flows/f1/live/sessions?page=3&size=100&sortBy=createdAt&sortDesc=true", requests: 3},
		"a limit":      {limit: 10, sessions: 10, uri: "/api/v1/flows/f1/live/sessions?page=1&size=100", requests: 1},
		"limit past":   {limit: 11, sessions: 11, uri: "/api/v1/flows/f1/live/sessions?page=2&size=100", requests: 2},
		"stop":         {stop: older, sessions: 16, uri: "/api/v1/flows/f1/live/sessions?page=2&size=100", requests: 2},
		"pages":        {query: SessionQuery{MaxPages: 2}, sessions: 20, uri: "/api/v1/flows/f1/live/sessions?page=2&size=100", requests: 2, text: "the list has more than 2 pages"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newService(t, sessionPages(10, 3))
			visited := 0
			err := newTestClient(t, s.URL).EachSession(t.Context(), "f1", "live", tt.query, func(s Session) bool {
				visited++
				return visited != tt.limit && (tt.stop == nil || !tt.stop(s))
			})
			requests := s.seen()
			if got := fmt.Sprint(err); !strings.Contains(got, cmp.Or(tt.text, "<nil>")) {
				t.Errorf("error %v", err)
			}
			if visited != tt.sessions || len(requests) != tt.requests || requests[len(requests)-1].uri != tt.uri {
				t.Errorf("%d sessions by %d requests, last %s", visited, len(requests), requests[len(requests)-1].uri)
			}
		})
	}
}

func TestListSessionsThatGrowMeanwhile(t *testing.T) {
	s := newService(t, inTurn(
		status(200, `{"content":[{"sessionId":"s3"},{"sessionId":"s2"}],"page":{"totalPages":2}}`),
		status(200, `{"content":[{"sessionId":"s2"},{"sessionId":"s1"}],"page":{"totalPages":2}}`),
	))
	got, err := listSessions(t.Context(), newTestClient(t, s.URL), "f1", "live", SessionQuery{})
	if diff := gocmp.Diff([]Session{{ID: "s3"}, {ID: "s2"}, {ID: "s1"}}, got); err != nil || diff != "" {
		t.Errorf("error %v, sessions (-want +got):\n%s", err, diff)
	}
}

func TestListSessionsThatTheRevisionLacks(t *testing.T) {
	s := newService(t, status(404, `{"message":"Cannot GET"}`))
	if _, err := listSessions(t.Context(), newTestClient(t, s.URL), "f1", "live", SessionQuery{}); !IsNotFound(err) {
		t.Errorf("error = %v", err)
	}
}
