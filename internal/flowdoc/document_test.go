// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

const seedFile = "instant-signature-flow.openapi.json"

func TestParseSeed(t *testing.T) {
	doc := mustParse(t, seed(t, seedFile))
	got := []any{doc.OpenAPIVersion, doc.Title, doc.Description, doc.FlowID, doc.FlowVersion, doc.Environment, doc.ServerURLs, doc.ContentTypes}
	want := []any{"3.0.0", "instant_signiture_issance_with_qes", "", "de74a1b6-ca7d-4222-ae03-a4292b7da07c", "7", "staging",
		[]string{"https://api.eu.platform.idnow.io"}, []string{"multipart/form-data"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	var schema struct {
		Schema     string `json:"$schema"`
		Required   []string
		Properties map[string]struct {
			Required   []string
			Properties map[string]struct{ MaxLength int }
		}
	}
	if err := json.Unmarshal(doc.InputSchema(), &schema); err != nil {
		t.Fatal(err)
	}
	identity := schema.Properties["basicIdentity"]
	if schema.Schema != "https://json-schema.org/draft/2020-12/schema" || identity.Properties["givenName"].MaxLength != 150 {
		t.Errorf("schema: %s", doc.InputSchema())
	}
	if diff := cmp.Diff([][]string{{"basicIdentity", "documentsToSign"}, {"givenName", "familyName"}, {"documents"}},
		[][]string{schema.Required, identity.Required, schema.Properties["documentsToSign"].Required}); diff != "" {
		t.Errorf("required: (-want +got)\n%s", diff)
	}
}

func TestParseThinDocuments(t *testing.T) {
	const content = `{"application/json":{"schema":{"type":"object"}}}`
	document := func(info, operations string) string {
		return fmt.Sprintf(`{"openapi":"3.0.0",%s"paths":%s}`, info, operations)
	}
	post := func(operation string) string {
		return fmt.Sprintf(`{"post":{%s"requestBody":{"content":%s}}}`, operation, content)
	}
	tests := map[string]struct{ raw, version string }{
		"no info":                             {document("", `{"/a/sessions":`+post("")+`}`), ""},
		"version as a number":                 {document(`"info":{"version":7},`, `{"/a/sessions":`+post("")+`}`), "7"},
		"the flow's version counts":           {document(`"info":{"version":"1.0","x-flow-version":9007199254740993},`, `{"/a/sessions":`+post("")+`}`), "9007199254740993"},
		"operationId beats the path":          {document("", `{"/a/sessions":{"post":{}},"/b":`+post(`"operationId":"createSession",`)+`}`), ""},
		"no responses, broken elsewhere":      {document("", `{"/a/sessions":{"post":{"requestBody":{"content":`+content+`},"responses":{"200":{"$ref":"#/nowhere"}}}},"/c":{"get":7}}`), ""},
		"broken components that nobody needs": {document(`"components":{"responses":{"R":{"$ref":"#/nowhere"}}},`, `{"/a/sessions":`+post("")+`}`), ""},
		"a byte order mark":                   {"\xef\xbb\xbf" + document("", `{"/a/sessions":`+post("")+`}`), ""},
		"a request body behind a reference":   {document(`"components":{"requestBodies":{"B":{"content":`+content+`}}},`, `{"/a/sessions":{"post":{"requestBody":{"$ref":"#/components/requestBodies/B"}}}}`), ""},
		"OpenAPI 3.1":                         {strings.Replace(document("", `{"/a/sessions":`+post("")+`}`), "3.0.0", "3.1.0", 1), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := mustParse(t, []byte(test.raw)).FlowVersion; got != test.version {
				t.Errorf("flow version %q, want %q", got, test.version)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	const tooDeep = maxDepth + 1
	schema := func(s string) []byte { return inputDocument(s, "") }
	tests := map[string]struct {
		raw  []byte
		want string // the reason holds it
	}{
		"nothing":                     {nil, "is not JSON: it is empty"},
		"not JSON":                    {[]byte("openapi: 3.0.0"), "is not JSON: invalid character"},
		"cut off":                     {[]byte(`{"openapi":`), "is not JSON: it ends too early"},
		"two documents":               {[]byte(`{} {}`), "something follows the end"},
		"a list":                      {[]byte(`[]`), "not an object"},
		"Swagger 2":                   {[]byte(`{"swagger":"2.0"}`), "is not an OpenAPI 3 document"},
		"no such call":                {[]byte(`{"openapi":"3.0.0","paths":{"/a":{"post":{}}}}`), "no create-session call"},
		"two calls that may be":       {[]byte(`{"openapi":"3.0.0","paths":{"/a/sessions":{"post":{}},"/b/sessions":{"post":{}}}}`), "no create-session call"},
		"no request body":             {[]byte(`{"openapi":"3.0.0","paths":{"/a/sessions":{"post":{"operationId":"createSession"}}}}`), "no request body"},
		"an empty request body":       {documentOf(`{}`, ""), "no request body"},
		"an unknown reference":        {schema(`{"$ref":"#/components/schemas/X"}`), "refers to #/components/schemas/X, which is not in it"},
		"a file":                      {schema(`{"$ref":"/etc/passwd"}`), "refers to another document (/etc/passwd), which is not followed"},
		"another host":                {schema(`{"$ref":"https://example.com/x.json"}`), "refers to another document (https://example.com/x.json)"},
		"a keyword of bad type":       {schema(`{"type":"string","maxLength":"150"}`), "a value of \"maxLength\" has the wrong type"},
		"too many bytes":              {bytes.Repeat([]byte(" "), maxBytes+1), "is too large"},
		"too deep":                    {[]byte(strings.Repeat("[", tooDeep) + strings.Repeat("]", tooDeep)), "is nested 101 levels deep"},
		"too many values":             {schema(`{"enum":[` + strings.Repeat("1,", maxValues) + `1]}`), "is too large"},
		"too many references":         {schema(`{"allOf":[` + strings.Repeat(`{"$ref":"#/components/schemas/A"},`, maxReferences+1) + `{}]}`), "is too large"},
		"a request of too many bytes": {schema(`{"description":"` + strings.Repeat("x", maxRequest) + `"}`), "its request takes"},
		"references times values":     {inputDocument(`{"allOf":[`+strings.Repeat(`{"$ref":"#/components/schemas/A"},`, 900)+`{}]}`, `{"A":{"enum":[`+strings.Repeat("1,", 20_000)+`1]}}`), "is too large: its request has"},
		"references that double":      {inputDocument(`{"$ref":"#/components/schemas/S0"}`, doubling("allOf", 40)), "is too large: unfolded"},
		"choices that double":         {inputDocument(`{"$ref":"#/components/schemas/S0"}`, doubling("oneOf", 40)), "is too large: unfolded"},
		"bodies that double":          {documentOf(`{"application/json":{"schema":{"$ref":"#/components/schemas/S0"}}}`, doubling("anyOf", 40)), "is too large: unfolded"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doc, err := parseBounded(t, test.raw)
			var parseError *ParseError
			if !errors.As(err, &parseError) {
				t.Fatalf("got document %v, error %v; want a ParseError", doc, err)
			}
			if !strings.Contains(parseError.Reason, test.want) {
				t.Errorf("reason %q, want %q in it", parseError.Reason, test.want)
			}
		})
	}
}

// parseBounded parses, and holds what a document costs in memory to a bound
// that has nothing to do with what it would cost unfolded.
func parseBounded(t *testing.T, raw []byte) (*Document, error) {
	t.Helper()
	const limit = 1 << 30 // bytes all in all, not at once
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	doc, err := Parse(raw)
	runtime.ReadMemStats(&after)
	if spent := after.TotalAlloc - before.TotalAlloc; spent > limit {
		t.Errorf("%d MiB were allocated, want at most %d", spent>>20, limit>>20)
	}
	return doc, err
}

// doubling writes a chain of schemas, each of which holds the next one twice.
func doubling(keyword string, levels int) string {
	var b strings.Builder
	for i := range levels {
		fmt.Fprintf(&b, `"S%d":{%q:[{"$ref":"#/components/schemas/S%d"},{"$ref":"#/components/schemas/S%d"}]},`, i, keyword, i+1, i+1)
	}
	return fmt.Sprintf(`{%s"S%d":{"type":"object"}}`, b.String(), levels)
}

// A schema that holds the next one twice at every level, in members rather
// than in place, is small as long as references stay references.
func TestParseKeepsReferencesThatWouldDouble(t *testing.T) {
	const levels = 40
	var b strings.Builder
	for i := range levels {
		fmt.Fprintf(&b, `"S%d":{"type":"object","properties":{"a":{"$ref":"#/components/schemas/S%d"},"b":{"$ref":"#/components/schemas/S%d"}}},`, i, i+1, i+1)
	}
	doc, err := parseBounded(t, inputDocument(`{"$ref":"#/components/schemas/S0"}`, fmt.Sprintf(`{%s"S%d":{"type":"string"}}`, b.String(), levels)))
	if err != nil {
		t.Fatal(err)
	}
	if size := len(doc.InputSchema()); size > 100*levels*3 {
		t.Errorf("the schema has %d bytes", size)
	}
	if got := rules(doc.ValidateInput(decoded(t, `{"a":{"b":{"a":{"c":1}}}}`))); len(got) != 1 {
		t.Errorf("problems: %v", got)
	}
}

// A ring of references is as deep as it is long once it is inlined.
func TestParseKeepsReferencesThatWouldNest(t *testing.T) {
	const length = 300
	var b strings.Builder
	for i := range length {
		fmt.Fprintf(&b, `"S%d":{"type":"object","properties":{"next":{"$ref":"#/components/schemas/S%d"}}},`, i, (i+1)%length)
	}
	doc := mustParse(t, inputDocument(`{"$ref":"#/components/schemas/S0"}`, `{`+b.String()+`"Z":{}}`))
	if depth := nesting(doc.InputSchema()); depth > 10 {
		t.Errorf("the schema is nested %d levels deep", depth)
	}
	if diff := cmp.Diff([]string{"input.next.next.prev unknown"}, rules(doc.ValidateInput(decoded(t, `{"next":{"next":{"prev":1}}}`)))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Alternatives in a recursive schema multiply with the depth of the value.
func TestValidateBoundsAlternatives(t *testing.T) {
	branches := strings.TrimSuffix(strings.Repeat(`{"properties":{"n":{"$ref":"#/components/schemas/N"}}},`, 10), ",")
	doc := mustParse(t, inputDocument(`{"$ref":"#/components/schemas/N"}`, `{"N":{"anyOf":[`+branches+`]}}`))
	deep := value.Value(value.Object{})
	for range 100 {
		deep = value.Object{"n": deep}
	}
	j := &judge{}
	j.value(doc.primary().members[inputMember].compiled, deep, nil)
	if j.steps < maxSteps || j.steps > maxSteps*20 {
		t.Errorf("%d steps", j.steps)
	}
}

// A pattern that takes too long does so once, whatever it is held against, and
// however many there are, few of them get to.
func TestValidateGivesUpSlowPatterns(t *testing.T) {
	slow := `"` + strings.Repeat("a", 40) + `!"`
	many := `[` + strings.Repeat(slow+",", 99) + slow + `]`
	doc := mustParse(t, inputDocument(field(`{"items":{"type":"string","pattern":"^(a+)+$"}}`), ""))
	var judges sync.WaitGroup
	for range 4 {
		judges.Go(func() {
			if got := doc.ValidateInput(decoded(t, `{"x":`+many+`}`)); len(got) > 0 {
				t.Errorf("problems: %v", lines(got))
			}
		})
	}
	judges.Wait()
	if spent := doc.patience.timeouts.Load(); spent < 1 || spent > 4 {
		t.Errorf("%d matches took too long, of 400 by 4 judges", spent)
	}

	var properties, input []string
	for i := range 3 * maxTimeouts {
		properties = append(properties, fmt.Sprintf(`"p%d":{"pattern":"^(a+)+%d$"}`, i, i))
		input = append(input, fmt.Sprintf(`"p%d":%s`, i, slow))
	}
	doc = mustParse(t, inputDocument(`{"properties":{`+strings.Join(properties, ",")+`}}`, ""))
	doc.ValidateInput(decoded(t, `{`+strings.Join(input, ",")+`}`))
	if spent := doc.patience.timeouts.Load(); spent != maxTimeouts {
		t.Errorf("%d matches took too long, want %d", spent, maxTimeouts)
	}
}

func TestMediaType(t *testing.T) {
	const schema = `{"schema":{"type":"object"}}`
	both := []string{JSON, Multipart}
	tests := map[string]struct {
		offered []string
		input   string
		want    string
	}{
		"both, no file":              {both, `{"a":1}`, JSON},
		"both, a file":               {both, `{"a":["<file>"]}`, Multipart},
		"JSON alone, a file":         {[]string{JSON}, `{"a":"<file>"}`, JSON},
		"multipart alone, no file":   {[]string{Multipart}, `{}`, Multipart},
		"neither":                    {[]string{"application/x-www-form-urlencoded"}, `{}`, Multipart},
		"with a parameter, any case": {[]string{"Application/JSON; charset=utf-8"}, `{}`, JSON},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			content := map[string]json.RawMessage{}
			for _, mediaType := range test.offered {
				content[mediaType] = json.RawMessage(schema)
			}
			written, err := json.Marshal(content)
			if err != nil {
				t.Fatal(err)
			}
			doc := mustParse(t, documentOf(string(written), ""))
			if got := doc.MediaType(value.Object{"input": decoded(t, test.input)}); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestContentTypesInOrder(t *testing.T) {
	doc := mustParse(t, documentOf(`{"text/plain":{},"multipart/form-data":{},"application/xml":{},"application/json":{}}`, ""))
	if diff := cmp.Diff([]string{JSON, Multipart, "application/xml", "text/plain"}, doc.ContentTypes); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The body is judged as the media type that would be sent.
func TestValidateByMediaType(t *testing.T) {
	doc := mustParse(t, documentOf(`{
		"application/json":{"schema":{"type":"object","properties":{"input":{"type":"object","required":["a"],"properties":{"a":{"type":"string","format":"byte"}}}}}},
		"multipart/form-data":{"schema":{"type":"object","required":["input[a]","input[b]"],"properties":{"input[a]":{"type":"string","format":"binary"},"input[b]":{"type":"string"}}}}}`, ""))
	if got := rules(doc.ValidateInput(decoded(t, `{"a":"YQ=="}`))); len(got) != 0 {
		t.Errorf("as JSON: %v", got)
	}
	if diff := cmp.Diff([]string{"input.b required"}, rules(doc.ValidateInput(decoded(t, `{"a":"<file>"}`)))); diff != "" {
		t.Errorf("as multipart: (-want +got)\n%s", diff)
	}
}

// A file that travels as text has a length as such, once it has been read.
func TestValidateFile(t *testing.T) {
	const schema = `{"schema":{"type":"object","properties":{"input":{"type":"object","properties":{
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
		"as long as may be":        {JSON, text, 8, nil},
		"longer":                   {JSON, text, 12, []string{"input.text is 12 characters long as base64; at most 8 are allowed"}},
		"longer than 32 bits tell": {JSON, text, 1 << 33, []string{"input.text is 8589934592 characters long as base64; at most 8 are allowed"}},
		"empty":                    {JSON, text, 0, []string{"input.text must not be empty"}},
		"in a list":                {JSON, text[:1].Key("parts").Index(3), 12, []string{"input.parts[3] is 12 characters long as base64; at most 8 are allowed"}},
		"one of several schemas":   {JSON, text[:1].Key("either"), 12, nil},
		"raw content":              {JSON, text[:1].Key("raw"), 12, nil},
		"a part of a form":         {Multipart, text, 12, nil},
		"a place that nobody says": {JSON, text[:1].Key("more"), 12, nil},
	}
	for name, test := range tests {
		doc := mustParse(t, documentOf(`{"`+test.mediaType+`":`+schema+`}`, ""))
		if got := lines(doc.ValidateFile(test.mediaType, test.path, test.length)); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// What is empty has no part in a form, so what the flow needs must hold a leaf.
func TestValidateWhatAFormCannotSay(t *testing.T) {
	const schema = `{"schema":{"type":"object","properties":{"input":{"type":"object","required":["p"],"properties":{
		"p":{"type":"object","required":["l"],"properties":{"l":{"type":"array","items":{"type":"object"}},"n":{"type":"array","minItems":1,"items":{}},"two":{"type":"object","minProperties":2}}},
		"q":{"oneOf":[{"type":"object","required":["a"],"properties":{"a":{}}},{"type":"object","required":["b"],"properties":{"b":{}}}]},
		"free":{}}}}}}`
	const right = `"p":{"l":[{"k":1}]}`
	const empty = " is empty, which a form can't say; the flow needs it"
	const element = " is empty, which a form can't say of a list's element; fill it, or take it out"
	tests := map[string]struct {
		input        string
		asForm, json []string
	}{
		"a list":                           {input: `{"p":{"l":[]}}`, asForm: []string{"input.p.l" + empty}},
		"a list of nulls":                  {input: `{"p":{"l":[null]}}`, asForm: []string{"input.p.l" + empty}},
		"a list of what is empty":          {input: `{"p":{"l":[{"k":[]}]}}`, asForm: []string{"input.p.l" + empty, "input.p.l[0]" + element}},
		"a block":                          {input: `{"p":{}}`, asForm: []string{"input.p.l is missing; the flow needs it"}, json: []string{"input.p.l is missing; the flow needs it"}},
		"a list that may be filled":        {input: `{"p":{"l":["<unknown>"]}}`},
		"a block that may be filled":       {input: `{"p":"<unknown>"}`},
		"an element beside others":         {input: `{` + right + `,"free":[1,[],[{"k":null},2]]}`, asForm: []string{"input.free[1]" + element, "input.free[2][0]" + element}},
		"what nobody needs":                {input: `{` + right + `,"free":{"a":[],"b":{}}}`},
		"what nobody needs, judged as is":  {input: `{"p":{"l":[{"k":1}],"n":[]}}`, asForm: []string{"input.p.n has 0 elements; at least 1 are needed"}, json: []string{"input.p.n has 0 elements; at least 1 are needed"}},
		"too few keys once it is sent":     {input: `{"p":{"l":[{"k":1}],"two":{"a":1,"b":[]}}}`, asForm: []string{"input.p.two has 1 key; at least 2 are needed"}},
		"a form that is told by its keys":  {input: `{` + right + `,"q":{"a":[],"b":1}}`, asForm: []string{"input.q.a does not go with the other keys given here"}, json: []string{"input.q fits more than one of the forms that the flow tells apart here; it must fit exactly one"}},
		"a form that may be told by a key": {input: `{` + right + `,"q":{"a":["<unknown>"],"b":1}}`, json: []string{"input.q fits more than one of the forms that the flow tells apart here; it must fit exactly one"}},
		"forms, and nothing that is sent":  {input: `{` + right + `,"q":{"a":[]}}`, asForm: []string{"input.q.a" + empty}},
		"an unknown is neither":            {input: `{"p":{"l":[{"k":"<unknown>"}],"two":{"a":1,"b":["<unknown>"]}}}`},
	}
	for name, test := range tests {
		for mediaType, want := range map[string][]string{Multipart: test.asForm, JSON: test.json} {
			doc := mustParse(t, documentOf(`{"`+mediaType+`":`+schema+`}`, ""))
			if want == nil {
				want = []string{}
			}
			if diff := cmp.Diff(want, lines(doc.ValidateInput(decoded(t, test.input)))); diff != "" {
				t.Errorf("%s, %s: (-want +got)\n%s", name, mediaType, diff)
			}
		}
	}
	doc := mustParse(t, documentOf(`{"multipart/form-data":`+schema+`}`, ""))
	body, _ := decoded(t, `{"input":{`+right+`},"metadata":{"subjectId":"s","tags":[{}]}}`).(value.Object)
	if diff := cmp.Diff([]string{"metadata.tags[0]" + element}, lines(doc.Validate(body))); diff != "" {
		t.Errorf("metadata: (-want +got)\n%s", diff)
	}
}

func TestContent(t *testing.T) {
	doc := mustParse(t, documentOf(`{
		"application/json":{"schema":{"type":"object","properties":{"input":{"$ref":"#/components/schemas/I"}}}},
		"multipart/form-data":{"schema":{"type":"object","properties":{"input[l]":{"type":"array","items":{"oneOf":[{"type":"object","properties":{"s":{"type":"string","format":"binary"}}},{"type":"string"}]}},"input[t]":{"type":"string"},"input[m]":{"additionalProperties":{"format":"binary"}}}}}}`,
		`{"I":{"type":"object","properties":{"b":{"allOf":[{"format":"byte"},{"type":"string"}]},"next":{"$ref":"#/components/schemas/I"}}}}`))
	input := value.Path{value.Name("input")}
	tests := map[string]struct {
		mediaType string
		path      value.Path
		want      Content
	}{
		"byte":                     {JSON, input.Key("b"), Base64},
		"byte, by recursion":       {JSON, input.Key("next").Key("next").Key("b"), Base64},
		"binary in an alternative": {Multipart, input.Key("l").Index(7).Key("s"), Binary},
		"binary in a map":          {Multipart, input.Key("m").Key("any"), Binary},
		"text":                     {Multipart, input.Key("t"), Text},
		"nothing known":            {Multipart, input.Key("x").Index(0), Text},
		"another member":           {JSON, value.Path{value.Name("state")}, Text},
		"no member":                {JSON, value.Path{value.Name("x")}, Text},
		"the root":                 {JSON, nil, Text},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := doc.Content(test.mediaType, test.path); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}
