// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package session is a verification session: the request that
// created it, its status, and the data blocks of its input and result. It gets the
// time as an argument, and stores nothing.
package session

import (
	"crypto/rand"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
)

// Session is a session in its current state. Times that have not come are zero. Its
// JSON is what the control interface lists.
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

	// Base is the URL by which the session was created, without a path.
	Base string `json:"-"`

	PlayerToken string      `json:"-"`
	Flow        Flow        `json:"-"`
	Blocks      []DataBlock `json:"-"`
	Files       []string    `json:"-"` // IDs of the session's files in the vault
}

// Flow is what a session needs of its flow's document, as it was when the
// session was created.
type Flow struct {
	Title         string
	Description   string
	DataBlocks    []string      // that the flow takes in its input
	AutoComplete  bool          // no user step: the session completes by itself
	CompleteAfter time.Duration // how long that takes
}

// Vault stores the files of sessions and assigns each an ID.
type Vault interface {
	Keep(environment string, file *flow.File) (id string)

	// File returns the file stored under an ID; nil if there is none.
	File(id string) *flow.File
}

// New makes a session of what was submitted to doc. IDs ascend in the order in
// which sessions are made, if no two are made at once.
func New(doc *flow.Document, submitted *flow.Submission, now time.Time, ttl time.Duration, vault Vault) (*Session, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	s := &Session{
		ID: id.String(), FlowID: doc.FlowID, FlowVersion: doc.Version, Environment: doc.Environment,
		Status: Created, Outcome: NoOutcome,
		SubjectID: submitted.SubjectID, Locale: submitted.Locale,
		RedirectURL: submitted.RedirectURL, State: submitted.State,
		CreatedAt: now, UpdatedAt: now, ExpiresAt: now.Add(ttl),
		Body: submitted.Body, PlayerToken: rand.Text() + rand.Text(),
		Flow: Flow{
			Title: doc.Title, Description: doc.Description, DataBlocks: doc.DataBlocks,
			AutoComplete: doc.AutoComplete, CompleteAfter: doc.CompleteAfter,
		},
	}
	s.takeInput(submitted.Input, vault)
	return s, nil
}

// Copy returns a copy that later changes of s leave alone.
func (s *Session) Copy() Session {
	copied := *s
	copied.Blocks = slices.Clone(s.Blocks)
	return copied
}
