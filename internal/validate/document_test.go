// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// The body is validated as the media type that would be sent.
func TestValidateByMediaType(t *testing.T) {
	doc := mustParse(t, documentOf(`{
		"application/json":{"schema":{"type":"object","properties":{"input":{"type":"object","required":["a"],"properties":{"a":{"type":"string","format":"byte"}}}}}},
		"multipart/form-data":{"schema":{"type":"object","required":["input[a]","input[b]"],"properties":{"input[a]":{"type":"string","format":"binary"},"input[b]":{"type":"string"}}}}}`, ""))
	if got := rules(validInput(doc, decoded(t, `{"a":"YQ=="}`))); len(got) != 0 {
		t.Errorf("as contract.JSON: %v", got)
	}
	if diff := cmp.Diff([]string{"input.b required"}, rules(validInput(doc, decoded(t, `{"a":"<file>"}`)))); diff != "" {
		t.Errorf("as multipart: (-want +got)\n%s", diff)
	}
}

// A file that travels as text has a length as such, once it has been read.
func TestValidateFile(t *testing.T) {
	const described = `{"schema":{"type":"object","properties":{"input":{"type":"object","properties":{
		"text":{"type":"string","format":"byte","minLength":4,"maxLength":8},
		"parts":{"type":"array","items":{"allOf":[{"type":"string","format":"byte"},{"maxLength":8}]}},
		"either":{"oneOf":[{"type":"string","format":"byte","maxLength":8},{"type":"object"}]},
		"raw":{"type":"string","format":"binary","maxLength":8}}}}}}`
	text := value.Path{value.Name("input"), value.Name("text")}
	tests := map[string]struct {
		mediaType string
		path      value.Path
		length    int64
		want      []string
	}{
		"as long as may be":             {contract.JSON, text, 8, nil},
		"longer":                        {contract.JSON, text, 12, []string{"input.text is 12 characters long as base64; at most 8 are allowed"}},
		"longer than 32 bits hold":      {contract.JSON, text, 1 << 33, []string{"input.text is 8589934592 characters long as base64; at most 8 are allowed"}},
		"empty":                         {contract.JSON, text, 0, []string{"input.text must not be empty"}},
		"in a list":                     {contract.JSON, text[:1].Key("parts").Index(3), 12, []string{"input.parts[3] is 12 characters long as base64; at most 8 are allowed"}},
		"one of several schemas":        {contract.JSON, text[:1].Key("either"), 12, nil},
		"raw content":                   {contract.JSON, text[:1].Key("raw"), 12, nil},
		"a part of a form":              {contract.Multipart, text, 12, nil},
		"a place that nobody describes": {contract.JSON, text[:1].Key("more"), 12, nil},
	}
	for name, test := range tests {
		doc := mustParse(t, documentOf(`{"`+test.mediaType+`":`+described+`}`, ""))
		if got := lines(File(doc, test.mediaType, test.path, test.length)); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// What is empty has no part in a form, so what the flow needs must hold a leaf.
func TestValidateWhatAFormCannotRepresent(t *testing.T) {
	const described = `{"schema":{"type":"object","properties":{"input":{"type":"object","required":["p"],"properties":{
		"p":{"type":"object","required":["l"],"properties":{"l":{"type":"array","items":{"type":"object"}},"n":{"type":"array","minItems":1,"items":{}},"two":{"type":"object","minProperties":2}}},
		"q":{"oneOf":[{"type":"object","required":["a"],"properties":{"a":{}}},{"type":"object","required":["b"],"properties":{"b":{}}}]},
		"free":{}}}}}}`
	const right = `"p":{"l":[{"k":1}]}`
	const empty = " is empty; a multipart request cannot represent an empty value; the flow requires it"
	const element = " is empty; a multipart request cannot represent an empty value as a list's element; fill it, or remove it"
	tests := map[string]struct {
		input        string
		asForm, json []string
	}{
		"a list":                                 {input: `{"p":{"l":[]}}`, asForm: []string{"input.p.l" + empty}},
		"a list of nulls":                        {input: `{"p":{"l":[null]}}`, asForm: []string{"input.p.l" + empty}},
		"a list of what is empty":                {input: `{"p":{"l":[{"k":[]}]}}`, asForm: []string{"input.p.l" + empty, "input.p.l[0]" + element}},
		"a block":                                {input: `{"p":{}}`, asForm: []string{"input.p.l is missing; the flow requires it"}, json: []string{"input.p.l is missing; the flow requires it"}},
		"a list that may be filled":              {input: `{"p":{"l":["<unknown>"]}}`},
		"a block that may be filled":             {input: `{"p":"<unknown>"}`},
		"an element beside others":               {input: `{` + right + `,"free":[1,[],[{"k":null},2]]}`, asForm: []string{"input.free[1]" + element, "input.free[2][0]" + element}},
		"what nobody needs":                      {input: `{` + right + `,"free":{"a":[],"b":{}}}`},
		"what nobody needs, validated as it is":  {input: `{"p":{"l":[{"k":1}],"n":[]}}`, asForm: []string{"input.p.n has 0 elements; at least 1 are needed"}, json: []string{"input.p.n has 0 elements; at least 1 are needed"}},
		"too few keys once it is sent":           {input: `{"p":{"l":[{"k":1}],"two":{"a":1,"b":[]}}}`, asForm: []string{"input.p.two has 1 key; at least 2 are needed"}},
		"an alternative by its keys":             {input: `{` + right + `,"q":{"a":[],"b":1}}`, asForm: []string{"input.q.a is not allowed with the other keys set here"}, json: []string{"input.q matches more than one alternative; exactly one must match"}},
		"an alternative that may be meant":       {input: `{` + right + `,"q":{"a":["<unknown>"],"b":1}}`, json: []string{"input.q matches more than one alternative; exactly one must match"}},
		"alternatives, and nothing that is sent": {input: `{` + right + `,"q":{"a":[]}}`, asForm: []string{"input.q.a" + empty}},
		"an unknown is neither":                  {input: `{"p":{"l":[{"k":"<unknown>"}],"two":{"a":1,"b":["<unknown>"]}}}`},
	}
	for name, test := range tests {
		for mediaType, want := range map[string][]string{contract.Multipart: test.asForm, contract.JSON: test.json} {
			doc := mustParse(t, documentOf(`{"`+mediaType+`":`+described+`}`, ""))
			if want == nil {
				want = []string{}
			}
			if diff := cmp.Diff(want, lines(validInput(doc, decoded(t, test.input)))); diff != "" {
				t.Errorf("%s, %s: (-want +got)\n%s", name, mediaType, diff)
			}
		}
	}
	doc := mustParse(t, documentOf(`{"multipart/form-data":`+described+`}`, ""))
	body, _ := decoded(t, `{"input":{`+right+`},"metadata":{"subjectId":"s","tags":[{}]}}`).(value.Object)
	if diff := cmp.Diff([]string{"metadata.tags[0]" + element}, lines(validBody(doc, body))); diff != "" {
		t.Errorf("metadata: (-want +got)\n%s", diff)
	}
}
