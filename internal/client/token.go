// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
	"golang.org/x/sync/singleflight"
)

const (
	maxToken  = 1 << 20 // the bound that golang.org/x/oauth2 reads to, too
	maxTokens = 16      // that are remembered: after refusals, new ones come fast

	// A token is renewed a minute before it ends, or a tenth of its life if
	// that is shorter: long enough for a request in flight, short enough for
	// tokens that live a few seconds.
	maxRenewalLead = time.Minute
	renewalShare   = 10

	// refusalHold is how long a refusal of the credentials is cached before they
	// are tried again. Without it a wrong secret costs a token request per
	// resource, and such a series locks accounts.
	refusalHold = 30 * time.Second
)

// Credentials are either an existing bearer token, or an API client's ID and secret,
// which are exchanged for tokens by the OAuth 2.0 client credentials grant (RFC 6749,
// section 4.4). They print as a placeholder.
type Credentials struct {
	APIKey       string
	ClientID     string
	ClientSecret string
}

// Format implements [fmt.Formatter].
func (Credentials) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(redacted)") }

func (c Credentials) check() error {
	switch {
	case strings.ContainsFunc(c.APIKey, unicode.IsControl):
		return errors.New("the API key contains a control character, such as a line break at its end")
	case c.APIKey == "" && (c.ClientID == "" || c.ClientSecret == ""):
		return errors.New("no credentials: set an API key, or a client ID and a client secret")
	}
	return nil
}

// Token is a bearer token of the API.
type Token struct {
	AccessToken string
	ExpiresAt   time.Time // zero if not known, as for an API key
}

// Format implements [fmt.Formatter], so that a token can't be printed by mistake.
func (Token) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(redacted)") }

// Token returns the token that the client's calls carry. With a client ID it is
// fetched if there is none or if it is about to end. It is not to be changed.
func (c *Client) Token(ctx context.Context) (*Token, error) { return c.tokens.token(ctx, nil) }

// tokenSource holds the token that all calls of a client share. With a client ID it
// fetches one when it is needed; an API key stays as it is. Tokens are compared by
// their addresses: a service may return a cached one.
type tokenSource struct {
	config *clientcredentials.Config // nil with an API key
	http   *http.Client
	now    func() time.Time

	flight singleflight.Group // one request at a time, however many wait

	mu      sync.Mutex
	held    *Token
	refusal error     // of the token service, instead of a token
	until   time.Time // the end of either; zero: none
	secrets []string  // the key or secret, and the newest tokens, which may be in flight
}

