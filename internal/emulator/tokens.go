// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// tokens is the bearer tokens in force.
type tokens struct {
	clock  *clock
	ttl    time.Duration
	id     string
	secret string
	any    bool // Options.AnyCredentials

	mu     sync.Mutex
	apiKey string // empty once revoked
	ends   map[string]time.Time
	issued int
}

func newTokens(options Options, clock *clock) *tokens {
	return &tokens{
		clock: clock, ttl: options.TokenTTL,
		id: options.ClientID, secret: options.ClientSecret, apiKey: options.APIKey, any: options.AnyCredentials,
		ends: map[string]time.Time{},
	}
}

// issuedPrefix tells the emulator's own tokens from API keys.
const issuedPrefix = "emulated."

func (t *tokens) issue() string {
	token := issuedPrefix + rand.Text() + rand.Text()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ends[token] = t.clock.now().Add(t.ttl)
	t.issued++
	return token
}

// accepts reports whether the value of an Authorization header holds a token
// that is in force.
func (t *tokens) accepts(authorization string) bool {
	scheme, token, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if same(token, t.apiKey) || t.any && !strings.HasPrefix(token, issuedPrefix) {
		return true
	}
	end, known := t.ends[token]
	return known && t.clock.now().Before(end)
}

// knows reports whether a client's credentials are right.
func (t *tokens) knows(id, secret string) bool {
	if t.any {
		return id != "" && secret != ""
	}
	return same(id, t.id) && same(secret, t.secret)
}

// revoke ends every token issued so far. The API key stays: it stands for one
// that the platform's dashboard has made, which no token request renews.
func (t *tokens) revoke() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.ends)
}

func (t *tokens) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.issued
}

func (t *tokens) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.ends)
	t.issued = 0
}

// same compares without telling by its duration how much is right.
func same(given, want string) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// maxTokenRequest bounds the body of a token request, in bytes.
const maxTokenRequest = 64 << 10

// issueToken is POST /oidc/token: the client credentials grant (RFC 6749,
// section 4.4), with the credentials in the body or as HTTP Basic.
func (e *Emulator) issueToken(x *exchange) {
	x.w.Header().Set("Cache-Control", "no-store")
	if mediaType, _, _ := mime.ParseMediaType(x.r.Header.Get("Content-Type")); mediaType != "application/x-www-form-urlencoded" {
		x.oauthError(http.StatusBadRequest, "invalid_request", "the request must be form-encoded")
		return
	}
	x.r.Body = http.MaxBytesReader(x.w, x.r.Body, maxTokenRequest)
	if err := x.r.ParseForm(); err != nil {
		x.oauthError(http.StatusBadRequest, "invalid_request", "the form can't be read")
		return
	}
	id, secret, problem := credentials(x.r)
	switch grant := x.r.PostForm.Get("grant_type"); {
	case problem != "":
		x.oauthError(http.StatusBadRequest, "invalid_request", problem)
	case grant == "":
		x.oauthError(http.StatusBadRequest, "invalid_request", "grant_type is missing")
	case grant != "client_credentials":
		x.oauthError(http.StatusBadRequest, "unsupported_grant_type", "grant_type must be client_credentials")
	case !e.tokens.knows(id, secret):
		x.w.Header().Set("WWW-Authenticate", "Basic")
		x.oauthError(http.StatusUnauthorized, "invalid_client", "the client is unknown or its secret is wrong")
	default:
		x.answer(http.StatusOK, map[string]any{
			"access_token": e.tokens.issue(),
			"token_type":   "Bearer",
			"expires_in":   int(e.tokens.ttl / time.Second),
		})
	}
}

// credentials reads the client's ID and secret from where the client put them.
// In HTTP Basic both are form-encoded first (RFC 6749, section 2.3.1).
func credentials(r *http.Request) (id, secret, problem string) {
	form := r.PostForm
	for _, name := range []string{"grant_type", "client_id", "client_secret"} {
		if len(form[name]) > 1 {
			return "", "", name + " is given twice"
		}
	}
	basicID, basicSecret, basic := r.BasicAuth()
	switch {
	case basic && form.Has("client_secret"):
		return "", "", "the client authenticates in two ways at once"
	case !basic:
		return form.Get("client_id"), form.Get("client_secret"), ""
	}
	id, errID := url.QueryUnescape(basicID)
	secret, errSecret := url.QueryUnescape(basicSecret)
	if errID != nil || errSecret != nil {
		return "", "", "the credentials are not form-encoded"
	}
	return id, secret, ""
}

// oauthError answers as RFC 6749, section 5.2 says.
func (x *exchange) oauthError(status int, code, description string) {
	x.answer(status, map[string]string{"error": code, "error_description": description})
}
