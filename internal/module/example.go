// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"github.com/idnow/terraform-provider-idnow/internal/flowdoc"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// How far an example is looked for. Rules may contradict each other, and a
// document may demand more values than anyone reads.
const (
	maxForms   = 4     // of a value that may have one of several
	maxRounds  = 1_000 // of judging
	maxSamples = 1_000 // values in an example
)

// findExample returns the least input that the flow takes, nil where none is
// found. What the rules of a document come to together is not worked out anew
// here: an input is made up, the document's own judge says where it is wrong,
// and there it is made otherwise.
func (s *source) findExample(judge func(input value.Value) []flowdoc.Problem) *sample {
	for form := range maxForms {
		maker := &sampler{defs: s.reader.defs, form: form}
		if input := maker.sample(s.input, true); maker.repair(input, judge) {
			return input
		}
	}
	return nil
}

// sampler makes up values of shapes.
type sampler struct {
	defs map[string]*schema
	form int // which one is taken of a value that may have one of several forms
	made int // samples so far
}

// sample makes up a value of a shape: what must be given, and nothing else. As
// long as typed is set, the module's types cover it.
func (m *sampler) sample(of *shape, typed bool) *sample {
	made := &sample{typed: typed, kind: of.kind, maker: m}
	if m.made++; m.made > maxSamples {
		return made
	}
	switch of.kind {
	case object, mapping:
		made.fields(of)
	case list:
		made.element = of.element
		made.lengthen(leastElements(of))
	case untyped:
		if typed {
			// Read again, as one of its forms.
			again := &reader{defs: m.defs, choose: true, choice: m.form}
			return m.sample(again.read(of.parts[0]), false)
		}
		made.candidates = untypedCandidates(of)
	default:
		made.candidates = candidates(of)
	}
	return made
}

// repair changes the input until the judge finds nothing wrong with it. It
// reports whether it came to that.
func (m *sampler) repair(input *sample, judge func(value.Value) []flowdoc.Problem) bool {
	for range maxRounds {
		if m.made > maxSamples {
			return false
		}
		problems := judge(input.value())
		if len(problems) == 0 {
			return true
		}
		for _, problem := range problems {
			if !input.mend(problem.Path[1:], problem.Rule) {
				return false
			}
		}
	}
	return false
}
