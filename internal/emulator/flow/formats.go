// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"encoding/base64"
	"errors"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
	"github.com/getkin/kin-openapi/openapi3"
)

// format makes a validator of a rule that says what is wrong.
func format(holds func(string) bool, rule string) openapi3.StringFormatValidator {
	return openapi3.NewCallbackValidator(func(text string) error {
		if holds(text) {
			return nil
		}
		return errors.New(rule)
	})
}

// baseFormats are the formats that mean the same in every media type. The
// library's own "date" lets the 31st of February pass.
var baseFormats = map[string]openapi3.StringFormatValidator{
	"date":      format(isDate, "must be a date such as 1985-08-22"),
	"date-time": format(isDateTime, "must be a date and time such as 1985-08-22T10:30:00Z (RFC 3339)"),
	"email":     format(isEmail, "must be an email address"),
	"uuid":      format(uuid.MatchString, "must be a UUID"),
	"uri":       format(isURI, "must be an absolute URI"),
	"ipv4":      format(func(text string) bool { return isIP(text, netip.Addr.Is4) }, "must be an IPv4 address"),
	"ipv6":      format(func(text string) bool { return isIP(text, isIPv6) }, "must be an IPv6 address"),
}

func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// leapSecond is the one second that RFC 3339 has and package time has not.
var leapSecond = regexp.MustCompile(`(T[0-9]{2}:[0-9]{2}):60`)

func isDateTime(text string) bool {
	text = leapSecond.ReplaceAllString(strings.ToUpper(text), "$1:59")
	_, err := time.Parse(time.RFC3339Nano, text)
	return err == nil
}

func isEmail(text string) bool {
	address, err := mail.ParseAddress(text)
	return err == nil && address.Address == text
}

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// isURI refuses, as RFC 3986 does, what package url passes over: characters
// that have no place in a URI unless they are escaped.
func isURI(text string) bool {
	parsed, err := url.Parse(text)
	return err == nil && parsed.IsAbs() && !strings.ContainsAny(text, " \"<>\\^`{|}")
}

// isIPv6 refuses a zone, which names an interface of one machine.
func isIPv6(address netip.Addr) bool { return address.Is6() && address.Zone() == "" }

func isIP(text string, version func(netip.Addr) bool) bool {
	address, err := netip.ParseAddr(text)
	return err == nil && version(address)
}

// isBase64 accepts the standard alphabet with padding (RFC 4648, section 4),
// which is what OpenAPI's format byte means.
func isBase64(text string) bool {
	_, err := base64.StdEncoding.Strict().DecodeString(text)
	return err == nil && !strings.ContainsAny(text, "\r\n")
}

// patternTimeout bounds one match of one pattern: ECMA-262's patterns can be
// written to take for ever.
const patternTimeout = 200 * time.Millisecond

// ecmaPattern is a pattern in ECMA-262's syntax, as OpenAPI has them.
type ecmaPattern struct{ compiled *regexp2.Regexp }

// compilePattern makes a matcher of a document's pattern. One that can't be
// compiled matches everything: the document is at fault then, not the request.
func compilePattern(pattern string) (openapi3.RegexMatcher, error) {
	compiled, err := regexp2.Compile(pattern, regexp2.ECMAScript|regexp2.Unicode)
	if err != nil {
		return ecmaPattern{}, nil //nolint:nilerr // see above
	}
	compiled.MatchTimeout = patternTimeout
	return ecmaPattern{compiled}, nil
}

// MatchString implements openapi3.RegexMatcher. A match that runs out of time
// counts, for the same reason.
func (p ecmaPattern) MatchString(text string) bool {
	if p.compiled == nil {
		return true
	}
	matched, err := p.compiled.MatchString(text)
	return matched || err != nil
}
