// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"errors"
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
	submitted, err := doc.Decode(x.r.Header.Get("Content-Type"), x.r.Body)
	if submitted != nil {
		x.record.Decode(submitted.Body, session.Weight(submitted.Body))
	}
	if err != nil {
		x.refuse(err)
		return
	}
	if problems := e.furtherProblems(x, submitted); problems != nil {
		x.fail(http.StatusBadRequest, problems)
		return
	}
	created, err := e.store.Create(doc, submitted, e.options.SessionTTL, func(s *session.Session) {
		s.Base = e.hosts.base(x.r)
		if x.revision.StartsAtOnce() {
			s.Start(s.CreatedAt)
		}
	})
	if err != nil {
		e.options.Log.Error("session not created", "error", err)
		x.fail(http.StatusInternalServerError, "the session could not be created")
		return
	}
	x.record.Create(created.ID)
	x.answer(http.StatusCreated, x.revision.Created(created, playerURL(created.Base, created.PlayerToken)))
}

// furtherProblems are those that the flow's document knows nothing of.
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

// refuse answers for a body that could not be taken.
func (x *exchange) refuse(err error) {
	var rejection *flow.RejectionError
	if errors.As(err, &rejection) {
		x.fail(rejection.Status, rejection.Messages)
		return
	}
	x.fail(http.StatusBadRequest, "the body breaks off")
}

func (e *Emulator) allowsRedirect(redirect string) bool {
	allowed := e.options.RedirectAllowlist
	return redirect == "" || len(allowed) == 0 || slices.Contains(allowed, redirect)
}
