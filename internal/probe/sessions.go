// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package probe

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

var (
	sessionsListed = Question{
		Name: "List of a flow's sessions", Assumed: "200", Accepts: []string{"404"},
		DecidedBy: listsSessions,
	}
	sessionsPaging = Question{
		Name: "List of sessions: shape", Assumed: "content and page", Accepts: []string{"content and totals", "content alone", "array"},
		DecidedBy: decodesPage,
	}
	sessionsSize = Question{
		Name: "List of sessions: size=1", Assumed: "one entry", Accepts: []string{"more entries than asked for"},
		DecidedBy: decidesPages,
	}
	sessionsOrder = Question{
		Name: "List of sessions: sortBy=createdAt&sortDesc=true", Assumed: "newest first", Accepts: []string{"oldest first", "in no order", "not dated"},
		DecidedBy: listsSessions,
	}
)

func (p *probe) sessions() error {
	path := pathOf("flows", p.target.FlowID, p.target.Environment, "sessions")
	r, err := p.get(path, url.Values{"page": {"1"}, "size": {"1"}})
	if err != nil {
		return err
	}
	p.note(sessionsListed, statusOf(r))
	if r.Status != http.StatusOK {
		return nil
	}
	first := readList(r.Body)
	p.note(sessionsPaging, first.form)
	p.note(sessionsSize, first.sizeOne())
	r, err = p.get(path, url.Values{"page": {"1"}, "size": {"20"}, "sortBy": {"createdAt"}, "sortDesc": {"true"}})
	if err != nil {
		return err
	}
	sorted := readList(r.Body).entries
	p.note(sessionsOrder, orderOf(sorted))
	for _, holder := range sorted {
		if p.target.SessionID == "" && p.sessionID == "" {
			p.sessionID = idOf(holder)
		}
	}
	return nil
}

func idOf(session object) string {
	for _, o := range []object{session, session.object("sessionContext")} {
		if id := o.text("sessionId"); id != "" {
			return id
		}
	}
	return ""
}

func sessionStatusOf(session object) string {
	if status := session.text("sessionStatus"); status != "" {
		return status
	}
	return session.object("sessionContext").text("sessionStatus")
}

// orderOf describes in which order the sessions are by their createdAt.
func orderOf(sessions []object) string {
	times := []string{}
	for _, session := range sessions {
		created := session.text("createdAt")
		if created == "" {
			created = session.object("sessionContext").text("createdAt")
		}
		if created == "" {
			return "not dated"
		}
		times = append(times, created)
	}
	return directionOf(times, "newest first", "oldest first")
}

// directionOf returns whether times fall or rise; "" where fewer than two differ.
func directionOf(times []string, falling, rising string) string {
	rises := slices.IsSorted(times)
	reversed := slices.Clone(times)
	slices.Reverse(reversed)
	switch falls := slices.IsSorted(reversed); {
	case rises && falls:
		return ""
	case falls:
		return falling
	case rises:
		return rising
	}
	return "in no order"
}

var (
	sessionID = Question{
		Name: "Session: place of sessionId", Assumed: "top level", Accepts: []string{"sessionContext"},
		DecidedBy: decodesSession,
	}
	sessionStatus = Question{
		Name: "Session: spelling of sessionStatus", Assumed: "upper case", Accepts: []string{"lower case", "PascalCase"},
		DecidedBy: spellsStatus,
	}
	sessionStatusKnown = Question{
		Name: "Session: sessionStatus", Assumed: "one that the provider knows",
		DecidedBy: spellsStatus,
	}
	sessionOutcome = Question{
		Name: "Session: outcome", Assumed: "accepted, rejected or NO_OUTCOME", Accepts: []string{"the same in another case", "absent or null"},
		DecidedBy: spellsOutcome,
	}
	sessionSubject = Question{
		Name: "Session: place of subjectId", Assumed: "top level", Accepts: []string{"metadata", "sessionContext", "absent"},
		DecidedBy: findsSubject,
	}
	sessionExpires = Question{
		Name: "Session: place of expiresAt", Assumed: "top level", Accepts: []string{"sessionContext", "absent"},
		DecidedBy: decodesSession,
	}
	sessionTimes = Question{
		Name: "Session: notation of createdAt", Assumed: "RFC 3339 in UTC", Accepts: []string{"RFC 3339 with an offset", "with an offset that has no colon", "with spaces", "without an offset"},
		DecidedBy: parsesTimes,
	}
	sessionLastStep = Question{
		Name: "Session: members of lastStep", Assumed: "stepDescription, stepId",
		Accepts: []string{"stepName, stepType", "stepId, stepName, stepType"}, DecidedBy: decodesLastStep,
	}
	sessionResults = Question{
		Name: "Session: results", Assumed: "object", Accepts: []string{"array"},
		DecidedBy: decodesSession,
	}
	sessionMissing = Question{
		Name: "Session: member without a value", Assumed: "null", Accepts: []string{"absent"},
		DecidedBy: decodesSession,
	}
	sessionRedirect = Question{
		Name: "Session: place of redirectUrl", Assumed: "top level", Accepts: []string{"sessionContext", "absent"},
		DecidedBy: decodesSession,
	}
)

