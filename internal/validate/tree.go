// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// truth is a value of three-valued logic.
type truth int

const (
	no truth = iota
	maybe
	yes
)

func decided(b bool) truth {
	if b {
		return yes
	}
	return no
}

// present returns the indices of a list's elements that are not null.
func present(list value.List) []int {
	var indices []int
	for i, element := range list {
		if !value.IsNull(element) {
			indices = append(indices, i)
		}
	}
	return indices
}

// presentKeys returns the keys of an object's members that are not null, sorted.
func presentKeys(object value.Object) []string {
	return slices.DeleteFunc(object.Keys(), func(key string) bool { return value.IsNull(object[key]) })
}

// sent reports whether v will be in the request. A null is not. Nor is, in a
// form, what has no leaf: a form has a part for each leaf, and none for what is
// empty.
func (e *evaluator) sent(v value.Value) truth {
	switch v := v.(type) {
	case nil, value.Null:
		return no
	case value.Unknown:
		return maybe
	case value.List:
		if e.form {
			return e.anySent(slices.Values(v))
		}
	case value.Object:
		if e.form {
			return e.anySent(maps.Values(v))
		}
	}
	return yes
}

func (e *evaluator) anySent(parts iter.Seq[value.Value]) truth {
	sent := no
	for part := range parts {
		if sent = max(sent, e.sent(part)); sent == yes {
			break
		}
	}
	return sent
}

// size are the bounds of how many elements or members there may be.
type size struct {
	min, max         *int64
	minRule, maxRule Rule
	noun             string
}

// check counts the values that will be in the request. An unknown one may turn
// out null, and then it is not.
func (b size) check(e *evaluator, parts iter.Seq[value.Value], at value.Path, out *outcome) {
	if b.min == nil && b.max == nil {
		return
	}
	var most, least int64
	for part := range parts {
		switch e.sent(part) {
		case no:
		case maybe:
			most++
		case yes:
			most++
			least++
		}
	}
	switch {
	case b.min != nil && most < *b.min:
		out.find(at, b.minRule, fmt.Sprintf("has %s; at least %d are needed", quantity(most, b.noun), *b.min))
	case b.max != nil && least > *b.max:
		out.find(at, b.maxRule, fmt.Sprintf("has %s; at most %d are allowed", quantity(least, b.noun), *b.max))
	case b.min != nil && least < *b.min, b.max != nil && most > *b.max:
		out.undecided = true
	}
}

// list evaluates a list. Null elements are not sent, so they do not count.
func (e *evaluator) list(s *flowschema.Schema, v value.List, at value.Path, out *outcome) {
	size{s.MinItems, s.MaxItems, RuleMinItems, RuleMaxItems, "element"}.check(e, slices.Values(v), at, out)
	if s.UniqueItems {
		unique(v, at, out)
	}
	if s.Items == nil {
		return
	}
	for _, i := range present(v) {
		out.addBelow(e.value(s.Items, v[i], at.Index(i)))
	}
}

// unique finds elements that equal an earlier one.
func unique(v value.List, at value.Path, out *outcome) {
	first := map[string]int{}
	for _, i := range present(v) {
		if !value.Known(v[i]) {
			out.undecided = true
			continue
		}
		text := canonical(v[i])
		if earlier, repeated := first[text]; repeated {
			out.find(at.Index(i), RuleUniqueItems, fmt.Sprintf("equals element %d of the list; its elements must differ", earlier))
			continue
		}
		first[text] = i
	}
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

// object evaluates an object's members as they are written, those that a form
// leaves out too: a wrong key or kind is a mistake all the same.
func (e *evaluator) object(s *flowschema.Schema, v value.Object, at value.Path, out *outcome) {
	size{s.MinProperties, s.MaxProperties, RuleMinProperties, RuleMaxProperties, "key"}.check(e, maps.Values(v), at, out)
	wrong := map[string]bool{}
	for _, key := range presentKeys(v) {
		member, declared := s.Properties[key]
		switch {
		case declared:
			e.warnReadOnly(member, at.Key(key))
		case s.Additional == nil:
			continue
		case s.Additional.Never && s.Closed:
			continue // an unknown key, which is the better message
		case s.Additional.Never:
			if !out.onlyCounts() {
				out.findings = append(out.findings, e.unknownKey(s, v, key, at))
			}
			continue
		default:
			member = s.Additional
		}
		below := e.value(member, v[key], at.Key(key))
		wrong[key] = below.wrong()
		out.addBelow(below)
	}
	e.missing(s, v, at, wrong, out)
}

// warnReadOnly notes a value that the service sets. OpenAPI specifies that it
// should not be sent, so it is no error.
func (e *evaluator) warnReadOnly(member *flowschema.Schema, at value.Path) {
	if member.IsReadOnly() {
		e.warnings = append(e.warnings, finding{Problem: Problem{Path: at, Rule: RuleReadOnly, Message: "is set by the service and should not be sent; remove it"}})
	}
}

// missing finds members that are missing, once those that are set have been
// evaluated. One that may turn out not to be sent counts as set, but nothing
// can be built on it.
func (e *evaluator) missing(s *flowschema.Schema, v value.Object, at value.Path, wrong map[string]bool, out *outcome) {
	for _, key := range s.Required {
		sent := e.sent(v[key])
		if len(at) == 0 && (key == contract.Input || key == contract.Metadata) {
			sent = yes // what they lack is reported separately
		}
		switch sent {
		case yes:
		case maybe:
			out.undecided = true
		case no:
			message := missing
			if !value.IsNull(v[key]) {
				message = unrepresentable + "; the flow requires it"
			}
			member := s.Properties[key]
			if !wrong[key] && !out.onlyCounts() {
				out.findings = append(out.findings, finding{
					Problem: Problem{Path: at.Key(key), Rule: RuleRequired, Message: message + e.contents(member)},
					member:  member,
				})
			}
		}
	}
}

// contents names what a missing member must hold, "" for a leaf. It is written once for
// all members of the same schema.
func (e *evaluator) contents(s *flowschema.Schema) string {
	written, found := e.required[s]
	if !found {
		if names := s.RequiredNames(); names != nil {
			written = ", with " + enumerate(names, "and")
		}
		if e.required == nil {
			e.required = map[*flowschema.Schema]string{}
		}
		e.required[s] = written
	}
	return written
}
