// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// present returns the indices of a list's elements that are given.
func present(list value.List) []int {
	var indices []int
	for i, element := range list {
		if !value.IsNull(element) {
			indices = append(indices, i)
		}
	}
	return indices
}

// presentKeys returns the keys of an object's members that are given, sorted.
func presentKeys(object value.Object) []string {
	var given []string
	for _, key := range object.Keys() {
		if !value.IsNull(object[key]) {
			given = append(given, key)
		}
	}
	return given
}

// unknowns counts the unknown values among those at places. Such a value may
// turn out null, and then it is not given.
func unknowns[P any](places []P, at func(P) value.Value) int {
	n := 0
	for _, place := range places {
		if _, ok := at(place).(value.Unknown); ok {
			n++
		}
	}
	return n
}

// sent tells whether v will be in the request. A null is not. Nor is, in a
// form, what has no leaf: a form has a part for each leaf, and none for what is
// empty.
func (j *judge) sent(v value.Value) answer {
	switch v := v.(type) {
	case nil, value.Null:
		return no
	case value.Unknown:
		return maybe
	case value.List:
		if j.form {
			return j.anySent(slices.Values(v))
		}
	case value.Object:
		if j.form {
			return j.anySent(maps.Values(v))
		}
	}
	return yes
}

func (j *judge) anySent(parts iter.Seq[value.Value]) answer {
	sent := no
	for part := range parts {
		if sent = max(sent, j.sent(part)); sent == yes {
			break
		}
	}
	return sent
}

// tally counts the values at places that will be in the request, and how many
// of them may yet turn out not to be.
func tally[P any](j *judge, places []P, at func(P) value.Value) (sent, open int) {
	for _, place := range places {
		switch j.sent(at(place)) {
		case no:
		case maybe:
			open++
			sent++
		case yes:
			sent++
		}
	}
	return sent, open
}

// size are the bounds of how many elements or members there may be.
type size struct {
	min, max         *int
	minRule, maxRule Rule
	noun             string
}

// judge judges a count of values, of which open may turn out not to be given.
func (b size) judge(given, open int, at value.Path) outcome {
	var out outcome
	switch known := given - open; {
	case b.min != nil && given < *b.min:
		out.find(at, b.minRule, fmt.Sprintf("has %s; at least %d are needed", quantity(given, b.noun), *b.min))
	case b.max != nil && known > *b.max:
		out.find(at, b.maxRule, fmt.Sprintf("has %s; at most %d are allowed", quantity(known, b.noun), *b.max))
	case b.min != nil && known < *b.min, b.max != nil && given > *b.max:
		out.undecided = true
	}
	return out
}

// list judges a list. Null elements are not sent, so they do not count.
func (j *judge) list(s *jsonschema.Schema, v value.List, at value.Path) outcome {
	given := present(v)
	sent, open := tally(j, given, func(i int) value.Value { return v[i] })
	bounds := size{s.MinItems, s.MaxItems, RuleMinItems, RuleMaxItems, "element"}
	out := bounds.judge(sent, open, at)
	if s.UniqueItems {
		out.add(judgeUnique(v, given, at))
	}
	if s.Items2020 == nil {
		return out
	}
	for _, i := range given {
		element := j.value(s.Items2020, v[i], at.Index(i))
		out.findings = append(out.findings, element.findings...)
		out.undecided = out.undecided || element.undecided
	}
	return out
}

// judgeUnique finds elements that repeat an earlier one.
func judgeUnique(v value.List, given []int, at value.Path) outcome {
	var out outcome
	first := map[string]int{}
	for _, i := range given {
		if !value.Known(v[i]) {
			out.undecided = true
			continue
		}
		text := canonical(v[i])
		if earlier, repeated := first[text]; repeated {
			out.find(at.Index(i), RuleUniqueItems, fmt.Sprintf("repeats element %d of the list; its elements must differ", earlier))
			continue
		}
		first[text] = i
	}
	return out
}

