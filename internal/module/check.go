// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
)

// check is a rule that a condition can say of a value that is not null.
type check struct {
	// condition holds where the value, an expression, keeps the rule. It may let
	// through what the document refuses, never the other way round.
	condition func(value string) string

	// demand completes a sentence that begins with the value's path.
	demand string
}

// checks returns what conditions can say of a value beyond its type.
func (s *shape) checks() []check {
	var found []check
	seen := map[string]bool{}
	add := func(checks ...check) {
		for _, c := range checks {
			if !seen[c.demand] { // parts of a composition may repeat each other
				seen[c.demand] = true
				found = append(found, c)
			}
		}
	}
	if s.whole {
		add(check{func(v string) string { return "floor(" + v + ") == " + v }, "must be a whole number"})
	}
	for _, part := range s.parts {
		switch s.kind {
		case text:
			add(textChecks(part)...)
		case number:
			add(numberChecks(part)...)
		case list:
			add(listChecks(part)...)
		default: // types say all, or the provider's own judging does
		}
	}
	return found
}

func textChecks(s *schema) []check {
	var found []check
	var allowed []string
	for _, choice := range s.choices() {
		if literal, ok := choice.(string); ok {
			allowed = append(allowed, literal)
		}
	}
	if allowed != nil {
		found = append(found, oneOfTexts(allowed))
	}
	found = append(found, lengthChecks(s)...)
	if expressible(s.Pattern) {
		found = append(found, check{matches(s.Pattern), "must match the pattern " + s.Pattern})
	}
	if format, known := formats[s.Format]; known {
		found = append(found, format)
	}
	return found
}

// oneOfTexts is the check of an enum of texts.
func oneOfTexts(allowed []string) check {
	literals, shown := make([]string, len(allowed)), make([]string, len(allowed))
	for i, text := range allowed {
		literals[i], shown[i] = quote(text), `"`+line(text)+`"`
	}
	return oneOf(literals, shown)
}

// oneOf is the check of an enum: its values in HCL, and for a reader.
func oneOf(literals, shown []string) check {
	demand := "must be " + shown[0]
	if last := len(shown) - 1; last > 0 {
		demand = "must be one of " + strings.Join(shown[:last], ", ") + " or " + shown[last]
	}
	return check{
		func(v string) string { return "contains([" + strings.Join(literals, ", ") + "], " + v + ")" },
		demand,
	}
}

// lengthChecks bounds a text. A document counts characters where length counts
// what a reader sees as one, which may be several of them: that is lax enough
// for an upper bound, and for a lower bound of one. Others are counted one by
// one.
func lengthChecks(s *schema) []check {
	least, most := s.MinLength.String(), s.MaxLength.String()
	atMost := func(v string) string { return "length(" + v + ") <= " + most }
	atLeast := func(v string) string { return `length(regexall("(?s:.)", ` + v + `)) >= ` + least }
	if least == "1" {
		atLeast = func(v string) string { return "length(" + v + ") >= 1" }
	}
	bounded, needed := most != "", least != "" && least != "0"
	switch {
	case needed && bounded:
		both := func(v string) string { return atLeast(v) + " && " + atMost(v) }
		return []check{{both, "must have " + least + " to " + quantity(s.MaxLength, "character")}}
	case needed && least == "1":
		return []check{{atLeast, "must not be empty"}}
	case needed:
		return []check{{atLeast, "must have at least " + quantity(s.MinLength, "character")}}
	case bounded:
		return []check{{atMost, "must have at most " + quantity(s.MaxLength, "character")}}
	}
	return nil
}

func quantity(n json.Number, noun string) string {
	if n == "1" {
		return "1 " + noun
	}
	return n.String() + " " + noun + "s"
}

// matches is the condition of a pattern.
func matches(pattern string) func(string) string {
	return func(v string) string { return "can(regex(" + quote(pattern) + ", " + v + "))" }
}

// formats are the formats of texts that conditions can tell, as far as they can.
var formats = map[string]check{
	"date": {
		func(v string) string { return `can(formatdate("YYYY-MM-DD", "${` + v + `}T00:00:00Z"))` },
		"must be a date in the form YYYY-MM-DD, such as 1985-08-22",
	},
	"date-time": {
		matches(`^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$`),
		"must be a date and time in the form of RFC 3339, such as 2024-11-04T10:30:00Z",
	},
	"email": {matches(`^.+@[^@\s]+$`), "must be an email address, such as max@example.com"},
	"uuid": {
		matches(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`),
		"must be a UUID, such as 40cbb7b3-7468-4b5d-8bb5-ff8e82510c70",
	},
	"uri": {matches("^[A-Za-z][A-Za-z0-9+.-]*:[^ \"<>\\\\^`{|}]*$"), "must be an absolute URI, such as https://example.com/path"},
}

func numberChecks(s *schema) []check {
	var found []check
	var allowed []string
	for _, choice := range s.choices() {
		if literal, ok := choice.(json.Number); ok {
			allowed = append(allowed, literal.String())
		}
	}
	if allowed != nil {
		found = append(found, oneOf(allowed, allowed))
	}
	for _, bound := range []struct {
		limit            json.Number
		operator, demand string
	}{
		{s.Minimum, ">=", "must be at least "},
		{s.ExclusiveMinimum, ">", "must be greater than "},
		{s.Maximum, "<=", "must be at most "},
		{s.ExclusiveMaximum, "<", "must be less than "},
	} {
		if bound.limit != "" {
			found = append(found, check{
				func(v string) string { return v + " " + bound.operator + " " + bound.limit.String() },
				bound.demand + bound.limit.String(),
			})
		}
	}
	// Terraform divides in binary, so a step with decimals has no remainder of 0.
	if step, ok := new(big.Int).SetString(s.MultipleOf.String(), 10); ok && step.Sign() > 0 {
		found = append(found, check{
			func(v string) string { return v + " % " + step.String() + " == 0" },
			"must be a multiple of " + step.String(),
		})
	}
	return found
}

// listChecks bounds a list. Null elements are not sent, so they do not count.
func listChecks(s *schema) []check {
	given := func(v string) string { return "[for given in " + v + " : given if given != null]" }
	var found []check
	if s.MinItems != "" && s.MinItems != "0" {
		found = append(found, check{
			func(v string) string { return "length(" + given(v) + ") >= " + s.MinItems.String() },
			"must have at least " + quantity(s.MinItems, "element"),
		})
	}
	if s.MaxItems != "" {
		found = append(found, check{
			func(v string) string { return "length(" + given(v) + ") <= " + s.MaxItems.String() },
			"must have at most " + quantity(s.MaxItems, "element"),
		})
	}
	if s.UniqueItems {
		found = append(found, check{
			func(v string) string { return fmt.Sprintf("length(distinct(%[1]s)) == length(%[1]s)", given(v)) },
			"must not hold the same element twice",
		})
	}
	return found
}
