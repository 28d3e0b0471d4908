// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"unicode/utf8"

	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// kindNames are JSON Schema's types as a message names them.
var kindNames = map[string]string{
	"array":   "a list",
	"boolean": "a boolean",
	"integer": "a whole number",
	"null":    "null",
	"number":  "a number",
	"object":  "an object",
	"string":  "a string",
}

// allowsKind reports whether s allows values of v's kind.
func allowsKind(s *flowschema.Schema, v value.Value) bool {
	return s.Types == nil || slices.ContainsFunc(s.Types, func(name string) bool {
		if number, ok := v.(value.Number); ok {
			return name == "number" || name == "integer" && isWhole(number)
		}
		return kindNames[name] == value.Describe(v)
	})
}

// isWhole reports whether n is an integer. One with an exponent too large to
// be expanded counts as one.
func isWhole(n value.Number) bool {
	r, ok := n.Rat()
	return !ok || r.IsInt()
}

// expectedKinds names the kinds that s allows, null aside: it means "omitted".
func expectedKinds(s *flowschema.Schema) []string {
	var names []string
	for _, name := range s.Types {
		if name != "null" {
			names = append(names, kindNames[name])
		}
	}
	return names
}

// wrongKind is the finding of a value of another kind than the schema's.
func wrongKind(wanted []string, v value.Value, at value.Path) finding {
	message := "must be " + enumerate(wanted, "or") + ", not " + value.Describe(v)
	if _, number := v.(value.Number); number && slices.Contains(wanted, kindNames["integer"]) {
		message = "must be " + enumerate(wanted, "or") // it is a number, but not a whole one
	}
	if len(wanted) == 0 {
		message = "cannot be set here; only null is allowed"
	}
	return finding{Problem: Problem{Path: at, Rule: RuleType, Message: message}, kinds: wanted}
}

// file evaluates a file. Only its place matters: its content is opened when it
// is sent, and what that shows is for [File]. No schema sees it as text, so
// all schemas of the place are asked at once whether any takes bytes.
func file(s *flowschema.Schema, at value.Path) outcome {
	takes, ruled, typed := false, false, (*flowschema.Schema)(nil)
	s.InPlace(func(part *flowschema.Schema) {
		takes = takes || part.Content() != flowschema.Text
		ruled = ruled || hasRules(part)
		if typed == nil && part.Types != nil {
			typed = part
		}
	})
	out := outcome{undecided: ruled, applied: []*flowschema.Schema{s}}
	switch {
	case takes || typed == nil:
	case allowsKind(typed, value.String("")):
		out.find(at, RuleFile, "takes text, not a file")
	default:
		out.find(at, RuleFile, "must be "+enumerate(expectedKinds(typed), "or")+", not a file")
	}
	return out
}

// hasRules reports whether a schema has rules that only a file's content can
// break.
func hasRules(s *flowschema.Schema) bool {
	return s.Undecided || s.Never || s.Enum != nil || s.Pattern != nil || s.MinLength != nil || s.MaxLength != nil ||
		s.AnyOf != nil || s.OneOf != nil || s.Not != nil
}

// oneOfValues evaluates v by the values that are allowed.
func (e *evaluator) oneOfValues(allowed []any, v value.Value, at value.Path) outcome {
	var out outcome
	for _, candidate := range allowed {
		switch same(v, candidate) {
		case yes:
			return outcome{}
		case maybe:
			out.undecided = true
		case no:
		}
	}
	if !out.undecided {
		out.findings = []finding{notAllowed(e.literalsOf(allowed), at)}
	}
	return out
}

// notAllowed is the finding of a value that is none of the allowed ones.
func notAllowed(allowed []string, at value.Path) finding {
	message := "must be one of " + enumerateUpTo(listedValues, allowed, "or")
	if len(allowed) == 1 {
		message = "must be " + allowed[0]
	}
	return finding{Problem: Problem{Path: at, Rule: RuleEnum, Message: message}, allowed: allowed}
}

// refusal is the message about a value that matches a schema under not. Where that
// lists values they are named: what must not be set is not to be guessed.
func refusal(negated *flowschema.Schema) string {
	var values []any
	negated.Always(func(part *flowschema.Schema) { values = append(values, part.Enum...) })
	if values == nil {
		return "matches a schema that the flow does not allow here"
	}
	return "must not be " + enumerateUpTo(listedValues, union(nil, literals(values)), "or")
}

// longestLiteral is how much of an allowed value a message shows.
const longestLiteral = 100 // characters

// literalsOf returns the literals of an enum, which are written once for all elements of a
// list.
func (e *evaluator) literalsOf(enum []any) []string {
	if len(enum) == 0 {
		return nil
	}
	written, found := e.literals[&enum[0]]
	if !found {
		if e.literals == nil {
			e.literals = map[*any][]string{}
		}
		written = literals(enum)
		e.literals[&enum[0]] = written
	}
	return written
}

// literals writes allowed values as JSON. Null is left out: it can't be set.
func literals(allowed []any) []string {
	var written []string
	for _, candidate := range allowed {
		text, err := json.Marshal(candidate)
		if err != nil || candidate == nil {
			continue
		}
		if s, ok := candidate.(string); ok && printable(s) != s {
			text = []byte(printable(s)) // JSON escapes less than a terminal needs
		}
		written = append(written, printable(shorten(string(text), longestLiteral)))
	}
	return written
}

