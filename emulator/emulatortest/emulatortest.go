// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package emulatortest runs the Trust Platform emulator inside a Go test: of a back
// end, of a client, or of a Terraform configuration. The emulator listens on
// loopback, serves the flow documents that the test names, and ends with the test.
//
//	service := emulatortest.Start(t)
//	// … let the code under test create a session at service.URL, then act as the person:
//	service.Decide(service.Sessions()[0].ID, emulatortest.Accept)
//
// What the package offers is kept compatible as the provider's own interface is.
// Whatever else the emulator can do, such as injected faults and key rotation, a test
// reaches by HTTP, through the control interface at URL + "/_emulator/":
// https://github.com/idnow/terraform-provider-idnow/blob/main/internal/emulator/README.md
package emulatortest

import (
	"context"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/idnow/terraform-provider-idnow/examples/flows"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/webhook"
)

// What a client of the emulator authenticates with, unless it brings a bearer token
// of its own: the emulator takes any.
const (
	ClientID     = emulator.DefaultClientID
	ClientSecret = emulator.DefaultClientSecret
	APIKey       = emulator.DefaultAPIKey
)

// The IDs of the example flows, which are served where a test names no others.
const (
	DocumentCapture  = "40cbb7b3-7468-4b5d-8bb5-ff8e82510c70" // JSON, in staging and live
	InstantSignature = "de74a1b6-ca7d-4222-ae03-a4292b7da07c" // multipart, in staging
	AddressCheck     = "5f0c1f6a-5d8e-4a7f-9a52-0b5f4a3f7c21" // JSON or multipart, in staging
)

// A Decision is what the person chooses on the player page.
type Decision string

// The decisions. After Accept and Reject the session is COMPLETED, with the outcome
// accepted or rejected; after Abort it is ABORTED.
const (
	Accept Decision = "accept"
	Reject Decision = "reject"
	Abort  Decision = "abort"
)

// Session is a session in its current state.
type Session struct {
	ID, FlowID, Environment string

	Status  string // CREATED, RUNNING, COMPLETED, ABORTED, EXPIRED or ERROR
	Outcome string // accepted, rejected or NO_OUTCOME

	SubjectID string         // of the metadata
	Request   map[string]any // the body that created it, as decoded; numbers are json.Number
	ExpiresAt time.Time      // by the emulator's clock, which Advance moves
}

// Server is an emulator. Its methods may be called concurrently, and fail the test
// where they cannot do their work.
type Server struct {
	// URL is the base of the API, of the token host and of the player page, without a
	// slash at its end.
	URL string

	emulated *emulator.Emulator
	tb       testing.TB
}

// An Option sets up what Start starts.
type Option func(*emulator.Options)

// WithFlows serves the flow documents of a folder, every *.json at its top, in place
// of the example flows. For example: WithFlows(os.DirFS("testdata/flows")).
func WithFlows(folder fs.FS) Option { return func(o *emulator.Options) { o.Flows = folder } }

// WithSessionTTL sets after what time a session expires. The default is 24 hours.
func WithSessionTTL(ttl time.Duration) Option {
	return func(o *emulator.Options) { o.SessionTTL = ttl }
}

// WithWebhook sends the events of all sessions to an address, signed by a key of the
// key set at URL + "/oidc/.well-known/jwks.json".
func WithWebhook(address string, headers map[string]string) Option {
	return func(o *emulator.Options) {
		o.Webhooks = append(o.Webhooks, webhook.Hook{URL: address, Headers: headers})
	}
}

// Start starts an emulator that ends with the test. It fails the test where a flow
// document or an option is of no use; the message names which.
func Start(tb testing.TB, options ...Option) *Server {
	tb.Helper()
	setup := emulator.Options{Flows: flows.FS, AnyCredentials: true}
	for _, option := range options {
		option(&setup)
	}
	started := emulatortest.NewServer(tb, setup)
	return &Server{URL: started.URL, emulated: started.Emulator, tb: tb}
}

// Sessions lists the sessions, oldest first.
func (s *Server) Sessions() []Session {
	var all []Session
	for _, session := range s.emulated.Sessions() {
		all = append(all, Session{
			ID: session.ID, FlowID: session.FlowID, Environment: session.Environment,
			Status: string(session.Status), Outcome: string(session.Outcome),
			SubjectID: session.SubjectID, Request: session.Body, ExpiresAt: session.ExpiresAt,
		})
	}
	return all
}

// Decide opens a session's player page and decides, as the person does. It returns
// where the page leads to: the session's redirect URL with sessionId and state in its
// query, or the player page where there is no redirect URL or it is a deep link.
func (s *Server) Decide(sessionID string, decision Decision) (next string) {
	s.tb.Helper()
	token := ""
	for _, session := range s.emulated.Sessions() {
		if session.ID == sessionID {
			token = session.PlayerToken
		}
	}
	if token == "" {
		s.tb.Fatalf("the emulator has no session %s", sessionID)
	}
	page := s.URL + "/player?" + url.Values{"token": {token}}.Encode()
	if status, _ := s.do(http.MethodGet, page, ""); status != http.StatusOK {
		s.tb.Fatalf("the player page of session %s has status %d", sessionID, status)
	}
	form := url.Values{"token": {token}, "decision": {string(decision)}}
	status, next := s.do(http.MethodPost, s.URL+"/player", form.Encode())
	if status != http.StatusSeeOther {
		s.tb.Fatalf("deciding %q in session %s has status %d; a session is decided once", decision, sessionID, status)
	}
	return next
}

// do sends a request, and returns the response's status and where it redirects to.
func (s *Server) do(method, address, form string) (status int, location string) {
	s.tb.Helper()
	request, err := http.NewRequestWithContext(context.Background(), method, address, strings.NewReader(form))
	if err != nil {
		s.tb.Fatal(err)
	}
	request.Close = true
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := new(http.Transport).RoundTrip(request)
	if err != nil {
		s.tb.Fatal(err)
	}
	_ = response.Body.Close() // not read
	return response.StatusCode, response.Header.Get("Location")
}

// Advance moves the emulator's clock forward: sessions expire and tokens end as if
// the time had passed.
func (s *Server) Advance(d time.Duration) { s.emulated.Advance(d) }

// SetWebhook sends the events of all sessions to an address from now on, in place of
// the one before: for a receiver that starts after the emulator.
func (s *Server) SetWebhook(address string, headers map[string]string) {
	s.tb.Helper()
	if err := s.emulated.PutWebhook(webhook.Hook{URL: address, Headers: headers}); err != nil {
		s.tb.Fatalf("setting a webhook: %v", err)
	}
}
