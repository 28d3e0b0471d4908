// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// hosts is the names under which the emulator responds: loopback names, and the
// host of its public URL where it has one. A web page that points a name of its
// own at the emulator's address (DNS rebinding) gets no response.
type hosts struct {
	public *url.URL // nil: loopback names only
}

// parsePublicURL reads Options.PublicURL.
func parsePublicURL(address string) (hosts, error) {
	if address == "" {
		return hosts{}, nil
	}
	public, err := url.Parse(strings.TrimSuffix(address, "/"))
	if err != nil || public.Scheme != "http" && public.Scheme != "https" || public.Hostname() == "" ||
		public.User != nil || public.Path != "" || public.RawQuery != "" || public.Fragment != "" {
		return hosts{}, errors.New("the public URL must be a scheme, a host and, where needed, a port, such as http://emulator:8080")
	}
	return hosts{public}, nil
}

// guard refuses requests for other host names. The health check is open to all:
// it discloses nothing, and a cluster requests it by the address of a machine.
func (h hosts) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != healthPath && !h.isPublic(r) && !isLoopback(hostname(r.Host)) {
			http.Error(w, "the emulator responds under loopback names and the host of its -public-url only", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isPublic reports whether r was sent to the public URL's host, on whatever port: a
// container's port is often published under another number.
func (h hosts) isPublic(r *http.Request) bool {
	return h.public != nil && strings.EqualFold(hostname(r.Host), h.public.Hostname())
}

// base is the URL under which r reached the emulator, without a path.
func (h hosts) base(r *http.Request) string {
	if h.isPublic(r) {
		return h.public.Scheme + "://" + r.Host // https where a proxy in front of the emulator uses it
	}
	return "http://" + r.Host
}

// other is the emulator's URL under another host name than r was sent to, so
// that a client can be seen to treat it as another host. Only a loopback name
// has one that is sure to reach the emulator from every client.
func (h hosts) other(r *http.Request) string {
	name := hostname(r.Host)
	if !isLoopback(name) {
		return h.base(r)
	}
	_, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		port = "80"
	}
	if name != "localhost" {
		return "http://" + net.JoinHostPort("localhost", port)
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if ok && local.IP.IsLoopback() {
		return "http://" + local.String()
	}
	return "http://" + net.JoinHostPort("127.0.0.1", port)
}

func hostname(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}

func isLoopback(name string) bool {
	address := net.ParseIP(name)
	return strings.EqualFold(name, "localhost") || address != nil && address.IsLoopback()
}
