// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package session

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
)

// The steps that data blocks come from: what was submitted at creation, and the
// decision.
const (
	StepStart  = "START"
	StepReview = "REVIEW"
)

// DataBlock is a part of a session's input or result.
type DataBlock struct {
	ID        string
	Type      string // in camelCase
	StepID    string
	Clock     int // counts the data blocks of a session
	CreatedAt time.Time
	Deleted   bool
	Content   any // JSON values; nil once deleted
}

func (s *Session) addBlock(typ, step string, at time.Time, content any) {
	s.Blocks = append(s.Blocks, DataBlock{
		ID: uuid.NewString(), Type: typ, StepID: step, Clock: len(s.Blocks), CreatedAt: at, Content: content,
	})
}

// takeInput makes the data blocks of what created a session: one for each member
// of input, and the one that the platform makes of the subject.
func (s *Session) takeInput(input map[string]any, vault Vault) {
	s.addBlock("userReference", StepStart, s.CreatedAt, map[string]any{"subjectId": s.SubjectID})
	for _, name := range slices.Sorted(maps.Keys(input)) {
		s.addBlock(name, StepStart, s.CreatedAt, s.intoVault(input[name], vault))
	}
}

// intoVault replaces the files in tree by references to where they are kept.
func (s *Session) intoVault(tree any, vault Vault) any {
	switch tree := tree.(type) {
	case *flow.File:
		id := vault.Keep(s.Environment, tree)
		s.Files = append(s.Files, id)
		return map[string]any{"$ref": "vault", "$id": id}
	case map[string]any:
		object := make(map[string]any, len(tree))
		for name, value := range tree {
			object[name] = s.intoVault(value, vault)
		}
		return object
	case []any:
		list := make([]any, 0, len(tree))
		for _, value := range tree {
			list = append(list, s.intoVault(value, vault))
		}
		return list
	}
	return tree
}

// putOut makes the data blocks that a completed session puts out: documents that
// were to be signed, if it was accepted, and the decision with a report as a file.
func (s *Session) putOut(at time.Time, vault Vault) {
	if s.Outcome == Accepted {
		s.signDocuments(at, vault)
	}
	content := map[string]any{"outcome": string(s.Outcome), "decidedAt": moment(at)}
	if report, err := json.MarshalIndent(map[string]any{
		"sessionId": s.ID, "flowId": s.FlowID, "flowVersion": s.FlowVersion,
		"outcome": s.Outcome, "decidedAt": moment(at),
	}, "", "  "); err == nil {
		content["report"] = s.intoVault(newFile("report.json", "application/json", report), vault)
	}
	s.addBlock("decision", StepReview, at, content)
}

func moment(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

// DeleteBlocks empties all data blocks, as the platform does when their time
// has come.
func (s *Session) DeleteBlocks() {
	s.Blocks = slices.Clone(s.Blocks)
	for i := range s.Blocks {
		s.Blocks[i].Deleted, s.Blocks[i].Content = true, nil
	}
}
