// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"net/http"
	"slices"
	"strings"
)

// sessionAnswer is one session as the API tells it. What does not apply is
// null.
type sessionAnswer struct {
	SessionID     string    `json:"sessionId"`
	SessionStatus Status    `json:"sessionStatus"`
	FlowID        string    `json:"flowId"`
	FlowVersion   any       `json:"flowVersion"`
	Environment   string    `json:"environment"`
	SubjectID     string    `json:"subjectId"`
	Outcome       Outcome   `json:"outcome"`
	CreatedAt     timestamp `json:"createdAt"`
	StartedAt     timestamp `json:"startedAt"`
	UpdatedAt     timestamp `json:"updatedAt"`
	CompletedAt   timestamp `json:"completedAt"`
	ExpiresAt     timestamp `json:"expiresAt"`
	RedirectURL   optional  `json:"redirectUrl"`
	State         optional  `json:"state"`
	LastStep      *lastStep `json:"lastStep"`
	Results       *results  `json:"results"`
}

type lastStep struct {
	StepID          string   `json:"stepId"`
	StepDescription string   `json:"stepDescription"`
	Verdict         optional `json:"verdict"`
}

// results refers to the data blocks that the session produced.
type results struct {
	DataBlocks []blockReference `json:"dataBlocks"`
}

type blockReference struct {
	DatablockID string `json:"datablockId"`
	Type        string `json:"type"`
}

func tell(session Session) sessionAnswer {
	return sessionAnswer{
		SessionID: session.ID, SessionStatus: session.Status,
		FlowID: session.FlowID, FlowVersion: session.FlowVersion, Environment: session.Environment,
		SubjectID: session.SubjectID, Outcome: session.Outcome,
		CreatedAt: timestamp(session.CreatedAt), StartedAt: timestamp(session.StartedAt),
		UpdatedAt: timestamp(session.UpdatedAt), CompletedAt: timestamp(session.CompletedAt),
		ExpiresAt:   timestamp(session.ExpiresAt),
		RedirectURL: optional(session.RedirectURL), State: optional(session.State),
		LastStep: tellLastStep(session), Results: tellResults(session),
	}
}

func tellLastStep(session Session) *lastStep {
	switch {
	case session.StartedAt.IsZero():
		return nil
	case session.Status == Completed:
		return &lastStep{stepReview, "Review", optional(session.Outcome)}
	}
	return &lastStep{stepReview, "Review", ""}
}

func tellResults(session Session) *results {
	if !session.Status.final() {
		return nil
	}
	told := &results{DataBlocks: []blockReference{}}
	for _, block := range session.blocks {
		if block.CreatedBy.StepID == stepReview {
			told.DataBlocks = append(told.DataBlocks, blockReference{block.DatablockID, block.Type})
		}
	}
	return told
}

// readSession is GET /api/v1/{environment}/sessions/{sessionId}.
func (e *Emulator) readSession(x *exchange) {
	session, ok := e.store.get(x.environment, x.id)
	if !ok {
		x.fail(http.StatusNotFound, "the session does not exist in this environment")
		return
	}
	x.answer(http.StatusOK, tell(session))
}

// listSessions is GET /api/v1/flows/{flowId}/{environment}/sessions.
func (e *Emulator) listSessions(x *exchange) {
	if e.publishedFlow(x) == nil {
		return
	}
	asked, message := readPaging(x.r)
	compare, orderMessage := readOrder(x.r)
	if message != "" || orderMessage != "" {
		x.fail(http.StatusBadRequest, strings.TrimSpace(message+" "+orderMessage))
		return
	}
	sessions := e.store.list(func(session *Session) bool {
		return session.FlowID == x.flowID && session.Environment == x.environment
	})
	slices.SortStableFunc(sessions, compare)
	told := make([]sessionAnswer, 0, len(sessions))
	for _, session := range sessions {
		told = append(told, tell(session))
	}
	x.answer(http.StatusOK, cut(told, asked))
}

// readOrder reads sortBy (createdAt, the default, or status) and sortDesc. The
// message says what is wrong with them.
func readOrder(r *http.Request) (compare func(a, b Session) int, message string) {
	var ascending func(a, b Session) int
	switch r.URL.Query().Get("sortBy") {
	case "", "createdAt":
		// By ID: version 7 UUIDs ascend as they are made, also within one moment.
		ascending = func(a, b Session) int { return strings.Compare(a.ID, b.ID) }
	case "status":
		ascending = func(a, b Session) int { return strings.Compare(string(a.Status), string(b.Status)) }
	default:
		return nil, "sortBy must be status or createdAt"
	}
	switch r.URL.Query().Get("sortDesc") {
	case "", "false":
		return ascending, ""
	case "true":
		return func(a, b Session) int { return ascending(b, a) }, ""
	}
	return nil, "sortDesc must be true or false"
}
