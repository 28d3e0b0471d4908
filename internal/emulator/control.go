// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// controlPrefix is where the control interface lives; README.md documents it.
const controlPrefix = "/_emulator/"

// ErrNoSession says that there is no session with the ID given.
var ErrNoSession = errors.New("there is no session with this ID")

// Requests lists the requests that arrived, oldest first, without those to the
// control interface.
func (e *Emulator) Requests() []Recorded { return e.records.snapshot() }

// Sessions lists the sessions as they stand, oldest first.
func (e *Emulator) Sessions() []Session {
	return e.store.list(func(*Session) bool { return true })
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
	return e.change(id, func(session *Session) { e.store.set(session, status, outcome) })
}

// Expire lets a session's time run out.
func (e *Emulator) Expire(id string) error {
	return e.change(id, func(session *Session) {
		session.ExpiresAt = e.clock.now()
		e.store.set(session, Expired, NoOutcome)
	})
}

// DeleteDataBlocks empties a session's data blocks.
func (e *Emulator) DeleteDataBlocks(id string) error {
	return e.change(id, (*Session).deleteBlocks)
}

func (e *Emulator) change(id string, edit func(*Session)) error {
	if _, ok := e.store.change(e.store.byID(id), edit); !ok {
		return ErrNoSession
	}
	return nil
}

// Delete makes the emulator forget a session.
func (e *Emulator) Delete(id string) error {
	if !e.store.remove(id) {
		return ErrNoSession
	}
	return nil
}

// AddFault puts a fault in force, behind those before it.
func (e *Emulator) AddFault(f fault.Fault) error {
	if err := f.Validate(calls); err != nil {
		return err
	}
	e.faults.Add(f)
	return nil
}

// Faults lists the faults in force, with what is left of each.
func (e *Emulator) Faults() []fault.Fault { return e.faults.List() }

// ClearFaults ends all faults.
func (e *Emulator) ClearFaults() { e.faults.Clear() }

// SetDocument publishes a flow document, in place of the one before.
func (e *Emulator) SetDocument(raw []byte) error {
	doc, err := e.flows.parse(raw)
	if err != nil {
		return err
	}
	e.flows.put(doc)
	return nil
}

// RemoveDocument takes a flow out of an environment.
func (e *Emulator) RemoveDocument(environment, flowID string) { e.flows.remove(environment, flowID) }

// RevokeTokens ends every access token. The API key stays good.
func (e *Emulator) RevokeTokens() { e.tokens.revoke() }

// TokensIssued counts the access tokens issued.
func (e *Emulator) TokensIssued() int { return e.tokens.count() }

// Advance moves the emulator's clock forward, for sessions, tokens and
// download addresses alike.
func (e *Emulator) Advance(d time.Duration) { e.clock.advance(d) }

// Reset forgets sessions, files, requests, tokens and faults, and sets the clock
// right. Documents stay.
func (e *Emulator) Reset() {
	e.store.reset()
	e.records.reset()
	e.tokens.reset()
	e.faults.Clear()
	e.clock.reset()
}

// controlHandler serves the control interface. Pages of other origins can't use it
// through a browser.
func (e *Emulator) controlHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_emulator/requests", e.controlRequests)
	mux.HandleFunc("GET /_emulator/sessions", e.controlSessions)
	mux.HandleFunc("POST /_emulator/sessions/{id}", e.controlSetStatus)
	mux.HandleFunc("DELETE /_emulator/sessions/{id}", e.controlByID(e.Delete))
	mux.HandleFunc("DELETE /_emulator/sessions/{id}/datablocks", e.controlByID(e.DeleteDataBlocks))
	mux.HandleFunc("GET /_emulator/faults", e.controlFaults)
	mux.HandleFunc("POST /_emulator/faults", e.controlAddFault)
	mux.HandleFunc("DELETE /_emulator/faults", e.controlDo(e.ClearFaults))
	mux.HandleFunc("DELETE /_emulator/tokens", e.controlDo(e.RevokeTokens))
	mux.HandleFunc("POST /_emulator/clock", e.controlClock)
	mux.HandleFunc("PUT /_emulator/flows", e.controlSetDocument)
	mux.HandleFunc("DELETE /_emulator/flows/{environment}/{flowId}", e.controlRemoveDocument)
	mux.HandleFunc("POST /_emulator/reset", e.controlDo(e.Reset))
	return http.NewCrossOriginProtection().Handler(mux)
}

// maxControl bounds the body of a control request, in bytes: a flow document is
// the largest.
const maxControl = 8 << 20

func readControl(w http.ResponseWriter, r *http.Request, into any) bool {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxControl))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		controlError(w, http.StatusBadRequest, err)
		return false
	}
	return true
}

func controlError(w http.ResponseWriter, status int, err error) {
	writeJSON(w, status, failure{StatusCode: status, Message: err.Error(), Error: http.StatusText(status)})
}

// controlDone answers for what was done, or could not be.
func controlDone(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, ErrNoSession):
		controlError(w, http.StatusNotFound, err)
	case err != nil:
		controlError(w, http.StatusBadRequest, err)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

func (e *Emulator) controlDo(do func()) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		do()
		controlDone(w, nil)
	}
}

func (e *Emulator) controlByID(do func(id string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { controlDone(w, do(r.PathValue("id"))) }
}

func (e *Emulator) controlRequests(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"requests": e.Requests(), "tokensIssued": e.TokensIssued()})
}

func (e *Emulator) controlSessions(w http.ResponseWriter, _ *http.Request) {
	sessions := e.Sessions()
	if sessions == nil {
		sessions = []Session{}
	}
	writeJSON(w, http.StatusOK, map[string]any{"sessions": sessions})
}

func (e *Emulator) controlSetStatus(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Status  Status  `json:"status"`
		Outcome Outcome `json:"outcome"`
	}
	if !readControl(w, r, &asked) {
		return
	}
	if !slices.Contains(statuses, asked.Status) || (asked.Outcome != "" && !slices.Contains(outcomes, asked.Outcome)) {
		controlDone(w, errors.New("status and outcome must be as the API spells them"))
		return
	}
	controlDone(w, e.SetStatus(r.PathValue("id"), asked.Status, asked.Outcome))
}

func (e *Emulator) controlFaults(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"faults": e.Faults()})
}

func (e *Emulator) controlAddFault(w http.ResponseWriter, r *http.Request) {
	var asked fault.Fault
	if readControl(w, r, &asked) {
		controlDone(w, e.AddFault(asked))
	}
}

func (e *Emulator) controlClock(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Advance fault.Duration `json:"advance"`
	}
	if !readControl(w, r, &asked) {
		return
	}
	if asked.Advance < 0 {
		controlDone(w, errors.New("the clock goes forward only"))
		return
	}
	e.Advance(time.Duration(asked.Advance))
	writeJSON(w, http.StatusOK, map[string]any{"now": timestamp(e.clock.now())})
}

func (e *Emulator) controlSetDocument(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxControl))
	if err == nil {
		err = e.SetDocument(raw)
	}
	controlDone(w, err)
}

func (e *Emulator) controlRemoveDocument(w http.ResponseWriter, r *http.Request) {
	e.RemoveDocument(r.PathValue("environment"), r.PathValue("flowId"))
	controlDone(w, nil)
}
