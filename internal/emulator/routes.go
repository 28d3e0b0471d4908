// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/control"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/record"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/revision"
)

// exchange is one request and its response.
type exchange struct {
	w        http.ResponseWriter
	r        *http.Request
	record   *record.Record
	revision revision.Revision

	environment, flowID, id string // from the path, as far as the call has them
}

// route maps a method and path to a call. In its pattern, "{e}" is an environment,
// "{f}" a flow's ID and "{id}" any other ID.
type route struct {
	method  string
	pattern string
	call    Call
	open    bool // needs no bearer token
	serve   func(*Emulator, *exchange)
}

// routes in order: the first that fits is taken, so that "flows" is never read
// as an environment's name.
var routes = []route{
	{http.MethodPost, "/oidc/token", CallToken, true, (*Emulator).issueToken},
	{http.MethodGet, "/oidc/.well-known/jwks.json", CallKeys, true, (*Emulator).keySet},
	{http.MethodGet, "/api/v1/flows/{e}", CallFlows, false, (*Emulator).listFlows},
	{http.MethodPost, "/api/v1/flows/{f}/{e}/sessions", CallCreate, false, (*Emulator).createSession},
	{http.MethodGet, "/api/v1/flows/{f}/{e}/sessions", CallSessions, false, (*Emulator).listSessions},
	{http.MethodGet, "/api/v1/flows/{e}/{f}", CallDocument, false, (*Emulator).flowDocument},
	{http.MethodGet, "/api/v1/{e}/sessions/{id}", CallRead, false, (*Emulator).readSession},
	{http.MethodGet, "/api/v1/{e}/sessions/{id}/datablocks", CallDataBlocks, false, (*Emulator).dataBlocks},
	{http.MethodGet, "/api/v1/{e}/files/{id}", CallFile, false, (*Emulator).presignFile},
	{http.MethodGet, "/download/{id}", CallDownload, true, (*Emulator).download},
	{http.MethodGet, "/", record.CallPage, true, (*Emulator).overview},
	{http.MethodGet, "/flows/{e}/{f}", record.CallPage, true, (*Emulator).showForm},
	{http.MethodPost, "/flows/{e}/{f}", record.CallPage, true, (*Emulator).submitForm},
	{http.MethodGet, "/player", CallPlayer, true, (*Emulator).openPlayer},
	{http.MethodPost, "/player", CallPlayer, true, (*Emulator).decide},
}

// fit matches path, escaped, and fills in what it names.
func (rt route) fit(path string, x *exchange) bool {
	want, got := strings.Split(rt.pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	found := map[string]string{}
	for i, step := range want {
		value, err := url.PathUnescape(got[i])
		switch {
		case err != nil:
			return false
		case strings.HasPrefix(step, "{") && value != "":
			found[step] = value
		case step != got[i]:
			return false
		}
	}
	x.environment, x.flowID, x.id = found["{e}"], found["{f}"], found["{id}"]
	return true
}

// serve takes a request through recording, faults and the bearer check to its
// call. The control interface and the health check are apart from all of these.
func (e *Emulator) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, control.Prefix):
		e.control.ServeHTTP(w, r)
		return
	case r.URL.Path == healthPath:
		e.health(w)
		return
	}
	// By the clock that dates the sessions, as in a service with a single clock.
	w.Header().Set("Date", e.clock.Now().Format(http.TimeFormat))
	x := &exchange{w: w, r: r, revision: e.options.Revision}
	matched, found := match(x)
	watched := &record.StatusWriter{ResponseWriter: w}
	x.record = e.records.Begin(matched.call, r)
	defer func() { e.log(x.record.End(watched.Status)) }()

	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x.w, x.r = w, r
		e.carryOut(matched, found, x)
	})
	if injected, ok := e.takeFault(matched.call); ok {
		x.record.SetFault(injected.Kind)
		injected.Inject(e.faultService(handler, r), watched, r)
		return
	}
	handler.ServeHTTP(watched, r)
}

// log writes what happened, without personal data or secrets: no header, no query,
// no body.
func (e *Emulator) log(done Recorded) {
	attributes := []any{
		"call", done.Call, "method", done.Method, "path", done.Path[:min(len(done.Path), maxLoggedPath)],
		"status", done.Status, "duration", done.Duration.Round(time.Microsecond),
	}
	if done.SessionID != "" {
		attributes = append(attributes, "session", done.SessionID)
	}
	if done.Fault != "" {
		attributes = append(attributes, "fault", done.Fault)
	}
	e.options.Log.Info("request", attributes...)
}

// maxLoggedPath bounds a path in the log, in bytes.
const maxLoggedPath = 300

// takeFault returns the fault for a request of call, if there is one.
func (e *Emulator) takeFault(call Call) (fault.Fault, bool) {
	if call == CallUnknown || call == record.CallPage {
		return fault.Fault{}, false
	}
	return e.faults.Take(string(call))
}

// match finds the route of a request. Without one, the route that it returns
// responds with the reason.
func match(x *exchange) (route, bool) {
	unmatched := route{call: CallUnknown, serve: func(_ *Emulator, x *exchange) {
		x.fail(http.StatusNotFound, "there is no such call")
	}}
	for _, rt := range routes {
		if !rt.fit(x.r.URL.EscapedPath(), x) {
			continue
		}
		if rt.method == x.r.Method {
			return rt, true
		}
		unmatched.serve = func(_ *Emulator, x *exchange) {
			x.fail(http.StatusMethodNotAllowed, "the call does not take this method")
		}
	}
	return unmatched, false
}

func (e *Emulator) carryOut(matched route, found bool, x *exchange) {
	if found && !matched.open && !e.tokens.Accepts(x.r.Header.Get("Authorization")) {
		x.w.Header().Set("WWW-Authenticate", "Bearer")
		x.fail(http.StatusUnauthorized, "the bearer token is missing, unknown or has ended")
		return
	}
	matched.serve(e, x)
}

func (e *Emulator) faultService(handler http.Handler, r *http.Request) fault.Service {
	return fault.Service{
		Handler:      handler,
		RevokeTokens: e.RevokeTokens,
		Known:        func() []string { return e.known(e.hosts.base(r)) },
		Elsewhere:    e.hosts.other(r) + "/elsewhere",
		Closed:       e.closed,
	}
}

// known is everything that the sessions contain, for a fault that quotes it.
func (e *Emulator) known(address string) []string {
	var all []string
	for _, session := range e.Sessions() {
		all = append(all, "state="+session.State, playerURL(address, session.PlayerToken))
		if body, err := json.Marshal(session.Body); err == nil {
			all = append(all, string(body))
		}
	}
	return all
}

// healthPath is the path of the health check that a container's runtime requests.
const healthPath = "/healthz"

func (e *Emulator) health(w http.ResponseWriter) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok", "version": e.options.Version})
}
