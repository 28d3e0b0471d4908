// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"context"
	"slices"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// The budget of one validation. A flow with 500 fields takes some thousand
// steps, and a millisecond.
const (
	maxSteps = 500_000
	maxTime  = time.Second
	maxDepth = 2_000 // schemas within schemas
)

// evaluator evaluates schemas on a value, against one budget.
type evaluator struct {
	ctx       context.Context //nolint:containedctx // of one validation
	form      bool            // the request will be multipart
	steps     int
	depth     int
	deadline  time.Time
	exhausted bool
	warnings  []finding

	names       map[*flowschema.Schema][]string // see knownNames
	comparisons int
	literals    map[*any][]string             // by an enum's first value; see literalsOf
	required    map[*flowschema.Schema]string // see contents
}

// spend takes one step, and reports false when there is none left.
func (e *evaluator) spend() bool {
	if e.exhausted {
		return false
	}
	if e.deadline.IsZero() {
		e.deadline = time.Now().Add(maxTime)
	}
	e.steps++
	if e.steps > maxSteps || e.depth > maxDepth || e.steps%100 == 0 && (time.Now().After(e.deadline) || e.ctx.Err() != nil) {
		e.exhausted = true
	}
	return !e.exhausted
}

// outcome is what one schema comes to on one value. It is wrong with findings,
// undecided without findings and with undecided set, else right.
type outcome struct {
	findings  []finding
	more      int // findings that are only counted
	undecided bool
	applied   []*flowschema.Schema // whose keys are known at this place
}

func (o outcome) wrong() bool { return len(o.findings) > 0 }
func (o outcome) right() bool { return !o.wrong() && !o.undecided }

// add joins the outcome of a schema that must hold too.
func (o *outcome) add(other outcome) {
	o.addBelow(other)
	o.applied = append(o.applied, other.applied...)
}

// addBelow joins the outcome of a value that this one holds.
func (o *outcome) addBelow(other outcome) {
	kept := min(len(other.findings), maxFindings-len(o.findings))
	o.findings = append(o.findings, other.findings[:kept]...)
	o.more += other.more + len(other.findings) - kept
	o.undecided = o.undecided || other.undecided
}

// maxFindings is how many findings an outcome has. Each takes memory, in every session
// that is validated at the same time, and most of so many would not be shown.
const maxFindings = 1_000

// minFindings is how many a failed alternative keeps, however many alternatives there are.
const minFindings = 10

// onlyCounts counts a further finding where there is no room for it, and reports that.
func (o *outcome) onlyCounts() bool {
	full := len(o.findings) >= maxFindings
	if full {
		o.more++
	}
	return full
}

// findsWithin reports whether something is wrong at a place or below it.
func (o *outcome) findsWithin(at value.Path) bool {
	return slices.ContainsFunc(o.findings, func(found finding) bool {
		return len(found.Path) >= len(at) && found.Path[:len(at)].Compare(at) == 0
	})
}

func (o *outcome) find(at value.Path, rule Rule, message string) {
	if !o.onlyCounts() {
		o.findings = append(o.findings, finding{Problem: Problem{Path: at, Rule: rule, Message: message}})
	}
}

// value evaluates v by all that s declares for its place. A null counts as omitted
// and is not passed here.
func (e *evaluator) value(s *flowschema.Schema, v value.Value, at value.Path) outcome {
	switch v := v.(type) {
	case value.Unknown:
		return outcome{undecided: true}
	case value.File:
		return file(s, at)
	default:
		return e.schema(s, v, at)
	}
}

