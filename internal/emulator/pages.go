// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/page"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/session"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/store"
)

// How much the overview lists.
const (
	shownSessions   = 50
	shownDeliveries = 20
)

// maxForm bounds what a form sends, in bytes, and how much of it is held in
// memory.
const (
	maxForm       = 32 << 20
	maxFormMemory = 8 << 20
)

// overview is GET /: what runs here.
func (e *Emulator) overview(x *exchange) {
	view := page.Overview{Version: e.options.Version, URL: e.hosts.base(x.r)}
	for _, problem := range e.FlowProblems() {
		view.Problems = append(view.Problems, page.Problem(problem))
	}
	for _, doc := range e.Flows() {
		view.Flows = append(view.Flows, flowOfPage(doc))
	}
	sessions := e.Sessions()
	view.MoreBefore = max(0, len(sessions)-shownSessions)
	for _, s := range slices.Backward(sessions[view.MoreBefore:]) {
		view.Sessions = append(view.Sessions, e.sessionOfPage(x, s))
	}
	if created, ok := e.store.Change(store.ByID(x.r.URL.Query().Get("created")), func(*Session, session.Vault) {}); ok {
		shown := e.sessionOfPage(x, created)
		view.Created = &shown
	}
	deliveries := e.Deliveries("")
	for _, d := range slices.Backward(deliveries[max(0, len(deliveries)-shownDeliveries):]) {
		view.Deliveries = append(view.Deliveries, page.Delivery{
			Event: string(d.Event), Session: d.SessionID, State: string(d.State), Tries: len(d.Attempts), At: d.At,
		})
	}
	x.showPage(http.StatusOK, func(w io.Writer) (string, error) { return page.RenderOverview(w, view) })
}

func flowOfPage(doc *flow.Document) page.Flow {
	return page.Flow{
		ID: doc.FlowID, Title: doc.Title, Description: doc.Description, Environment: doc.Environment, Version: doc.Version.String(),
	}
}

func (e *Emulator) sessionOfPage(x *exchange, s session.Session) page.Session {
	shown := page.Session{
		ID: s.ID, Flow: s.Flow.Title, Environment: s.Environment, Status: string(s.Status), Outcome: string(s.Outcome),
		CreatedAt: s.CreatedAt, ExpiresAt: s.ExpiresAt,
	}
	if !s.Status.Final() {
		shown.PlayerURL = playerURL(e.hosts.base(x.r), s.PlayerToken)
	}
	return shown
}

// showForm is GET /flows/{environment}/{flowId}: a form made from the flow's
// document.
func (e *Emulator) showForm(x *exchange) {
	if doc := e.publishedFlow(x); doc != nil {
		x.showForm(http.StatusOK, doc, newForm(doc), nil)
	}
}

func (x *exchange) showForm(status int, doc *flow.Document, form *page.Form, problems []string) {
	view := page.FormView{Flow: flowOfPage(doc), Form: form, Problems: problems}
	x.showPage(status, func(w io.Writer) (string, error) { return page.RenderForm(w, view) })
}

func newForm(doc *flow.Document) *page.Form { return page.NewForm(doc.Schema(formMediaType(doc))) }

// formMediaType is the media type of the create that a form makes: JSON where the flow takes it.
func formMediaType(doc *flow.Document) string {
	taken := doc.MediaTypes()
	if slices.Contains(taken, "application/json") {
		return "application/json"
	}
	return taken[0]
}

// submitForm is POST /flows/{environment}/{flowId}: it makes of the form what a
// client would send, so that both are validated alike.
func (e *Emulator) submitForm(x *exchange) {
	if err := http.NewCrossOriginProtection().Check(x.r); err != nil {
		x.fail(http.StatusForbidden, "pages of other sites can't create sessions")
		return
	}
	doc := e.publishedFlow(x)
	if doc == nil {
		return
	}
	form := newForm(doc)
	x.r.Body = http.MaxBytesReader(x.w, x.r.Body, maxForm)
	if err := x.r.ParseMultipartForm(maxFormMemory); err != nil {
		x.showForm(http.StatusBadRequest, doc, form, []string{"the form can't be read; it must not be larger than 32 MiB"})
		return
	}
	defer func() { _ = x.r.MultipartForm.RemoveAll() }() // temporary files
	contentType, body, err := form.Read(x.r, formMediaType(doc))
	if err != nil {
		x.showForm(http.StatusBadRequest, doc, form, []string{err.Error()})
		return
	}
	created, err := e.submit(x, doc, contentType, bytes.NewReader(body))
	var rejection *flow.RejectionError
	switch {
	case errors.As(err, &rejection):
		x.showForm(http.StatusBadRequest, doc, form, rejection.Messages)
	case err != nil:
		x.showForm(http.StatusInternalServerError, doc, form, []string{err.Error()})
	default:
		http.Redirect(x.w, x.r, "/?"+url.Values{"created": {created.ID}}.Encode(), http.StatusSeeOther)
	}
}

// showPage sends a page, with the policy that goes with it.
func (x *exchange) showPage(status int, render func(io.Writer) (policy string, err error)) {
	var content bytes.Buffer
	policy, err := render(&content)
	if err != nil {
		http.Error(x.w, "the page can't be shown", http.StatusInternalServerError)
		return
	}
	header := x.w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", policy)
	header.Set("Referrer-Policy", "no-referrer") // addresses hold the player's tokens
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	x.w.WriteHeader(status)
	_, _ = x.w.Write(content.Bytes())
}
