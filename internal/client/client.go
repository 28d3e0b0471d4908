// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package client is a client of the HTTP API of the IDnow Trust Platform.
//
// It does not depend on Terraform: calls take and return plain Go values, and a
// request body is a Body that the caller has encoded. One file contains one area of
// the API: flows.go, create.go, sessions.go, datablocks.go and files.go.
//
// Below them a request, which request.go makes, goes through a chain of round trippers,
// each in a file of its own; see Client.chain. What differs between the revisions of
// the API is in revisions.go.
//
// # What an error means
//
// Reads are retried, so their errors are final: an *Error for each.
//
// A create is not idempotent and the API has no idempotency key. Where a session may
// exist its error is a *CreateError; with any other, no session was created.
// createOutcome is the rule.
//
// No error text contains a secret or the service's text: URLs lose their query,
// and the body of an error response is a field of the error, which
// the caller shows only in part or not at all.
//
// net/http writes to the standard logger what follows a response. A program that
// uses this package discards that logger.
package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Config is everything a Client needs. It is read once, by New.
type Config struct {
	// APIURL is the absolute address of the API host, such as
	// https://api.eu.platform.idnow.io. A path is kept as a prefix.
	APIURL string

	// AuthURL is the absolute address of the token host. It is needed with a client
	// ID only.
	AuthURL string

	Credentials    Credentials
	UserAgent      string        // sent with every request
	RequestTimeout time.Duration // of one attempt, its response included
	MaxRetries     int           // of a call, after its first attempt

	// AllowInsecureHTTP accepts plain http for hosts that are not loopback; see CheckURL.
	AllowInsecureHTTP bool

	// Observe is called after each attempt, also from several goroutines at
	// once. It may be nil.
	Observe func(ctx context.Context, e Exchange)

	firstWait time.Duration // between two attempts; tests shorten it
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
	tokens       *tokenSource
	known        sync.Map // IDs of the sessions in responses so far
	clock        *clock
	connections  *connections

	// Chains of round trippers: for the API, for another program's requests to it, and
	// for the token service and the storage of files, where no token is sent.
	api, once, other http.RoundTripper
}

// New checks cfg and makes a Client. It sends nothing.
func New(cfg Config) (*Client, error) {
	if err := CheckURL(cfg.APIURL, cfg.AllowInsecureHTTP); err != nil {
		return nil, fmt.Errorf("API URL: %w", err)
	}
	if cfg.RequestTimeout <= 0 || cfg.MaxRetries < 0 {
		return nil, errors.New("the request timeout must be more than zero, and the maximum of retries not negative")
	}
	c := &Client{
		apiURL:       strings.TrimRight(cfg.APIURL, "/"),
		insecureHTTP: cfg.AllowInsecureHTTP,
		connections:  newConnections(cfg.UserAgent),
	}
	return c, c.chain(cfg)
}

// chain links what a request passes through, from the caller to the connection:
//
//	authorize → retry → rate limiter → clock → observe → bound → connections
//
// A retry holds a new place in the queue of the rate limiter, and the observer sees
// each attempt with all of its response.
func (c *Client) chain(cfg Config) (err error) {
	attempt := observe{next: bound{next: c.connections, timeout: cfg.RequestTimeout}, see: cfg.Observe}
	c.clock = &clock{next: attempt, now: time.Now}
	limiter := newRateLimiter(c.clock)
	api := retry{next: limiter, max: cfg.MaxRetries, firstWait: cmp.Or(cfg.firstWait, defaultFirstWait), passed: &limiter.passed}
	other, once := api, api
	other.next, other.passed = attempt, new(atomic.Int64) // what the API lets through says nothing of others
	once.next, once.max = c.clock, 0
	c.tokens, err = newTokenSource(other, cfg)
	c.api, c.other, c.once = authorize{next: api, tokens: c.tokens}, other, once
	return err
}

// Transport returns the client's chain for the requests of a tool that looks at the
// service's behavior: with the client's token if authorized, its bounds and its user
// agent. Each is sent once, and the response returned whatever its status, with 8 MiB of
// a success and 64 KiB of anything else. An error is an *Error.
func (c *Client) Transport(authorized bool) http.RoundTripper {
	if authorized {
		return authorize{next: c.once, tokens: c.tokens, once: true}
	}
	return c.once
}
