// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"cmp"
	"context"
	"encoding/json"
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

// Statuses lists the statuses that are known, in the order of a session's life.
var Statuses = []string{StatusCreated, StatusRunning, StatusCompleted, StatusAborted, StatusExpired, StatusError}

// Outcomes of a session.
const (
	OutcomeAccepted = "accepted"
	OutcomeRejected = "rejected"
	OutcomeNone     = "NO_OUTCOME"
)

const maxSession = 8 << 20 // its results have no documented size

// IsFinal reports whether a session in this status stays in it.
func IsFinal(status string) bool {
	switch status {
	case StatusCompleted, StatusAborted, StatusExpired, StatusError:
		return true
	}
	return false
}

// Session is a session as the service returns it. Times are as served (ISO
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
	LastStep    *LastStep       // nil if the service returns none
	Results     json.RawMessage // nil unless the session is final
}

// LastStep is the step of the flow that a session was in last.
type LastStep struct {
	StepID      string
	Description string
	Type        string
	Verdict     string
}

// SessionQuery orders the sessions of a list.
type SessionQuery struct {
	SortBy   string // "createdAt", "status", or empty for the service's order
	SortDesc bool
	MaxPages int // ends the list after so many pages; 0 is no limit of the caller's
}

// Session returns one session. IsNotFound reports one that is gone, IsForbidden
// a client that may create sessions but not read them.
// API: GET /api/v1/{environment}/sessions/{sessionId}.
func (c *Client) Session(ctx context.Context, environment, sessionID string) (*Session, error) {
	path, err := apiPath("/api/v1/{}/sessions/{}", element{"environment", environment}, element{"session ID", sessionID})
	if err != nil {
		return nil, err
	}
	raw, err := c.get(ctx, path, nil, maxSession)
	if err != nil {
		return nil, err
	}
	o, ok := readObject(raw, 1)
	session := sessionOf(o)
	why := ""
	switch {
	case !ok:
		why = "the response is not a JSON object"
	case isOther(session.ID, sessionID):
		why = "the response is about another session"
	case isOther(session.Environment, environment):
		why = "the response is about another environment"
	}
	if why != "" {
		return nil, &InvalidResponseError{StatusCode: http.StatusOK, Method: http.MethodGet, Path: path, Reason: why}
	}
	session.ID = sessionID
	c.created.add(sessionID) // from now on no create's
	return &session, nil
}

// EachSession calls visit for each of a flow's sessions, page after page as they
// arrive, until visit returns false. A list without end is an error, but not
// before MaxPages. Not every revision of the API has this call: see IsNotFound.
// API: GET /api/v1/flows/{flowId}/{environment}/sessions.
func (c *Client) EachSession(ctx context.Context, flowID, environment string, query SessionQuery, visit func(Session) bool) error {
	path, err := apiPath("/api/v1/flows/{}/{}/sessions", element{"flow ID", flowID}, element{"environment", environment})
	if err != nil {
		return err
	}
	values := url.Values{}
	if query.SortBy != "" {
		values.Set("sortBy", query.SortBy)
		values.Set("sortDesc", strconv.FormatBool(query.SortDesc))
	}
	var wrong error
	sessions := &walk{path: path, query: values, pages: query.MaxPages}
	sessions.idOf = func(entry object) string { return sessionText(entry, "sessionId") }
	sessions.visit = func(id string, entry object) bool {
		session := sessionOf(entry)
		switch {
		case id != "" && !isPlainID(id):
			wrong = sessions.failure("a session ID of the list contains characters that no ID has")
		case isOther(session.FlowID, flowID), isOther(session.Environment, environment):
			wrong = sessions.failure("the list is that of another flow or environment")
		}
		return wrong == nil && visit(session)
	}
	return cmp.Or(c.walk(ctx, sessions), wrong)
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
