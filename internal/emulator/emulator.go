// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"cmp"
	"crypto/rand"
	"errors"
	"io/fs"
	"net/http"
	"sync"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// What an emulator uses where Options leave it open.
const (
	DefaultClientID     = "emulator-client"
	DefaultClientSecret = "emulator-secret"
	DefaultAPIKey       = "emulator-key" //nolint:gosec // documented, and good on loopback only
	DefaultLifetime     = 24 * time.Hour // of sessions and tokens, as the platform's
)

// Options set up an Emulator. The zero value of each field means its default.
type Options struct {
	Flows     fs.FS    // a folder of flow documents; every *.json at its top is one
	Documents [][]byte // flow documents beside those of Flows

	// PublicURL is where the emulator is reached in a network, such as
	// "http://emulator:8080". Its host is answered beside loopback names; without
	// it these are all.
	PublicURL string

	Version string // of the build, told by the health check; default "dev"

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

	// AutoComplete lists flows, by ID, without a user step: their sessions
	// complete by themselves after the duration. A document can say the same of
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
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}

func (o Options) validate() error {
	if o.SessionTTL < 0 || o.TokenTTL < 0 {
		return errors.New("the lifetimes of sessions and tokens must be positive")
	}
	for _, after := range o.AutoComplete {
		if after < 0 {
			return errors.New("the time after which a session completes by itself must not be negative")
		}
	}
	return nil
}

// Emulator is one service with its own flows, tokens and sessions, all in
// memory. It is safe for concurrent use.
type Emulator struct {
	options Options
	hosts   hosts
	clock   *clock
	flows   *catalog
	tokens  *tokens
	store   *store
	records *records
	faults  fault.Set
	control http.Handler
	signing []byte // key of the signatures on download addresses

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
	flows, err := readCatalog(options)
	if err != nil {
		return nil, err
	}
	signing := make([]byte, 32)
	if _, err := rand.Read(signing); err != nil {
		return nil, err
	}
	clock := &clock{base: options.Clock}
	e := &Emulator{
		options: options,
		hosts:   hosts,
		clock:   clock,
		flows:   flows,
		tokens:  newTokens(options, clock),
		store:   newStore(clock),
		records: &records{},
		signing: signing,
		closed:  make(chan struct{}),
	}
	e.control = e.controlHandler()
	return e, nil
}

// Handler serves the API, the player page, the control interface and /healthz.
func (e *Emulator) Handler() http.Handler { return e.hosts.guard(http.HandlerFunc(e.serve)) }

// Close frees the requests that a fault keeps hanging, so that a server around
// the handler can shut down. It never fails and may be called again.
func (e *Emulator) Close() { e.closeOnce.Do(func() { close(e.closed) }) }

// clock is the time as the emulator sees it: the base clock, moved forward.
type clock struct {
	base func() time.Time

	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base().Add(c.ahead).UTC()
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

func (c *clock) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = 0
}
