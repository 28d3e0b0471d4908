// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/rand"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
)

// Session is a session as it stands. Times that have not come are zero.
type Session struct {
	ID          string      `json:"sessionId"`
	FlowID      string      `json:"flowId"`
	FlowVersion json.Number `json:"flowVersion"`
	Environment string      `json:"environment"`
	Status      Status      `json:"sessionStatus"`
	Outcome     Outcome     `json:"outcome"`
	SubjectID   string      `json:"subjectId"`
	Locale      string      `json:"locale"`
	RedirectURL string      `json:"redirectUrl,omitempty"`
	State       string      `json:"state,omitempty"`
	CreatedAt   time.Time   `json:"createdAt"`
	StartedAt   time.Time   `json:"startedAt,omitzero"`
	UpdatedAt   time.Time   `json:"updatedAt"`
	CompletedAt time.Time   `json:"completedAt,omitzero"`
	ExpiresAt   time.Time   `json:"expiresAt"`

	// Body is what created the session, as decoded; see flow.Submission.
	Body map[string]any `json:"-"`

	PlayerToken string `json:"-"`

	doc    *flow.Document
	blocks []dataBlock
}

// store is the sessions, and the files that came with them.
type store struct {
	clock *clock

	mu       sync.Mutex
	sessions map[string]*Session // by ID
	players  map[string]*Session // by player token
	order    []*Session          // oldest first
	files    map[string]vaultFile
}

// vaultFile is a file under an environment, as the API addresses it.
type vaultFile struct {
	environment string
	file        *flow.File
}

func newStore(clock *clock) *store {
	s := &store{clock: clock}
	s.clear()
	return s
}

func (s *store) clear() {
	s.sessions, s.players = map[string]*Session{}, map[string]*Session{}
	s.order, s.files = nil, map[string]vaultFile{}
}

func (s *store) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
}

// create makes a session of what was submitted to doc.
func (s *store) create(doc *flow.Document, submitted *flow.Submission, ttl time.Duration) (Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, err := uuid.NewV7() // under the lock, so that IDs ascend as sessions are made
	if err != nil {
		return Session{}, err
	}
	now := s.clock.now()
	session := &Session{
		ID: id.String(), FlowID: doc.FlowID, FlowVersion: doc.Version, Environment: doc.Environment,
		Status: Created, Outcome: NoOutcome,
		SubjectID: submitted.SubjectID, Locale: submitted.Locale,
		RedirectURL: submitted.RedirectURL, State: submitted.State,
		CreatedAt: now, UpdatedAt: now, ExpiresAt: now.Add(ttl),
		Body: submitted.Body, PlayerToken: rand.Text() + rand.Text(), doc: doc,
	}
	session.blocks = s.given(session, submitted)
	s.sessions[session.ID] = session
	s.players[session.PlayerToken] = session
	s.order = append(s.order, session)
	return *session, nil
}

// get gives the session as it stands now.
func (s *store) get(environment, id string) (Session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	session := s.sessions[id]
	if session == nil || session.Environment != environment {
		return Session{}, false
	}
	s.settle(session)
	return session.copy(), true
}

// list gives all sessions that want chooses, oldest first.
func (s *store) list(want func(*Session) bool) []Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	var chosen []Session
	for _, session := range s.order {
		if want(session) {
			s.settle(session)
			chosen = append(chosen, session.copy())
		}
	}
	return chosen
}

// change does what edit says to the session that find gives, as it stands now.
// It reports the session afterwards, or false where there is none.
func (s *store) change(find func() *Session, edit func(*Session)) (Session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	session := find()
	if session == nil {
		return Session{}, false
	}
	s.settle(session)
	edit(session)
	return session.copy(), true
}

// byID and byPlayer find sessions for change.
func (s *store) byID(id string) func() *Session { return func() *Session { return s.sessions[id] } }

func (s *store) byPlayer(token string) func() *Session {
	return func() *Session { return s.players[token] }
}

func (s *store) remove(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	session := s.sessions[id]
	if session == nil {
		return false
	}
	delete(s.sessions, id)
	delete(s.players, session.PlayerToken)
	s.order = slices.DeleteFunc(s.order, func(other *Session) bool { return other == session })
	return true
}

// keep puts a file into the vault and gives its ID there.
func (s *store) keep(environment string, file *flow.File) string {
	id := uuid.NewString()
	s.files[id] = vaultFile{environment, file}
	return id
}

func (s *store) file(id string) (vaultFile, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, ok := s.files[id]
	return kept, ok
}

func (session *Session) copy() Session {
	copied := *session
	copied.blocks = slices.Clone(session.blocks)
	return copied
}
