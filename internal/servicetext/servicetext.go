// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package servicetext

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

// Policy is what the provider's settings allow to be shown. The zero value
// withholds the service's words.
type Policy struct {
	// Verbatim shows a response's messages in full.
	Verbatim bool
	// Secrets returns the credentials and tokens that are redacted in them. It must not
	// be nil where Verbatim is set.
	Secrets func() []string
}

// Request is what is known of the request that a response is about. The zero
// value is a read, which has no fields to be wrong.
type Request struct {
	Fields []Field
	Sent   []string // every text and number of its body
}

const withheld = "The text of the response is withheld because it may contain personal data. " +
	"Look in the dashboard, or set show_service_messages in the provider block to see it."

// Describe returns what may be shown of an error response's body, as paragraphs;
// "" where the body has no messages.
func (p Policy) Describe(body []byte, about Request) string {
	found := messages(body)
	if len(found) == 0 {
		return ""
	}
	if p.Verbatim {
		return "The response contains:" + list(p.verbatim(found))
	}
	if known := about.known(found); len(known) > 0 {
		return "The response mentions:" + list(known) + "\n\n" + withheld
	}
	return withheld
}

func list(lines []string) string { return "\n  - " + strings.Join(lines, "\n  - ") }

// known returns a line for each message that names a known field or a known
// rule.
func (r Request) known(messages []string) []string {
	fields, sent := newIndex(r.Fields), lower(r.Sent)
	var lines []string
	for _, message := range messages {
		message = terminal.Line(message, maxMessage)
		line := describe(fields.fields(message, sent), ruleOf(message, sent))
		if line != "" && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// describe writes fields and a rule as one line, with the fields' limits:
// input.person.givenName: length (at most 40 characters).
func describe(fields []Field, rule string) string {
	named := make([]string, 0, len(fields))
	for _, f := range fields {
		text := f.String()
		if limit := f.limit(rule); limit != "" {
			text += " (" + limit + ")"
		}
		named = append(named, text)
	}
	switch {
	case len(named) == 0:
		return rule
	case rule == "":
		return strings.Join(named, ", ")
	}
	return strings.Join(named, ", ") + ": " + rule
}

// verbatim returns messages in full, except for what is a token by its form or
// its place.
func (p Policy) verbatim(messages []string) []string {
	lines := make([]string, 0, len(messages))
	for _, message := range messages {
		message = tokens.ReplaceAllString(p.redact(message), "(redacted)")
		lines = append(lines, terminal.Line(message, maxMessage))
	}
	return lines
}

// redact removes the secrets, as they are and as URLs and forms escape them.
func (p Policy) redact(text string) string {
	const shortest = 4 // anything shorter is no secret and occurs in every sentence
	for _, secret := range p.Secrets() {
		if len(secret) < shortest {
			continue
		}
		for _, written := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			text = strings.ReplaceAll(text, written, "(redacted)")
		}
	}
	return text
}

// tokens are JSON Web Tokens, bearer tokens, and the values of parameters that
// carry one, as in a player URL.
var tokens = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)*` +
	`|(?i:\bbearer\s+[^\s"',;]+)` +
	`|(?i:[a-z_-]*(?:token|secret|signature|api_?key)["']?\s*[=:]\s*["']?[^\s"'&,;]+["']?)`)

// requestIDs are the forms in which gateways and frameworks write request IDs:
// UUID, 128 bits in hex, AWS trace ID, ULID. Anything else in that header could
// be any text.
var requestIDs = regexp.MustCompile(`^(?:[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}` +
	`|[0-9A-Fa-f]{32}|Root=1-[0-9A-Fa-f]{8}-[0-9A-Fa-f]{24}|[0-7][0-9A-HJKMNP-TV-Z]{25})$`)

// RequestID returns the request ID of a response, "" where it may not be shown.
func (p Policy) RequestID(id string, about Request) string {
	switch {
	case p.Verbatim:
		return terminal.Text(p.redact(id))
	case requestIDs.MatchString(id) && !anyContains(lower(about.Sent), id):
		return id
	}
	return ""
}
