// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestObserveTellsEveryAttempt(t *testing.T) {
	o := &observed{}
	s := newService(t, inTurn(raw(t, "", true), status(503, ""), status(200, `{"content":[]}`)))
	c := newTestClient(t, s.URL, func(cfg *Config) { cfg.Observe = o.observe })
	if _, err := listSessions(t.Context(), c, "f1", "live", SessionQuery{SortBy: "createdAt"}); err != nil {
		t.Fatal(err)
	}
	for i := range o.all {
		o.all[i].Duration = 0
	}
	const path = "/api/v1/flows/f1/live/sessions"
	want := []Exchange{
		{Method: "GET", Path: path, Attempt: 1, Outcome: "the connection was reset"},
		{Method: "GET", Path: path, Attempt: 2, Status: 503, Outcome: "Service Unavailable"},
		{Method: "GET", Path: path, Attempt: 3, Status: 200, Outcome: "OK"},
	}
	if diff := cmp.Diff(want, o.all); diff != "" {
		t.Errorf("exchanges (-want +got):\n%s", diff)
	}
}

func TestObserveTellsThatAToolsResponseBrokeOff(t *testing.T) {
	o := &observed{}
	s := newService(t, raw(t, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", false))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := newTestClient(t, s.URL, func(cfg *Config) { cfg.Observe = o.observe }).Transport(false).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if want := "the connection was closed before the response was complete"; o.all[0].Outcome != want {
		t.Errorf("observed %+v", o.all[0])
	}
}
