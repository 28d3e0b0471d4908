// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode"
)

// platformDomains are the domains of the platform's own hosts, which have certificates.
var platformDomains = []string{"idnow.io", "idnow.sx"}

// CheckURL reports why raw can't be the address of a service. An address is absolute and
// has no user, query or fragment. Every request carries a secret, so plain http is for
// loopback hosts; with insecureHTTP it is for others too, such as an emulator in a
// container network, but never for the platform's own. The error does not quote raw.
func CheckURL(raw string, insecureHTTP bool) error {
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
	case u.Scheme == "https", isLoopback(u.Hostname()):
		return nil
	case isPlatform(u.Hostname()):
		return errors.New("the platform is never called by plain http; use https")
	case !insecureHTTP:
		return errors.New("plain http is accepted for loopback addresses only; use https, or set allow_insecure_http for a host in a test network")
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

func isPlatform(host string) bool {
	host = strings.ToLower(strings.TrimRight(host, "."))
	for _, domain := range platformDomains {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}

// httpsProxy chooses the proxy of a request by the standard variables, for https
// alone: a proxy reads all of a plain http request, its token included. The
// variables' own exception for loopback hosts takes LOCALHOST for a remote one.
func httpsProxy(req *http.Request) (*url.URL, error) {
	if req.URL.Scheme != "https" {
		return nil, nil //nolint:nilnil // as http.Transport.Proxy wants it for "no proxy"
	}
	return http.ProxyFromEnvironment(req)
}

// The paths of the API. The word in braces is what an error calls the element.
const (
	flowsPath        = "/api/v1/flows/{environment}"
	documentPath     = "/api/v1/flows/{environment}/{flow ID}"
	flowSessionsPath = "/api/v1/flows/{flow ID}/{environment}/sessions"
	sessionPath      = "/api/v1/{environment}/sessions/{session ID}"
	dataBlocksPath   = "/api/v1/{environment}/sessions/{session ID}/datablocks"
	filePath         = "/api/v1/{environment}/files/{file ID}"
	tokenPath        = "/oidc/token" // of the token service
)

// apiPath puts values into the braces of a path, each escaped. A value that
// could leave its place, because a server or a proxy resolves dot segments, is
// refused: "../x" must not become another call.
func apiPath(template string, values ...string) (string, error) {
	path := ""
	for _, value := range values {
		before, rest, _ := strings.Cut(template, "{")
		name, after, _ := strings.Cut(rest, "}")
		if err := CheckElement(name, value); err != nil {
			return "", err
		}
		path, template = path+before+url.PathEscape(value), after
	}
	return path + template, nil
}

// CheckElement returns why every call would refuse a value as an element of its
// path; nil if none would. Name is what the error calls it, as in "flow ID". The
// error does not quote the value.
func CheckElement(name, value string) error {
	if value == "" {
		return fmt.Errorf("the %s is empty", name)
	}
	if strings.ContainsFunc(value, unicode.IsControl) {
		return fmt.Errorf("the %s contains a control character, such as a line break", name)
	}
	isSlash := func(r rune) bool { return r == '/' || r == '\\' }
	for part := range strings.FieldsFuncSeq(value, isSlash) {
		if part == "." || part == ".." {
			return fmt.Errorf("the %s contains a path step (%q); set the plain ID or name", name, part)
		}
	}
	return nil
}
