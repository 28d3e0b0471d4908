// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package servicetext

import (
	"encoding/json"
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"
)

const (
	maxMessages     = 20
	maxMessage      = 1000 // characters
	maxMessageDepth = 4
)

// messageKeys are the members of an error body that contain text for a person,
// or lead to it: RFC 9457 (title, detail, errors), RFC 6749 (error_description)
// and the shape that NestJS writes.
var messageKeys = []string{"title", "detail", "message", "messages", "error", "error_description", "description", "reason", "errors", "violations", "details"}

// placeKeys are the members of an error's entry that contain its place.
var placeKeys = []string{"field", "path", "property", "pointer", "name"}

var (
	htmlTitle  = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	htmlMarkup = regexp.MustCompile(`(?is)<(script|style)\b.*?</(script|style)>|<[^>]*>`)
)

// messages returns the texts of an error body of any shape: JSON, problem+json,
// HTML or plain text. They are as the service wrote them.
func messages(body []byte) []string {
	c := &collector{}
	text := strings.TrimSpace(string(body))
	var tree any
	switch {
	case json.Unmarshal(body, &tree) == nil:
		c.collect(tree, "", 0)
	case strings.HasPrefix(text, "<"):
		c.add(textOfHTML(text))
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["): // JSON that broke off
	default:
		c.add(text)
	}
	return c.found
}

// textOfHTML returns a page's title, or all of its text where it has none.
func textOfHTML(page string) string {
	if title := htmlTitle.FindStringSubmatch(page); title != nil {
		return html.UnescapeString(title[1])
	}
	return html.UnescapeString(htmlMarkup.ReplaceAllString(page, " "))
}

// collector walks the members of an error body that contain messages.
type collector struct{ found []string }

func (c *collector) add(text string) {
	if text = strings.TrimSpace(text); text != "" && len(c.found) < maxMessages && !slices.Contains(c.found, text) {
		c.found = append(c.found, text)
	}
}

// collect puts the place in front of what belongs to a field.
func (c *collector) collect(node any, place string, depth int) {
	if depth > maxMessageDepth || len(c.found) == maxMessages {
		return
	}
	switch n := node.(type) {
	case string:
		if place != "" {
			n = place + ": " + n
		}
		c.add(n)
	case []any:
		for _, item := range n {
			c.collect(item, place, depth+1)
		}
	case map[string]any:
		c.members(n, place, depth)
	}
}

func (c *collector) members(n map[string]any, place string, depth int) {
	if own := firstText(n, placeKeys); own != "" && depth > 0 {
		place = own
	}
	known := false
	for _, key := range messageKeys {
		if child, ok := n[key]; ok {
			known = true
			c.collect(child, place, depth+1)
		}
	}
	if known {
		return
	}
	// By field, as in {"errors": {"givenName": ["is required"]}}, or a body of
	// which no member is known to contain a message: then any may.
	for _, key := range slices.Sorted(maps.Keys(n)) {
		if !slices.Contains(placeKeys, key) {
			c.collect(n[key], key, depth+1)
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
