// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// State is the state of a delivery.
type State string

// The states.
const (
	Pending   State = "pending"
	Delivered State = "delivered"
	Failed    State = "failed" // after all tries
)

// Delivery is the delivery of one event to a hook.
type Delivery struct {
	ID          string    `json:"id"` // the event's ID
	Event       Event     `json:"event"`
	SessionID   string    `json:"sessionId"`
	FlowID      string    `json:"flowId"`
	Environment string    `json:"environment"`
	URL         string    `json:"url"` // without its query
	At          time.Time `json:"at"`  // by the machine's clock
	State       State     `json:"state"`
	Problem     string    `json:"problem,omitempty"` // why it failed
	Attempts    []Attempt `json:"attempts"`
	Claims      Claims    `json:"claims"`

	hook Hook
	sent int // the tries that were made
}

// Attempt is one try.
type Attempt struct {
	At       time.Time     `json:"at"`
	Duration time.Duration `json:"durationNs"`
	Status   int           `json:"status,omitempty"`  // of the response
	Problem  string        `json:"problem,omitempty"` // why there was none, or what of it was no success
	Fault    fault.Kind    `json:"fault,omitempty"`
}

// maxAttempts bounds the attempts that a delivery remembers.
const maxAttempts = 30

// deliver retries until the receiver responds 2xx, with three attempts at most.
func (s *Sender) deliver(d *Delivery) {
	for try := range tries {
		if try > 0 && !s.wait(s.options.Backoff<<(try-1)) {
			break
		}
		attempt := s.attempt(d)
		s.options.Log.Info("webhook", "event", d.Event, "session", d.SessionID, "delivery", d.ID,
			"try", try+1, "status", attempt.Status, "problem", attempt.Problem, "duration", attempt.Duration.Round(time.Microsecond))
		s.mu.Lock()
		d.Attempts = append(d.Attempts, attempt)
		d.Attempts = d.Attempts[max(0, len(d.Attempts)-maxAttempts):]
		if attempt.Problem == "" {
			d.State = Delivered
		}
		s.mu.Unlock()
		if attempt.Problem == "" {
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d.State, d.Problem = Failed, "no attempt got a 2xx response in time"
}

func (s *Sender) attempt(d *Delivery) Attempt {
	started := time.Now()
	attempt := Attempt{At: started.UTC()}
	injected, _ := s.Faults.Take(fault.Webhook)
	attempt.Fault = injected.Kind
	attempt.Status, attempt.Problem = s.send(d, injected)
	if attempt.Problem == "" && attempt.Status/100 != 2 {
		attempt.Problem = "the response is not 2xx"
	}
	attempt.Duration = time.Since(started)
	return attempt
}

// send makes one request, or injects a fault instead. The problem is the reason why
// there is no response.
func (s *Sender) send(d *Delivery, injected fault.Fault) (status int, problem string) {
	sign := s.Keys.Sign
	switch injected.Kind {
	case fault.Status:
		return injected.Status, "not sent: a fault is injected"
	case fault.ResetBefore:
		return 0, "not sent, as a fault asked for: connection reset"
	case fault.BadSignature:
		sign = s.Keys.forge
	case fault.Delay:
		if !s.wait(time.Duration(injected.Delay)) {
			return 0, "the emulator ended"
		}
	default: // none: a fault of webhooks is one of these
	}
	s.mu.Lock()
	d.sent++
	claims := d.Claims.sentAt(time.Now(), d.sent)
	d.Claims = claims
	s.mu.Unlock()
	jwt, err := sign(claims)
	if err != nil {
		return 0, "the claims can't be signed"
	}
	header, body, err := compose(jwt, claims, s.options.InHeader)
	if err != nil {
		return 0, "the claims can't be written"
	}
	return s.post(d.hook, header, body)
}

// maxResponse bounds how much of a response is read, so that its connection can
// be used again, in bytes.
const maxResponse = 64 << 10

func (s *Sender) post(hook Hook, header http.Header, body []byte) (status int, problem string) {
	request, err := http.NewRequestWithContext(s.ctx, http.MethodPost, hook.URL, bytes.NewReader(body))
	if err != nil {
		return 0, "the URL can't be called"
	}
	for name, value := range hook.Headers {
		request.Header.Set(name, value)
	}
	for name, values := range header {
		request.Header[name] = values
	}
	request.Header.Set("User-Agent", "idnow-emulator")
	response, err := s.client.Do(request)
	if err != nil {
		return 0, reason(err)
	}
	defer func() { _ = response.Body.Close() }() // only read
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxResponse))
	return response.StatusCode, ""
}

// reason is why a request failed, without its URL.
func reason(err error) string {
	var failed *url.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "the emulator ended"
	case errors.As(err, &failed) && failed.Timeout():
		return "no response in time"
	case errors.As(err, &failed):
		return failed.Err.Error()
	}
	return err.Error()
}

// wait lets d pass, and reports false where the sender ends first.
func (s *Sender) wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.ctx.Done():
		return false
	}
}
