// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/session"
)

// This file holds what the platform's documentation leaves open about webhooks.
// Known are the events' names, the JWT in the body as application/jwt or in a
// header, the three tries, and where the keys are. Uncertain are the claims, the
// algorithm, what the body is where the JWT is a header, and the wait between
// tries. Where the platform turns out to differ, it is changed here alone.

// Event is what happened to a session.
type Event string

// The events, by the names that an integration of the platform uses.
const (
	Created   Event = "session.created"
	Completed Event = "session.completed"
	Aborted   Event = "session.aborted"
	Expired   Event = "session.expired"
	Errored   Event = "session.error"
)

// eventOf is the event of a session that was created or whose status changed. A
// step to RUNNING has none.
func eventOf(before session.Status, now session.Session) (Event, bool) {
	if before == "" {
		return Created, true
	}
	event, known := map[session.Status]Event{
		session.Completed: Completed, session.Aborted: Aborted, session.Expired: Expired, session.Errored: Errored,
	}[now.Status]
	return event, known
}

// Claims are the claims of a webhook. None is personal data: no subjectId, no
// state, no input. The receiver reads those by the session's ID.
type Claims struct {
	Issuer        string          `json:"iss"`
	ID            string          `json:"jti"` // one per event; the same in each try
	IssuedAt      int64           `json:"iat"` // of the try, in seconds, by the machine's clock
	Event         Event           `json:"event"`
	SessionID     string          `json:"sessionId"`
	FlowID        string          `json:"flowId"`
	FlowVersion   json.Number     `json:"flowVersion"`
	Environment   string          `json:"environment"`
	SessionStatus session.Status  `json:"sessionStatus"`
	Outcome       session.Outcome `json:"outcome"`
	OccurredAt    time.Time       `json:"occurredAt"` // by the emulator's clock
}

func claimsOf(id string, event Event, s session.Session) Claims {
	return Claims{
		Issuer: s.Base, ID: id, Event: event,
		SessionID: s.ID, FlowID: s.FlowID, FlowVersion: s.FlowVersion, Environment: s.Environment,
		SessionStatus: s.Status, Outcome: s.Outcome, OccurredAt: s.UpdatedAt,
	}
}

// algorithm of the signatures: the default of OpenID providers.
const algorithm = "RS256"

// signatureHeader has the JWT in an older revision.
const signatureHeader = "X-Idnow-Signature"

const (
	tries   = 3
	timeout = 10 * time.Second // for a 2xx
	backoff = time.Second      // after the first try; twice that after the second
)

// compose is what a try sends: the JWT as the body, or in a header beside the
// claims as JSON.
func compose(jwt string, claims Claims, inHeader bool) (header http.Header, body []byte, err error) {
	if !inHeader {
		return http.Header{"Content-Type": {"application/jwt"}}, []byte(jwt), nil
	}
	body, err = json.Marshal(claims)
	return http.Header{"Content-Type": {"application/json"}, signatureHeader: {jwt}}, body, err
}
