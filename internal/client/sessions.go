// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
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
func IsFinal(status string) bool { return slices.Index(Statuses, status) > 1 }

// Session is a session as the service returns it; what it omits is empty. Times are
// as served (ISO 8601). A known status or outcome is in today's spelling, whatever the
// revision; any other is as served.
type Session struct {
	ID          string          `json:"sessionId"`
	Status      string          `json:"sessionStatus"`
	FlowID      string          `json:"flowId"`
	FlowVersion Number          `json:"flowVersion"`
	Environment string          `json:"environment"`
	SubjectID   string          `json:"subjectId"`
	Outcome     string          `json:"outcome"`
	CreatedAt   string          `json:"createdAt"`
	StartedAt   string          `json:"startedAt"`
	UpdatedAt   string          `json:"updatedAt"`
	CompletedAt string          `json:"completedAt"`
	ExpiresAt   string          `json:"expiresAt"`
	RedirectURL string          `json:"redirectUrl"`
	State       string          `json:"state"`    // a secret of the one who created the session
	LastStep    *LastStep       `json:"lastStep"` // nil if the service returns none
	Results     json.RawMessage `json:"results"`  // nil unless the session is final

	// PlayerURL contains the player's token, and SDKToken is one: secrets that only the
	// response to a create contains.
	PlayerURL string `json:"playerUrl"`
	SDKToken  string `json:"sdkToken"`
}

// LastStep is the step of the flow that a session was in last.
type LastStep struct {
	StepID      string `json:"stepId"`
	Description string `json:"stepDescription"`
	Type        string `json:"stepType"`
	Verdict     string `json:"verdict"`
}

// SessionQuery orders the sessions of a list.
type SessionQuery struct {
	SortBy   string // "createdAt", "status", or empty for the service's order
	SortDesc bool
	MaxPages int64 // a longer list is an error; 0 is no limit of the caller's
}

// Session returns one session. IsNotFound reports one that is gone, IsForbidden
// a client that may create sessions but not read them.
// API: GET /api/v1/{environment}/sessions/{sessionId}.
func (c *Client) Session(ctx context.Context, environment, sessionID string) (*Session, error) {
	path, err := apiPath(sessionPath, environment, sessionID)
	if err != nil {
		return nil, err
	}
	req, raw, err := c.get(ctx, path, nil, maxSession)
	if err != nil {
		return nil, err
	}
	session := &Session{}
	if !decode(raw, session) {
		return nil, newError(req, http.StatusOK, "the response is not a JSON object")
	}
	if other := session.otherThan(sessionID, session.FlowID, environment); other != "" {
		return nil, newError(req, http.StatusOK, "the response is about "+other)
	}
	session.ID = sessionID
	c.known.Store(sessionID, true) // from now on no create's
	return session, nil
}

// EachSession calls visit for each of a flow's sessions, page after page as they
// arrive, until visit returns false. A list without end is an error.
// Not every revision of the API has this call: see IsNotFound.
// API: GET /api/v1/flows/{flowId}/{environment}/sessions.
func (c *Client) EachSession(ctx context.Context, flowID, environment string, query SessionQuery, visit func(Session) bool) error {
	path, err := apiPath(flowSessionsPath, flowID, environment)
	if err != nil {
		return err
	}
	values := url.Values{}
	if query.SortBy != "" {
		values.Set("sortBy", query.SortBy)
		values.Set("sortDesc", strconv.FormatBool(query.SortDesc))
	}
	sessions := &list[Session]{path: path, query: values, pages: query.MaxPages, visit: func(s Session) error {
		switch other := s.otherThan(s.ID, flowID, environment); {
		case s.ID != "" && !isPlainID(s.ID):
			return errors.New("a session ID of the list contains characters that no ID has")
		case other != "":
			return errors.New("the list is about " + other)
		case !visit(s):
			return errStop
		}
		return nil
	}}
	return sessions.read(ctx, c)
}

var plainID = regexp.MustCompile(`^[\w.:~-]{1,128}$`)

// isPlainID reports whether a session's ID has only characters that can't control
// a terminal or lead a path elsewhere.
func isPlainID(id string) bool { return plainID.MatchString(id) && strings.Trim(id, ".") != "" }

// otherThan returns what a response is about that contains the session, if that is not
// what was asked for. IDs and names are compared as services do, in any case.
func (s *Session) otherThan(id, flowID, environment string) string {
	isOther := func(served, asked string) bool { return served != "" && !strings.EqualFold(served, asked) }
	switch {
	case isOther(s.ID, id):
		return "another session"
	case isOther(s.FlowID, flowID):
		return "a session of another flow"
	case isOther(s.Environment, environment):
		return "a session of another environment"
	}
	return ""
}
