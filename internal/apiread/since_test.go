// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package apiread

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
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
			found, _, err := CreatedSince(t.Context(), data, Subject{FlowID: "f", Environment: "staging", SubjectID: "x"}, time.Time{})
			if err != nil || len(found) != maxSearchedPages {
				t.Errorf("found %d, %v", len(found), err)
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
	if _, _, err := CreatedSince(ctx, data, Subject{FlowID: "f", Environment: "staging"}, time.Time{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
}
