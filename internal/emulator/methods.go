// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/catalog"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/control"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/record"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/session"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/store"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/webhook"
)

// Aliases of types in the packages below, for Go tests.
type (
	// Call is one of the API's calls.
	Call = record.Call
	// Recorded is a request that arrived.
	Recorded = record.Request
	// Session is a copy of a session in its current state.
	Session = session.Session
	// Status is a session's status.
	Status = session.Status
	// Outcome is the result of a completed session.
	Outcome = session.Outcome
)

// The calls, statuses and outcomes.
const (
	CallToken      = record.CallToken
	CallKeys       = record.CallKeys
	CallFlows      = record.CallFlows
	CallDocument   = record.CallDocument
	CallCreate     = record.CallCreate
	CallSessions   = record.CallSessions
	CallRead       = record.CallRead
	CallDataBlocks = record.CallDataBlocks
	CallFile       = record.CallFile
	CallDownload   = record.CallDownload
	CallPlayer     = record.CallPlayer
	CallUnknown    = record.CallUnknown

	Created   = session.Created
	Running   = session.Running
	Completed = session.Completed
	Aborted   = session.Aborted
	Expired   = session.Expired
	Errored   = session.Errored

	Accepted  = session.Accepted
	Rejected  = session.Rejected
	NoOutcome = session.NoOutcome
)

// Requests lists the requests that arrived, oldest first, without those to the
// control interface.
func (e *Emulator) Requests() []Recorded { return e.records.All() }

// Sessions lists the sessions in their current state, oldest first.
func (e *Emulator) Sessions() []Session {
	return e.store.List(func(*Session) bool { return true })
}

// SetStatus puts a session into a status and outcome, whatever it was before.
// An empty outcome is NO_OUTCOME, for COMPLETED accepted.
func (e *Emulator) SetStatus(id string, status Status, outcome Outcome) error {
	if outcome == "" {
		outcome = NoOutcome
		if status == Completed {
			outcome = Accepted
		}
	}
	return e.change(id, func(s *Session, vault session.Vault) { s.Set(status, outcome, e.clock.Now(), vault) })
}

// Expire lets a session's time run out.
func (e *Emulator) Expire(id string) error {
	return e.change(id, func(s *Session, vault session.Vault) {
		s.ExpiresAt = e.clock.Now()
		s.Set(Expired, NoOutcome, s.ExpiresAt, vault)
	})
}

// DeleteDataBlocks empties a session's data blocks.
func (e *Emulator) DeleteDataBlocks(id string) error {
	return e.change(id, func(s *Session, _ session.Vault) { s.DeleteBlocks() })
}

func (e *Emulator) change(id string, edit func(*Session, session.Vault)) error {
	if _, ok := e.store.Change(store.ByID(id), edit); !ok {
		return control.ErrNoSession
	}
	return nil
}

// Delete makes the emulator forget a session.
func (e *Emulator) Delete(id string) error {
	if !e.store.Remove(id) {
		return control.ErrNoSession
	}
	return nil
}

// AddFault puts a fault in force, behind those before it.
func (e *Emulator) AddFault(f fault.Fault) error {
	if err := f.Validate(record.Calls); err != nil {
		return err
	}
	if f.Call == fault.Webhook {
		e.webhooks.Faults.Add(f)
	} else {
		e.faults.Add(f)
	}
	return nil
}

// Faults lists the faults in force, with what is left of each.
func (e *Emulator) Faults() []fault.Fault {
	return append(e.faults.List(), e.webhooks.Faults.List()...)
}

// ClearFaults ends all faults.
func (e *Emulator) ClearFaults() {
	e.faults.Clear()
	e.webhooks.Faults.Clear()
}

// Flows lists the flows of every environment.
func (e *Emulator) Flows() []*flow.Document { return e.flows.All() }

// FlowProblems lists the documents that could not be reloaded.
func (e *Emulator) FlowProblems() []catalog.Problem { return e.flows.Problems() }

// SetDocument publishes a flow document, in place of the one before.
func (e *Emulator) SetDocument(raw []byte) error {
	return e.flows.Publish(raw)
}

// RemoveDocument removes a flow from an environment.
func (e *Emulator) RemoveDocument(environment, flowID string) { e.flows.Remove(environment, flowID) }

// RevokeTokens ends every access token. The API key stays good.
func (e *Emulator) RevokeTokens() { e.tokens.Revoke() }

// TokensIssued counts the access tokens issued.
func (e *Emulator) TokensIssued() int { return e.tokens.Issued() }

// PutWebhook sets where the events of a flow's sessions go, in place of the
// webhook before.
func (e *Emulator) PutWebhook(hook webhook.Hook) error {
	if err := e.webhooks.Put(hook); err != nil {
		return err
	}
	// From now on the events of time happen although nobody looks at the sessions.
	e.watchOnce.Do(func() { go e.every(settleEvery, e.store.Settle) })
	return nil
}

// Webhooks lists the webhooks, with their secrets redacted.
func (e *Emulator) Webhooks() []webhook.Hook { return e.webhooks.Hooks() }

// ClearWebhooks removes every webhook.
func (e *Emulator) ClearWebhooks() { e.webhooks.ClearHooks() }

// Deliveries lists the deliveries to webhooks, oldest first; those of one session
// where it is named.
func (e *Emulator) Deliveries(sessionID string) []webhook.Delivery {
	return e.webhooks.Deliveries(sessionID)
}

// Redeliver delivers once more, whatever came of it before.
func (e *Emulator) Redeliver(id string) error { return e.webhooks.Redeliver(id) }

// RotateKey makes a new key, which signs webhooks from now on. The keys before it
// stay in the key set.
func (e *Emulator) RotateKey() error { return e.webhooks.Keys.Rotate() }

// RetireKeys removes all keys except the signing one from the key set.
func (e *Emulator) RetireKeys() { e.webhooks.Keys.Retire() }

// Advance moves the emulator's clock forward, for sessions, tokens and
// download addresses alike.
func (e *Emulator) Advance(d time.Duration) {
	e.clock.Advance(d)
	e.store.Settle()
}

// Now is the time by the emulator's clock.
func (e *Emulator) Now() time.Time { return e.clock.Now() }

// Reset forgets sessions, files, requests, tokens, faults and deliveries, and sets
// the clock right. Documents, webhooks and keys stay.
func (e *Emulator) Reset() {
	e.store.Reset()
	e.records.Reset()
	e.tokens.Reset()
	e.faults.Clear()
	e.webhooks.Reset()
	e.clock.Reset()
}
