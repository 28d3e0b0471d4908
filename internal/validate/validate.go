// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package validate holds a create-session request against the flow's document.
//
// A plan has values that are unknown until apply, and a document may have rules
// that nobody here can evaluate. So the evaluation is three-valued (Kleene's
// logic): right, wrong, or undecided. Only what no later value can put right is
// a [Problem], and what is undecided stays so inside not, oneOf and anyOf.
//
// Evaluation has a budget of steps and of time. What lies beyond is left to the
// service, and [Result.Incomplete] reports it.
package validate

import (
	"context"
	"slices"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// Result is what validation found.
type Result struct {
	// Problems are what is wrong, sorted by place, at most maxProblems.
	Problems []Problem
	// More is how many further problems there are, about as many if they are thousands.
	More int
	// Warnings are what is not as it should be and yet no error: values that
	// the service sets itself.
	Warnings []Problem
	// Incomplete reports that the document was too complex, or that validation
	// was interrupted: there may be further problems.
	Incomplete bool
}

// maxProblems is how many problems a person is shown.
const maxProblems = 100

// Body validates the body of a create-session request, whose members are
// input, metadata, redirectUrl and state, as the media type that would be
// sent. What is [value.Unknown] is passed over, what is beside it is
// validated.
//
// Of metadata it also validates what the API fixes for every flow, whether or
// not the document declares it: a subjectId, and a locale that the player has.
func Body(ctx context.Context, document *flowschema.Document, body value.Object) Result {
	e := &evaluator{ctx: ctx}
	found := e.body(document, body)
	found.findings = append(found.findings, metadataProblems(body[contract.Metadata])...)
	return e.result(document, found)
}

// Input validates the input alone, as Body does within a body.
func Input(ctx context.Context, document *flowschema.Document, input value.Value) Result {
	e := &evaluator{ctx: ctx}
	return e.result(document, e.body(document, value.Object{
		contract.Input: input, contract.Metadata: value.Unknown{}, contract.RedirectURL: value.Unknown{}, contract.State: value.Unknown{},
	}))
}

// File validates what only a file's content shows: whether the base64 text as
// which it travels in a body of mediaType has a length, in characters, that the
// flow takes. Of raw content the document's lengths have no unit that all
// services agree on, so they are left to the service, and so is a length that
// fits one of several schemas of the place. path starts at the body.
func File(document *flowschema.Document, mediaType string, path value.Path, length int64) []Problem {
	if mediaType != contract.JSON || document.Content(mediaType, path) != flowschema.Base64 {
		return nil
	}
	var found []finding
	for _, place := range document.Body(mediaType).At(path) {
		var out outcome
		place.Always(func(part *flowschema.Schema) {
			out.findings = append(out.findings, lengthProblems(part, length, "long as base64", path)...)
		})
		if !out.wrong() {
			return nil
		}
		found = append(found, out.findings...)
	}
	return arrange(found)
}

func (e *evaluator) result(document *flowschema.Document, found outcome) Result {
	problems := arrange(found.findings)
	more := max(0, len(problems)-maxProblems)
	problems = problems[:len(problems)-more]
	suggestElsewhere(problems, document.DataBlocks)
	return Result{Problems: problems, More: more + found.more, Warnings: arrange(e.warnings), Incomplete: e.exhausted}
}

// body evaluates the whole body. The API takes a missing input as {}: evaluated
// as such, it is not missing itself, each block that the flow requires is.
func (e *evaluator) body(document *flowschema.Document, body value.Object) outcome {
	mediaType := document.MediaType(body)
	e.form = mediaType == contract.Multipart
	members := value.Object{}
	for _, name := range contract.Members {
		members[name] = body[name]
	}
	for _, name := range []string{contract.Input, contract.Metadata} {
		if value.IsNull(members[name]) {
			members[name] = value.Object{}
		}
	}
	out := e.value(document.Body(mediaType), members, nil)
	e.emptyElements(members, &out)
	return out
}

// emptyElements finds elements of lists that a form has no part for: left out,
// they would have the others move up. Of one in another the inner is named.
func (e *evaluator) emptyElements(body value.Object, out *outcome) {
	if !e.form {
		return
	}
	var empty []value.Path
	value.Walk(body, func(at value.Path, part value.Value) {
		if len(at) == 0 || value.IsNull(part) || e.sent(part) != no {
			return
		}
		if _, element := at[len(at)-1].(value.Element); element {
			empty = append(empty, at)
		}
	})
	for _, place := range slices.Backward(empty) {
		if !out.findsWithin(place) {
			out.find(place, RuleRequired, unrepresentable+" as a list's element; fill it, or remove it")
		}
	}
}

// metadataProblems finds what is wrong with the metadata of any flow.
func metadataProblems(v value.Value) []finding {
	metadata, ok := v.(value.Object)
	if !ok && !value.IsNull(v) {
		return nil // unknown, or of another kind, which its schema refuses
	}
	var out outcome
	at := value.Path{value.Name(contract.Metadata)}
	subject := at.Key(contract.SubjectID)
	switch id := metadata[contract.SubjectID].(type) {
	case nil, value.Null:
		out.find(subject, RuleRequired, missing)
	case value.Unknown:
	case value.String:
		if id == "" {
			out.find(subject, RuleMinLength, empty)
		}
	default:
		out.findings = append(out.findings, wrongKind([]string{kindNames["string"]}, id, subject))
	}
	if locale := metadata[contract.Locale]; !value.IsNull(locale) {
		allowed := make([]any, len(contract.Locales))
		for i, l := range contract.Locales {
			allowed[i] = l
		}
		out.add(new(evaluator).oneOfValues(allowed, locale, at.Key(contract.Locale)))
	}
	return out.findings
}