// same compares a value with one of the document, numbers exactly.
func same(v value.Value, want any) truth {
	switch v := v.(type) {
	case value.Unknown:
		return maybe
	case value.Bool:
		return decided(want == bool(v))
	case value.String:
		return decided(want == string(v))
	case value.Number:
		number, ok := want.(json.Number)
		if !ok {
			return no
		}
		a, aok := v.Rat()
		b, bok := value.Number(number).Rat()
		return decided(aok && bok && a.Cmp(b) == 0)
	case value.List:
		return sameList(v, want)
	case value.Object:
		return sameObject(v, want)
	}
	return no
}

// sameList compares element by element, unless an element is unknown: it may
// turn out null, and then the others move up.
func sameList(v value.List, want any) truth {
	elements, ok := want.([]any)
	indices := present(v)
	unknown := 0
	for _, i := range indices {
		if _, ok := v[i].(value.Unknown); ok {
			unknown++
		}
	}
	if !ok || len(indices) < len(elements) || len(indices)-unknown > len(elements) {
		return no
	}
	if unknown > 0 {
		return maybe
	}
	result := yes
	for i, element := range indices {
		result = min(result, same(v[element], elements[i]))
	}
	return result
}

// sameObject compares member by member. An unknown member may turn out null,
// so it may be one that is not wanted.
func sameObject(v value.Object, want any) truth {
	members, ok := want.(map[string]any)
	if !ok {
		return no
	}
	result := yes
	for _, key := range presentKeys(v) {
		result = min(result, same(v[key], members[key]))
	}
	for key, member := range members {
		if member != nil && value.IsNull(v[key]) {
			return no
		}
	}
	return result
}

// longestPattern is how much of a pattern is shown: with less than all of it
// nobody knows what matches.
const longestPattern = 300 // characters

// text evaluates a string. Lengths count characters, as JSON Schema has it.
func text(s *flowschema.Schema, v string, at value.Path) outcome {
	out := outcome{findings: lengthProblems(s, int64(utf8.RuneCountInString(v)), "long", at)}
	if s.Pattern != nil {
		switch matched, decided := s.Pattern.Match(v); {
		case !decided:
			out.undecided = true
		case !matched:
			out.find(at, RulePattern, "must match the pattern "+printable(shorten(s.Pattern.String(), longestPattern)))
		}
	}
	switch format, ok := textFormats[s.Format]; {
	case ok && !format.valid(v):
		out.find(at, RuleFormat, format.problem)
	case !ok && s.Format != "":
		out.undecided = true // the document's own business, as OpenAPI has it
	}
	return out
}

// lengthProblems evaluates a number of characters, which the text has as it is
// ("long") or in another form.
func lengthProblems(s *flowschema.Schema, length int64, form string, at value.Path) []finding {
	var out outcome
	if s.MinLength != nil && length < *s.MinLength {
		message := fmt.Sprintf("is %s %s; at least %d are needed", quantity(length, "character"), form, *s.MinLength)
		if length == 0 {
			message = empty
		}
		out.find(at, RuleMinLength, message)
	}
	if s.MaxLength != nil && length > *s.MaxLength {
		out.find(at, RuleMaxLength, fmt.Sprintf("is %s %s; at most %d are allowed", quantity(length, "character"), form, *s.MaxLength))
	}
	return out.findings
}

// number evaluates a number by exact arithmetic. One that is too large to be
// expanded is left to the service.
func number(s *flowschema.Schema, v value.Number, at value.Path) outcome {
	n, ok := v.Rat()
	if !ok {
		return outcome{undecided: true}
	}
	out := bounds(s, n, at)
	if s.MultipleOf != nil && !new(big.Rat).Quo(n, s.MultipleOf).IsInt() {
		out.find(at, RuleMultipleOf, "must be a multiple of "+decimal(s.MultipleOf))
	}
	if format, ok := numberFormats[s.Format]; ok && n.IsInt() && !format.contains(n) {
		out.find(at, RuleFormat, format.problem)
	}
	return out
}

func bounds(s *flowschema.Schema, n *big.Rat, at value.Path) outcome {
	var out outcome
	if s.Minimum != nil && n.Cmp(s.Minimum) < 0 {
		out.find(at, RuleMinimum, "must be at least "+decimal(s.Minimum))
	}
	if s.ExclusiveMinimum != nil && n.Cmp(s.ExclusiveMinimum) <= 0 {
		out.find(at, RuleMinimum, "must be greater than "+decimal(s.ExclusiveMinimum))
	}
	if s.Maximum != nil && n.Cmp(s.Maximum) > 0 {
		out.find(at, RuleMaximum, "must be at most "+decimal(s.Maximum))
	}
	if s.ExclusiveMaximum != nil && n.Cmp(s.ExclusiveMaximum) >= 0 {
		out.find(at, RuleMaximum, "must be less than "+decimal(s.ExclusiveMaximum))
	}
	return out
}

func decimal(r *big.Rat) string { return shorten(flowschema.Decimal(r), longestLiteral) }
