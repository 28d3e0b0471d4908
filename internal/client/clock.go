// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"net/http"
	"sync/atomic"
	"time"
)

// clock measures how far the service's clock is ahead of ours, by the Date of its
// newest response. The service's times, for example of a session's creation, are by its
// clock: compared with ours they may be in the future or long ago.
type clock struct {
	next  http.RoundTripper
	now   func() time.Time
	ahead atomic.Pointer[time.Duration]
}

// RoundTrip implements [http.RoundTripper]. A response from a cache has the Date of
// its storage, and is ignored.
func (c *clock) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(req)
	if err != nil || resp.Header.Get("Age") != "" {
		return resp, err
	}
	if date, parseErr := http.ParseTime(resp.Header.Get("Date")); parseErr == nil {
		ahead := date.Sub(c.now())
		c.ahead.Store(&ahead)
	}
	return resp, nil
}

// ServiceTime returns what the service's clock shows at a moment of the local
// one. It is not known before the first response of the API, nor where responses
// have no Date. It is off by up to a second, to which a Date is cut, and by the
// time in which the response traveled.
func (c *Client) ServiceTime(local time.Time) (t time.Time, known bool) {
	ahead := c.clock.ahead.Load()
	if ahead == nil {
		return time.Time{}, false
	}
	return local.Add(*ahead), true
}