// canonical writes a known value so that equal values have equal texts.
func canonical(v value.Value) string {
	switch v := v.(type) {
	case value.Bool:
		return strconv.FormatBool(bool(v))
	case value.Number:
		if r, ok := v.Rat(); ok {
			return r.RatString()
		}
		return string(v)
	case value.String:
		return strconv.Quote(string(v))
	case value.File:
		return "file " + v.SHA256 + strconv.Quote(v.Name()) + strconv.Quote(v.ContentType)
	case value.List:
		text := "["
		for _, i := range present(v) {
			text += canonical(v[i]) + ","
		}
		return text + "]"
	case value.Object:
		text := "{"
		for _, key := range presentKeys(v) {
			text += strconv.Quote(key) + ":" + canonical(v[key]) + ","
		}
		return text + "}"
	}
	return "null"
}

// object judges an object's members as they are written, those that a form
// leaves out too: a wrong key or kind is a mistake all the same.
func (j *judge) object(s *jsonschema.Schema, v value.Object, at value.Path) outcome {
	given := presentKeys(v)
	sent, open := tally(j, given, func(key string) value.Value { return v[key] })
	bounds := size{s.MinProperties, s.MaxProperties, RuleMinProperties, RuleMaxProperties, "key"}
	out := bounds.judge(sent, open, at)
	for _, key := range given {
		member := j.member(s, v, key, at)
		out.findings = append(out.findings, member.findings...)
		out.undecided = out.undecided || member.undecided
		if _, listed := s.Properties[key]; listed || s.AdditionalProperties != nil {
			out.know(key)
		}
	}
	j.required(s, v, at, &out)
	return out
}

// member judges one member that is given.
func (j *judge) member(s *jsonschema.Schema, v value.Object, key string, at value.Path) outcome {
	if schema, listed := s.Properties[key]; listed {
		if isReadOnly(schema) {
			var out outcome
			out.find(at.Key(key), RuleReadOnly, "is set by the service and can't be given; leave it out")
			return out
		}
		return j.value(schema, v[key], at.Key(key))
	}
	switch rest := s.AdditionalProperties.(type) {
	case *jsonschema.Schema:
		return j.value(rest, v[key], at.Key(key))
	case bool:
		if !rest {
			return unknownKey(s, v, key, at)
		}
	}
	return outcome{}
}

// isReadOnly reports whether the service sets the value.
func isReadOnly(s *jsonschema.Schema) bool {
	readOnly := false
	always(s, func(part *jsonschema.Schema) { readOnly = readOnly || part.ReadOnly })
	return readOnly
}

// required finds members that are missing, once those that are given have been
// judged. One that may turn out not to be sent counts as given, but nothing can
// be built on it.
func (j *judge) required(s *jsonschema.Schema, v value.Object, at value.Path, out *outcome) {
	for _, key := range s.Required {
		switch j.sent(v[key]) {
		case yes:
		case maybe:
			out.undecided = true
		case no:
			message := missing
			if !value.IsNull(v[key]) {
				message = unsaid + "; the flow needs it"
			}
			member := s.Properties[key]
			if below := at.Key(key); !out.findsWithin(below) {
				out.findings = append(out.findings, finding{
					Problem: Problem{Path: below, Rule: RuleRequired, Message: message + contents(member)},
					member:  member,
				})
			}
		}
	}
}

// contents tells what a missing member must hold, "" for a leaf.
func contents(s *jsonschema.Schema) string {
	names := requiredBy(s)
	if names == nil {
		return ""
	}
	return ", with " + enumerate(names, "and")
}

// requiredBy returns the members that the schemas of a place require whatever
// the value is, in the document's order.
func requiredBy(places ...*jsonschema.Schema) []string {
	var names []string
	seen := map[string]bool{}
	for _, place := range places {
		always(place, func(part *jsonschema.Schema) {
			for _, name := range part.Required {
				if !seen[name] {
					seen[name] = true
					names = append(names, name)
				}
			}
		})
	}
	return names
}

// judgeRest finds members that none of the schemas of a closed place has a
// word on.
func judgeRest(s *jsonschema.Schema, v value.Object, sofar outcome, at value.Path) outcome {
	var out outcome
	if sofar.knowsAll {
		return out
	}
	for _, key := range presentKeys(v) {
		if !sofar.known[key] {
			out.add(unknownKey(s, v, key, at))
		}
	}
	return out
}
