// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"crypto/tls"
	"net/http"
)

const (
	// idleConnections is how many connections stay open between two reads:
	// Terraform runs at up to -parallelism=100 in practice, and a connection
	// that isn't kept costs a TLS handshake.
	idleConnections = 100

	maxHeaderBytes = 256 << 10
)

// connections is the end of the chain. Reads share kept connections. A create has
// a connection of its own: on a kept one it can meet the moment in which the
// service closes it, and then its outcome is unknown, or a response that a gateway
// sent once too often, which belongs to another request.
type connections struct{ kept, single http.RoundTripper }

func newConnections() *connections {
	kept := newTransport()
	single := kept.Clone()
	single.DisableKeepAlives = true
	return &connections{kept: kept, single: single}
}

// RoundTrip implements [http.RoundTripper].
func (c *connections) RoundTrip(req *http.Request) (*http.Response, error) {
	if callOf(req.Context()).create {
		return c.single.RoundTrip(req)
	}
	return c.kept.RoundTrip(req)
}

// newTransport makes a transport of the client's own. The default one belongs
// to the whole process and is not changed.
func newTransport() *http.Transport {
	base, ok := http.DefaultTransport.(*http.Transport)
	if !ok { // an embedding program has replaced it
		base = &http.Transport{ForceAttemptHTTP2: true}
	}
	t := base.Clone()
	t.Proxy = httpsProxy
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	t.TLSClientConfig.ClientSessionCache = tls.NewLRUClientSessionCache(0) // creates connect anew, but resume
	t.MaxIdleConns = 2 * idleConnections                                   // API and token host
	t.MaxIdleConnsPerHost = idleConnections
	t.MaxResponseHeaderBytes = maxHeaderBytes
	return t
}

// userAgent names the client to the service.
type userAgent struct {
	next http.RoundTripper
	name string
}

// RoundTrip implements [http.RoundTripper].
func (u userAgent) RoundTrip(req *http.Request) (*http.Response, error) {
	if u.name != "" {
		req = req.Clone(req.Context())
		req.Header.Set("User-Agent", u.name)
	}
	return u.next.RoundTrip(req)
}

// roundTripper is a function as a link of the chain.
type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip implements [http.RoundTripper].
func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// uninterrupted is ctx without its cancellation, but with its deadline. A call
// that can't be made twice can't be cut off either: an interrupt is no reason
// to lose what the service is about to respond.
func uninterrupted(ctx context.Context) (context.Context, context.CancelFunc) {
	lasting := context.WithoutCancel(ctx)
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(lasting, deadline)
	}
	return lasting, func() {}
}
