// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

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
func allowsKind(s *jsonschema.Schema, v value.Value) bool {
	if s.Types == nil {
		return true
	}
	for _, name := range s.Types.ToStrings() {
		switch v := v.(type) {
		case value.Number:
			if name == "number" || name == "integer" && isWhole(v) {
				return true
			}
		default:
			if kindNames[name] == value.Describe(v) {
				return true
			}
		}
	}
	return false
}

// isWhole reports whether n is an integer. One with an exponent too large to
// be expanded gets the benefit of the doubt.
func isWhole(n value.Number) bool {
	r, ok := n.Rat()
	return !ok || r.IsInt()
}

// expectedKinds names the kinds that s allows, null aside: it means "not given".
func expectedKinds(s *jsonschema.Schema) []string {
	var names []string
	for _, name := range s.Types.ToStrings() {
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
		message = "can't be given here; only null is allowed"
	}
	return finding{Problem: Problem{Path: at, Rule: RuleType, Message: message}, kinds: wanted}
}

// judgeFile judges a file. Only its place matters: its content is opened when
// it is sent, and what that tells is for ValidateFile. It is text in no schema's eye, so all schemas of the place are
// asked at once whether any takes bytes.
func judgeFile(s *jsonschema.Schema, at value.Path) outcome {
	takes, typed := false, (*jsonschema.Schema)(nil)
	inPlace(s, func(part *jsonschema.Schema) {
		takes = takes || contentOf(part) != Text
		if typed == nil && part.Types != nil {
			typed = part
		}
	})
	var out outcome
	switch {
	case takes || typed == nil:
	case allowsKind(typed, value.String("")):
		out.find(at, RuleFile, "takes text, not a file")
	default:
		out.find(at, RuleFile, "must be "+enumerate(expectedKinds(typed), "or")+", not a file")
	}
	return out
}

// judgeAllowed judges v by enum and const.
func judgeAllowed(s *jsonschema.Schema, v value.Value, at value.Path) outcome {
	var out outcome
	if s.Enum != nil {
		out.add(judgeOneOf(RuleEnum, s.Enum.Values, v, at))
	}
	if s.Const != nil {
		out.add(judgeOneOf(RuleConst, []any{*s.Const}, v, at))
	}
	return out
}

func judgeOneOf(rule Rule, allowed []any, v value.Value, at value.Path) outcome {
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
		out.findings = []finding{notAllowed(rule, literals(allowed), at)}
	}
	return out
}

// notAllowed is the finding of a value that is none of the allowed ones.
func notAllowed(rule Rule, allowed []string, at value.Path) finding {
	message := "must be one of " + enumerateUpTo(listedValues, allowed, "or")
	if len(allowed) == 1 {
		message = "must be " + allowed[0]
	}
	return finding{Problem: Problem{Path: at, Rule: rule, Message: message}, allowed: allowed}
}

// refused is what to say of a value that fits a schema under not. Where that
// lists values they are named: what must not be given is not to be guessed.
func refused(negated *jsonschema.Schema) string {
	var values []any
	always(negated, func(part *jsonschema.Schema) {
		if part.Enum != nil {
			values = append(values, part.Enum.Values...)
		}
		if part.Const != nil {
			values = append(values, *part.Const)
		}
	})
	if values == nil {
		return "has a form that the flow does not allow here"
	}
	return "must not be " + enumerateUpTo(listedValues, union(nil, literals(values)), "or")
}

// literals writes allowed values as JSON. Null is left out: it can't be given.
func literals(allowed []any) []string {
	var written []string
	for _, candidate := range allowed {
		if text, err := json.Marshal(candidate); err == nil && candidate != nil {
			written = append(written, abbreviate(string(text)))
		}
	}
	return written
}

// answer is an answer of three-valued logic.
type answer int

const (
	no answer = iota
	maybe
	yes
)

