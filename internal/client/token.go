// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
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

	// maxSecrets is how many are remembered, to be redacted in messages.
	maxSecrets = 16

	// refusalHold is how long a refusal of the credentials is cached before they
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
	if err != nil {
		return Token{}, err
	}
	return held.Token, nil
}

// heldToken is a token in hand. It is compared by its address: two tokens can have
// the same text, when a service returns a cached one.
type heldToken struct {
	Token

	renewAt time.Time // zero: never by the clock
}

// tokenSource holds the token that all calls of a client share. With client
// credentials it fetches one when it is needed; an API key stays as it is.
type tokenSource struct {
	config *clientcredentials.Config // nil with an API key
	http   *http.Client
	now    func() time.Time

	flight singleflight.Group // one request at a time, however many wait

	mu        sync.Mutex
	held      *heldToken // nil: none, or it was refused with a 401
	secrets   []string   // the credentials and the newest tokens
	refusal   error
	refusedAt time.Time
}

// newTokenSource makes a source that asks for tokens through a chain like that of
// other reads: asking twice does no harm.
func newTokenSource(chain http.RoundTripper, cfg Config) (*tokenSource, error) {
	if cfg.Credentials == nil {
		return nil, errors.New("no credentials: set an API key, or a client ID and a client secret")
	}
	if err := cfg.Credentials.check(); err != nil {
		return nil, err
	}
	if key, ok := cfg.Credentials.(APIKey); ok {
		return &tokenSource{now: cfg.now, held: &heldToken{Token: Token{AccessToken: string(key)}}, secrets: []string{string(key)}}, nil
	}
	credentials, ok := cfg.Credentials.(ClientCredentials)
	if !ok {
		return nil, errors.New("credentials of an unknown kind")
	}
	if err := CheckURL(cfg.AuthURL, cfg.AllowInsecureHTTP); err != nil {
		return nil, fmt.Errorf("authentication URL: %w", err)
	}
	return &tokenSource{
		now:     cfg.now,
		secrets: []string{credentials.Secret},
		config: &clientcredentials.Config{
			ClientID:     credentials.ID,
			ClientSecret: credentials.Secret,
			TokenURL:     strings.TrimRight(cfg.AuthURL, "/") + tokenPath,
			// In the form, each side encodes once. HTTP Basic needs the secret
			// form-encoded first, which services disagree on for + % and /.
			AuthStyle: oauth2.AuthStyleInParams,
		},
		http: &http.Client{
			Transport:     chain,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// token returns the token in hand, or a new one.
func (s *tokenSource) token(ctx context.Context) (*heldToken, error) {
	if held, err := s.current(); held != nil || err != nil {
		return held, err
	}
	// The request belongs to all who wait, so no single caller's end may end
	// it. It ends by itself: attempts and their times are bounded. Its context
	// is not that of the caller's call, which may be a create.
	shared := context.WithValue(context.WithoutCancel(ctx), callKey{}, &call{path: tokenPath, limit: maxToken})
	result := s.flight.DoChan("", func() (any, error) { return s.fetch(shared) })
	select {
	case <-ctx.Done():
		return nil, &AuthError{Err: &ConnectionError{
			Method: http.MethodPost, Path: tokenPath, Host: hostOf(s.config.TokenURL), Reason: reason(ctx.Err()), err: ctx.Err(),
		}}
	case r := <-result:
		held, _ := r.Val.(*heldToken)
		return held, r.Err
	}
}

// renew returns a token that is newer than refused, which met a 401, or refused
// itself where there can't be a newer one.
func (s *tokenSource) renew(ctx context.Context, refused *heldToken) (*heldToken, error) {
	s.mu.Lock()
	if s.held == refused && s.config != nil {
		s.held = nil
	}
	s.mu.Unlock()
	return s.token(ctx)
}

// current returns the token in hand if it is still good, or the refusal that
// is still cached.
func (s *tokenSource) current() (*heldToken, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	switch {
	case s.refusal != nil && now.Sub(s.refusedAt) < refusalHold:
		return nil, s.refusal
	case s.held != nil && (s.held.renewAt.IsZero() || now.Before(s.held.renewAt)):
		return s.held, nil
	}
	return nil, nil //nolint:nilnil // neither is there
}

// fetch asks for a token, unless another flight has brought one since the
// caller looked.
func (s *tokenSource) fetch(ctx context.Context) (*heldToken, error) {
	if held, err := s.current(); held != nil || err != nil {
		return held, err
	}
	got, err := s.config.Token(context.WithValue(ctx, oauth2.HTTPClient, s.http))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusal = nil
	if err != nil {
		failure := authError(err)
		if failure.StatusCode/100 == 4 && failure.StatusCode != http.StatusTooManyRequests {
			s.refusal, s.refusedAt = failure, s.now()
		}
		return nil, failure
	}
	// A token that has been replaced may still be good, and be in a response that
	// is in flight.
	s.secrets = append(s.secrets, got.AccessToken)
	if len(s.secrets) > maxSecrets {
		s.secrets = slices.Delete(s.secrets, 1, 2) // not the client secret
	}
	s.held = hold(got, s.now())
	return s.held, nil
}

// hold notes when got is to be renewed. oauth2 reads the system's clock, so the
// token's life is taken from it and laid on the client's own.
func hold(got *oauth2.Token, now time.Time) *heldToken {
	h := &heldToken{Token: Token{AccessToken: got.AccessToken}}
	life := time.Until(got.Expiry).Round(time.Second)
	if life <= 0 { // none, or a nonsense that would cost a token per request
		return h
	}
	h.ExpiresAt = now.Add(life)
	h.renewAt = h.ExpiresAt.Add(-min(maxRenewalLead, life/renewalShare))
	return h
}

// authError words an error of oauth2: its own text quotes the whole response.
func authError(err error) *AuthError {
	var refused *oauth2.RetrieveError
	var broken *ConnectionError
	var tooLarge *InvalidResponseError
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
