// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"net/http"
	"testing"
	"time"
)

func TestServiceTime(t *testing.T) {
	local := time.Date(2025, 8, 22, 12, 0, 0, 0, time.UTC)
	const later, earlier = "Date: Fri, 22 Aug 2025 12:07:00 GMT", "Date: Fri, 22 Aug 2025 11:00:00 GMT"
	for name, test := range map[string]struct {
		responses []handler
		ahead     time.Duration
		unknown   bool
	}{
		"before any response":  {unknown: true},
		"no Date":              {responses: []handler{status(200, `{}`, "Date: ")}, unknown: true},
		"an invalid Date":      {responses: []handler{status(200, `{}`, "Date: today")}, unknown: true},
		"ahead":                {responses: []handler{status(200, `{}`, later)}, ahead: 7 * time.Minute},
		"behind":               {responses: []handler{status(200, `{}`, earlier)}, ahead: -time.Hour},
		"an error response":    {responses: []handler{status(403, ``, later)}, ahead: 7 * time.Minute},
		"the newest":           {responses: []handler{status(200, `{}`, earlier), status(200, `{}`, later)}, ahead: 7 * time.Minute},
		"not out of a cache":   {responses: []handler{status(200, `{}`, later), status(200, `{}`, earlier, "Age: 3600")}, ahead: 7 * time.Minute},
		"one without keeps it": {responses: []handler{status(200, `{}`, later), status(200, `{}`, "Date: ")}, ahead: 7 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, func(w http.ResponseWriter, r *http.Request, n int) { test.responses[n-1](w, r, n) })
			c := newTestClient(t, s.URL)
			c.clock.now = func() time.Time { return local }
			for range test.responses {
				_, _ = c.Session(t.Context(), "live", "s1")
			}
			got, known := c.ServiceTime(local.Add(time.Second))
			if known == test.unknown || known && !got.Equal(local.Add(time.Second+test.ahead)) {
				t.Errorf("got %s, %t; want %s ahead", got, known, test.ahead)
			}
		})
	}
}
