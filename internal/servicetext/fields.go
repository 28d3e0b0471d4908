// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package servicetext

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

// Field is a field of a request that the flow's document or the API's contract
// declares.
type Field struct {
	// Path is the field's place in the request: input.documents[].source.
	Path string
	// Argument is how a configuration calls it where that is not Path.
	Argument string

	Type      string   // JSON Schema's word; empty for any
	Format    string   // empty for none
	Enum      []string // the allowed values, nil for any
	MaxLength int64    // in characters; 0 for no limit
}

// Contract are the fields that every create has, whatever the flow: the request
// of POST /api/v1/flows/{flowId}/{environment}/sessions.
var Contract = []Field{
	{Path: contract.Input},
	{Path: contract.Metadata},
	{Path: contract.Metadata + "." + contract.SubjectID},
	{Path: contract.Metadata + "." + contract.Locale, Enum: contract.Locales},
	{Path: contract.RedirectURL, Argument: "redirect_url"},
	{Path: contract.State, MaxLength: contract.MaxState},
}

const (
	maxFields = 10 // that are looked at in one message
	maxValues = 50 // allowed values that are shown of one field
)

// limit is what is known of the field that belongs to a rule.
func (f Field) limit(rule string) string {
	switch {
	case rule == ruleAllowed && len(f.Enum) > 0:
		shown := make([]string, 0, min(len(f.Enum), maxValues))
		for _, v := range f.Enum[:min(len(f.Enum), maxValues)] {
			shown = append(shown, terminal.Quote(v))
		}
		if more := len(f.Enum) - maxValues; more > 0 {
			shown = append(shown, fmt.Sprintf("and %d more", more))
		}
		return strings.Join(shown, ", ")
	case rule == ruleLength && f.MaxLength > 0:
		return "at most " + strconv.FormatInt(f.MaxLength, 10) + " characters"
	case rule == ruleFormat:
		return terminal.Text(f.Format)
	case rule == ruleType:
		return terminal.Text(f.Type)
	}
	return ""
}

func (f Field) String() string {
	if f.Argument != "" {
		return f.Argument
	}
	return terminal.Text(f.Path)
}

// names are the parts of a path without list indices, in whatever notation:
// input.a[0].b, input[a][0][b] and /input/a/0/b have the same.
func names(path string) []string {
	parts := strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune("./[]", r) })
	return slices.DeleteFunc(parts, func(part string) bool { return strings.Trim(part, "0123456789") == "" })
}

// index finds fields by their path or by the end of it, as a service may write.
type index map[string]Field

func newIndex(fields []Field) index {
	found := index{}
	for _, f := range fields {
		path := names(f.Path)
		for i := range path {
			end := strings.Join(path[i:], ".")
			if other, ambiguous := found[end]; ambiguous && i > 0 && other.Path != f.Path {
				f = Field{Path: end}
			}
			found[end] = f
		}
	}
	return found
}

// fields returns those that a message names, except where sent, in lower case,
// contains the name as a value.
func (x index) fields(message string, sent []string) []Field {
	var found []Field
	seen := map[string]bool{}
	for _, word := range strings.FieldsFunc(message, func(r rune) bool { return !isPathRune(r) }) {
		path := names(word)
		key := strings.Join(path, ".")
		f, known := x[key]
		if !known || seen[key] || len(seen) == maxFields {
			continue
		}
		seen[key] = true
		if !slices.ContainsFunc(path, func(name string) bool { return anyContains(sent, name) }) {
			found = append(found, f)
		}
	}
	return found
}

func isPathRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_$-./[]", r)
}

func lower(texts []string) []string {
	lowered := make([]string, len(texts))
	for i, text := range texts {
		lowered[i] = strings.ToLower(text)
	}
	return lowered
}

// anyContains reports whether one of texts, in lower case, contains word.
func anyContains(texts []string, word string) bool {
	word = strings.ToLower(word)
	return slices.ContainsFunc(texts, func(text string) bool { return containsWord(text, word) })
}

// containsWord reports whether text contains word as a word of its own.
func containsWord(text, word string) bool {
	for from := 0; ; {
		at := strings.Index(text[from:], word)
		if at < 0 {
			return false
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(word):])
		if !isWordRune(before) && !isWordRune(after) {
			return true
		}
		from = at + 1
	}
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
