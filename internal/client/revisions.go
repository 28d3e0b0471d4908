// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// This file contains what differs between the published revisions of the API. Each
// function accepts every variant; once the service has only one, the others can be
// removed here and nowhere else.

// sessionText reads a member of a session that is at the top or in
// sessionContext.
func sessionText(o object, key string) string {
	if text := o.text(key); text != "" {
		return text
	}
	return o.object("sessionContext").text(key)
}

// subjectID reads the customer's own ID for the person. It is the one member
// that is looked for in metadata, where all others are the customer's.
func subjectID(o object) string {
	if text := sessionText(o, "subjectId"); text != "" {
		return text
	}
	return o.object("metadata").text("subjectId")
}

// listMembers are the members that hold the entries of a list.
var listMembers = []string{"content", "dataBlocks", "datablocks"}

// pagesLeft reports by a page's description whether pages are left after the
// one of that number, by which received entries have come. Both totals are
// checked: a service that returns fewer entries than requested may count its pages by
// the requested size. Known is false if it contains no total.
func pagesLeft(page object, number, received int64) (left, known bool) {
	pages, elements := page.integer("totalPages"), page.integer("totalElements")
	return number < pages || received < elements, pages > 0 || elements > 0
}

// ParseInteger reads a whole number of the service, for example a version:
// 2, 2.0, or either as a string. It reports false for anything else, and for
// what is too large.
func ParseInteger(served string) (int64, bool) {
	whole, fraction, _ := strings.Cut(served, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	return n, err == nil && strings.Trim(fraction, "0") == ""
}

// lastStepOf reads the last step of a session, or nil if there is none.
func lastStepOf(o object) *LastStep {
	step := o.object("lastStep")
	if len(step) == 0 {
		return nil
	}
	return &LastStep{
		StepID:      step.text("stepId"),
		Description: step.text("stepDescription", "stepName"),
		Type:        step.text("stepType"),
		Verdict:     step.text("verdict"),
	}
}

// normalizeOutcome returns an outcome in today's spelling: accepted, rejected
// or NO_OUTCOME. Older revisions write the first two in capitals. An outcome
// that is not known is returned unchanged.
func normalizeOutcome(served string) string {
	return respell(served, OutcomeAccepted, OutcomeRejected, OutcomeNone)
}

// NormalizeStatus returns a session's status in today's spelling, which is in
// capitals. A status that is not known is returned unchanged.
func NormalizeStatus(served string) string {
	return respell(served, Statuses...)
}

// respell returns the known word that served is, whatever its case.
func respell(served string, known ...string) string {
	for _, word := range known {
		if strings.EqualFold(served, word) {
			return word
		}
	}
	return served
}

// timeLayouts are the forms in which a moment is served, once its date and its
// time are joined by a T. Go reads a fraction of a second in all of them.
var timeLayouts = []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07", "2006-01-02T15:04:05"}

// ParseTime reads a time of the service: RFC 3339, and other variants of ISO 8601, for
// example with a space for the T or +0000 for Z.
// Without an offset it is taken for UTC. It reports false for anything else,
// which a caller treats like an omitted time.
func ParseTime(served string) (time.Time, bool) {
	date, clock, ok := strings.Cut(strings.ToUpper(strings.Join(strings.Fields(served), "T")), "T")
	if !ok {
		return time.Time{}, false
	}
	// There may be a space before the offset as well.
	joined := date + "T" + strings.ReplaceAll(clock, "T", "")
	for _, layout := range timeLayouts {
		if moment, err := time.Parse(layout, joined); err == nil {
			return moment, true
		}
	}
	return time.Time{}, false
}

// blockType returns a data block's type in camelCase, which is how input and
// the flow's document name it; older revisions use PascalCase.
func blockType(o object) string {
	served := o.text("type")
	first, size := utf8.DecodeRuneInString(served)
	if size == 0 {
		return ""
	}
	return string(unicode.ToLower(first)) + served[size:]
}

// blockStep returns the ID of the step that made a data block.
func blockStep(o object) string {
	for _, key := range []string{"createdBy", "createdByStep", "lastStep"} {
		if text := o.object(key).text("stepId"); text != "" {
			return text
		}
		if text := o.text(key); text != "" {
			return text
		}
	}
	return ""
}

func blockClock(o object) string {
	if clock := o.object("createdBy").text("clock"); clock != "" {
		return clock
	}
	return o.text("clock")
}

// blockMembers are the members of a data block that are not its content.
var blockMembers = []string{
	"datablockId", "dataBlockId", "type", "status", "content", "clock",
	"createdBy", "createdByStep", "lastStep", "createdAt",
}

// blockContent returns a data block's content, or nil if it has none. Older
// revisions have its attributes beside the block's own.
func blockContent(o object) json.RawMessage {
	if _, ok := o["content"]; ok {
		return o.raw("content")
	}
	inline := object{}
	for key, raw := range o {
		if !slices.Contains(blockMembers, key) {
			inline[key] = raw
		}
	}
	if len(inline) == 0 {
		return nil
	}
	content, err := json.Marshal(inline)
	if err != nil { // can't happen: every member came out of valid JSON
		return nil
	}
	return content
}
