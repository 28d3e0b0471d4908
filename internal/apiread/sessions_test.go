// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package apiread

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/client"
)

// listed is a session as a service's list contains it.
type listed map[string]any

// lists serves sessions in this order, 100 a page, whatever order it is
// asked for, and counts the pages.
type lists struct {
	*httptest.Server
	pages []string // the queries
}

func newLists(t *testing.T, sessions []listed) *lists {
	t.Helper()
	s := &lists{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.pages = append(s.pages, r.URL.RawQuery)
		number, _ := strconv.Atoi(r.URL.Query().Get("page"))
		from := min((number-1)*100, len(sessions))
		_ = json.NewEncoder(w).Encode(map[string]any{
			"content": sessions[from:min(from+100, len(sessions))],
			"page":    map[string]int{"number": number, "totalPages": (len(sessions) + 99) / 100},
		})
	}))
	t.Cleanup(s.Close)
	return s
}

var firstMinute = time.Date(2025, 8, 22, 0, 0, 0, 0, time.UTC)

func minute(n int) string {
	return firstMinute.Add(time.Duration(n) * time.Minute).Format(time.RFC3339)
}

// aMinuteApart is n sessions, s0 to s(n-1), each created a minute after the one
// before. Every tenth is of the subject ten, every second is completed.
func aMinuteApart(n int) []listed {
	sessions := make([]listed, n)
	for i := range sessions {
		sessions[i] = listed{"sessionId": fmt.Sprintf("s%d", i), "createdAt": minute(i), "sessionStatus": "RUNNING", "subjectId": "other"}
		if i%10 == 0 {
			sessions[i]["subjectId"] = "ten"
		}
		if i%2 == 0 {
			sessions[i]["sessionStatus"] = "COMPLETED"
		}
	}
	return sessions
}

func descending(sessions []listed) []listed {
	slices.Reverse(sessions)
	return sessions
}

func withoutTimes(sessions []listed) []listed {
	for _, s := range sessions {
		s["createdAt"] = nil
	}
	return sessions
}

func ids(sessions []client.Session) string {
	var all []string
	for _, s := range sessions {
		all = append(all, s.ID)
	}
	return strings.Join(all, " ")
}

// query is all sessions of the flow f in the provider's environment.
func query(t *testing.T, url string, change func(*SessionsModel)) *SessionQuery {
	t.Helper()
	model := SessionsModel{FlowID: types.StringValue("f")}
	if change != nil {
		change(&model)
	}
	var diags diag.Diagnostics
	q, ok := model.Query(connectedTo(t, url), &diags)
	if !ok {
		t.Fatal(diags)
	}
	return q
}

func TestNewest(t *testing.T) {
	subject := func(m *SessionsModel) { m.SubjectID = types.StringValue("ten") }
	completed := func(m *SessionsModel) { m.Statuses = []string{"completed", "a status of tomorrow"} }
	after := func(n int) func(*SessionsModel) {
		return func(m *SessionsModel) { m.CreatedAfter = types.StringValue(minute(n)) }
	}
	// The first sessions come newest first, like the rest, but for one.
	misplaced := func(created any) []listed {
		sessions := descending(aMinuteApart(150))
		sessions[5] = listed{"sessionId": "misplaced", "createdAt": created}
		return sessions
	}
	sameTime := func(sessions []listed) []listed {
		for _, s := range sessions {
			s["createdAt"] = minute(0)
		}
		return sessions
	}
	for name, test := range map[string]struct {
		served []listed
		choose func(*SessionsModel)
		limit  int
		want   string // IDs
		pages  int
	}{
		"all of one page":            {served: descending(aMinuteApart(3)), want: "s2 s1 s0", pages: 1},
		"none":                       {served: []listed{}, want: "", pages: 1},
		"limit within a page":        {served: descending(aMinuteApart(250)), limit: 3, want: "s249 s248 s247", pages: 1},
		"limit of one":               {served: descending(aMinuteApart(250)), limit: 1, want: "s249", pages: 1},
		"limit of a whole page":      {served: descending(aMinuteApart(250)), limit: 100, want: ids(sorted(249, 150)), pages: 1},
		"limit beyond a page":        {served: descending(aMinuteApart(250)), limit: 101, want: ids(sorted(249, 149)), pages: 2},
		"limit beyond all":           {served: descending(aMinuteApart(250)), limit: 1000, want: ids(sorted(249, 0)), pages: 3},
		"ascending":                  {served: aMinuteApart(250), limit: 2, want: "s249 s248", pages: 3},
		"one newer in between":       {served: misplaced(minute(1000)), limit: 1, want: "misplaced", pages: 2},
		"one without time between":   {served: misplaced(nil), limit: 1, want: "s149", pages: 2},
		"subject":                    {served: descending(aMinuteApart(30)), choose: subject, want: "s20 s10 s0", pages: 1},
		"subject and limit":          {served: descending(aMinuteApart(250)), choose: subject, limit: 11, want: "s240 s230 s220 s210 s200 s190 s180 s170 s160 s150 s140", pages: 2},
		"statuses":                   {served: descending(aMinuteApart(5)), choose: completed, want: "s4 s2 s0", pages: 1},
		"created after":              {served: descending(aMinuteApart(250)), choose: after(247), want: "s249 s248", pages: 1},
		"created after, none":        {served: descending(aMinuteApart(250)), choose: after(249), want: "", pages: 1},
		"created after, ascending":   {served: aMinuteApart(250), choose: after(247), want: "s249 s248", pages: 3},
		"no times":                   {served: withoutTimes(aMinuteApart(150)), limit: 2, want: "s0 s1", pages: 2},
		"no times, created after":    {served: withoutTimes(aMinuteApart(150)), choose: after(0), want: "", pages: 2},
		"the same time for all":      {served: sameTime(aMinuteApart(150)), limit: 2, want: "s0 s1", pages: 2},
		"no time comes last":         {served: append(withoutTimes(aMinuteApart(1)), listed{"sessionId": "dated", "createdAt": minute(5)}), want: "dated s0", pages: 1},
		"a time that can't be read":  {served: []listed{{"sessionId": "odd", "createdAt": "yesterday"}, {"sessionId": "dated", "createdAt": minute(5)}}, want: "dated odd", pages: 1},
		"times of other writers":     {served: []listed{{"sessionId": "earlier", "createdAt": "2025-08-22 01:00:00"}, {"sessionId": "later", "createdAt": "2025-08-22T01:00:01.000+0000"}}, want: "later earlier", pages: 1},
		"offsets compare as moments": {served: []listed{{"sessionId": "later", "createdAt": "2025-08-22T01:00:00+00:00"}, {"sessionId": "earlier", "createdAt": "2025-08-22T02:00:00+02:00"}}, want: "later earlier", pages: 1},
	} {
		t.Run(name, func(t *testing.T) {
			service := newLists(t, test.served)
			found, err := query(t, service.URL, test.choose).Newest(t.Context(), test.limit)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, ids(found)); diff != "" {
				t.Errorf("sessions (-want +got):\n%s", diff)
			}
			if len(service.pages) != test.pages {
				t.Errorf("%d pages were fetched, want %d", len(service.pages), test.pages)
			}
			if want := "page=1&size=100&sortBy=createdAt&sortDesc=true"; service.pages[0] != want {
				t.Errorf("asked for %s, want %s", service.pages[0], want)
			}
		})
	}
}

