// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
)

// Statuses of a session. A service may know others.
const (
	StatusCreated   = "CREATED"
	StatusRunning   = "RUNNING"
	StatusCompleted = "COMPLETED"
	StatusAborted   = "ABORTED" // by the user
	StatusExpired   = "EXPIRED" // its time ran out
	StatusError     = "ERROR"   // for a technical reason
)

// Outcomes of a session.
const (
	OutcomeAccepted = "accepted"
	OutcomeRejected = "rejected"
	OutcomeNone     = "NO_OUTCOME"
)

const (
	maxCreated = 1 << 20 // a handful of short members
	maxSession = 8 << 20 // its results have no documented size
)

// IsFinal reports whether a session in this status stays in it.
func IsFinal(status string) bool {
	switch status {
	case StatusCompleted, StatusAborted, StatusExpired, StatusError:
		return true
	}
	return false
}

// CreatedSession is the answer to a create. Times are as served (ISO 8601), the
// status is spelt as a Session's; what the service does not tell is empty.
type CreatedSession struct {
	SessionID   string
	Status      string
	FlowID      string
	FlowVersion string // the number that the service gives, as text
	Environment string
	PlayerURL   string // holds the player's token: a secret, given only here
	SDKToken    string // a secret
	CreatedAt   string
	ExpiresAt   string
}

// Session is what the service tells about a session. Times are as served (ISO
// 8601). A known status or outcome is in today's spelling, whatever the
// revision; any other is as served.
type Session struct {
	ID          string
	Status      string
	FlowID      string
	FlowVersion string
	Environment string
	SubjectID   string
	Outcome     string
	CreatedAt   string
	StartedAt   string
	UpdatedAt   string
	CompletedAt string
	ExpiresAt   string
	RedirectURL string
	State       string          // a secret of the one who created the session
	LastStep    *LastStep       // nil if the service tells none
	Results     json.RawMessage // nil unless the session is final
}

// LastStep is the step of the flow that a session was in last.
type LastStep struct {
	StepID      string
	Description string
	Type        string
	Verdict     string
}

// SessionQuery chooses and orders the sessions of a list.
type SessionQuery struct {
	SortBy   string // "createdAt", "status", or empty for the service's order
	SortDesc bool

	// Limit ends the list after so many sessions; 0 is no limit.
	Limit int

	// Stop ends the list before the first session for which it is true. In a
	// list by descending createdAt it saves the pages of older sessions.
	Stop func(Session) bool
}

// CreateSession starts a session of a flow. It is sent again only where the
// service can't have carried it out; the package comment tells what its errors
// mean. Once it is on its way, only its deadline and the request timeout end it:
// a cancelled ctx keeps it from being sent, or sent again, and no more. An
// answer that lacks members but has the session's ID is no error, even if the
// connection broke in the middle of it.
// API: POST /api/v1/flows/{flowId}/{environment}/sessions.
func (c *Client) CreateSession(ctx context.Context, flowID, environment string, body Body) (*CreatedSession, error) {
	path, err := apiPath("/api/v1/flows/{}/{}/sessions", element{"flow ID", flowID}, element{"environment", environment})
	if err != nil {
		return nil, err
	}
	t := c.newCall(http.MethodPost, path, nil, maxCreated)
	t.body = &body
	a, err := t.send(ctx)
	switch {
	case err != nil:
		return nil, createFailure(err)
	case !a.ok():
		return nil, t.createRefused(a)
	}
	return t.created(a)
}

// createFailure marks an error without an answer: once anything was sent, the
// service may have carried it out.
func createFailure(err error) error {
	var auth *AuthError
	var broken *ConnectionError
	if !errors.As(err, &auth) && errors.As(err, &broken) && broken.Sent {
		return &OutcomeUnknownError{Err: err}
	}
	return err
}

// createRefused makes the error of a create's answer that is no success. A
// server error may come from something behind the part that created the
// session; only 503 with Retry-After says that nothing was done. A redirect by
// 303 is, by its definition, the answer to a request that was carried out.
func (t *call) createRefused(a *answer) error {
	err := t.statusError(a)
	_, invited := t.retryAfter()
	turnedAway := a.status == http.StatusServiceUnavailable && invited
	if a.status == http.StatusSeeOther || a.status >= 500 && !turnedAway {
		return &OutcomeUnknownError{Err: err}
	}
	return err
}