// schema evaluates a known value by one schema of its place.
func (e *evaluator) schema(s *flowschema.Schema, v value.Value, at value.Path) outcome {
	e.depth++
	defer func() { e.depth-- }()
	if !e.spend() {
		return outcome{undecided: true, applied: []*flowschema.Schema{anyKeys}}
	}
	out := outcome{undecided: s.Undecided, applied: []*flowschema.Schema{s}}
	if s.Never {
		out.find(at, RuleNot, "is not allowed here")
		return out
	}
	if !allowsKind(s, v) {
		out.findings = append(out.findings, wrongKind(expectedKinds(s), v, at))
		return out
	}
	if s.Enum != nil {
		out.add(e.oneOfValues(s.Enum, v, at))
	}
	object, isObject := v.(value.Object)
	switch v := v.(type) {
	case value.String:
		out.add(text(s, string(v), at))
	case value.Number:
		out.add(number(s, v, at))
	case value.List:
		e.list(s, v, at, &out)
	case value.Object:
		e.object(s, v, at, &out)
	}
	e.combinations(s, v, at, &out)
	if s.Closed && isObject {
		e.unknownKeys(s, object, at, &out)
	}
	return out
}

// anyKeys knows every key: what was not evaluated may declare it.
var anyKeys = &flowschema.Schema{Additional: &flowschema.Schema{}}

// combinations evaluates v by the schemas that apply to the same place.
func (e *evaluator) combinations(s *flowschema.Schema, v value.Value, at value.Path, out *outcome) {
	for _, part := range s.AllOf {
		out.add(e.schema(part, v, at))
	}
	if len(s.AnyOf) > 0 {
		out.add(e.alternatives(RuleAnyOf, s.AnyOf, v, at))
	}
	if len(s.OneOf) > 0 {
		out.add(e.alternatives(RuleOneOf, s.OneOf, v, at))
	}
	if s.Not == nil {
		return
	}
	warnings := len(e.warnings)
	switch negated := e.schema(s.Not, v, at); {
	case negated.right():
		out.find(atInput(at), RuleNot, refusal(s.Not))
	case !negated.wrong():
		out.undecided = true
	}
	e.warnings = e.warnings[:warnings]
}

// alternatives evaluates v by the branches of anyOf or oneOf.
func (e *evaluator) alternatives(rule Rule, branches []*flowschema.Schema, v value.Value, at value.Path) outcome {
	var failed []alternative
	var out outcome
	right, undecided := 0, 0
	for i, branch := range branches {
		warnings := len(e.warnings)
		evaluated := e.schema(branch, v, at)
		switch {
		case evaluated.right():
			right++
		case !evaluated.wrong():
			undecided++
		default:
			e.warnings = e.warnings[:warnings]
			kept := min(len(evaluated.findings), max(minFindings, maxFindings/len(branches)))
			failed = append(failed, alternative{i + 1, branch, slices.Clone(evaluated.findings[:kept])})
			continue
		}
		out.applied = append(out.applied, evaluated.applied...)
	}
	switch {
	case right == 0 && undecided == 0:
		return explanation{rule, failed, v, at}.outcome()
	case rule == RuleOneOf && right > 1:
		out.find(atInput(at), RuleOneOf, "matches more than one alternative; exactly one must match")
	case right == 0, rule == RuleOneOf && undecided > 0:
		out.undecided = true
	}
	return out
}

// atInput is the place that a problem of the whole body is reported at.
func atInput(at value.Path) value.Path {
	if len(at) == 0 {
		return value.Path{value.Name(contract.Input)}
	}
	return at
}

// unknownKeys finds keys that none of the schemas of a closed place declares.
func (e *evaluator) unknownKeys(s *flowschema.Schema, v value.Object, at value.Path, out *outcome) {
	for _, key := range presentKeys(v) {
		known := slices.ContainsFunc(out.applied, func(part *flowschema.Schema) bool { return declares(part, key) })
		if !known && !out.onlyCounts() {
			out.findings = append(out.findings, e.unknownKey(s, v, key, at))
		}
	}
}

func declares(s *flowschema.Schema, key string) bool {
	_, declared := s.Properties[key]
	return declared || s.Additional != nil && !s.Additional.Never
}