// sorted is sessions by number, from the newest to the oldest.
func sorted(newest, oldest int) []client.Session {
	var sessions []client.Session
	for i := newest; i >= oldest; i-- {
		sessions = append(sessions, client.Session{ID: fmt.Sprintf("s%d", i)})
	}
	return sessions
}

func TestEachStops(t *testing.T) {
	for name, test := range map[string]struct {
		served []listed
		stopAt int
		want   string
		pages  int
	}{
		"at once":               {served: descending(aMinuteApart(250)), stopAt: 1, want: "s249", pages: 1},
		"with the last of page": {served: descending(aMinuteApart(250)), stopAt: 100, want: ids(sorted(249, 150)), pages: 1},
		"in the next page":      {served: descending(aMinuteApart(250)), stopAt: 101, want: ids(sorted(249, 149)), pages: 2},
		"never":                 {served: descending(aMinuteApart(250)), stopAt: -1, want: ids(sorted(249, 0)), pages: 3},
		"whatever the order":    {served: aMinuteApart(250), stopAt: 2, want: "s0 s1", pages: 1},
	} {
		t.Run(name, func(t *testing.T) {
			service := newLists(t, test.served)
			var found []client.Session
			err := query(t, service.URL, nil).Each(t.Context(), func(s client.Session) bool {
				found = append(found, s)
				return len(found) != test.stopAt
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, ids(found)); diff != "" {
				t.Errorf("sessions (-want +got):\n%s", diff)
			}
			if len(service.pages) != test.pages {
				t.Errorf("%d pages were fetched, want %d", len(service.pages), test.pages)
			}
		})
	}
}

func TestEachGivesSessionsBeforeTheNextPage(t *testing.T) {
	service := newLists(t, descending(aMinuteApart(250)))
	var fetchedAt []int
	err := query(t, service.URL, nil).Each(t.Context(), func(client.Session) bool {
		fetchedAt = append(fetchedAt, len(service.pages))
		return true
	})
	if err != nil || fetchedAt[0] != 1 || fetchedAt[99] != 1 || fetchedAt[100] != 2 || fetchedAt[249] != 3 {
		t.Errorf("error %v; the pages fetched at each session were %v", err, fetchedAt)
	}
}

func TestReport(t *testing.T) {
	for name, test := range map[string]struct {
		list, document int // statuses
		want           string
	}{
		"no list in this revision": {list: 404, document: 200, want: "Session list not available"},
		"no such flow":             {list: 404, document: 404, want: "Flow not published"},
		"no word on the flow":      {list: 404, document: 403, want: "Session list not available"},
		"not permitted":            {list: 403, document: 200, want: "Not permitted"},
	} {
		t.Run(name, func(t *testing.T) {
			service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/sessions") {
					w.WriteHeader(test.list)
					return
				}
				w.WriteHeader(test.document)
			}))
			defer service.Close()
			q := query(t, service.URL, nil)
			_, err := q.Newest(t.Context(), 0)
			if err == nil {
				t.Fatal("no error")
			}
			var diags diag.Diagnostics
			q.Report(t.Context(), err, &diags)
			if got := summaries(diags); len(got) != 1 || got[0] != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			for _, part := range []string{`"f"`, `"staging"`} {
				if !strings.Contains(diags[0].Detail(), part) {
					t.Errorf("the message does not name %s: %s", part, diags[0].Detail())
				}
			}
		})
	}
}
