// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"encoding/json"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxMessages      = 20
	maxMessageLength = 1000 // runes
	maxRequestID     = 128
	maxMessageDepth  = 4

	blot = "(redacted)"
)

// messageKeys are the members of an error body that hold text for a person, or
// lead to it, in the order in which they are told: RFC 9457 (title, detail,
// errors), RFC 6749 (error_description) and the form that NestJS writes.
var messageKeys = []string{"title", "detail", "message", "messages", "error", "error_description", "description", "reason", "errors", "violations", "details"}

// placeKeys are the members of an error's entry that say where it belongs.
var placeKeys = []string{"field", "path", "property", "pointer", "name"}

var (
	htmlTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	urlQuery  = regexp.MustCompile(`(\b[a-zA-Z][a-zA-Z0-9+.-]*://[^\s?#"'<>]*)[?#][^\s"'<>]*`)
	jwt       = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{5,}(\.[A-Za-z0-9_-]*)*`)
)

// messages reads what the service says in an error answer of any shape: JSON,
// problem+json, HTML (its title alone) or text.
func messages(a *answer, redact func(string) string) []string {
	var found []string
	add := func(text string) {
		text = clip(printable(redact(text)), maxMessageLength)
		isStatus := strings.EqualFold(text, http.StatusText(a.status))
		if text != "" && !isStatus && len(found) < maxMessages && !slices.Contains(found, text) {
			found = append(found, text)
		}
	}
	text := strings.TrimSpace(string(a.body))
	var tree any
	switch {
	case json.Unmarshal(a.body, &tree) == nil:
		collectMessages(tree, "", 0, add)
	case strings.HasPrefix(text, "<"):
		if title := htmlTitle.FindStringSubmatch(text); title != nil {
			add(html.UnescapeString(title[1]))
		}
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["): // JSON that broke off
	default:
		add(text)
	}
	return found
}

// collectMessages walks the members that hold messages, with place in front of
// what belongs to a field.
func collectMessages(node any, place string, depth int, add func(string)) {
	if depth > maxMessageDepth {
		return
	}
	switch n := node.(type) {
	case string:
		if place != "" {
			n = place + ": " + n
		}
		add(n)
	case []any:
		for _, item := range n {
			collectMessages(item, place, depth+1, add)
		}
	case map[string]any:
		collectMembers(n, place, depth, add)
	}
}

func collectMembers(n map[string]any, place string, depth int, add func(string)) {
	if own := firstText(n, placeKeys); own != "" && depth > 0 {
		place = own
	}
	known := false
	for _, key := range messageKeys {
		if child, ok := n[key]; ok {
			known = true
			collectMessages(child, place, depth+1, add)
		}
	}
	if known || depth == 0 {
		return
	}
	// By field: {"errors": {"givenName": ["is required"]}}
	for _, key := range slices.Sorted(maps.Keys(n)) {
		if !slices.Contains(placeKeys, key) {
			collectMessages(n[key], key, depth+1, add)
		}
	}
}

func firstText(object map[string]any, keys []string) string {
	for _, key := range keys {
		if text, ok := object[key].(string); ok && text != "" {
			return text
		}
	}
	return ""
}

// requestID returns the ID by which the service's support finds the request.
func requestID(header http.Header) string {
	for _, key := range []string{"X-Request-Id", "X-Correlation-Id", "X-Amzn-Trace-Id"} {
		if id := printable(header.Get(key)); id != "" {
			return clip(id, maxRequestID)
		}
	}
	return ""
}

// printable makes text one line that a terminal shows as it is: control and
// invisible characters could repaint what stands around it.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.C, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	return strings.Join(strings.Fields(text), " ")
}

func clip(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return string(runes[:limit]) + "…"
}

// redactor returns the blotting of everything that this call knows.
func (t *call) redactor() func(string) string {
	var secrets, words []string
	if t.auth != nil {
		secrets = t.auth.secrets()
	}
	if t.body != nil {
		words = t.body.Confidential
	}
	return redactor(secrets, words)
}

// redactor returns a function that blots out what must not stand in an error:
// secrets wherever they occur, words where they stand by themselves, queries
// of URLs and JSON Web Tokens.
func redactor(secrets, words []string) func(string) string {
	words = longestFirst(words)
	return func(text string) string {
		for _, secret := range secrets {
			if len(secret) >= minSecret {
				text = strings.ReplaceAll(text, secret, blot)
				text = strings.ReplaceAll(text, url.QueryEscape(secret), blot)
			}
		}
		for _, word := range words {
			text = replaceWord(text, word)
		}
		text = urlQuery.ReplaceAllString(text, "$1")
		return jwt.ReplaceAllString(text, blot)
	}
}

// minSecret is the length from which a credential is blotted out: a shorter
// one is no secret, and its letters occur in any sentence.
const minSecret = 4

func longestFirst(words []string) []string {
	return slices.SortedStableFunc(slices.Values(words), func(a, b string) int { return len(b) - len(a) })
}

// replaceWord blots word out where it stands by itself: the given name "Max"
// must go, "Maximum" may stay.
func replaceWord(text, word string) string {
	if len(word) < 2 { // a single letter tells nothing and stands everywhere
		return text
	}
	first, _ := utf8.DecodeRuneInString(word)
	last, _ := utf8.DecodeLastRuneInString(word)
	var b strings.Builder
	for from := 0; ; {
		at := strings.Index(text[from:], word)
		if at < 0 {
			b.WriteString(text[from:])
			return b.String()
		}
		start, end := from+at, from+at+len(word)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, _ := utf8.DecodeRuneInString(text[end:])
		b.WriteString(text[from:start])
		if isWordRune(before) && isWordRune(first) || isWordRune(last) && isWordRune(after) {
			b.WriteString(word)
		} else {
			b.WriteString(blot)
		}
		from = end
	}
}

func isWordRune(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
