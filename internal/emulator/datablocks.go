// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
)

// The steps that data blocks come from: what was given at creation, and the
// decision.
const (
	stepStart  = "START"
	stepReview = "REVIEW"
)

// dataBlock is a data block as the API tells it.
type dataBlock struct {
	DatablockID string    `json:"datablockId"`
	Type        string    `json:"type"`
	CreatedBy   createdBy `json:"createdBy"`
	CreatedAt   timestamp `json:"createdAt"`
	Status      string    `json:"status"`  // STORED or DELETED
	Content     any       `json:"content"` // null once deleted
}

type createdBy struct {
	StepID string `json:"stepId"`
	Clock  int    `json:"clock"` // counts the data blocks of a session
}

// given makes the data blocks of what created a session: one for each member
// of input, and the one that the platform makes of the subject.
func (s *store) given(session *Session, submitted *flow.Submission) []dataBlock {
	var blocks []dataBlock
	add := func(typ string, content any) {
		blocks = append(blocks, dataBlock{
			DatablockID: uuid.NewString(), Type: typ, CreatedBy: createdBy{stepStart, len(blocks)},
			CreatedAt: timestamp(session.CreatedAt), Status: "STORED", Content: content,
		})
	}
	add("userReference", map[string]any{"subjectId": session.SubjectID})
	for _, name := range slices.Sorted(maps.Keys(submitted.Input)) {
		add(name, s.intoVault(session.Environment, submitted.Input[name]))
	}
	return blocks
}

// intoVault replaces the files in tree by references to where they are kept.
func (s *store) intoVault(environment string, tree any) any {
	switch tree := tree.(type) {
	case *flow.File:
		return map[string]any{"$ref": "vault", "$id": s.keep(environment, tree)}
	case map[string]any:
		object := make(map[string]any, len(tree))
		for name, value := range tree {
			object[name] = s.intoVault(environment, value)
		}
		return object
	case []any:
		list := make([]any, 0, len(tree))
		for _, value := range tree {
			list = append(list, s.intoVault(environment, value))
		}
		return list
	}
	return tree
}

// produced makes the data block that a completed session puts out: the decision
// and a report of it as a file.
func (s *store) produced(session *Session, at time.Time) dataBlock {
	content := map[string]any{"outcome": session.Outcome, "decidedAt": timestamp(at)}
	if report, err := json.MarshalIndent(map[string]any{
		"sessionId": session.ID, "flowId": session.FlowID, "flowVersion": session.FlowVersion,
		"outcome": session.Outcome, "decidedAt": timestamp(at),
	}, "", "  "); err == nil {
		sum := sha256.Sum256(report)
		content["report"] = s.intoVault(session.Environment, &flow.File{
			Filename: "report.json", ContentType: "application/json",
			Size: int64(len(report)), SHA256: hex.EncodeToString(sum[:]), Content: report,
		})
	}
	return dataBlock{
		DatablockID: uuid.NewString(), Type: "decision", CreatedBy: createdBy{stepReview, len(session.blocks)},
		CreatedAt: timestamp(at), Status: "STORED", Content: content,
	}
}

// deleteBlocks empties all data blocks, as the platform does when their time
// has come.
func (session *Session) deleteBlocks() {
	for i := range session.blocks {
		session.blocks[i].Status, session.blocks[i].Content = "DELETED", nil
	}
}

// dataBlocks is GET /api/v1/{environment}/sessions/{sessionId}/datablocks.
func (e *Emulator) dataBlocks(x *exchange) {
	session, ok := e.store.get(x.environment, x.id)
	if !ok {
		x.fail(http.StatusNotFound, "the session does not exist in this environment")
		return
	}
	x.answer(http.StatusOK, map[string]any{"dataBlocks": session.blocks})
}
