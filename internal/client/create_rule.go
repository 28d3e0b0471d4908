// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"errors"
	"net/http"
)

// outcome is the result of a create that did not succeed.
type outcome int

const (
	outcomeUnknown    outcome = iota // a session may exist: never retried
	nothingCreated                   // a retry would fail the same way
	nothingCreatedYet                // a retry is safe and may succeed
)

// createOutcome is the rule of creates: it decides whether one is retried, and whether
// an error says that a session may exist. There is no idempotency key, so every create
// that is not known to have created nothing may have created a session. resp is not a
// 2xx, or nil if err is the reason why there is none.
//
//	no connection, or HTTP/2 reports that nothing was processed  nothing, retry
//	429, 503 with Retry-After                                    nothing, retry
//	any other 4xx, no token, a body that can't be read           nothing
//	anything else: 1xx, 3xx, 5xx, a broken response              unknown
func createOutcome(resp *http.Response, err error) outcome {
	if err != nil {
		return failedOutcome(err)
	}
	_, invited := retryAfter(resp)
	switch status := resp.StatusCode; {
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable && invited:
		return nothingCreatedYet
	case status/100 == 4:
		return nothingCreated
	}
	// A redirect may be the response to a request that was carried out, and a
	// server error that of something behind the part that created the session.
	return outcomeUnknown
}

// failedOutcome is createOutcome where no response came, or none that is one.
func failedOutcome(err error) outcome {
	var e *Error
	switch isError := errors.As(err, &e); {
	case !isError, e.Party == TokenService: // it was never sent
		return nothingCreated
	case e.Sent:
		return outcomeUnknown
	case e.final:
		return nothingCreated
	}
	return nothingCreatedYet
}
