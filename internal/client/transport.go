// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// idleConnections is how many connections stay open between two reads: Terraform runs
// at up to -parallelism=100 in practice, and a connection that isn't kept costs a TLS
// handshake.
const idleConnections = 100

// connections is the end of the chain. Reads share kept connections. A create has
// a connection of its own: on a kept one it can meet the moment in which the
// service closes it, and then its outcome is unknown, or a response that a gateway
// sent once too often, which belongs to another request.
type connections struct {
	kept, single http.RoundTripper
	userAgent    string
}

func newConnections(userAgent string) *connections {
	kept := newTransport()
	single := kept.Clone()
	single.DisableKeepAlives = true
	return &connections{kept: kept, single: single, userAgent: userAgent}
}

// RoundTrip implements [http.RoundTripper]. The request is a copy of retry's.
func (c *connections) RoundTrip(req *http.Request) (*http.Response, error) {
	req.Header.Set("User-Agent", c.userAgent)
	if callOf(req).create {
		return c.single.RoundTrip(req)
	}
	return c.kept.RoundTrip(req)
}

// newTransport makes a transport of the client's own: the default one is the process's.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:             httpsProxy,
		ForceAttemptHTTP2: true,
		TLSClientConfig: &tls.Config{
			MinVersion:         tls.VersionTLS12,
			ClientSessionCache: tls.NewLRUClientSessionCache(0), // creates connect anew, but resume
		},
		// As http.DefaultTransport. A request's end does not end the connecting it began.
		DialContext:            (&net.Dialer{Timeout: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		IdleConnTimeout:        90 * time.Second,
		MaxIdleConns:           2 * idleConnections, // API and token host
		MaxIdleConnsPerHost:    idleConnections,
		MaxResponseHeaderBytes: 256 << 10,
	}
}
