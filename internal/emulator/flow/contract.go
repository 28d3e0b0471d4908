// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"net/url"
	"slices"
	"unicode/utf8"
)

// MaxState is the longest state that the API takes, in characters.
const MaxState = 2048

// Locales are the languages of the player page.
var Locales = []string{"en", "de", "fr"}

// contract lists the violations of what the API requires for every flow, whatever its
// document contains. Places with a problem already found are skipped.
func contract(body map[string]any, found []problem) []problem {
	var more []problem
	add := func(path, reason string) {
		if !slices.ContainsFunc(found, func(p problem) bool { return p.path == path }) {
			more = append(more, problem{path, reason})
		}
	}
	validateMetadata(body["metadata"], add)
	if input, set := body["input"]; set {
		if _, ok := input.(map[string]any); !ok {
			add("input", "must be an object")
		}
	}
	if state, set := body["state"]; set {
		if text, ok := state.(string); !ok || utf8.RuneCountInString(text) > MaxState {
			add("state", "must be a string of at most 2048 characters")
		}
	}
	if redirect, set := body["redirectUrl"]; set && !isRedirect(redirect) {
		add("redirectUrl", "must be an absolute URL; deep links such as myapp://done are allowed")
	}
	return more
}

func validateMetadata(value any, add func(path, reason string)) {
	metadata, ok := value.(map[string]any)
	if !ok {
		add("metadata", "must be an object with a subjectId")
		return
	}
	if subject, ok := metadata["subjectId"].(string); !ok || subject == "" {
		add("metadata.subjectId", "must be a non-empty string")
	}
	if locale, set := metadata["locale"]; set && !slices.ContainsFunc(Locales, func(known string) bool { return locale == known }) {
		add("metadata.locale", "must be one of en, de, fr")
	}
}

// isRedirect refuses, besides what is not absolute, the schemes that make a
// browser run or read something instead of going somewhere.
func isRedirect(value any) bool {
	text, ok := value.(string)
	if !ok {
		return false
	}
	target, err := url.Parse(text)
	if err != nil || !target.IsAbs() {
		return false
	}
	switch target.Scheme {
	case "javascript", "data", "vbscript", "file", "blob", "about":
		return false
	case "http", "https":
		return target.Host != ""
	}
	return true
}
