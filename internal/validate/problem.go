// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// Rule is what a problem breaks. Most are named as the keyword of JSON Schema.
type Rule string

// The rules.
const (
	RuleRequired      Rule = "required"      // a key is missing
	RuleUnknown       Rule = "unknown"       // a key that the flow does not know
	RuleType          Rule = "type"          // another kind of value
	RuleFile          Rule = "file"          // a file where text is wanted
	RuleEnum          Rule = "enum"          // not one of the allowed values
	RuleMinLength     Rule = "minLength"     // too short, in characters
	RuleMaxLength     Rule = "maxLength"     // too long, in characters
	RulePattern       Rule = "pattern"       // does not match the pattern
	RuleFormat        Rule = "format"        // does not follow the format
	RuleMinimum       Rule = "minimum"       // too small
	RuleMaximum       Rule = "maximum"       // too large
	RuleMultipleOf    Rule = "multipleOf"    // not a multiple of the step
	RuleMinItems      Rule = "minItems"      // too few elements
	RuleMaxItems      Rule = "maxItems"      // too many elements
	RuleUniqueItems   Rule = "uniqueItems"   // an element that equals another
	RuleMinProperties Rule = "minProperties" // too few keys
	RuleMaxProperties Rule = "maxProperties" // too many keys
	RuleReadOnly      Rule = "readOnly"      // a value that the service sets
	RuleOneOf         Rule = "oneOf"         // none, or more than one, of the alternatives
	RuleAnyOf         Rule = "anyOf"         // none of the alternatives
	RuleNot           Rule = "not"           // matches what is not allowed
)

// Messages that several rules share, so that they read alike and count as one.
const (
	missing         = "is missing; the flow requires it"
	empty           = "must not be empty"
	unrepresentable = "is empty; a multipart request cannot represent an empty value"
)

// Problem is one thing that is wrong with a body, or one thing that is
// missing from it.
type Problem struct {
	// Path is the place, from the body's root: its first step is Name("input"),
	// "metadata", "redirectUrl" or "state". List elements are counted as the
	// user wrote them, null ones included.
	Path value.Path
	// Rule is what the place breaks.
	Rule Rule
	// Message completes a sentence that starts with the path: "is missing; the
	// flow requires it". It holds limits and allowed values, never the value.
	Message string
	// Suggestion is the known name nearest to an unknown one, or its whole path
	// where the name belongs elsewhere; "" if none is near.
	Suggestion string
}

// String is the problem as one line:
// input.basicIdentity.givenNam is not known to the flow; did you mean givenName?
func (p Problem) String() string { return p.Path.String() + " " + p.Explanation() }

// Explanation is the line of String without its path: the message, with the
// suggestion if there is one.
func (p Problem) Explanation() string {
	if p.Suggestion == "" {
		return p.Message
	}
	return p.Message + "; did you mean " + printable(p.Suggestion) + "?"
}

// finding is a problem while alternatives are still weighed.
type finding struct {
	Problem

	allowed []string           // RuleEnum: the values, as JSON
	kinds   []string           // RuleType: the kinds, as a message names them
	member  *flowschema.Schema // RuleRequired: of what is missing; nil if nothing is declared for it
}

// same reports whether two findings are one problem.
func (f finding) same(other finding) bool {
	return f.Rule == other.Rule && f.Message == other.Message && f.Path.Compare(other.Path) == 0
}

// arrange sorts findings by place and drops repetitions: several schemas may
// ask for the same. Of two that name the same missing member the one that reports
// more stays.
func arrange(findings []finding) []Problem {
	problems := make([]Problem, 0, len(findings))
	for _, found := range findings {
		problems = append(problems, found.Problem)
	}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(a.Path.Compare(b.Path), cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(len(b.Message), len(a.Message)), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(problems, func(a, b Problem) bool {
		return a.Path.Compare(b.Path) == 0 && a.Rule == b.Rule &&
			(a.Message == b.Message || a.Rule == RuleRequired || a.Rule == RuleUnknown)
	})
}

// What a message lists at most. Names are there to remind, and the nearest is
// suggested beside them. Of values one has to be chosen, so a list of all
// countries is shown in full.
const (
	listedNames  = 20
	listedValues = 100
)

// printable is a text of the document, quoted where it could break the message's line or
// control the terminal.
func printable(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(text)
	}
	return text
}

// enumerate joins names for a message: "a", "a and b", "a, b and c".
func enumerate(names []string, conjunction string) string {
	return enumerateUpTo(listedNames, names, conjunction)
}

// enumerateUpTo joins words like enumerate, and counts those past the limit.
func enumerateUpTo(limit int, words []string, conjunction string) string {
	if more := len(words) - limit; more > 1 {
		words = append(slices.Clone(words[:limit]), fmt.Sprintf("%d more", more))
	} else {
		words = slices.Clone(words)
	}
	for i, word := range words {
		words[i] = printable(word)
	}
	last := len(words) - 1
	if last <= 0 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " " + conjunction + " " + words[last]
}

// quantity writes a count with its noun: "1 character", "3 characters".
func quantity(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// shorten cuts s to a number of characters.
func shorten(s string, longest int) string {
	if runes := []rune(s); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return s
}

// union returns a with what only b has behind it.
func union(a, b []string) []string {
	joined := slices.Clone(a)
	seen := map[string]bool{}
	for _, word := range a {
		seen[word] = true
	}
	for _, word := range b {
		if !seen[word] {
			seen[word] = true
			joined = append(joined, word)
		}
	}
	return joined
}
