// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package fault injects failures into the emulator on request, so that a client's
// handling of them can be tested: errors, slow and broken responses, lost connections.
package fault

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Kind is a kind of failure. The kinds up to Hang apply before the request is
// carried out; those from SlowHeader on apply after, so that a created session
// exists although its response is lost or corrupted.
type Kind string

// The kinds of fault.
const (
	Status       Kind = "status"        // responds with Status, Header and Body, not carried out
	Redirect     Kind = "redirect"      // responds with a redirect to another host name, not carried out
	ResetBefore  Kind = "reset-before"  // connection reset, not carried out
	Hang         Kind = "hang"          // no response, not carried out
	Delay        Kind = "delay"         // carried out after Delay
	RevokeTokens Kind = "revoke-tokens" // all tokens end, then the request goes on
	Quote        Kind = "quote"         // refused with Status by a message that quotes everything that the service knows, not carried out
	RateLimit    Kind = "rate-limit"    // above Rate a second: 429, not carried out

	SlowHeader  Kind = "slow-header"  // carried out, response after Delay
	SlowBody    Kind = "slow-body"    // carried out, the body sent with Delay before every byte
	ResetAfter  Kind = "reset-after"  // carried out, connection reset
	Truncated   Kind = "truncated"    // carried out, half of the body sent, then closed
	Replace     Kind = "replace"      // carried out, responds with Status, Header and Body
	Empty       Kind = "empty"        // carried out, its status with an empty body
	NotJSON     Kind = "not-json"     // carried out, its status with a page of HTML
	WrongType   Kind = "wrong-type"   // carried out, its status with a JSON list
	WithoutID   Kind = "without-id"   // carried out, its response without the session's ID
	IDOnly      Kind = "id-only"      // carried out, its response with the session's ID alone
	EndlessBody Kind = "endless-body" // carried out, its status with a body that never ends

	BadSignature Kind = "bad-signature" // of webhooks: signed with a foreign key
)

// Webhook is the name of the call by which the emulator itself sends webhooks.
const Webhook = "webhook"

// webhookKinds are the faults of webhooks: with Status and ResetBefore an attempt is
// not sent, as if the receiver had failed.
var webhookKinds = []Kind{Status, ResetBefore, Delay, BadSignature}

var kinds = []Kind{
	Status, Redirect, ResetBefore, Hang, Delay, RevokeTokens, Quote, RateLimit,
	SlowHeader, SlowBody, ResetAfter, Truncated, Replace, Empty, NotJSON,
	WrongType, WithoutID, IDOnly, EndlessBody, BadSignature,
}

// Kinds lists them.
func Kinds() []Kind { return slices.Clone(kinds) }

// Fault is one kind of failure, the call that it affects, and how often.
type Fault struct {
	Call string `json:"call,omitempty"` // one of the emulator's calls; empty: any of them
	Kind Kind   `json:"kind"`

	Skip  int `json:"skip,omitempty"`  // requests of the call that pass first
	Times int `json:"times,omitempty"` // requests that it affects; 0: all, until cleared

	Status int               `json:"status,omitempty"` // Status, Replace: default 500 and 200; Redirect: 307; Quote: 400
	Header map[string]string `json:"header,omitempty"`
	Body   string            `json:"body,omitempty"`
	Delay  Duration          `json:"delay,omitempty"` // Delay, SlowHeader, SlowBody
	Rate   float64           `json:"rate,omitempty"`  // RateLimit: requests a second
}

// Validate returns the first problem of f, whose Call must be one of calls.
func (f Fault) Validate(calls []string) error {
	switch err := f.validateKind(calls); {
	case err != nil:
		return err
	case f.Skip < 0 || f.Times < 0:
		return errors.New("skip and times must not be negative")
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return errors.New("status must be between 200 and 599")
	case f.Kind == RateLimit && f.Rate <= 0:
		return errors.New("rate must be the number of requests a second that are let through")
	case f.needsDelay() && f.Delay <= 0:
		return errors.New(`delay must be a duration such as "2s"`)
	}
	return nil
}

func (f Fault) validateKind(calls []string) error {
	switch {
	case f.Call != "" && f.Call != Webhook && !slices.Contains(calls, f.Call):
		return fmt.Errorf("call must be one of %q or %q, or left out for any call of the API", calls, Webhook)
	case !slices.Contains(kinds, f.Kind):
		return fmt.Errorf("kind must be one of %q", kinds)
	case f.Call == Webhook && !slices.Contains(webhookKinds, f.Kind):
		return fmt.Errorf("kind must be one of %q for webhooks", webhookKinds)
	case f.Call != Webhook && f.Kind == BadSignature:
		return fmt.Errorf("%s is a fault of the call %q", BadSignature, Webhook)
	}
	return nil
}

func (f Fault) needsDelay() bool {
	return f.Kind == Delay || f.Kind == SlowHeader || f.Kind == SlowBody
}

// Duration is a time.Duration that JSON writes as Go does: "1.5s".
type Duration time.Duration

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return errors.New(`a duration is written like "1.5s"`)
	}
	*d = Duration(parsed)
	return nil
}
