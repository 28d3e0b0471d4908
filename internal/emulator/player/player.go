// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package player renders the page on which a person goes through a session. It
// is plain HTML without scripts or anything from elsewhere, so that it works
// offline, by keyboard, with a screen reader, and under a strict policy.
package player

import (
	"bytes"
	"crypto/rand"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// What the form's buttons send as "decision".
const (
	Accept = "accept"
	Reject = "reject"
	Abort  = "abort"
)

// State is what the page shows.
type State string

// The states of the page.
const (
	Open     State = "open"    // the person can decide
	Waiting  State = "waiting" // the flow has no user step
	Accepted State = "accepted"
	Rejected State = "rejected"
	Aborted  State = "aborted"
	Expired  State = "expired"
	Failed   State = "failed"
	Unknown  State = "unknown" // no session has this token; nothing else is known
)

// View is what a page shows.
type View struct {
	Locale      string // en, de or fr
	State       State
	Title       string // of the flow, as are Description and Version
	Description string
	Version     string
	Environment string
	Token       string // sent back by the form
	Blocks      []Block
	ExpiresAt   time.Time
	ReturnTo    string // where a finished session redirects to; may be empty
}

// Block is a data block that the flow knows.
type Block struct {
	Name string // as in the API: basicIdentity
	Sent bool   // in the request that created the session
}

//go:embed player.html.tmpl
var source string

var page = template.Must(template.New("player").Funcs(template.FuncMap{
	"words": Words,
	"moment": func(t time.Time) string {
		return t.UTC().Format("2006-01-02 15:04 UTC")
	},
	"machine": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
}).Parse(source))

// Render writes the page and returns the Content-Security-Policy to send with it.
func Render(w io.Writer, view View) (policy string, err error) {
	nonce := rand.Text()
	words, ok := languages[view.Locale]
	if !ok {
		view.Locale, words = "en", languages["en"]
	}
	var buffer bytes.Buffer
	err = page.Execute(&buffer, struct {
		View
		Text     text
		Message  message
		Nonce    string
		Return   template.URL
		ReturnAt string
	}{view, words, words.states[view.State], nonce, template.URL(view.ReturnTo), //nolint:gosec // validated at creation: absolute, no scheme that runs or reads
		host(view.ReturnTo)})
	if err != nil {
		return "", fmt.Errorf("rendering the player page: %w", err)
	}
	_, err = buffer.WriteTo(w)
	return contentPolicy(nonce, view.ReturnTo), err
}

// contentPolicy allows the page's own style and form. Browsers apply form-action to
// every redirect that follows a form too. Where a page that the form
// leads to sends people next, a login or an app, can't be known here, and an
// IPv6 address can't be written in a policy: there the page goes without.
func contentPolicy(nonce, returnTo string) string {
	policy := "default-src 'none'; style-src 'nonce-" + nonce + "'; base-uri 'none'; frame-ancestors 'none'"
	if !IsPage(returnTo) {
		policy += "; form-action 'self'"
	}
	return policy
}

// IsPage reports whether a browser can open the address by itself. For others,
// deep links, it needs an app that may not be there.
func IsPage(address string) bool {
	target, err := url.Parse(address)
	return err == nil && (target.Scheme == "http" || target.Scheme == "https")
}

// host is how a person recognises an address: its host, else its scheme.
func host(address string) string {
	target, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if IsPage(address) {
		return target.Host
	}
	return target.Scheme
}

// Words turns a name in camelCase into words: "basicIdentity" is "Basic identity",
// and "customerId" is "Customer ID".
func Words(name string) string {
	var b strings.Builder
	for i, letter := range name {
		switch {
		case i == 0:
			letter = unicode.ToUpper(letter)
		case unicode.IsUpper(letter):
			b.WriteByte(' ')
			letter = unicode.ToLower(letter)
		}
		b.WriteRune(letter)
	}
	for word, written := range map[string]string{" id": " ID", " url": " URL"} {
		if before, found := strings.CutSuffix(b.String(), word); found {
			return before + written
		}
	}
	return b.String()
}
