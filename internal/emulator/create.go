// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/session"
)

// createSession is POST /api/v1/flows/{flowId}/{environment}/sessions.
func (e *Emulator) createSession(x *exchange) {
	doc := e.publishedFlow(x)
	if doc == nil {
		return
	}
	created, err := e.submit(x, doc, x.r.Header.Get("Content-Type"), x.r.Body)
	var rejection *flow.RejectionError
	switch {
	case errors.As(err, &rejection):
		x.fail(rejection.Status, rejection.Messages)
	case errors.Is(err, errNotStored):
		x.fail(http.StatusInternalServerError, err.Error())
	case err != nil:
		x.fail(http.StatusBadRequest, "the body breaks off")
	default:
		x.respond(http.StatusCreated, x.revision.Created(created, playerURL(created.Base, created.PlayerToken)))
	}
}

// errNotStored means that a valid session could not be stored.
var errNotStored = errors.New("the session could not be created")

// submit creates a session of a flow from a request body. What the flow does not
// take is a *flow.RejectionError.
func (e *Emulator) submit(x *exchange, doc *flow.Document, contentType string, body io.Reader) (session.Session, error) {
	submitted, err := doc.Decode(contentType, body)
	if submitted != nil {
		x.record.Decode(submitted.Body, session.Weight(submitted.Body))
	}
	if err != nil {
		return session.Session{}, err
	}
	if problems := e.furtherProblems(x, submitted); problems != nil {
		return session.Session{}, &flow.RejectionError{Status: http.StatusBadRequest, Messages: problems}
	}
	created, err := e.store.Create(doc, submitted, e.options.SessionTTL, func(s *session.Session) {
		s.Base = e.hosts.base(x.r)
		if x.revision.StartsAtOnce() {
			s.Start(s.CreatedAt)
		}
	})
	if err != nil {
		e.options.Log.Error("session not created", "error", err)
		return session.Session{}, errNotStored
	}
	x.record.Create(created.ID)
	return created, nil
}

// furtherProblems are those that the flow's document does not describe.
func (e *Emulator) furtherProblems(x *exchange, submitted *flow.Submission) []string {
	metadata, _ := submitted.Body["metadata"].(map[string]any)
	problems := x.revision.MetadataProblems(metadata)
	if !e.allowsRedirect(submitted.RedirectURL) {
		problems = append(problems, "redirectUrl is not on the allowlist")
	}
	return problems
}

func playerURL(address, token string) string {
	return address + "/player?" + url.Values{"token": {token}}.Encode()
}

func (e *Emulator) allowsRedirect(redirect string) bool {
	allowed := e.options.RedirectAllowlist
	return redirect == "" || len(allowed) == 0 || slices.Contains(allowed, redirect)
}
