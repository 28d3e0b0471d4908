// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"net/http"
	"sync/atomic"
	"time"
)

// serviceClock knows how far the service's clock is ahead of ours, by the Date
// of its newest answer. Moments that the service tells, such as when a session
// was created, are by its clock: beside ours they may seem to lie in the future
// or long ago.
type serviceClock struct{ ahead atomic.Pointer[time.Duration] }

// learn takes note of an answer's header, which arrived at the local moment. An
// answer out of a cache tells when it was put there, and is passed over.
func (s *serviceClock) learn(header http.Header, local time.Time) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil || header.Get("Age") != "" {
		return
	}
	ahead := date.Sub(local)
	s.ahead.Store(&ahead)
}

// ServiceTime tells what the service's clock shows at a moment of the local
// one. It is not known before the first answer of the API, nor where answers
// have no Date. It is off by up to a second, to which a Date is cut, and by the
// time that the answer took on its way.
func (c *Client) ServiceTime(local time.Time) (t time.Time, known bool) {
	ahead := c.clock.ahead.Load()
	if ahead == nil {
		return time.Time{}, false
	}
	return local.Add(*ahead), true
}