// Status and outcome as the provider spells them.
var (
	knownStatuses = []string{"CREATED", "RUNNING", "COMPLETED", "ABORTED", "EXPIRED", "ERROR"}
	knownOutcomes = []string{"accepted", "rejected", "NO_OUTCOME"}
)

func (p *probe) session() error {
	if p.target.SessionID != "" {
		p.sessionID = p.target.SessionID
	}
	var session object
	if p.sessionID != "" {
		r, err := p.get(pathOf(p.target.Environment, "sessions", p.sessionID), nil)
		if err != nil {
			return err
		}
		if r.Status != http.StatusOK {
			return refusedError("reading a session", r)
		}
		session = asObject(decode(r.Body))
	}
	p.noteSession(session)
	return nil
}

func (p *probe) noteSession(session object) {
	place := func(member string, holders ...string) string {
		if session == nil {
			return ""
		}
		return firstOf(session, member, holders...)
	}
	status := sessionStatusOf(session)
	p.note(sessionID, place("sessionId", "sessionContext"))
	p.note(sessionStatus, letterCase(status))
	p.note(sessionStatusKnown, knownAs(status, knownStatuses, "one that the provider knows"))
	p.note(sessionOutcome, outcomeOf(session))
	p.note(sessionSubject, place("subjectId", "metadata", "sessionContext"))
	p.note(sessionExpires, place("expiresAt", "sessionContext"))
	p.note(sessionTimes, timeNotation(session["createdAt"]))
	p.note(sessionLastStep, stepMembers(session.object("lastStep")))
	results := session.kind("results")
	if results == "absent" || results == "null" {
		results = "" // returned in a final status only
	}
	p.note(sessionResults, results)
	p.note(sessionRedirect, place("redirectUrl", "sessionContext"))
	p.note(sessionMissing, missingAs(session))
}

// stepMembers lists the members of a step but for its verdict, which it lacks
// while it runs.
func stepMembers(step object) string {
	members := maps.Clone(step)
	delete(members, "verdict")
	return members.names()
}

// missingAs describes how a session is written that lacks a value: a null, or
// no member at all.
func missingAs(session object) string {
	missing := ""
	for _, name := range []string{"startedAt", "completedAt", "redirectUrl", "state", "results", "lastStep"} {
		switch session.kind(name) {
		case "null":
			return "null"
		case "absent":
			missing = "absent"
		}
	}
	if session == nil {
		return ""
	}
	return missing
}

func outcomeOf(session object) string {
	outcome := session.text("outcome")
	switch {
	case session == nil:
		return ""
	case outcome == "":
		return "absent or null"
	case slices.Contains(knownOutcomes, outcome):
		return "accepted, rejected or NO_OUTCOME"
	}
	return knownAs(outcome, knownOutcomes, "the same in another case")
}

// knownAs returns what to call a constant that the provider knows in any case,
// and the constant itself where it does not.
func knownAs(served string, known []string, name string) string {
	if served == "" {
		return ""
	}
	if slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, served) }) {
		return name
	}
	return word(served)
}
