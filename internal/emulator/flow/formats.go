// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"encoding/base64"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
)

// formats are those that are checked, by what a text must be. OpenAPI leaves
// others to the service.
var formats = map[string]struct {
	name  string
	holds func(string) bool
}{
	"byte":      {"base64 (standard alphabet, with padding)", isBase64},
	"binary":    {"base64 (standard alphabet, with padding)", isBase64},
	"date":      {"a date such as 1985-08-22", isDate},
	"date-time": {"a date and time such as 1985-08-22T10:30:00Z (RFC 3339)", isDateTime},
	"email":     {"an email address", isEmail},
	"uuid":      {"a UUID", uuid.MatchString},
	"uri":       {"an absolute URI", isURI},
	"ipv4":      {"an IPv4 address", func(text string) bool { return isIP(text, netip.Addr.Is4) }},
	"ipv6":      {"an IPv6 address", func(text string) bool { return isIP(text, isIPv6) }},
}

func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// leapSecond is the one second that RFC 3339 has and package time has not.
var leapSecond = regexp.MustCompile(`(T[0-9]{2}:[0-9]{2}):60`)

// offset is that of a date-time; package time takes +24:60 as well.
var offset = regexp.MustCompile(`(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$`)

func isDateTime(text string) bool {
	text = leapSecond.ReplaceAllString(strings.ToUpper(text), "$1:59")
	_, err := time.Parse(time.RFC3339Nano, text)
	return err == nil && offset.MatchString(text)
}

// isEmail takes an address alone (RFC 5321, section 4.1.2), with no name and no
// comment beside it.
func isEmail(text string) bool {
	at := strings.LastIndex(text, "@")
	if literal, ok := strings.CutPrefix(text[at+1:], "[IPv6:"); ok && at > 0 { // which package mail does not know
		address, closed := strings.CutSuffix(literal, "]")
		return closed && isIP(address, isIPv6) && isEmail(text[:at]+"@example.com")
	}
	address, err := mail.ParseAddress(text)
	return err == nil && address.Name == "" && !strings.ContainsAny(text[:1]+text[len(text)-1:], " <>()")
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
// as OpenAPI's format byte requires.
func isBase64(text string) bool {
	_, err := base64.StdEncoding.DecodeString(text)
	return err == nil && !strings.ContainsAny(text, "\r\n")
}

// patternTimeout bounds one match of one pattern, and matchingBudget all matches
// of a body: ECMA-262's patterns can be written to take forever.
const (
	patternTimeout = 200 * time.Millisecond
	matchingBudget = 2 * time.Second
)

// matches matches a text against a pattern in ECMA-262's syntax, as OpenAPI has
// them. It is undecided where the pattern can't be compiled, or where the budget
// is used up.
func (v *validator) matches(pattern, text string) (matched, decided bool) {
	if v.matching > matchingBudget {
		return false, false
	}
	start := time.Now()
	defer func() { v.matching += time.Since(start) }()
	compiled, err := regexp2.Compile(pattern, regexp2.ECMAScript|regexp2.Unicode)
	if err != nil {
		return false, false
	}
	compiled.MatchTimeout = patternTimeout
	matched, err = compiled.MatchString(text)
	return matched, err == nil
}
