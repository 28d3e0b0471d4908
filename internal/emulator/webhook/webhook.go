// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package webhook sends the events of sessions to a receiver, as the platform
// does: a signed JWT by POST, in three attempts. What is uncertain about it is in
// claims.go.
package webhook

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/session"
)

const (
	maxDeliveries = 1000 // remembered; the oldest finished goes first
	maxPending    = 500  // waiting or on their way
	maxAtOnce     = 16
)

// ErrNoDelivery means that no delivery has the requested ID.
var ErrNoDelivery = errors.New("there is no delivery with this ID")

// Options set up a Sender.
type Options struct {
	Log       *slog.Logger
	InHeader  bool          // the JWT is a header, as in an older revision
	Timeout   time.Duration // for one try; default 10 s
	Backoff   time.Duration // after the first try; default 1 s
	Transport http.RoundTripper
}

// Sender delivers events to hooks. It is safe for concurrent use.
type Sender struct {
	Keys   Keys
	Faults fault.Set // of attempts

	options Options
	client  *http.Client
	hooks   hooks
	slots   chan struct{}
	ctx     context.Context // ends with Close
	stop    context.CancelFunc
	running sync.WaitGroup

	mu         sync.Mutex
	deliveries []*Delivery
	pending    int
	tails      map[string]chan struct{} // by session: closed once its last delivery has ended
}

// New makes a sender without hooks.
func New(options Options) *Sender {
	options.Timeout = cmp.Or(options.Timeout, timeout)
	options.Backoff = cmp.Or(options.Backoff, backoff)
	if options.Transport == nil {
		// No proxy: receivers are services of a test, by names that only this
		// network knows.
		options.Transport = &http.Transport{MaxIdleConnsPerHost: maxAtOnce, IdleConnTimeout: time.Minute}
	}
	ctx, stop := context.WithCancel(context.Background())
	return &Sender{
		options: options, ctx: ctx, stop: stop, slots: make(chan struct{}, maxAtOnce), tails: map[string]chan struct{}{},
		client: &http.Client{
			Transport: options.Transport, Timeout: options.Timeout,
			// A redirect is no 2xx.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Close cancels the deliveries in progress.
func (s *Sender) Close() {
	s.stop()
	s.running.Wait()
	s.client.CloseIdleConnections()
}

// Put sets the hook of a flow, in place of the one before.
func (s *Sender) Put(h Hook) error { return s.hooks.put(h) }

// Hooks lists the hooks, with their secrets redacted.
func (s *Sender) Hooks() []Hook {
	all := s.hooks.list()
	for i := range all {
		all[i] = all[i].redacted()
	}
	return all
}

// ClearHooks removes every hook.
func (s *Sender) ClearHooks() { s.hooks.clear() }

// Notify delivers the event of a session that was created or whose status
// changed, where its flow has a hook. It does not wait.
func (s *Sender) Notify(before session.Status, now session.Session) {
	event, known := eventOf(before, now)
	hook, found := s.hooks.find(now.FlowID, now.Environment)
	if !known || !found {
		return
	}
	id := uuid.NewString()
	d := &Delivery{
		ID: id, Event: event, SessionID: now.ID, FlowID: now.FlowID, Environment: now.Environment,
		URL: withoutQuery(hook.URL), At: time.Now().UTC(), Attempts: []Attempt{}, hook: hook,
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	nth := 1
	for _, earlier := range s.deliveries {
		if earlier.SessionID == now.ID {
			nth++
		}
	}
	audience, _, _ := strings.Cut(hook.URL, "?")
	d.Claims = claimsOf(id, event, nth, audience, now)
	s.deliveries = append(s.deliveries, d)
	s.trim()
	s.start(d)
}

// trim forgets the oldest delivery that has ended, above the maximum.
func (s *Sender) trim() {
	if len(s.deliveries) <= maxDeliveries {
		return
	}
	if oldest := slices.IndexFunc(s.deliveries, func(d *Delivery) bool { return d.State != Pending }); oldest >= 0 {
		s.deliveries = slices.Delete(s.deliveries, oldest, oldest+1)
	}
}

// start sends d after the previous deliveries of its session, so that
// a receiver sees them in order.
func (s *Sender) start(d *Delivery) {
	if s.pending == maxPending {
		d.State, d.Problem = Failed, "too many deliveries are waiting"
		return
	}
	d.State, d.Problem = Pending, ""
	s.pending++
	before, ended := s.tails[d.SessionID], make(chan struct{})
	s.tails[d.SessionID] = ended
	s.running.Go(func() {
		if before != nil {
			<-before
		}
		s.slots <- struct{}{}
		s.deliver(d)
		<-s.slots
		s.mu.Lock()
		defer s.mu.Unlock()
		s.pending--
		if s.tails[d.SessionID] == ended {
			delete(s.tails, d.SessionID)
		}
		close(ended)
	})
}

// Redeliver sends a delivery again, whatever its state, with three attempts.
func (s *Sender) Redeliver(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.deliveries {
		switch {
		case d.ID != id:
		case d.State == Pending:
			return errors.New("the delivery is still pending")
		default:
			s.start(d)
			return nil
		}
	}
	return ErrNoDelivery
}

// Deliveries lists the deliveries, oldest first; those of one session where it is
// named.
func (s *Sender) Deliveries(sessionID string) []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []Delivery{}
	for _, d := range s.deliveries {
		if sessionID == "" || d.SessionID == sessionID {
			copied := *d
			copied.Attempts = slices.Clone(d.Attempts)
			list = append(list, copied)
		}
	}
	return list
}

// Reset forgets deliveries and faults. Hooks and keys stay, as flows do.
func (s *Sender) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deliveries = nil
	s.Faults.Clear()
}
