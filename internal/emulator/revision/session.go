// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package revision

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/session"
)

// object is a JSON object of a response.
type object map[string]any

// set writes a member. One that has no value is null, or left out.
func (r Revision) set(o object, name string, value any) {
	if value == nil && r.Missing == "absent" {
		return
	}
	o[name] = value
}

// text is a string, or nil where it is empty.
func text(value string) any {
	if value == "" {
		return nil
	}
	return value
}

// timeLayouts are the forms of a moment: RFC 3339 to the millisecond, and what
// other writers of ISO 8601 make of it.
var timeLayouts = map[string]string{
	"milliseconds": "2006-01-02T15:04:05.000Z",
	"offset":       "2006-01-02T15:04:05.000+0000",
	"space":        "2006-01-02 15:04:05 +00:00",
	"local":        "2006-01-02T15:04:05",
}

func (r Revision) moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(timeLayouts[r.Time])
}

// version is a flow's version, a number in the flow's document.
func (r Revision) version(n json.Number) any {
	switch r.FlowVersion {
	case "string":
		return n.String()
	case "decimal":
		return json.Number(n.String() + ".0")
	case "absent":
		return nil
	}
	return n
}

func (r Revision) status(s session.Status) string {
	if r.Status == "lower" {
		return strings.ToLower(string(s))
	}
	return string(s)
}

func (r Revision) outcome(o session.Outcome) string {
	if r.Outcome == "upper" {
		return strings.ToUpper(string(o))
	}
	return string(o)
}

// Created is the response to a create.
func (r Revision) Created(s session.Session, playerURL string) any {
	created := object{"playerUrl": playerURL, "flowId": s.FlowID, "environment": s.Environment}
	r.set(created, "flowVersion", r.version(s.FlowVersion))
	context := object{"sessionId": s.ID, "sessionStatus": r.status(s.Status), "createdAt": r.moment(s.CreatedAt)}
	for place, o := range map[string]object{"top": created, "context": context} {
		if r.ExpiresAt == place {
			o["expiresAt"] = r.moment(s.ExpiresAt)
		}
		if r.SDKToken == place {
			o["sdkToken"] = s.PlayerToken
		}
	}
	if r.CreatedSession == "flat" {
		for name, value := range context {
			created[name] = value
		}
		return created
	}
	created["sessionContext"] = context
	return created
}

// Session is one session, as a read and a list return it.
func (r Revision) Session(s session.Session) any {
	o := object{"sessionId": s.ID, "sessionStatus": r.status(s.Status), "flowId": s.FlowID, "environment": s.Environment}
	if r.SubjectID == "metadata" {
		o["metadata"] = object{"subjectId": s.SubjectID}
	} else {
		o["subjectId"] = s.SubjectID
	}
	o["outcome"] = r.outcome(s.Outcome)
	r.set(o, "flowVersion", r.version(s.FlowVersion))
	r.set(o, "redirectUrl", text(s.RedirectURL))
	r.set(o, "state", text(s.State))
	r.set(o, "lastStep", r.lastStep(s))
	r.set(o, "results", r.results(s))
	for name, at := range map[string]time.Time{
		"createdAt": s.CreatedAt, "startedAt": s.StartedAt, "updatedAt": s.UpdatedAt,
		"completedAt": s.CompletedAt, "expiresAt": s.ExpiresAt,
	} {
		r.set(o, name, r.moment(at))
	}
	return o
}

func (r Revision) lastStep(s session.Session) any {
	if s.StartedAt.IsZero() {
		return nil
	}
	step := object{"stepId": session.StepReview, "stepDescription": "Review"}
	if r.LastStep == "name" {
		step = object{"stepName": "Review", "stepType": session.StepReview}
	}
	if s.Status == session.Completed {
		step["verdict"] = r.outcome(s.Outcome)
	} else {
		r.set(step, "verdict", nil)
	}
	return step
}

// results refers to the data blocks that a finished session put out.
func (r Revision) results(s session.Session) any {
	if !s.Status.Final() {
		return nil
	}
	references := []object{}
	for _, block := range s.Blocks {
		if block.StepID != session.StepStart {
			references = append(references, object{r.DataBlockID: block.ID, "type": r.blockType(block.Type)})
		}
	}
	if r.Results == "list" {
		return references
	}
	return object{"dataBlocks": references}
}
