// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/catalog"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/clock"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/control"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/record"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/revision"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/store"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/token"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/webhook"
)

// What an emulator uses where Options leave it open.
const (
	DefaultClientID     = "emulator-client"
	DefaultClientSecret = "emulator-secret"
	DefaultAPIKey       = "emulator-key" //nolint:gosec // documented, and good on loopback only
	DefaultLifetime     = 24 * time.Hour // of sessions and tokens, as the platform's
	DefaultMaxSessions  = 10_000

	maxStoredBytes = 512 << 20 // of all sessions' bodies and files
)

// Options set up an Emulator. The zero value of each field means its default.
type Options struct {
	Flows     fs.FS    // a folder of flow documents; every *.json at its top is one
	Documents [][]byte // flow documents beside those of Flows

	// ReloadEvery is how often Flows is looked at for changes. Zero: never.
	ReloadEvery time.Duration

	// PublicURL is where the emulator is reached in a network, such as
	// "http://emulator:8080". Requests are accepted under its host and
	// under loopback names; without it, under loopback names only.
	PublicURL string

	// StateFile keeps sessions and their files over a restart. Empty: they end
	// with the emulator.
	StateFile string

	// MaxSessions bounds the sessions: above it the oldest finished one is
	// forgotten, or the oldest where none is finished. Default DefaultMaxSessions.
	MaxSessions int

	// Revision decides the shape of each response; default revision.Default().
	Revision revision.Revision

	Log     *slog.Logger // default: nothing is logged
	Version string       // of the build, returned by the health check; default "dev"

	SessionTTL time.Duration    // how long a session can be worked on; default DefaultLifetime
	TokenTTL   time.Duration    // how long an access token is good; default DefaultLifetime
	Clock      func() time.Time // default time.Now

	ClientID     string // default DefaultClientID
	ClientSecret string // default DefaultClientSecret
	APIKey       string // a bearer token that is always good; default DefaultAPIKey

	// AnyCredentials takes every client, and every bearer token that the
	// emulator has not issued itself: for those who test something else.
	AnyCredentials bool

	// RedirectAllowlist is the redirect URLs that a session may name, compared
	// as text. Empty: any.
	RedirectAllowlist []string

	// Webhooks are the receivers of session events. More can be set later.
	Webhooks []webhook.Hook

	// AutoComplete lists flows, by ID, without a user step: their sessions
	// complete by themselves after the duration. A document can set the same for
	// its flow with info.x-emulator-auto-complete.
	AutoComplete map[string]time.Duration
}

func (o Options) withDefaults() Options {
	o.ClientID = cmp.Or(o.ClientID, DefaultClientID)
	o.ClientSecret = cmp.Or(o.ClientSecret, DefaultClientSecret)
	o.APIKey = cmp.Or(o.APIKey, DefaultAPIKey)
	o.Version = cmp.Or(o.Version, "dev")
	o.SessionTTL = cmp.Or(o.SessionTTL, DefaultLifetime)
	o.TokenTTL = cmp.Or(o.TokenTTL, DefaultLifetime)
	o.MaxSessions = cmp.Or(o.MaxSessions, DefaultMaxSessions)
	o.Revision = cmp.Or(o.Revision, revision.Default())
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}

func (o Options) validate() error {
	if o.SessionTTL < 0 || o.TokenTTL < 0 {
		return errors.New("the lifetimes of sessions and tokens must be positive")
	}
	if o.MaxSessions < 0 {
		return errors.New("the maximum of sessions must be positive")
	}
	for _, after := range o.AutoComplete {
		if after < 0 {
			return errors.New("the time after which a session completes by itself must not be negative")
		}
	}
	return nil
}

// Emulator is one service with its own flows, tokens and sessions. It is safe for
// concurrent use.
type Emulator struct {
	options Options
	hosts   hosts
	clock   *clock.Clock
	flows   *catalog.Catalog
	tokens  *token.Tokens
	store   *store.Store
	records record.List
	faults  fault.Set
	control http.Handler

	webhooks  *webhook.Sender
	watchOnce sync.Once
	signing   []byte // key of the signatures on download addresses

	closed    chan struct{}
	closeOnce sync.Once
}

// New reads the flow documents and makes an emulator of them. Its errors name
// the document at fault.
func New(options Options) (*Emulator, error) {
	options = options.withDefaults()
	if err := options.validate(); err != nil {
		return nil, err
	}
	hosts, err := parsePublicURL(options.PublicURL)
	if err != nil {
		return nil, err
	}
	flows, err := catalog.Read(options.Flows, options.Documents, options.AutoComplete)
	if err != nil {
		return nil, err
	}
	signing := make([]byte, 32)
	if _, err := rand.Read(signing); err != nil {
		return nil, err
	}
	e := &Emulator{
		options: options, hosts: hosts, flows: flows, signing: signing,
		clock: clock.New(options.Clock), closed: make(chan struct{}),
	}
	e.tokens = token.New(token.Options{
		Clock: e.clock, TTL: options.TokenTTL, ClientID: options.ClientID, ClientSecret: options.ClientSecret,
		APIKey: options.APIKey, Any: options.AnyCredentials,
	})
	e.webhooks = webhook.New(webhook.Options{Log: options.Log, InHeader: options.Revision.Webhook == "header"})
	e.store, err = store.Open(store.Options{
		Clock: e.clock, Log: options.Log, StateFile: options.StateFile,
		MaxSessions: options.MaxSessions, MaxBytes: maxStoredBytes, OnChange: e.webhooks.Notify,
	})
	if err != nil {
		return nil, err
	}
	e.control = control.Handler(e)
	if options.ReloadEvery > 0 {
		go e.every(options.ReloadEvery, e.Reload)
	}
	for _, hook := range options.Webhooks {
		if hook.FlowID != "" && !flows.Has(hook.FlowID) {
			return nil, errors.Join(fmt.Errorf("no flow document has the ID %q, whose events a webhook is to get", hook.FlowID), e.Close())
		}
		if err := e.PutWebhook(hook); err != nil {
			return nil, errors.Join(err, e.Close())
		}
	}
	return e, nil
}

// Handler serves the API, the player page, the control interface and /healthz.
func (e *Emulator) Handler() http.Handler { return e.hosts.guard(http.HandlerFunc(e.serve)) }

// Release frees the requests that a fault keeps hanging, so that a server around
// the handler can shut down. It may be called again.
func (e *Emulator) Release() { e.closeOnce.Do(func() { close(e.closed) }) }

// Close ends the emulator, once no request is in flight.
func (e *Emulator) Close() error {
	e.Release()
	e.webhooks.Close()
	return e.store.Close()
}

// settleEvery is how soon a session whose time has come makes its event.
const settleEvery = 250 * time.Millisecond

// every calls do again and again, until the emulator ends.
func (e *Emulator) every(interval time.Duration, do func()) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			do()
		case <-e.closed:
			return
		}
	}
}

// Reload loads what changed in the folder of flow documents. A broken document
// is logged, and shown by FlowProblems; the flow stays as it was.
func (e *Emulator) Reload() {
	changes, err := e.flows.Reload()
	if err != nil {
		e.options.Log.Error("flow documents not reloaded", "error", err)
	}
	for _, change := range changes {
		switch {
		case change.Problem != "":
			e.options.Log.Error("flow document not usable, the flow stays as it was", "file", change.File, "problem", change.Problem)
		case change.Removed:
			e.options.Log.Info("flow taken out", "file", change.File, "flow", change.FlowID, "environment", change.Environment)
		default:
			e.options.Log.Info("flow published", "file", change.File, "flow", change.FlowID, "environment", change.Environment)
		}
	}
}