// created reads the answer of a create that succeeded.
func (t *call) created(a *answer) (*CreatedSession, error) {
	o, ok := parseObject(a.body)
	if !ok {
		o = salvage(a.body, 2) // the answer and its sessionContext
	}
	session := createdSession(o)
	if session.SessionID != "" {
		return session, nil
	}
	why := "its response does not contain the session's ID"
	switch {
	case a.cut != nil:
		why = "its response broke off: " + reason(a.cut, t.client.requestTimeout)
	case len(a.body) == 0:
		why = "its response is empty"
	case !ok:
		why = "its response is not a JSON object"
	}
	if a.status == http.StatusCreated {
		return session, &IncompleteAnswerError{Method: t.method, Path: t.path, Reason: why}
	}
	return nil, &OutcomeUnknownError{Err: t.answerError(why)}
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

// Session returns one session. IsNotFound tells one that is gone, IsForbidden
// a client that may create sessions but not read them.
// API: GET /api/v1/{environment}/sessions/{sessionId}.
func (c *Client) Session(ctx context.Context, environment, sessionID string) (*Session, error) {
	path, err := apiPath("/api/v1/{}/sessions/{}", element{"environment", environment}, element{"session ID", sessionID})
	if err != nil {
		return nil, err
	}
	raw, err := c.read(ctx, path, nil, maxSession)
	if err != nil {
		return nil, err
	}
	o, ok := parseObject(raw)
	if !ok {
		return nil, &AnswerError{StatusCode: http.StatusOK, Method: http.MethodGet, Path: path, Reason: "the response is not a JSON object"}
	}
	session := sessionOf(o)
	if session.ID == "" {
		session.ID = sessionID
	}
	return &session, nil
}

// ListSessions returns a flow's sessions, over as many pages as query needs.
// Not every revision of the API has this call: see IsNotFound.
// API: GET /api/v1/flows/{flowId}/{environment}/sessions.
func (c *Client) ListSessions(ctx context.Context, flowID, environment string, query SessionQuery) ([]Session, error) {
	path, err := apiPath("/api/v1/flows/{}/{}/sessions", element{"flow ID", flowID}, element{"environment", environment})
	if err != nil {
		return nil, err
	}
	values := url.Values{}
	if query.SortBy != "" {
		values.Set("sortBy", query.SortBy)
		values.Set("sortDesc", strconv.FormatBool(query.SortDesc))
	}
	var sessions []Session
	collect := func(_ string, entry object) bool {
		session := sessionOf(entry)
		if query.Stop != nil && query.Stop(session) {
			return false
		}
		sessions = append(sessions, session)
		return query.Limit == 0 || len(sessions) < query.Limit
	}
	sessionID := func(entry object) string { return sessionText(entry, "sessionId") }
	if err := c.eachEntry(ctx, path, values, collect, sessionID); err != nil {
		return nil, err
	}
	return sessions, nil
}

func sessionOf(o object) Session {
	return Session{
		ID:          sessionText(o, "sessionId"),
		Status:      NormalizeStatus(sessionText(o, "sessionStatus")),
		FlowID:      sessionText(o, "flowId"),
		FlowVersion: sessionText(o, "flowVersion"),
		Environment: sessionText(o, "environment"),
		SubjectID:   subjectID(o),
		Outcome:     normalizeOutcome(sessionText(o, "outcome")),
		CreatedAt:   sessionText(o, "createdAt"),
		StartedAt:   sessionText(o, "startedAt"),
		UpdatedAt:   sessionText(o, "updatedAt"),
		CompletedAt: sessionText(o, "completedAt"),
		ExpiresAt:   sessionText(o, "expiresAt"),
		RedirectURL: sessionText(o, "redirectUrl"),
		State:       sessionText(o, "state"),
		LastStep:    lastStepOf(o),
		Results:     o.raw("results"),
	}
}
