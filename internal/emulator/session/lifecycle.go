// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package session

import "time"

// Status is a session's status.
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

// Statuses is all of them.
var Statuses = []Status{Created, Running, Completed, Aborted, Expired, Errored}

// Final reports whether a session stays in this status.
func (s Status) Final() bool { return s != Created && s != Running }

// Outcome is the result of a completed session.
type Outcome string

// The outcomes.
const (
	Accepted  Outcome = "accepted"
	Rejected  Outcome = "rejected"
	NoOutcome Outcome = "NO_OUTCOME"
)

// Outcomes is all of them.
var Outcomes = []Outcome{Accepted, Rejected, NoOutcome}

// Settle does what time alone does to a session: one of a flow without a user
// step completes, any other that isn't finished expires.
func (s *Session) Settle(now time.Time, vault Vault) {
	if s.Flow.AutoComplete {
		s.settleAutomatic(now, vault)
	}
	if !s.Status.Final() && !now.Before(s.ExpiresAt) {
		s.Finish(Expired, NoOutcome, s.ExpiresAt, vault)
	}
}

func (s *Session) settleAutomatic(now time.Time, vault Vault) {
	s.Start(s.CreatedAt)
	done := s.CreatedAt.Add(s.Flow.CompleteAfter)
	if s.Status == Running && !now.Before(done) && done.Before(s.ExpiresAt) {
		s.Finish(Completed, Accepted, done, vault)
	}
}

// Start is the step from CREATED to RUNNING; a session past it stays as it is.
func (s *Session) Start(at time.Time) {
	if s.Status == Created {
		s.run(at)
	}
}

func (s *Session) run(at time.Time) {
	s.Status = Running
	s.StartedAt, s.UpdatedAt = at, at
}

// Finish is the step to a final status. A completed session has output.
func (s *Session) Finish(status Status, outcome Outcome, at time.Time, vault Vault) {
	s.Status, s.Outcome = status, outcome
	s.CompletedAt, s.UpdatedAt = at, at
	if status == Completed {
		s.putOut(at, vault)
	}
}

// Set puts a session into any status, as the control interface may.
func (s *Session) Set(status Status, outcome Outcome, now time.Time, vault Vault) {
	switch {
	case status.Final() && s.Status != status:
		if s.StartedAt.IsZero() && status != Expired {
			s.StartedAt = now
		}
		s.Finish(status, outcome, now, vault)
	case status == Running && s.Status != Running:
		s.run(now)
		s.Outcome, s.CompletedAt = outcome, time.Time{}
	default:
		s.Status, s.Outcome, s.UpdatedAt = status, outcome, now
	}
}
