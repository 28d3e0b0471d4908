// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/session"
)

// This file holds the shape of a webhook. The platform's documentation
// (https://docs.eu.platform.idnow.io/docs/integration/webhooks-events/) lists the
// members of data, the standard claims that a receiver validates, the JWT in the body
// as application/jwt, the three tries, and where the keys are. It leaves open the
// values of aud and sub, the lifetime of the JWT, the algorithm, the wait between
// tries, and what the body is where an older revision has the JWT in a header. Where
// the platform turns out to differ, it is changed here alone.

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
	Issuer    string `json:"iss"`
	Audience  string `json:"aud"` // the receiver's URL, without its query
	Subject   string `json:"sub"` // the event's ID
	IssuedAt  int64  `json:"iat"` // of the try, in seconds, by the machine's clock
	ExpiresAt int64  `json:"exp"`
	Data      Data   `json:"data"`
}

// Data is the event. The platform adds the last step of the flow, which the
// emulator does not have.
type Data struct {
	EventID        string    `json:"eventId"` // the same in each try
	EventVersion   string    `json:"eventVersion"`
	EventName      Event     `json:"eventName"`
	EventDeliverID string    `json:"eventDeliverId"` // another in each try
	EventSequence  string    `json:"eventSequence"`  // of the session's events, from 1
	CreatedAt      time.Time `json:"createdAt"`      // of the try, by the machine's clock
	Environment    string    `json:"environment"`
	Payload        Payload   `json:"payload"`
}

// Payload is the session of an event.
type Payload struct {
	FlowID        string         `json:"flowId"`
	SessionID     string         `json:"sessionId"`
	SessionStatus session.Status `json:"sessionStatus"`
}

const (
	eventVersion = "1.0"
	lifetime     = time.Hour // of a JWT
)

// claimsOf are the claims of the event that is the session's nth.
func claimsOf(id string, event Event, nth int, audience string, s session.Session) Claims {
	return Claims{
		Issuer: s.Base, Audience: audience, Subject: id,
		Data: Data{
			EventID: id, EventVersion: eventVersion, EventName: event, EventSequence: strconv.Itoa(nth), Environment: s.Environment,
			Payload: Payload{FlowID: s.FlowID, SessionID: s.ID, SessionStatus: s.Status},
		},
	}
}

// sentAt are the claims of a try, counted from 1.
func (c Claims) sentAt(now time.Time, try int) Claims {
	c.IssuedAt, c.ExpiresAt = now.Unix(), now.Add(lifetime).Unix()
	c.Data.CreatedAt, c.Data.EventDeliverID = now.UTC().Truncate(time.Millisecond), c.Data.EventID+"-"+strconv.Itoa(try)
	return c
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
