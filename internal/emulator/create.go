// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
)

// createdSession is the answer to a create.
type createdSession struct {
	FlowID         string         `json:"flowId"`
	FlowVersion    any            `json:"flowVersion"`
	Environment    string         `json:"environment"`
	SessionContext sessionContext `json:"sessionContext"`
	PlayerURL      string         `json:"playerUrl"`
}

type sessionContext struct {
	SessionID     string    `json:"sessionId"`
	SessionStatus Status    `json:"sessionStatus"`
	CreatedAt     timestamp `json:"createdAt"`
	ExpiresAt     timestamp `json:"expiresAt"`
}

// createSession is POST /api/v1/flows/{flowId}/{environment}/sessions.
func (e *Emulator) createSession(x *exchange) {
	doc := e.publishedFlow(x)
	if doc == nil {
		return
	}
	submitted, err := doc.Decode(x.r.Header.Get("Content-Type"), x.r.Body)
	if submitted != nil {
		x.record.decode(submitted.Body)
	}
	if err != nil {
		x.refuse(err)
		return
	}
	if !e.allowsRedirect(submitted.RedirectURL) {
		x.failWith(http.StatusBadRequest, []string{"redirectUrl is not on the allowlist"})
		return
	}
	session, err := e.store.create(doc, submitted, e.options.SessionTTL)
	if err != nil {
		x.fail(http.StatusInternalServerError, "the session could not be created")
		return
	}
	x.record.create(session.ID)
	x.answer(http.StatusCreated, createdSession{
		FlowID: session.FlowID, FlowVersion: session.FlowVersion, Environment: session.Environment,
		SessionContext: sessionContext{
			SessionID: session.ID, SessionStatus: session.Status,
			CreatedAt: timestamp(session.CreatedAt), ExpiresAt: timestamp(session.ExpiresAt),
		},
		PlayerURL: playerURL(e.hosts.base(x.r), session.PlayerToken),
	})
}

func playerURL(address, token string) string {
	return address + "/player?" + url.Values{"token": {token}}.Encode()
}

// refuse answers for a body that could not be taken.
func (x *exchange) refuse(err error) {
	var rejection *flow.RejectionError
	if errors.As(err, &rejection) {
		x.failWith(rejection.Status, rejection.Messages)
		return
	}
	x.fail(http.StatusBadRequest, "the body breaks off")
}

func (e *Emulator) allowsRedirect(redirect string) bool {
	allowed := e.options.RedirectAllowlist
	return redirect == "" || len(allowed) == 0 || slices.Contains(allowed, redirect)
}
