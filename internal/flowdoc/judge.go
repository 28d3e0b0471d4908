// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"maps"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// maxSteps bounds how many times a schema is held against a value. Nested
// alternatives multiply; what lies beyond is left to the service.
const maxSteps = 500_000

// judge holds a value against a compiled schema.
//
// The value may have parts that are known only after apply, so the answer is
// one of three (Kleene's logic): right, wrong, or undecided. Only what no
// later value can put right is a finding.
type judge struct {
	form  bool // the request will be a form
	steps int
}

// outcome is the answer for one schema and one value. It is wrong with
// findings, undecided without findings and with undecided set, else right.
type outcome struct {
	findings  []finding
	undecided bool
	known     map[string]bool // members that the schema has a word on
	knowsAll  bool            // it has a word on every member
}

func (o outcome) wrong() bool { return len(o.findings) > 0 }
func (o outcome) right() bool { return !o.wrong() && !o.undecided }

// add joins the outcome of a schema that must hold too.
func (o *outcome) add(other outcome) {
	o.findings = append(o.findings, other.findings...)
	o.undecided = o.undecided || other.undecided
	o.learn(other)
}

// learn takes over which members another schema has a word on.
func (o *outcome) learn(other outcome) {
	o.knowsAll = o.knowsAll || other.knowsAll
	for name := range other.known {
		o.know(name)
	}
}

func (o *outcome) know(name string) {
	if o.known == nil {
		o.known = map[string]bool{}
	}
	o.known[name] = true
}

// findsWithin reports whether something is wrong at a place or below it.
func (o *outcome) findsWithin(at value.Path) bool {
	return slices.ContainsFunc(o.findings, func(found finding) bool {
		return len(found.Path) >= len(at) && found.Path[:len(at)].Compare(at) == 0
	})
}

func (o *outcome) find(at value.Path, rule Rule, message string) {
	o.findings = append(o.findings, finding{Problem: Problem{Path: at, Rule: rule, Message: message}})
}

// value judges v by all that s says of its place. A null counts as not given
// and is not passed here.
func (j *judge) value(s *jsonschema.Schema, v value.Value, at value.Path) outcome {
	switch v := v.(type) {
	case value.Unknown:
		return outcome{undecided: true}
	case value.File:
		return judgeFile(s, at)
	default:
		return j.schema(s, v, at)
	}
}

// schema judges a known value by one schema of its place.
func (j *judge) schema(s *jsonschema.Schema, v value.Value, at value.Path) outcome {
	if j.steps++; j.steps > maxSteps {
		return outcome{undecided: true, knowsAll: true}
	}
	var out outcome
	if s.Bool != nil {
		if !*s.Bool {
			out.find(at, RuleNot, "is not allowed here")
		}
		return out
	}
	if s.Ref != nil {
		out.add(j.schema(s.Ref, v, at))
	}
	if !allowsKind(s, v) {
		out.findings = append(out.findings, wrongKind(expectedKinds(s), v, at))
		return out
	}
	out.add(judgeAllowed(s, v, at))
	switch v := v.(type) {
	case value.String:
		out.add(judgeText(s, string(v), at))
	case value.Number:
		out.add(judgeNumber(s, v, at))
	case value.List:
		out.add(j.list(s, v, at))
	case value.Object:
		out.add(j.object(s, v, at))
	}
	j.combinations(s, v, at, &out)
	if object, ok := v.(value.Object); ok && forbids(s.UnevaluatedProperties) {
		out.add(judgeRest(s, object, out, at))
	}
	return out
}

// forbids reports whether s is the schema that accepts nothing.
func forbids(s *jsonschema.Schema) bool { return s != nil && s.Bool != nil && !*s.Bool }

// combinations judges v by the schemas that apply to the same place.
func (j *judge) combinations(s *jsonschema.Schema, v value.Value, at value.Path, out *outcome) {
	for _, part := range s.AllOf {
		out.add(j.schema(part, v, at))
	}
	if len(s.AnyOf) > 0 {
		out.add(j.alternatives(RuleAnyOf, s.AnyOf, v, at))
	}
	if len(s.OneOf) > 0 {
		out.add(j.alternatives(RuleOneOf, s.OneOf, v, at))
	}
	if s.Not == nil {
		return
	}
	switch negated := j.schema(s.Not, v, at); {
	case negated.right():
		out.find(at, RuleNot, refused(s.Not))
	case !negated.wrong():
		out.undecided = true
	}
}

// alternatives judges v by the branches of anyOf or oneOf.
func (j *judge) alternatives(rule Rule, branches []*jsonschema.Schema, v value.Value, at value.Path) outcome {
	var forms []form
	var out outcome
	right, undecided := 0, 0
	for i, branch := range branches {
		judged := j.schema(branch, v, at)
		switch {
		case judged.right():
			right++
		case !judged.wrong():
			undecided++
		default:
			forms = append(forms, form{i + 1, branch, judged.findings})
			continue
		}
		out.learn(judged)
	}
	switch {
	case right == 0 && undecided == 0:
		return contest{j, rule, forms, v, at}.outcome()
	case rule == RuleOneOf && right > 1:
		out.find(at, RuleOneOf, "fits more than one of the forms that the flow tells apart here; it must fit exactly one")
	case right == 0, rule == RuleOneOf && undecided > 0:
		out.undecided = true
	}
	return out
}

// memberNames returns the members that any schema of a place declares.
func memberNames(s *jsonschema.Schema) map[string]bool {
	names := map[string]bool{}
	inPlace(s, func(part *jsonschema.Schema) {
		for name := range part.Properties {
			names[name] = true
		}
	})
	return names
}

// inPlace visits s and every schema that applies to the same value.
func inPlace(s *jsonschema.Schema, visit func(*jsonschema.Schema)) {
	if s == nil {
		return
	}
	visit(s)
	inPlace(s.Ref, visit)
	for _, parts := range [][]*jsonschema.Schema{s.AllOf, s.AnyOf, s.OneOf} {
		for _, part := range parts {
			inPlace(part, visit)
		}
	}
}

// always visits the schemas of a place that hold whatever the value is: s and
// its allOf, not its alternatives.
func always(s *jsonschema.Schema, visit func(*jsonschema.Schema)) {
	if s == nil {
		return
	}
	visit(s)
	always(s.Ref, visit)
	for _, part := range s.AllOf {
		always(part, visit)
	}
}

// sortedKeys returns the keys of a set in order.
func sortedKeys(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
