// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"io"
	"net/http"
)

const maxCreated = 1 << 20 // it has a few short members

// CreateSession creates a session of a flow. createOutcome decides whether it is
// retried; the package comment explains its errors. Once it is sent, only its deadline
// and the request timeout end it: a canceled ctx only prevents a request that is not
// yet sent, or its retry. A response that lacks members but has the session's ID
// is no error, even if the connection broke in the middle of it.
// API: POST /api/v1/flows/{flowId}/{environment}/sessions.
func (c *Client) CreateSession(ctx context.Context, flowID, environment string, body Body) (*Session, error) {
	path, err := apiPath(flowSessionsPath, flowID, environment)
	if err != nil {
		return nil, err
	}
	req, err := newRequest(ctx, http.MethodPost, c.apiURL+path, &body, call{path: path, limit: maxCreated, create: true, partial: true})
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
		return nil, &CreateError{Err: failure}
	}
	return nil, failure
}

// readCreated reads the response to a create that succeeded. With an error that
// confirms a session, it returns what is known of it.
func (c *Client) readCreated(req *http.Request, resp *http.Response, flowID, environment string) (*Session, error) {
	raw, _ := io.ReadAll(resp.Body)
	session := &Session{}
	whole := decode(raw, session)
	if !whole {
		decode(salvage(raw, 2), session) // the response and its sessionContext
	}
	why := c.whyNotCreated(session, flowID, environment)
	switch cut := callOf(req).cut; {
	case why == "":
		return session, nil
	case session.ID != "":
		return nil, &CreateError{Err: newError(req, resp.StatusCode, why)}
	case cut != nil:
		why = "its response broke off: " + reasonOf(cut)
	case len(raw) == 0:
		why = "its response is empty"
	case !whole:
		why = "its response is not a JSON object"
	}
	confirmed := resp.StatusCode == http.StatusCreated
	return session, &CreateError{Err: newError(req, resp.StatusCode, why), Confirmed: confirmed}
}

// whyNotCreated returns why a response can't belong to a create of this flow, "" if it
// can. A gateway may send the response of another request, which names another session.
func (c *Client) whyNotCreated(s *Session, flowID, environment string) string {
	switch {
	case s.ID == "":
		return "its response does not contain the session's ID"
	case !isPlainID(s.ID):
		return "the session ID in its response contains characters that no ID has"
	case s.otherThan(s.ID, flowID, environment) != "":
		return "its response is about " + s.otherThan(s.ID, flowID, environment)
	}
	if _, known := c.known.LoadOrStore(s.ID, true); known {
		return "its response contains the ID of a session that an earlier response contained"
	}
	return ""
}
