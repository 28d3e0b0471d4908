// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/revision"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/session"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/store"
)

// readSession is GET /api/v1/{environment}/sessions/{sessionId}.
func (e *Emulator) readSession(x *exchange) {
	if found, ok := e.findSession(x); ok {
		x.respond(http.StatusOK, x.revision.Session(found))
	}
}

// findSession finds the session that the path names. Where there is none it
// responds with an error.
func (e *Emulator) findSession(x *exchange) (found session.Session, ok bool) {
	if x.revision.RunsOnRead() {
		e.store.Change(store.ByID(x.id), func(s *session.Session, _ session.Vault) { s.Start(e.clock.Now()) })
	}
	found, ok = e.store.Get(x.environment, x.id)
	if !ok {
		x.fail(http.StatusNotFound, "the session does not exist in this environment")
	}
	return found, ok
}

// dataBlocks is GET /api/v1/{environment}/sessions/{sessionId}/datablocks.
func (e *Emulator) dataBlocks(x *exchange) {
	asked, err := revision.ReadPaging(x.r.URL.Query())
	if err != nil {
		x.fail(http.StatusBadRequest, err.Error())
		return
	}
	if found, ok := e.findSession(x); ok {
		x.respond(http.StatusOK, x.revision.DataBlockList(found.Blocks, asked))
	}
}

// listSessions is GET /api/v1/flows/{flowId}/{environment}/sessions.
func (e *Emulator) listSessions(x *exchange) {
	if !x.revision.ListsSessions() {
		x.fail(http.StatusNotFound, "there is no such call")
		return
	}
	if e.publishedFlow(x) == nil {
		return
	}
	asked, err := revision.ReadPaging(x.r.URL.Query())
	compare, orderErr := readOrder(x.r)
	if err := errors.Join(err, orderErr); err != nil {
		x.fail(http.StatusBadRequest, strings.ReplaceAll(err.Error(), "\n", "; "))
		return
	}
	sessions := e.store.List(func(s *session.Session) bool {
		return s.FlowID == x.flowID && s.Environment == x.environment
	})
	if x.revision.SortsSessions() {
		slices.SortStableFunc(sessions, compare)
	}
	x.respond(http.StatusOK, x.revision.Sessions(sessions, asked))
}

// readOrder reads sortBy (createdAt, the default, or status) and sortDesc.
func readOrder(r *http.Request) (compare func(a, b Session) int, err error) {
	var ascending func(a, b Session) int
	switch r.URL.Query().Get("sortBy") {
	case "", "createdAt":
		// By ID: version 7 UUIDs ascend as they are made, also within one moment.
		ascending = func(a, b Session) int { return strings.Compare(a.ID, b.ID) }
	case "status":
		ascending = func(a, b Session) int { return strings.Compare(string(a.Status), string(b.Status)) }
	default:
		return nil, errors.New("sortBy must be status or createdAt")
	}
	switch r.URL.Query().Get("sortDesc") {
	case "", "false":
		return ascending, nil
	case "true":
		return func(a, b Session) int { return ascending(b, a) }, nil
	}
	return nil, errors.New("sortDesc must be true or false")
}
