// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import "time"

// Status is where a session stands.
type Status string

// The statuses. The last four are final.
const (
	Created   Status = "CREATED"
	Running   Status = "RUNNING"
	Completed Status = "COMPLETED"
	Aborted   Status = "ABORTED" // by the person
	Expired   Status = "EXPIRED" // time ran out
	Errored   Status = "ERROR"   // for a technical reason
)

var statuses = []Status{Created, Running, Completed, Aborted, Expired, Errored}

func (s Status) final() bool { return s != Created && s != Running }

// Outcome is what a completed session came to.
type Outcome string

// The outcomes.
const (
	Accepted  Outcome = "accepted"
	Rejected  Outcome = "rejected"
	NoOutcome Outcome = "NO_OUTCOME"
)

var outcomes = []Outcome{Accepted, Rejected, NoOutcome}

// settle does what time alone does to a session: one of a flow without a user
// step completes, any other that isn't finished expires. It is called whenever
// a session is looked at, so that no timer runs.
func (s *store) settle(session *Session) {
	now := s.clock.now()
	if session.doc.AutoComplete {
		s.settleAutomatic(session, now)
	}
	if !session.Status.final() && !now.Before(session.ExpiresAt) {
		s.finish(session, Expired, NoOutcome, session.ExpiresAt)
	}
}

func (s *store) settleAutomatic(session *Session, now time.Time) {
	if session.Status == Created {
		session.start(session.CreatedAt)
	}
	done := session.CreatedAt.Add(session.doc.CompleteAfter)
	if session.Status == Running && !now.Before(done) && done.Before(session.ExpiresAt) {
		s.finish(session, Completed, Accepted, done)
	}
}

// start is the step from CREATED to RUNNING.
func (session *Session) start(at time.Time) {
	session.Status = Running
	session.StartedAt, session.UpdatedAt = at, at
}

// finish is the step to a final status. A completed session has output.
func (s *store) finish(session *Session, status Status, outcome Outcome, at time.Time) {
	session.Status, session.Outcome = status, outcome
	session.CompletedAt, session.UpdatedAt = at, at
	if status == Completed {
		session.blocks = append(session.blocks, s.produced(session, at))
	}
}

// set puts a session into any status, as the control interface may.
func (s *store) set(session *Session, status Status, outcome Outcome) {
	now := s.clock.now()
	switch {
	case status.final() && session.Status != status:
		if session.StartedAt.IsZero() && status != Expired {
			session.StartedAt = now
		}
		s.finish(session, status, outcome, now)
	case status == Running && session.Status != Running:
		session.start(now)
		session.Outcome, session.CompletedAt = outcome, time.Time{}
	default:
		session.Status, session.Outcome, session.UpdatedAt = status, outcome, now
	}
}
