// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package probe

import (
	"slices"
	"strings"
)

var (
	notFoundStatus = Question{
		Name: "Unknown session: status code", Assumed: "404",
		DecidedBy: classifiesErrors,
	}
	unauthorizedStatus = Question{
		Name: "No token: status code", Assumed: "401", Accepts: []string{"403"},
		DecidedBy: renewsToken,
	}
	requestIDHeader = Question{
		Name: "Header that identifies a request", Assumed: "X-Request-Id", Accepts: []string{"X-Correlation-Id", "none"},
		DecidedBy: findsRequestID,
	}
	rateLimitHeaders = Question{
		Name: "Headers about a rate limit", Assumed: "none", Accepts: []string{"Retry-After"},
		DecidedBy: readsRetryAfter,
	}
)

// errorBody is the question about the body of one refusal.
func errorBody(of string) Question {
	return Question{
		Name: "Shape of the error for " + of, Assumed: "JSON of error, message, statusCode",
		Accepts:   []string{"JSON of message, statusCode", "problem+json", "plain text", "HTML", "no body"},
		DecidedBy: readsRefusal,
	}
}

// unknownSession is the ID of no session: a UUID of version 0.
const unknownSession = "00000000-0000-0000-0000-000000000000"

func (p *probe) errors() error {
	path := pathOf(p.target.Environment, "sessions", unknownSession)
	missing, err := p.get(path, nil)
	if err != nil {
		return err
	}
	p.note(notFoundStatus, statusOf(missing))
	p.note(errorBody("an unknown session"), errorShape(missing))
	refused, err := p.service.Send(p.ctx, Request{Method: "GET", Path: path, Anonymous: true})
	if err != nil {
		return err
	}
	p.note(unauthorizedStatus, statusOf(refused))
	p.note(errorBody("a request without a token"), errorShape(refused))
	p.note(requestIDHeader, headersLike(missing, "-request-id", "-correlation-id", "traceparent"))
	p.note(rateLimitHeaders, headersLike(missing, "ratelimit", "rate-limit", "retry-after"))
	return nil
}

// headersLike lists the response's headers whose names contain one of the
// parts, "none" where there is none.
func headersLike(r Response, parts ...string) string {
	var found []string
	for name := range r.Header {
		if slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(strings.ToLower(name), part) }) {
			found = append(found, word(name))
		}
	}
	if len(found) == 0 {
		return "none"
	}
	slices.Sort(found)
	return strings.Join(found, ", ")
}
