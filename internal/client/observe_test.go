// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
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