// same compares a value with one of the document, numbers exactly.
func same(v value.Value, want any) answer {
	switch v := v.(type) {
	case value.Unknown:
		return maybe
	case value.Bool:
		return truth(want == bool(v))
	case value.String:
		return truth(want == string(v))
	case value.Number:
		a, aok := v.Rat()
		b, bok := rational(want)
		return truth(aok && bok && a.Cmp(b) == 0)
	case value.List:
		return sameList(v, want)
	case value.Object:
		return sameObject(v, want)
	}
	return no
}

func truth(b bool) answer {
	if b {
		return yes
	}
	return no
}

// sameList compares element by element, unless an element is unknown: it may
// turn out null, and then the others move up.
func sameList(v value.List, want any) answer {
	elements, ok := want.([]any)
	given := present(v)
	open := unknowns(given, func(i int) value.Value { return v[i] })
	if !ok || len(given) < len(elements) || len(given)-open > len(elements) {
		return no
	}
	if open > 0 {
		return maybe
	}
	result := yes
	for i, element := range given {
		result = min(result, same(v[element], elements[i]))
	}
	return result
}

// sameObject compares member by member. An unknown member may turn out null,
// so it may be one that is not wanted.
func sameObject(v value.Object, want any) answer {
	members, ok := want.(map[string]any)
	if !ok {
		return no
	}
	result := yes
	for _, key := range presentKeys(v) {
		member, wanted := members[key]
		if !wanted {
			member = nil
		}
		result = min(result, same(v[key], member))
	}
	for key, member := range members {
		if member != nil && value.IsNull(v[key]) {
			return no
		}
	}
	return result
}

// longestPattern is how much of a pattern is shown: with less than all of it
// nobody can tell what fits.
const longestPattern = 300 // characters

// judgeText judges a string. Lengths count characters, as JSON Schema has it.
func judgeText(s *jsonschema.Schema, v string, at value.Path) outcome {
	out := judgeLength(s, int64(utf8.RuneCountInString(v)), "long", at)
	if s.Pattern != nil && !s.Pattern.MatchString(v) {
		out.find(at, RulePattern, "must match the pattern "+shorten(s.Pattern.String(), longestPattern))
	}
	if s.Format != nil {
		if format, ok := textFormats[s.Format.Name]; ok && !format.valid(v) {
			out.find(at, RuleFormat, format.problem)
		}
	}
	return out
}

// judgeLength judges a number of characters, which the text has as it is
// ("long") or in another form.
func judgeLength(s *jsonschema.Schema, length int64, form string, at value.Path) outcome {
	var out outcome
	if s.MinLength != nil && length < int64(*s.MinLength) {
		message := fmt.Sprintf("is %s %s; at least %d are needed", quantity(length, "character"), form, *s.MinLength)
		if length == 0 {
			message = empty
		}
		out.find(at, RuleMinLength, message)
	}
	if s.MaxLength != nil && length > int64(*s.MaxLength) {
		out.find(at, RuleMaxLength, fmt.Sprintf("is %s %s; at most %d are allowed", quantity(length, "character"), form, *s.MaxLength))
	}
	return out
}

// judgeNumber judges a number by exact arithmetic. One that is too large to be
// expanded is left to the service.
func judgeNumber(s *jsonschema.Schema, v value.Number, at value.Path) outcome {
	n, ok := v.Rat()
	if !ok {
		return outcome{undecided: true}
	}
	out := judgeBounds(s, n, at)
	if s.MultipleOf != nil && !new(big.Rat).Quo(n, s.MultipleOf).IsInt() {
		out.find(at, RuleMultipleOf, "must be a multiple of "+decimal(s.MultipleOf))
	}
	if s.Format != nil {
		if format, ok := numberFormats[s.Format.Name]; ok && n.IsInt() && !format.contains(n) {
			out.find(at, RuleFormat, format.problem)
		}
	}
	return out
}

func judgeBounds(s *jsonschema.Schema, n *big.Rat, at value.Path) outcome {
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

// decimal writes a bound exactly, as the document has it.
func decimal(r *big.Rat) string {
	if r.IsInt() {
		return abbreviate(r.Num().String())
	}
	digits, _ := r.FloatPrec()
	return abbreviate(r.FloatString(digits))
}
