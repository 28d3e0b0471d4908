// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"encoding/base64"
	"math/big"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
)

// textFormat is a format of strings that is validated. Formats that are not
// listed are the document's own business, as OpenAPI has it.
type textFormat struct {
	valid   func(string) bool
	problem string
}

var textFormats = map[string]textFormat{
	"date":                  {isDate, "must be a date in the form YYYY-MM-DD, such as 1985-08-22"},
	"date-time":             {isDateTime, "must be a date and time in the form of RFC 3339, such as 2024-11-04T10:30:00Z"},
	"time":                  {isTime, "must be a time in the form of RFC 3339, such as 10:30:00Z"},
	"email":                 {isEmail, "must be an email address, such as max@example.com"},
	"uuid":                  {isUUID, "must be a UUID, such as 40cbb7b3-7468-4b5d-8bb5-ff8e82510c70"},
	"uri":                   {isURI, "must be an absolute URI, such as https://example.com/path"},
	"hostname":              {isHostname, "must be a host name, such as www.example.com"},
	"ipv4":                  {isIPv4, "must be an IPv4 address, such as 192.0.2.1"},
	"ipv6":                  {isIPv6, "must be an IPv6 address, such as 2001:db8::1"},
	flowschema.FormatByte:   {isBase64, notBase64},
	flowschema.FormatBinary: {isBase64, notBase64},
}

const notBase64 = `must be a file, as provider::idnow::file("PATH") returns it, or base64, as filebase64("PATH") returns it`

// numberFormat is a format of integers: the range that fits.
type numberFormat struct {
	min, max *big.Int
	problem  string
}

var numberFormats = map[string]numberFormat{
	"int32": signedRange(32, "must fit in 32 bits: from -2147483648 to 2147483647"),
	"int64": signedRange(64, "must fit in 64 bits: from -9223372036854775808 to 9223372036854775807"),
}

func signedRange(bits uint, problem string) numberFormat {
	half := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return numberFormat{min: new(big.Int).Neg(half), max: new(big.Int).Sub(half, big.NewInt(1)), problem: problem}
}

// contains reports whether n is a whole number in the range.
func (f numberFormat) contains(n *big.Rat) bool {
	return n.IsInt() && n.Num().Cmp(f.min) >= 0 && n.Num().Cmp(f.max) <= 0
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

var (
	timeForm = regexp.MustCompile(`^\d{2}:\d{2}:\d{2}(\.\d+)?([zZ]|[+-]([01]\d|2[0-3]):[0-5]\d)$`)
	uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	hostForm = regexp.MustCompile(`^[0-9A-Za-z]([0-9A-Za-z-]{0,61}[0-9A-Za-z])?(\.[0-9A-Za-z]([0-9A-Za-z-]{0,61}[0-9A-Za-z])?)*\.?$`)
)

// isDateTime follows RFC 3339, section 5.6, which allows lower-case letters
// and a leap second; time.Parse allows neither, and is laxer on the rest.
func isDateTime(s string) bool {
	date, clock, found := strings.Cut(strings.ToUpper(s), "T")
	return found && isDate(date) && isTime(clock)
}

func isTime(s string) bool {
	s = strings.ToUpper(s)
	if !timeForm.MatchString(s) {
		return false
	}
	if s[6:8] == "60" {
		s = s[:6] + "59" + s[8:] // a leap second, which the time package does not know
	}
	_, err := time.Parse("15:04:05.999999999Z07:00", s)
	return err == nil
}

// isEmail takes an address alone (RFC 5322, addr-spec): with a quoted local part
// and an address literal as its domain, but without a person's name.
func isEmail(s string) bool {
	local, domain, found := cutLast(s, "@")
	if literal, ok := strings.CutPrefix(domain, "["); ok && found {
		literal, closed := strings.CutSuffix(literal, "]")
		literal = strings.TrimPrefix(literal, "IPv6:")
		_, err := netip.ParseAddr(literal)
		return closed && err == nil && isEmail(local+"@example.com")
	}
	address, err := mail.ParseAddress(s)
	return err == nil && address.Name == "" && !strings.HasSuffix(s, ">") && !strings.HasSuffix(s, ")")
}

func cutLast(s, separator string) (before, after string, found bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}

func isUUID(s string) bool { return uuidForm.MatchString(s) }

func isURI(s string) bool {
	parsed, err := url.Parse(s)
	return err == nil && parsed.IsAbs() && !strings.ContainsAny(s, " \\\"<>^`{|}")
}

func isHostname(s string) bool { return len(s) <= 254 && hostForm.MatchString(s) }

func isIPv4(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Is4()
}

func isIPv6(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Is6() && addr.Zone() == ""
}

// isBase64 asks for padding and no line breaks (RFC 4648, section 4). Padding
// bits that are not zero are taken, as most decoders do.
func isBase64(s string) bool {
	if strings.ContainsAny(s, "\r\n") {
		return false // the decoder would skip them
	}
	_, err := base64.StdEncoding.DecodeString(s)
	return err == nil
}
