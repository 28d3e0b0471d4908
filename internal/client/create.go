// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"io"
	"net/http"
)

const maxCreated = 1 << 20 // it has a few short members

// CreatedSession is the response to a create. Times are as served (ISO 8601), the
// status is normalized as a Session's; what the service omits is empty.
type CreatedSession struct {
	SessionID   string
	Status      string
	FlowID      string
	FlowVersion string // the number that the service returns, as text
	Environment string
	PlayerURL   string // contains the player's token: a secret, returned only here
	SDKToken    string // a secret
	CreatedAt   string
	ExpiresAt   string
}

// CreateSession creates a session of a flow. createOutcome decides whether it is
// retried; the package comment explains its errors. Once it is sent, only its deadline
// and the request timeout end it: a canceled ctx only prevents a request that is not
// yet sent, or its retry. A response that lacks members but has the session's ID
// is no error, even if the connection broke in the middle of it.
// API: POST /api/v1/flows/{flowId}/{environment}/sessions.
func (c *Client) CreateSession(ctx context.Context, flowID, environment string, body Body) (*CreatedSession, error) {
	path, err := apiPath("/api/v1/flows/{}/{}/sessions", element{"flow ID", flowID}, element{"environment", environment})
	if err != nil {
		return nil, err
	}
	req, err := newRequest(ctx, http.MethodPost, c.url(path, nil), &body, call{path: path, limit: maxCreated, create: true, partial: true})
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	resp, err := c.api.RoundTrip(req) //nolint:bodyclose // bound has read and closed it
	if err == nil && resp.StatusCode/100 == 2 {
		return c.readCreated(req, resp, flowID, environment)
	}
	failure := err
	if err == nil {
		failure = statusError(req, resp)
	}
	if createOutcome(resp, err) == outcomeUnknown {
		return nil, &OutcomeUnknownError{Err: failure}
	}
	return nil, failure
}

// readCreated reads the response to a create that succeeded.
func (c *Client) readCreated(req *http.Request, resp *http.Response, flowID, environment string) (*CreatedSession, error) {
	raw, cut := io.ReadAll(resp.Body)
	o, whole := readObject(raw, 2) // the response and its sessionContext
	session := createdSession(o)
	why := c.whyNotCreated(session, flowID, environment)
	switch {
	case why == "":
		return session, nil
	case session.SessionID != "":
		return nil, &OutcomeUnknownError{Err: invalidResponse(req, resp.StatusCode, why)}
	case cut != nil:
		why = "its response broke off: " + outcomeText(cut)
	case len(raw) == 0:
		why = "its response is empty"
	case !whole:
		why = "its response is not a JSON object"
	}
	if resp.StatusCode == http.StatusCreated {
		return session, &IncompleteResponseError{Method: req.Method, Path: callOf(req.Context()).path, Reason: why}
	}
	return nil, &OutcomeUnknownError{Err: invalidResponse(req, resp.StatusCode, why)}
}

// whyNotCreated returns why a response can't belong to a create of this flow, "" if it
// can. A gateway may send the response of another request, which names another
// session.
func (c *Client) whyNotCreated(s *CreatedSession, flowID, environment string) string {
	switch {
	case s.SessionID == "":
		return "its response does not contain the session's ID"
	case !isPlainID(s.SessionID):
		return "the session ID in its response contains characters that no ID has"
	case isOther(s.FlowID, flowID):
		return "its response is about a session of another flow"
	case isOther(s.Environment, environment):
		return "its response is about a session of another environment"
	case !c.created.add(s.SessionID):
		return "its response contains the ID of a session that an earlier response contained"
	}
	return ""
}

func createdSession(o object) *CreatedSession {
	return &CreatedSession{
		SessionID:   sessionText(o, "sessionId"),
		Status:      NormalizeStatus(sessionText(o, "sessionStatus")),
		FlowID:      sessionText(o, "flowId"),
		FlowVersion: sessionText(o, "flowVersion"),
		Environment: sessionText(o, "environment"),
		PlayerURL:   sessionText(o, "playerUrl"),
		SDKToken:    sessionText(o, "sdkToken"),
		CreatedAt:   sessionText(o, "createdAt"),
		ExpiresAt:   sessionText(o, "expiresAt"),
	}
}
