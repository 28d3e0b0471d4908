// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package token is the bearer tokens of the emulator: those that it issues, and
// the API key.
package token

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"strings"
	"sync"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/clock"
)

// Options are the client that gets tokens, and how long these are valid.
type Options struct {
	Clock        *clock.Clock
	TTL          time.Duration
	ClientID     string
	ClientSecret string
	APIKey       string
	Any          bool // every client gets tokens, and every foreign token is good
}

// Tokens is the bearer tokens in force. It is safe for concurrent use.
type Tokens struct {
	options Options

	mu     sync.Mutex
	ends   map[string]time.Time
	order  []string // oldest first
	issued int
}

// New makes an empty set of tokens.
func New(options Options) *Tokens {
	return &Tokens{options: options, ends: map[string]time.Time{}}
}

// maxTokens bounds the tokens in force; the oldest ends early.
const maxTokens = 10_000

// issuedPrefix distinguishes the emulator's own tokens from API keys.
const issuedPrefix = "emulated."

// Issue makes a token.
func (t *Tokens) Issue() string {
	token := issuedPrefix + rand.Text() + rand.Text()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ends[token] = t.options.Clock.Now().Add(t.options.TTL)
	t.order = append(t.order, token)
	if len(t.order) > maxTokens {
		delete(t.ends, t.order[0])
		t.order = t.order[1:]
	}
	t.issued++
	return token
}

// Accepts reports whether the value of an Authorization header holds a token
// that is in force.
func (t *Tokens) Accepts(authorization string) bool {
	scheme, token, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if Same(token, t.options.APIKey) || t.options.Any && !strings.HasPrefix(token, issuedPrefix) {
		return true
	}
	end, known := t.ends[token]
	return known && t.options.Clock.Now().Before(end)
}

// Knows reports whether a client's credentials are valid.
func (t *Tokens) Knows(id, secret string) bool {
	if t.options.Any {
		return id != "" && secret != ""
	}
	return Same(id, t.options.ClientID) && Same(secret, t.options.ClientSecret)
}

// Revoke ends every token issued so far. The API key stays: it represents one
// that the platform's dashboard has made, which no token request renews.
func (t *Tokens) Revoke() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.ends)
	t.order = nil
}

// Issued counts the tokens issued since the last reset.
func (t *Tokens) Issued() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.issued
}

// Reset ends every token issued, and counts anew.
func (t *Tokens) Reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.ends)
	t.order = nil
	t.issued = 0
}

// Same compares in constant time.
func Same(got, want string) bool {
	a, b := sha256.Sum256([]byte(got)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