// newTokenSource makes a source that asks for tokens through a chain like that of
// other reads: asking twice does no harm.
func newTokenSource(chain http.RoundTripper, cfg Config) (*tokenSource, error) {
	c := cfg.Credentials
	if err := c.check(); err != nil {
		return nil, err
	}
	s := &tokenSource{now: time.Now, secrets: []string{cmp.Or(c.APIKey, c.ClientSecret)}}
	if c.APIKey != "" {
		s.held = &Token{AccessToken: c.APIKey}
		return s, nil
	}
	if err := CheckURL(cfg.AuthURL, cfg.AllowInsecureHTTP); err != nil {
		return nil, fmt.Errorf("authentication URL: %w", err)
	}
	s.config = &clientcredentials.Config{
		ClientID:     c.ClientID,
		ClientSecret: c.ClientSecret,
		TokenURL:     strings.TrimRight(cfg.AuthURL, "/") + tokenPath,
		// In the form, each side encodes once. HTTP Basic needs the secret
		// form-encoded first, which services disagree on for + % and /.
		AuthStyle: oauth2.AuthStyleInParams,
	}
	s.http = &http.Client{
		Transport:     chain,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return s, nil
}

// token returns the token in hand, or a new one. Refused is one that met a 401, or nil;
// it is returned again where there can't be a newer one.
func (s *tokenSource) token(ctx context.Context, refused *Token) (*Token, error) {
	if held, err := s.current(refused); held != nil || err != nil {
		return held, err
	}
	// The request belongs to all who wait, so no single caller's end may end
	// it. It ends by itself: attempts and their times are bounded.
	shared := withCall(context.WithoutCancel(ctx), call{path: tokenPath, party: TokenService, limit: maxToken})
	result := s.flight.DoChan("", func() (any, error) { return s.fetch(shared, refused) })
	select {
	case <-ctx.Done():
		address, _ := url.Parse(s.config.TokenURL) // newTokenSource has checked it
		return nil, connectionError((&http.Request{Method: http.MethodPost, URL: address}).WithContext(shared), ctx.Err(), false)
	case r := <-result:
		held, _ := r.Val.(*Token)
		return held, r.Err
	}
}

// current returns the token in hand if it is still good, or the refusal that
// is still cached.
func (s *tokenSource) current(refused *Token) (*Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ended := !s.until.IsZero() && !s.now().Before(s.until)
	if ended || s.held == refused && s.refusal == nil && s.config != nil {
		return nil, nil //nolint:nilnil // neither is there
	}
	return s.held, s.refusal
}

// fetch asks for a token, unless another flight has brought one since the caller looked.
func (s *tokenSource) fetch(ctx context.Context, refused *Token) (*Token, error) {
	if held, err := s.current(refused); held != nil || err != nil {
		return held, err
	}
	got, err := s.config.Token(context.WithValue(ctx, oauth2.HTTPClient, s.http))
	if err == nil && strings.ContainsFunc(got.AccessToken, unicode.IsControl) {
		err = errors.New("a token that no header can carry")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held, s.refusal, s.until = nil, nil, time.Time{}
	if err != nil {
		failure := tokenError(err)
		if failure.StatusCode/100 == 4 && failure.StatusCode != http.StatusTooManyRequests {
			s.refusal, s.until = failure, s.now().Add(refusalHold)
		}
		return nil, failure
	}
	s.secrets = slices.Insert(s.secrets[:min(len(s.secrets), maxTokens)], 1, got.AccessToken)
	s.held, s.until = newToken(got, s.now())
	return s.held, nil
}

// newToken returns the token and when to renew it; zero if it is not known to end. oauth2
// reads the system's clock, so the token's life is taken from it and laid on now.
func newToken(got *oauth2.Token, now time.Time) (t *Token, renewAt time.Time) {
	life := time.Until(got.Expiry).Round(time.Second)
	if life <= 0 { // none, or a nonsense that would cost a token per request
		return &Token{AccessToken: got.AccessToken}, time.Time{}
	}
	end := now.Add(life)
	return &Token{AccessToken: got.AccessToken, ExpiresAt: end}, end.Add(-min(maxRenewalLead, life/renewalShare))
}

// oauthCodes are the error codes of RFC 6749, section 5.2. Any other is text that the
// service chose.
var oauthCodes = []string{"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope"}

// tokenError describes an error of oauth2, whose own text quotes the whole response.
func tokenError(err error) *Error {
	var failed *Error
	if errors.As(err, &failed) {
		return failed
	}
	e := &Error{Party: TokenService, Method: http.MethodPost, Path: tokenPath, StatusCode: http.StatusOK, Reason: "it is not a valid token response"}
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) || refused.Response.StatusCode/100 == 2 {
		return e
	}
	e.StatusCode, e.Body, e.Reason = refused.Response.StatusCode, refused.Body, ""
	if slices.Contains(oauthCodes, refused.ErrorCode) {
		e.Code = refused.ErrorCode
	}
	return e
}

// Secrets returns the key or the secret that is configured, and the newest tokens. Texts
// that are shown must not contain them.
func (c *Client) Secrets() []string {
	c.tokens.mu.Lock()
	defer c.tokens.mu.Unlock()
	return slices.Clone(c.tokens.secrets)
}
