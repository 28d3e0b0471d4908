// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// locales are the languages of the player (API: create a session, metadata).
var locales = []any{"en", "de", "fr"}

// Validate judges the body of a create-session request, whose members are
// input, metadata, redirectUrl and state, as the media type that would be
// sent. It returns every problem, sorted by place; none when nothing is wrong
// as far as it is known yet: what is [value.Unknown] is passed over, what
// stands beside it is judged.
//
// Of metadata it also judges what holds for every flow, whether or not the
// document says so: a subjectId, and a locale that the player has.
func (d *Document) Validate(body value.Object) []Problem {
	findings := d.judge(body, bodyMembers...)
	findings = append(findings, judgeMetadata(body[metadataMember])...)
	return d.problems(findings)
}

// ValidateInput judges the input alone, as Validate does within a body.
func (d *Document) ValidateInput(input value.Value) []Problem {
	return d.problems(d.judge(value.Object{inputMember: input}, inputMember))
}

// ValidateFile judges what only a file's content tells: whether the base64 text
// as which it travels in a body of mediaType has a length, in characters, that
// the flow takes. Of raw content the document's lengths have no unit that all
// services agree on, so they are left to the service, and so is a length that
// fits one of several schemas of the place. path starts at the body.
func (d *Document) ValidateFile(mediaType string, path value.Path, length int64) []Problem {
	if mediaType != JSON || d.Content(mediaType, path) != Base64 {
		return nil
	}
	member, _ := path[0].(value.Name)
	var findings []finding
	for _, place := range reach(d.request(mediaType).members[string(member)].compiled, path[1:]) {
		var out outcome
		always(place, func(part *jsonschema.Schema) { out.add(judgeLength(part, length, "long as base64", path)) })
		if !out.wrong() {
			return nil
		}
		findings = append(findings, out.findings...)
	}
	return arrange(findings)
}

func (d *Document) problems(findings []finding) []Problem {
	problems := arrange(findings)
	suggestElsewhere(problems, d.blocks)
	return problems
}

// judge holds members of a body against the document.
func (d *Document) judge(body value.Object, members ...string) []finding {
	mediaType := d.MediaType(body)
	request := d.request(mediaType)
	var findings []finding
	for _, name := range members {
		given := body[name]
		at := value.Path{value.Name(name)}
		if value.IsNull(given) {
			if name == redirectURLMember || name == stateMember {
				findings = append(findings, request.missing(name, at)...)
				continue
			}
			// The API takes a missing input as {}. Judged as such, it is not
			// missing itself: each block that the flow needs is.
			given = value.Object{}
		}
		j := &judge{form: mediaType == Multipart}
		out := j.value(request.members[name].compiled, given, at)
		j.elements(given, at, &out)
		findings = append(findings, out.findings...)
	}
	return findings
}

// elements finds elements of lists that a form can't say: left out, they would
// have the others move up. Of one in another the inner is named.
func (j *judge) elements(v value.Value, at value.Path, out *outcome) {
	if !j.form {
		return
	}
	var silent []value.Path
	value.Walk(v, func(below value.Path, part value.Value) {
		if len(below) == 0 || value.IsNull(part) || j.sent(part) != no {
			return
		}
		if _, element := below[len(below)-1].(value.Element); element {
			silent = append(silent, slices.Concat(at, below))
		}
	})
	for _, place := range slices.Backward(silent) {
		if !out.findsWithin(place) {
			out.find(place, RuleRequired, unsaid+" of a list's element; fill it, or take it out")
		}
	}
}

// missing is the finding of a member that is not given, if it must be.
func (r *request) missing(name string, at value.Path) []finding {
	if !slices.Contains(r.required, name) {
		return nil
	}
	return []finding{{Problem: Problem{Path: at, Rule: RuleRequired, Message: missing}}}
}

// judgeMetadata judges what holds for the metadata of every flow.
func judgeMetadata(given value.Value) []finding {
	metadata, ok := given.(value.Object)
	if !ok && !value.IsNull(given) {
		return nil // unknown, or judged by its schema
	}
	var out outcome
	at := value.Path{value.Name(metadataMember)}
	subject := at.Key("subjectId")
	switch id := metadata["subjectId"].(type) {
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
	if locale := metadata["locale"]; !value.IsNull(locale) {
		out.add(judgeOneOf(RuleEnum, locales, locale, at.Key("locale")))
	}
	return out.findings
}
