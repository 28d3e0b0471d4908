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
	"net"
	"net/http"
	"net/url"
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

	// UserAgent is sent with every request.
	UserAgent string

	// RequestTimeout bounds one attempt, its answer's body included. Zero
	// means 60 seconds.
	RequestTimeout time.Duration

	// MaxRetries is how often a call is repeated after its first attempt.
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
	Status   int           // 0 if no answer came
	Duration time.Duration // from sending to the end of the answer
	Outcome  string        // the status text, or what went wrong
}

// Body is an encoded request body. It is opened once per attempt, so Open must
// give the same bytes each time.
type Body struct {
	ContentType string
	Length      int64 // exact number of bytes that Open gives
	Open        func() (io.ReadCloser, error)
}

// Client calls the API. It is safe for concurrent use and meant to be shared:
// the token, the connections and the pace belong to all calls together.
type Client struct {
	apiURL         string
	userAgent      string
	requestTimeout time.Duration
	maxRetries     int
	firstWait      time.Duration
	observe        func(ctx context.Context, e Exchange)
	now            func() time.Time
	jitter         func() float64
	transport      http.RoundTripper
	pace           *pace
	clock          serviceClock
	auth           authorizer
}

// New checks cfg and makes a Client. It sends nothing.
func New(cfg Config) (*Client, error) {
	if err := CheckURL(cfg.APIURL); err != nil {
		return nil, fmt.Errorf("API URL: %w", err)
	}
	if cfg.RequestTimeout < 0 {
		return nil, errors.New("request timeout: must not be negative")
	}
	if cfg.MaxRetries < 0 {
		return nil, errors.New("maximum of retries: must not be negative")
	}
	c := &Client{
		apiURL:         strings.TrimRight(cfg.APIURL, "/"),
		userAgent:      cfg.UserAgent,
		requestTimeout: cmp.Or(cfg.RequestTimeout, defaultRequestTimeout),
		maxRetries:     cfg.MaxRetries,
		firstWait:      cmp.Or(cfg.firstWait, defaultFirstWait),
		observe:        cfg.Observe,
		now:            cfg.now,
		jitter:         cfg.jitter,
		transport:      newTransport(),
	}
	if c.observe == nil {
		c.observe = func(context.Context, Exchange) {}
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.jitter == nil {
		c.jitter = rand.Float64
	}
	c.pace = newPace(c.now)

	var err error
	c.auth, err = newAuthorizer(c, cfg)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// CheckURL reports why raw can't be the address of a service. An address is
// absolute and has no user, query or fragment; http is for loopback hosts
// alone, since every request carries a secret. The error does not quote raw.
func CheckURL(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return errors.New("not a valid URL")
	case u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "":
		return errors.New("must be an absolute URL such as https://api.example.com")
	case u.User != nil:
		return errors.New("must not hold a user name or password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return errors.New("must not have a query or a fragment")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return errors.New("http is accepted for loopback addresses only; use https")
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
