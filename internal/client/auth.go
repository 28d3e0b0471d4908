// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode"

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

// placeholder stands for a secret wherever one would be printed.
const placeholder = "(redacted)"

// Credentials is an APIKey or ClientCredentials. Both print as a placeholder.
type Credentials interface {
	fmt.Formatter
	check() error
}

// APIKey is a ready bearer token.
type APIKey string

// ClientCredentials are exchanged for tokens by the OAuth 2.0 client
// credentials grant (RFC 6749, section 4.4).
type ClientCredentials struct {
	ID     string
	Secret string
}

// Format implements [fmt.Formatter].
func (APIKey) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, placeholder) }

// Format implements [fmt.Formatter].
func (ClientCredentials) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, placeholder) }

func (k APIKey) check() error {
	switch {
	case k == "":
		return errors.New("the API key is empty")
	case strings.ContainsFunc(string(k), unicode.IsControl):
		return errors.New("the API key contains a control character, such as a line break at its end")
	}
	return nil
}

func (c ClientCredentials) check() error {
	switch {
	case c.ID == "":
		return errors.New("the client ID is empty")
	case c.Secret == "":
		return errors.New("the client secret is empty")
	}
	return nil
}

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
	held, err := c.auth.token(ctx)
	return held.Token, err
}

// RedactCredentials replaces the client's credentials and tokens in text, as they
// are and as URLs and forms escape them.
func (c *Client) RedactCredentials(text string) string {
	const shortest = 4 // anything shorter is no secret and occurs in every sentence
	for _, secret := range c.auth.secrets() {
		if len(secret) < shortest {
			continue
		}
		for _, written := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			text = strings.ReplaceAll(text, written, placeholder)
		}
	}
	return text
}

// heldToken is a token and its number in the series of tokens: two tokens can
// have the same text, when a service gives out one that it has cached.
type heldToken struct {
	Token
	generation int
	renewAt    time.Time // zero: never by the clock
}

// authorizer gives calls their token.
type authorizer interface {
	token(ctx context.Context) (heldToken, error)

	// renew returns a token that is newer than refused, which met a 401, or
	// refused itself where there can't be a newer one.
	renew(ctx context.Context, refused heldToken) (heldToken, error)

	// secrets returns the texts that must not be shown.
	secrets() []string
}

func newAuthorizer(c *Client, cfg Config) (authorizer, error) {
	if cfg.Credentials == nil {
		return nil, errors.New("no credentials: set an API key, or a client ID and a client secret")
	}
	if err := cfg.Credentials.check(); err != nil {
		return nil, err
	}
	switch credentials := cfg.Credentials.(type) {
	case APIKey:
		return staticToken(credentials), nil
	case ClientCredentials:
		if err := CheckURL(cfg.AuthURL); err != nil {
			return nil, fmt.Errorf("authentication URL: %w", err)
		}
		return newTokenSource(c, strings.TrimRight(cfg.AuthURL, "/")+tokenPath, credentials), nil
	}
	return nil, errors.New("credentials of an unknown kind")
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

func newTokenSource(c *Client, tokenURL string, credentials ClientCredentials) *tokenSource {
	return &tokenSource{
		config: clientcredentials.Config{
			ClientID:     credentials.ID,
			ClientSecret: credentials.Secret,
			TokenURL:     tokenURL,
			// In the form, each side encodes once. HTTP Basic needs the secret
			// form-encoded first, which services disagree on for + % and /.
			AuthStyle: oauth2.AuthStyleInParams,
		},
		http: &http.Client{Transport: tokenTransport{c}},
		now:  c.now,
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
		return heldToken{}, &AuthError{Err: s.waitEnded(ctx.Err())}
	case r := <-result:
		held, _ := r.Val.(heldToken)
		return held, r.Err
	}
}

// waitEnded is the error of a caller that ended before the token came.
func (s *tokenSource) waitEnded(err error) error {
	return &ConnectionError{
		Method: http.MethodPost,
		Path:   tokenPath,
		Host:   hostOf(s.config.TokenURL),
		Reason: reason(err, 0),
		err:    err,
	}
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

// authError tells an error of oauth2 in words of our own: its text quotes the
// whole answer.
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

// tokenTransport makes the token request a call like any other: with the
// client's timeout, bounds and repetitions, and without a token. Asking for a
// token twice does no harm, so it is repeated like a read.
type tokenTransport struct{ client *Client }

// RoundTrip implements [http.RoundTripper].
func (t tokenTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	form, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	_ = req.Body.Close()
	token := &call{
		client:     t.client,
		method:     req.Method,
		url:        req.URL.String(),
		path:       req.URL.EscapedPath(),
		limit:      maxToken,
		idempotent: true,
		body: &Body{
			ContentType: req.Header.Get("Content-Type"),
			Length:      int64(len(form)),
			Open:        func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(form)), nil },
		},
	}
	a, err := token.send(req.Context())
	if err != nil {
		return nil, err
	}
	if a.ok() && a.cut != nil {
		return nil, token.cutError(a.cut)
	}
	// Without Location, so that http.Client follows no redirect.
	header := http.Header{"Content-Type": a.header.Values("Content-Type")}
	return &http.Response{
		Status:     statusLine(a.status),
		StatusCode: a.status,
		Header:     header,
		Body:       io.NopCloser(bytes.NewReader(a.body)),
		Request:    req,
	}, nil
}
