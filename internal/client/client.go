// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// defaultRequestTimeout is used where Config.RequestTimeout is zero.
const defaultRequestTimeout = 60 * time.Second

// Config is everything a Client needs. It is read once, by New.
type Config struct {
	// APIURL is the absolute address of the API host, such as
	// https://api.eu.platform.idnow.io. A path is kept as a prefix.
	APIURL string

	// AuthURL is the absolute address of the token host. It is needed with
	// ClientCredentials only.
	AuthURL string

	// Credentials is an APIKey or ClientCredentials.
	Credentials Credentials

	// AllowInsecureHTTP accepts plain http for hosts that are not loopback; see
	// CheckURL.
	AllowInsecureHTTP bool

	// UserAgent is sent with every request.
	UserAgent string

	// RequestTimeout bounds one attempt, its response included. Zero
	// means 60 seconds.
	RequestTimeout time.Duration

	// MaxRetries is how often a call is retried after its first attempt.
	MaxRetries int

	// Observe is called after each attempt, also from several goroutines at
	// once. It may be nil.
	Observe func(ctx context.Context, e Exchange)

	// Tests replace these: the clock, the jitter in [0,1), and the first wait
	// between two attempts.
	now       func() time.Time
	jitter    func() float64
	firstWait time.Duration
}

// Exchange describes one attempt for a log. It has no header, body or query,
// because each of them can hold a secret or a person's data.
type Exchange struct {
	Method   string
	Path     string        // escaped, without host and query
	Attempt  int           // from 1
	Status   int           // 0 if no response came
	Duration time.Duration // from sending to the end of the response
	Outcome  string        // the status text, or what went wrong
}

// Body is an encoded request body. It is opened once per attempt, so Open must
// return the same bytes each time.
type Body struct {
	ContentType string
	Length      int64 // exact number of bytes that Open returns
	Open        func() (io.ReadCloser, error)
}

// Client calls the API. It is safe for concurrent use and meant to be shared: the
// token, the connections and the rate limiter belong to all calls together.
type Client struct {
	apiURL       string
	insecureHTTP bool
	now          func() time.Time
	tokens       *tokenSource
	created      sessionIDs
	clock        *clock

	// Chains of round trippers, for requests to the API, for those of a tool that
	// wants no retry, and for those without a token to the token service and the
	// storage of files.
	api, once, other http.RoundTripper
	transport        http.RoundTripper // the end of all of them
}

// New checks cfg and makes a Client. It sends nothing.
func New(cfg Config) (*Client, error) {
	if err := CheckURL(cfg.APIURL, cfg.AllowInsecureHTTP); err != nil {
		return nil, fmt.Errorf("API URL: %w", err)
	}
	if cfg.RequestTimeout < 0 {
		return nil, errors.New("request timeout: must not be negative")
	}
	if cfg.MaxRetries < 0 {
		return nil, errors.New("maximum of retries: must not be negative")
	}
	cfg.setDefaults()
	c := &Client{
		apiURL:       strings.TrimRight(cfg.APIURL, "/"),
		insecureHTTP: cfg.AllowInsecureHTTP,
		now:          cfg.now,
		transport:    newConnections(),
	}
	return c, c.chain(cfg)
}

// chain links what a request passes through, from the caller to the connection:
//
//	authorize → retry → rate limiter → clock → observe → bound → user agent → connections
//
// A retry holds a new place in the queue of the rate limiter, and the observer sees
// each attempt with all of its response.
func (c *Client) chain(cfg Config) error {
	end := roundTripper(func(req *http.Request) (*http.Response, error) { return c.transport.RoundTrip(req) })
	attempt := observe{
		next: bound{next: userAgent{next: end, name: cfg.UserAgent}, timeout: cfg.RequestTimeout},
		now:  cfg.now, see: cfg.Observe,
	}
	policy := retry{max: cfg.MaxRetries, firstWait: cfg.firstWait, jitter: cfg.jitter, passed: func() int { return 0 }}

	c.clock = &clock{next: attempt, now: cfg.now}
	limiter := newRateLimiter(c.clock, cfg.now)
	toAPI, toOthers := policy, policy
	toAPI.next, toAPI.passed = limiter, limiter.successes
	toOthers.next = attempt

	var err error
	c.tokens, err = newTokenSource(toOthers, cfg)
	c.api = authorize{next: toAPI, tokens: c.tokens}
	c.once, c.other = c.clock, toOthers
	return err
}

func (cfg *Config) setDefaults() {
	cfg.RequestTimeout = cmp.Or(cfg.RequestTimeout, defaultRequestTimeout)
	cfg.firstWait = cmp.Or(cfg.firstWait, defaultFirstWait)
	if cfg.Observe == nil {
		cfg.Observe = func(context.Context, Exchange) {}
	}
	if cfg.now == nil {
		cfg.now = time.Now
	}
	if cfg.jitter == nil {
		cfg.jitter = rand.Float64
	}
}
