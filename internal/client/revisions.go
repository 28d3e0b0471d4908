// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file contains what differs between the published revisions of the API. It
// accepts every variant beside today's, which the tags of Session, DataBlock and Flow
// have. The names of members match in any case, so dataBlockId is read as datablockId.

// UnmarshalJSON implements [json.Unmarshaler]. Members are at the top or in
// sessionContext. The subject's ID is the one member that is looked for in metadata,
// where all others are the customer's.
func (s *Session) UnmarshalJSON(raw []byte) error {
	type members Session
	served := struct {
		*members

		Context  *members `json:"sessionContext"`
		Metadata struct {
			SubjectID string `json:"subjectId"`
		} `json:"metadata"`
		LastStep struct {
			LastStep

			Name string `json:"stepName"`
		} `json:"lastStep"`
	}{members: (*members)(s), Context: (*members)(s)}
	err := errors.Join(json.Unmarshal(raw, &served), json.Unmarshal(raw, served.members)) // the top last
	s.Status = NormalizeStatus(s.Status)
	s.Outcome = respell(s.Outcome, OutcomeAccepted, OutcomeRejected, OutcomeNone)
	s.SubjectID = cmp.Or(s.SubjectID, served.Metadata.SubjectID)
	s.Results = notNull(s.Results)
	step := served.LastStep.LastStep
	step.Description = cmp.Or(step.Description, served.LastStep.Name)
	if s.LastStep = &step; step == (LastStep{}) {
		s.LastStep = nil
	}
	return err
}

func (s Session) key() string { return s.ID }

// NormalizeStatus returns a session's status in today's spelling, which is in
// capitals. A status that is not known is returned unchanged.
func NormalizeStatus(served string) string { return respell(served, Statuses...) }

// respell returns the known word that served is, whatever its case.
func respell(served string, known ...string) string {
	for _, word := range known {
		if strings.EqualFold(served, word) {
			return word
		}
	}
	return served
}

func notNull(raw json.RawMessage) json.RawMessage {
	if string(raw) == "null" {
		return nil
	}
	return raw
}

// totals describe how long a list is.
type totals struct {
	Pages    Number `json:"totalPages"`
	Elements Number `json:"totalElements"`
}

// pagesLeft reports whether pages are left after the one of that number, by which received
// entries have come. Both totals are checked: a service that returns fewer entries
// than requested may count its pages by the requested size. Known is false if there is
// no total.
func (t totals) pagesLeft(number, received int64) (left, known bool) {
	pages, _ := t.Pages.Integer()
	elements, _ := t.Elements.Integer()
	return number < pages || received < elements, pages > 0 || elements > 0
}

// parsePage returns the entries of a page of a list, which are in content, in
// dataBlocks, or the whole response, and what describes the page. Without a
// description, the response is an older revision's, which is complete.
func parsePage(raw []byte) (entries json.RawMessage, page *totals, ok bool) {
	isList := func(raw []byte) bool { return bytes.HasPrefix(raw, []byte{'['}) }
	if raw = bytes.TrimLeft(raw, " \t\r\n"); isList(raw) {
		return raw, nil, json.Valid(raw)
	}
	var served struct {
		totals

		Page       json.RawMessage `json:"page"`
		Content    json.RawMessage `json:"content"`
		DataBlocks json.RawMessage `json:"dataBlocks"`
	}
	ok = decode(raw, &served)
	for _, candidate := range []json.RawMessage{served.DataBlocks, served.Content} {
		if isList(candidate) {
			entries = candidate
		}
	}
	switch described := new(totals); {
	case decode(served.Page, described) && len(served.Page) > len("{}"):
		page = described
	case served.totals != (totals{}): // page may be a number then
		page = &served.totals
	}
	return entries, page, ok
}

// step is the step that created a data block: an object, or only its ID.
type step struct {
	ID    string `json:"stepId"`
	Clock Number `json:"clock"`
}

// UnmarshalJSON implements [json.Unmarshaler]. An error would cost the whole data block.
func (s *step) UnmarshalJSON(raw []byte) error {
	type members step
	if json.Unmarshal(raw, &s.ID) != nil {
		_ = json.Unmarshal(raw, (*members)(s))
	}
	return nil
}

// UnmarshalJSON implements [json.Unmarshaler]. Older revisions have the attributes of a
// data block's content beside its own members.
func (b *DataBlock) UnmarshalJSON(raw []byte) error {
	type members DataBlock
	served := struct {
		*members

		CreatedBy     step `json:"createdBy"`
		CreatedByStep step `json:"createdByStep"`
		LastStep      step `json:"lastStep"`
	}{members: (*members)(b)}
	err := json.Unmarshal(raw, &served)
	b.Step = cmp.Or(served.CreatedBy.ID, served.CreatedByStep.ID, served.LastStep.ID)
	b.Clock = cmp.Or(served.CreatedBy.Clock, b.Clock)
	if b.Content == nil {
		b.Content = inlineContent(raw)
	}
	b.Content = notNull(b.Content)
	if first, size := utf8.DecodeRuneInString(b.Type); size > 0 { // in PascalCase
		b.Type = string(unicode.ToLower(first)) + b.Type[size:]
	}
	return err
}

func (b DataBlock) key() string { return b.ID }

// blockMembers are the members of a data block that are not its content, in lower case.
var blockMembers = []string{"datablockid", "type", "status", "clock", "createdby", "createdbystep", "laststep", "createdat"}

// maxMembers bounds what an object costs: a member of five bytes takes a hundred in
// a map.
const maxMembers = 10_000

// inlineContent returns the attributes beside a data block's own members, nil if there
// are none.
func inlineContent(raw []byte) json.RawMessage {
	members := map[string]json.RawMessage{}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	_, _ = decoder.Token() // the brace
	for decoder.More() {
		token, _ := decoder.Token()
		name, isName := token.(string)
		var value json.RawMessage
		if decoder.Decode(&value) != nil || !isName || len(members) == maxMembers {
			return nil
		}
		if !slices.Contains(blockMembers, strings.ToLower(name)) {
			members[name] = value
		}
	}
	content, err := json.Marshal(members)
	if err != nil || len(members) == 0 {
		return nil
	}
	return content
}
