// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"encoding/json"
	"html"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

const (
	maxMessages      = 20
	maxMessageLength = 1000 // runes
	maxRequestID     = 128
	maxMessageDepth  = 4
)

// messageKeys are the members of an error body that hold text for a person, or
// lead to it, in the order in which they are told: RFC 9457 (title, detail,
// errors), RFC 6749 (error_description) and the form that NestJS writes.
var messageKeys = []string{"title", "detail", "message", "messages", "error", "error_description", "description", "reason", "errors", "violations", "details"}

// placeKeys are the members of an error's entry that say where it belongs.
var placeKeys = []string{"field", "path", "property", "pointer", "name"}

var (
	htmlTitle  = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	htmlMarkup = regexp.MustCompile(`(?is)<(script|style)\b.*?</(script|style)>|<[^>]*>`)
)

// messages reads what the service says in an error answer of any shape: JSON,
// problem+json, HTML or text.
func messages(a *answer, redact *redactor) []string {
	var found []string
	add := func(text string) {
		if len(found) == maxMessages || strings.EqualFold(strings.TrimSpace(text), http.StatusText(a.status)) {
			return
		}
		text = clip(redact.message(text), maxMessageLength)
		if text != "" && !slices.Contains(found, text) {
			found = append(found, text)
		}
	}
	text := strings.TrimSpace(string(a.body))
	var tree any
	switch {
	case json.Unmarshal(a.body, &tree) == nil:
		collectMessages(tree, "", 0, add)
	case strings.HasPrefix(text, "<"):
		add(textOfHTML(text))
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["): // JSON that broke off
	default:
		add(text)
	}
	return found
}

// textOfHTML returns a page's title, which names what went wrong where the rest is
// furniture; of a page without one, all of its text.
func textOfHTML(page string) string {
	if title := htmlTitle.FindStringSubmatch(page); title != nil {
		return html.UnescapeString(title[1])
	}
	return html.UnescapeString(htmlMarkup.ReplaceAllString(page, " "))
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
	if known {
		return
	}
	// By field, as in {"errors": {"givenName": ["is required"]}}, or an answer
	// of which no member is known to hold a message: then any may.
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
func requestID(header http.Header, redact *redactor) string {
	for _, key := range []string{"X-Request-Id", "X-Correlation-Id", "X-Amzn-Trace-Id"} {
		if id := redact.identifier(header.Get(key)); id != "" {
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
