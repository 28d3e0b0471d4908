// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package explain turns what went wrong with an API call into what a person at
// the terminal reads: what happened, and what to do about it.
package explain

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/client"
)

// Explanation is what a person reads of a failed call.
type Explanation struct {
	Summary  string
	Happened string // what went wrong, without what to do about it
	Advice   string // what to do, if the call did nothing; may be empty
}

// Detail is all but the summary.
func (e Explanation) Detail() string { return strings.TrimSpace(e.Happened + "\n\n" + e.Advice) }

// Error returns a diagnostic's summary and detail for a failed call. Doing says
// what was attempted, as in "read the session".
func Error(err error, doing string) (summary, detail string) {
	e := Call(err, doing)
	return e.Summary, e.Detail()
}

// Call explains a failed call. Its parts are apart for a caller that knows
// better what to do: "try again" after a create that may have gone through makes
// two sessions.
func Call(err error, doing string) Explanation {
	var auth *client.AuthError
	var api *client.Error
	var broken *client.ConnectionError
	var unreadable *client.AnswerError
	switch {
	case errors.Is(err, context.Canceled):
		return Explanation{Summary: "Interrupted", Happened: fmt.Sprintf("The attempt to %s was interrupted%s.", doing, because(err))}
	case errors.Is(err, context.DeadlineExceeded):
		return Explanation{
			Summary:  "Time ran out",
			Happened: fmt.Sprintf("The attempt to %s took longer than allowed%s.", doing, because(err)),
			Advice:   "Allow more time in timeouts, or try again when the service is faster.",
		}
	case errors.As(err, &auth):
		return Explanation{
			Summary:  "Authentication failed",
			Happened: sentence(err),
			Advice: "Check the provider's client_id and client_secret (variables IDNOW_CLIENT_ID and IDNOW_CLIENT_SECRET), auth_url, " +
				"and that they belong to the platform that it is set to.",
		}
	case errors.As(err, &api):
		return refusal(api, doing)
	case errors.As(err, &unreadable):
		return Explanation{
			Summary:  "Answer not understood",
			Happened: fmt.Sprintf("The service was asked to %s: %s", doing, sentence(unreadable)),
			Advice:   "Check that api_url is the API's own address, without a path.",
		}
	case errors.As(err, &broken):
		return Explanation{
			Summary:  "Service not reached",
			Happened: fmt.Sprintf("The attempt to %s failed at %s: %s.", doing, broken.Host, broken.Reason),
			Advice:   "Check the provider's api_url, platform and region, the network, and the proxy variables.",
		}
	}
	return Explanation{Summary: "Request not sent", Happened: fmt.Sprintf("The attempt to %s failed: %s", doing, sentence(err))}
}

// refusal explains an answer of the API that is no success.
func refusal(api *client.Error, doing string) Explanation {
	e := Explanation{Happened: fmt.Sprintf("The service answered %d %s when asked to %s.%s%s",
		api.StatusCode, http.StatusText(api.StatusCode), doing, quoted(api.Messages), requestID(api.RequestID))}
	e.Summary, e.Advice = status(api.StatusCode)
	if api.Method == http.MethodGet && sendsNothing[e.Summary] {
		e.Advice = "Nothing was sent but the IDs. Check them and the environment; if they are right, ask the service's operator."
	}
	return e
}

// sendsNothing are the summaries whose advice is about a request's body, which
// a read does not have.
var sendsNothing = map[string]bool{summaryRefused: true, summaryTooSlow: true, summaryTooLarge: true}

const (
	summaryRefused  = "Request refused"
	summaryTooSlow  = "Request too slow"
	summaryTooLarge = "Request too large"
)

// FlowNotPublished is what a 404 for a flow means.
func FlowNotPublished(flowID, environment string) (summary, detail string) {
	return "Flow not published", fmt.Sprintf("There is no flow %q in the environment %q. Check the ID, publish the flow to that environment "+
		"in the dashboard, or choose the environment that it is published to.", flowID, environment)
}

// because tells what is known of a call that was ended from outside.
func because(err error) string {
	var broken *client.ConnectionError
	if !errors.As(err, &broken) {
		return ""
	}
	return fmt.Sprintf(" (%s: %s)", broken.Host, broken.Reason)
}

func sentence(err error) string { return strings.TrimSuffix(err.Error(), ".") + "." }

// IsConfiguration reports whether every further call would fail the same way
// until the provider's settings are changed.
func IsConfiguration(err error) bool {
	var auth *client.AuthError
	return errors.As(err, &auth) || client.IsUnauthorized(err)
}

// status says what a status of the API means and what to do.
func status(code int) (summary, advice string) {
	switch {
	case code == http.StatusBadRequest, code == http.StatusConflict, code == http.StatusUnsupportedMediaType, code == http.StatusUnprocessableEntity:
		return summaryRefused, "Mend what the service names and apply again."
	case code == http.StatusRequestTimeout:
		return summaryTooSlow, "The service did not receive the whole request in time. Apply again; where that stays, " +
			"look at the network and the proxy, and send smaller files."
	case code == http.StatusUnauthorized:
		return "Not authenticated", "The credentials are not accepted. Check api_key (IDNOW_API_KEY), or client_id and client_secret " +
			"(IDNOW_CLIENT_ID, IDNOW_CLIENT_SECRET), and that they belong to the platform and environment in use."
	case code == http.StatusForbidden:
		return "Not permitted", "The API client may not do this. It belongs to one environment, and needs the permissions api.read, " +
			"api.write and flows.execute for all that this provider does."
	case code == http.StatusNotFound:
		return "Not found", "Check the ID and the environment: an API client sees only its own environment."
	case code == http.StatusRequestEntityTooLarge:
		return summaryTooLarge, "The service takes no request of this size. Send smaller files."
	case code == http.StatusTooManyRequests:
		return "Too many requests", "The service's limit held on through all repeats. Lower -parallelism, or raise max_retries."
	case code >= 300 && code < 400:
		return "Unexpected redirect", "The API does not redirect. Check that api_url is the API's own address, with the right scheme and without a path."
	case code >= 500:
		return "Service failed", "The fault is on the service's side. Try again later; if it stays, ask its operator."
	}
	return "Unexpected answer", "Check that api_url is the API's own address."
}

func quoted(messages []string) string {
	if len(messages) == 0 {
		return ""
	}
	return " It says:\n  - " + strings.Join(messages, "\n  - ")
}

// requestID lets the service's support find the request.
func requestID(id string) string {
	if id == "" {
		return ""
	}
	return "\n\nRequest ID: " + id
}
