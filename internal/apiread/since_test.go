// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package apiread

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// An outage loses as many creates as run in parallel, and each is searched for. A
// list without end costs the run a few pages at a time.
func TestSearchesAreBounded(t *testing.T) {
	const searches = 8
	var pages, present, most atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if now := present.Add(1); now > most.Load() {
			most.Store(now)
		}
		defer present.Add(-1)
		n := pages.Add(1)
		time.Sleep(time.Millisecond) // long enough for another search to show
		_, _ = fmt.Fprintf(w, `{"content":[{"sessionId":"s%d","subjectId":"x","createdAt":"2025-08-22T12:00:00Z"}],"page":{"totalPages":100000}}`, n)
	}))
	defer s.Close()
	data := connectedTo(t, s.URL)
	var all sync.WaitGroup
	for range searches {
		all.Go(func() {
			found := CreatedSince(t.Context(), data, Subject{FlowID: "f", Environment: "staging", SubjectID: "x"}, time.Time{})
			if found.Err == nil || len(found.Created) != maxSearchedPages {
				t.Errorf("found %d, %v", len(found.Created), found.Err)
			}
		})
	}
	all.Wait()
	if pages.Load() != searches*maxSearchedPages || most.Load() != 1 {
		t.Errorf("%d pages, %d at a time", pages.Load(), most.Load())
	}
}

// A search that waits for another one ends with its context.
func TestSearchEndsWhileItWaits(t *testing.T) {
	data := connectedTo(t, "http://127.0.0.1:1")
	done, err := data.Creates.BeginSearch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if found := CreatedSince(ctx, data, Subject{FlowID: "f", Environment: "staging"}, time.Time{}); !errors.Is(found.Err, context.Canceled) {
		t.Errorf("error = %v", found.Err)
	}
}

// What is not found in a part of the list may be in the rest.
func TestSearchReportsWhatItDidNotRead(t *testing.T) {
	entries := func(from, to int, subject string) string {
		var all []string
		for n := from; n < to; n++ {
			all = append(all, fmt.Sprintf(`{"sessionId":"s%d","subjectId":"%s","createdAt":"%s"}`, n, subject,
				time.Date(2025, 8, 22, 12, 0, 0, 0, time.UTC).Add(-time.Duration(n)*time.Minute).Format(time.RFC3339)))
		}
		return strings.Join(all, ",")
	}
	since := time.Date(2025, 8, 22, 11, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		page    string
		created int
		whole   bool
	}{
		"newest first, beyond the moment": {`{"content":[` + entries(0, 100, "x") + `],"page":{"totalPages":50}}`, 61, true},
		"to the end":                      {`{"content":[` + entries(0, 10, "x") + `]}`, 10, true},
		"none":                            {`{"content":[]}`, 0, true},
		"a part of many of others":        {`[` + entries(-600, 0, "y") + `]`, 0, false},
		"oldest first":                    {`{"content":[{"sessionId":"a","createdAt":"2020-01-01T00:00:00Z"},` + entries(100, 700, "y") + `]}`, 0, false},
		"none, but totals":                {`{"content":[],"page":{"totalElements":999999999}}`, 0, false},
		"not JSON":                        {`<html>`, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, tt.page) }))
			defer s.Close()
			found := CreatedSince(t.Context(), connectedTo(t, s.URL), Subject{FlowID: "f", Environment: "staging", SubjectID: "x"}, since)
			if len(found.Created) != tt.created || (found.Err == nil) != tt.whole {
				t.Errorf("found %d, error %v", len(found.Created), found.Err)
			}
		})
	}
}
