// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package store keeps sessions and their files: in memory, and with a state file
// on disk as well, so that they outlive the process. It is bounded, and what has
// to go first is the oldest finished session.
package store

import (
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/clock"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/session"
)

// Options set up a Store.
type Options struct {
	Clock *clock.Clock
	Log   *slog.Logger

	// StateFile keeps sessions over a restart. Empty: they end with the process.
	StateFile string

	MaxSessions int   // above it the oldest finished one is forgotten
	MaxBytes    int64 // the same for all bodies and files together

	// OnChange hears of each session that was created or whose status changed,
	// in order. It must not block, nor call the store.
	OnChange func(before session.Status, now session.Session)
}

// Store is safe for concurrent use.
type Store struct {
	options Options
	disk    disk

	mu       sync.Mutex
	sessions map[string]*entry // by ID
	players  map[string]*entry // by player token
	order    []*entry          // oldest first
	files    map[string]File
	bytes    int64
	pending  batch // what disk does not have yet
}

// entry is a session and its weight in bytes.
type entry struct {
	*session.Session
	weight  int64
	weighed int // of its files
}

// File is a file in the vault, under the environment by which the API addresses
// it.
type File struct {
	Environment string
	*flow.File
}

// Open makes a store, with the sessions of the state file where there is one.
func Open(options Options) (*Store, error) {
	s := &Store{options: options}
	s.clear()
	if options.StateFile == "" {
		s.disk = memory{}
		return s, nil
	}
	opened, err := openBolt(options.StateFile)
	if err != nil {
		return nil, err
	}
	s.disk = opened
	if err := opened.load(s.restore); err != nil {
		_ = opened.close()
		return nil, err
	}
	s.evict("")
	return s, s.commit()
}

// Close has nothing left to write: each change is on disk once its call returns.
// What is called later finds the store in memory.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.disk.close()
	s.disk = memory{}
	return err
}

func (s *Store) clear() {
	s.sessions, s.players = map[string]*entry{}, map[string]*entry{}
	s.order, s.files, s.bytes = nil, map[string]File{}, 0
}

// restore loads one session from the state file.
func (s *Store) restore(restored *session.Session, files map[string]File) {
	for id, file := range files {
		s.files[id] = file
	}
	s.insert(restored)
}

func (s *Store) insert(added *session.Session) {
	e := &entry{Session: added, weight: session.Weight(added.Body)}
	s.sessions[added.ID], s.players[added.PlayerToken] = e, e
	s.order = append(s.order, e)
	s.bytes += e.weight
	s.weighFiles(e)
}

// Reset forgets all sessions and files.
func (s *Store) Reset() {
	s.mu.Lock()
	defer s.unlock()
	s.clear()
	s.pending = batch{clear: true}
}

// Create makes a session of what was submitted to doc, as edit changes it, which
// may be nil.
func (s *Store) Create(doc *flow.Document, submitted *flow.Submission, ttl time.Duration, edit func(*session.Session)) (session.Session, error) {
	s.mu.Lock()
	defer s.unlock()
	created, err := session.New(doc, submitted, s.options.Clock.Now(), ttl, vault{s})
	if err != nil {
		return session.Session{}, err
	}
	if edit != nil {
		edit(created)
	}
	s.insert(created)
	s.pending.put(created)
	s.evict(created.ID)
	if err := s.commit(); err != nil {
		s.drop(s.sessions[created.ID])
		return session.Session{}, err
	}
	s.options.OnChange("", created.Copy())
	return created.Copy(), nil
}

// Get returns the session in its current state.
func (s *Store) Get(environment, id string) (session.Session, bool) {
	s.mu.Lock()
	defer s.unlock()
	found := s.sessions[id]
	if found == nil || found.Environment != environment {
		return session.Session{}, false
	}
	s.apply(found, nil)
	return found.Copy(), true
}

// List returns all sessions that want chooses, oldest first.
func (s *Store) List(want func(*session.Session) bool) []session.Session {
	s.mu.Lock()
	defer s.unlock()
	var chosen []session.Session
	for _, e := range s.order {
		if want(e.Session) {
			s.apply(e, nil)
			chosen = append(chosen, e.Copy())
		}
	}
	return chosen
}

// Settle updates every session to the current time, so that webhooks are sent.
func (s *Store) Settle() {
	s.mu.Lock()
	defer s.unlock()
	for _, e := range s.order {
		s.apply(e, nil)
	}
}

// Key finds one session.
type Key struct{ id, player string }

// ByID finds a session by its ID.
func ByID(id string) Key { return Key{id: id} }

// ByPlayer finds a session by the token of its player page.
func ByPlayer(token string) Key { return Key{player: token} }

func (s *Store) find(key Key) *entry {
	if key.id != "" {
		return s.sessions[key.id]
	}
	return s.players[key.player]
}

// Change applies edit to a session in its current state. It returns the
// session afterwards, or false where there is none.
func (s *Store) Change(key Key, edit func(*session.Session, session.Vault)) (session.Session, bool) {
	s.mu.Lock()
	defer s.unlock()
	found := s.find(key)
	if found == nil {
		return session.Session{}, false
	}
	s.apply(found, nil)
	s.apply(found, func(changed *session.Session) { edit(changed, vault{s}) })
	return found.Copy(), true
}

// apply updates a session to the current time, then edits it, and reports what changed.
func (s *Store) apply(e *entry, edit func(*session.Session)) {
	before := e.Status
	if edit != nil {
		edit(e.Session)
	} else {
		e.Settle(s.options.Clock.Now(), vault{s})
	}
	s.weighFiles(e)
	if edit != nil || e.Status != before {
		s.pending.put(e.Session)
	}
	if e.Status != before {
		s.options.OnChange(before, e.Copy())
	}
}

// Remove forgets a session and its files.
func (s *Store) Remove(id string) bool {
	s.mu.Lock()
	defer s.unlock()
	found := s.sessions[id]
	if found == nil {
		return false
	}
	s.drop(found)
	return true
}

func (s *Store) drop(e *entry) {
	for _, id := range e.Files {
		delete(s.files, id)
	}
	delete(s.sessions, e.ID)
	delete(s.players, e.PlayerToken)
	s.order = slices.DeleteFunc(s.order, func(other *entry) bool { return other == e })
	s.bytes -= e.weight
	s.pending.drop(e.Session)
}

// File returns a file of the vault.
func (s *Store) File(id string) (File, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, ok := s.files[id]
	return kept, ok
}

// vault is the store as sessions see it, under its lock.
type vault struct{ *Store }

// Keep implements session.Vault.
func (v vault) Keep(environment string, file *flow.File) string {
	id := uuid.NewString()
	v.files[id] = File{environment, file}
	v.pending.putFile(id, v.files[id])
	return id
}

// File implements session.Vault.
func (v vault) File(id string) *flow.File { return v.files[id].File }

// unlock ends an operation. What could not be written lives on in memory.
func (s *Store) unlock() {
	if err := s.commit(); err != nil {
		s.options.Log.Error("state file not written", "error", err)
	}
	s.mu.Unlock()
}

func (s *Store) commit() error {
	if s.pending.empty() {
		return nil
	}
	written := s.pending
	s.pending = batch{}
	return s.disk.write(written)
}
