// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
	"golang.org/x/sync/singleflight"
)

const (
	tokenPath = "/oidc/token"
	maxToken  = 1 << 20 // the bound that golang.org/x/oauth2 reads to, too

	// A token is renewed a minute before it ends, or a tenth of its life if
	// that is shorter: long enough for a request in flight, short enough for
	// tokens that live a few seconds.
	maxRenewalLead = time.Minute
	renewalShare   = 10

	// maxPastTokens is how many tokens are remembered, to be kept out of errors.
	maxPastTokens = 16

	// refusalHold is how long a refusal of the credentials stands before they
	// are tried again. Without it a wrong secret costs a token request per
	// resource, and such a series locks accounts.
	refusalHold = 30 * time.Second
)

// Token is a bearer token of the API.
type Token struct {
	AccessToken string
	ExpiresAt   time.Time // zero if not known, as for an API key
}

// Format implements [fmt.Formatter], so that a token can't be printed by
// mistake.
func (Token) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, placeholder) }

// Token returns the token that the client's calls carry. With client
// credentials it is fetched if there is none or if it is about to end.
func (c *Client) Token(ctx context.Context) (Token, error) {
	held, err := c.tokens.token(ctx)
	return held.Token, err
}

// heldToken is a token and its number in the series of tokens: two tokens can
// have the same text, when a service gives out one that it has cached.
type heldToken struct {
	Token
	generation int
	renewAt    time.Time // zero: never by the clock
}

// tokens gives calls their token.
type tokens interface {
	token(ctx context.Context) (heldToken, error)

	// renew returns a token that is newer than refused, which met a 401, or
	// refused itself where there can't be a newer one.
	renew(ctx context.Context, refused heldToken) (heldToken, error)

	// secrets returns the texts that must not be shown.
	secrets() []string
}

// staticToken is an API key.
type staticToken string

func (s staticToken) token(context.Context) (heldToken, error) {
	return heldToken{Token: Token{AccessToken: string(s)}}, nil
}

func (s staticToken) renew(_ context.Context, refused heldToken) (heldToken, error) {
	return refused, nil
}

func (s staticToken) secrets() []string { return []string{string(s)} }

// tokenSource fetches tokens with client credentials and shares them between
// all calls of a client.
type tokenSource struct {
	config clientcredentials.Config
	http   *http.Client
	now    func() time.Time

	flight singleflight.Group // one request at a time, however many wait

	mu        sync.Mutex
	held      heldToken
	past      []string // the access tokens before it, the newest last
	stale     bool     // held was refused with a 401
	refusal   error
	refusedAt time.Time
}

// newTokenSource makes a source that asks at tokenURL through a chain like that of
// other reads: asking for a token twice does no harm.
func newTokenSource(chain http.RoundTripper, now func() time.Time, tokenURL string, credentials ClientCredentials) *tokenSource {
	return &tokenSource{
		config: clientcredentials.Config{
			ClientID:     credentials.ID,
			ClientSecret: credentials.Secret,
			TokenURL:     tokenURL,
			// In the form, each side encodes once. HTTP Basic needs the secret
			// form-encoded first, which services disagree on for + % and /.
			AuthStyle: oauth2.AuthStyleInParams,
		},
		http: &http.Client{
			Transport:     chain,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		now: now,
	}
}

func (s *tokenSource) token(ctx context.Context) (heldToken, error) {
	if held, ok, err := s.current(); ok || err != nil {
		return held, err
	}
	// The request belongs to all who wait, so no single caller's end may end
	// it. It ends by itself: attempts and their times are bounded.
	shared := context.WithoutCancel(ctx)
	result := s.flight.DoChan("", func() (any, error) { return s.fetch(shared) })
	select {
	case <-ctx.Done():
		return heldToken{}, &AuthError{Err: s.ended(ctx.Err())}
	case r := <-result:
		held, _ := r.Val.(heldToken)
		return held, r.Err
	}
}

// ended is the error of a caller that ended before the token came.
func (s *tokenSource) ended(err error) error {
	return &ConnectionError{Method: http.MethodPost, Path: tokenPath, Host: hostOf(s.config.TokenURL), Reason: reason(err), err: err}
}

func (s *tokenSource) renew(ctx context.Context, refused heldToken) (heldToken, error) {
	s.mu.Lock()
	if s.held.generation == refused.generation {
		s.stale = true
	}
	s.mu.Unlock()
	return s.token(ctx)
}

func (s *tokenSource) secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.knownSecrets()
}

// knownSecrets are the client secret and the newest tokens. A token that has
// been replaced may still be good, and a call that it was sent with may still
// be answered. The caller holds mu.
func (s *tokenSource) knownSecrets() []string {
	return append([]string{s.config.ClientSecret, s.held.AccessToken}, s.past...)
}

// current returns the token in hand if it is still good, or the refusal that
// still stands.
func (s *tokenSource) current() (heldToken, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if s.refusal != nil && now.Sub(s.refusedAt) < refusalHold {
		return heldToken{}, false, s.refusal
	}
	h := s.held
	good := h.generation > 0 && !s.stale && (h.renewAt.IsZero() || now.Before(h.renewAt))
	return h, good, nil
}

// fetch asks for a token, unless another flight has brought one since the
// caller looked.
func (s *tokenSource) fetch(ctx context.Context) (heldToken, error) {
	if held, ok, err := s.current(); ok || err != nil {
		return held, err
	}
	ctx = context.WithValue(ctx, callKey{}, &call{path: tokenPath, limit: maxToken}) // not the caller's, which may be a create
	got, err := s.config.Token(context.WithValue(ctx, oauth2.HTTPClient, s.http))
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		failure := s.authError(err)
		if failure.StatusCode/100 == 4 && failure.StatusCode != http.StatusTooManyRequests {
			s.refusal, s.refusedAt = failure, s.now()
		}
		return heldToken{}, failure
	}
	if s.held.AccessToken != "" {
		s.past = append(s.past, s.held.AccessToken)
		s.past = s.past[max(0, len(s.past)-maxPastTokens):]
	}
	s.held = s.hold(got)
	s.stale, s.refusal = false, nil
	return s.held, nil
}

// hold notes when got is to be renewed. oauth2 reads the system's clock, so the
// token's life is taken from it and laid on the client's own.
func (s *tokenSource) hold(got *oauth2.Token) heldToken {
	h := heldToken{Token: Token{AccessToken: got.AccessToken}, generation: s.held.generation + 1}
	if got.Expiry.IsZero() {
		return h
	}
	life := time.Until(got.Expiry).Round(time.Second)
	if life <= 0 { // a nonsense that would cost a token per request
		return h
	}
	h.ExpiresAt = s.now().Add(life)
	h.renewAt = h.ExpiresAt.Add(-min(maxRenewalLead, life/renewalShare))
	return h
}

// authError words an error of oauth2: its own text quotes the whole response.
func (s *tokenSource) authError(err error) *AuthError {
	var refused *oauth2.RetrieveError
	var broken *ConnectionError
	var tooLarge *AnswerError
	switch {
	case errors.As(err, &refused):
		return &AuthError{StatusCode: refused.Response.StatusCode, Code: oauthCode(refused.ErrorCode), Body: refused.Body}
	case errors.As(err, &broken):
		return &AuthError{Err: broken}
	case errors.As(err, &tooLarge):
		return &AuthError{Err: tooLarge}
	}
	return &AuthError{StatusCode: http.StatusOK}
}

// oauthCode returns code where RFC 6749, section 5.2, defines it. Any other is
// text that the service chose.
func oauthCode(code string) string {
	switch code {
	case "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope":
		return code
	}
	return ""
}
