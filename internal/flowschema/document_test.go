// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
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
		"nothing":                      {nil, "is not JSON: it is empty"},
		"not JSON":                     {[]byte("openapi: 3.0.0"), "is not JSON: invalid character"},
		"cut off":                      {[]byte(`{"openapi":`), "is not JSON: it ends too early"},
		"two documents":                {[]byte(`{} {}`), "something follows the end"},
		"a list":                       {[]byte(`[]`), "not an object"},
		"Swagger 2":                    {[]byte(`{"swagger":"2.0"}`), "is not an OpenAPI 3 document"},
		"no such call":                 {[]byte(`{"openapi":"3.0.0","paths":{"/a":{"post":{}}}}`), "no create-session call"},
		"two calls that may be":        {[]byte(`{"openapi":"3.0.0","paths":{"/a/sessions":{"post":{}},"/b/sessions":{"post":{}}}}`), "no create-session call"},
		"no request body":              {[]byte(`{"openapi":"3.0.0","paths":{"/a/sessions":{"post":{"operationId":"createSession"}}}}`), "no request body"},
		"an empty request body":        {documentOf(`{}`, ""), "no request body"},
		"an unknown reference":         {schema(`{"$ref":"#/components/schemas/X"}`), "refers to #/components/schemas/X, which is not in it"},
		"a file":                       {schema(`{"$ref":"/etc/passwd"}`), "refers to another document (/etc/passwd), which is not followed"},
		"another host":                 {schema(`{"$ref":"https://example.com/x.json"}`), "refers to another document (https://example.com/x.json)"},
		"a keyword of bad type":        {schema(`{"type":"string","maxLength":"150"}`), "a value of \"maxLength\" has the wrong type"},
		"too many bytes":               {bytes.Repeat([]byte(" "), maxBytes+1), "is too large"},
		"too deep":                     {[]byte(strings.Repeat("[", tooDeep) + strings.Repeat("]", tooDeep)), "is nested 101 levels deep"},
		"a request of too many bytes":  {schema(`{"description":"` + strings.Repeat("x", maxReached) + `"}`), "request reaches more than"},
		"too many references":          {schema(`{"allOf":[` + strings.Repeat(`{"$ref":"#/components/schemas/A/properties/b"},`, 20_000) + `{}]}`), "which is not in it"},
		"too many schemas":             {schema(`{"allOf":[` + strings.Repeat(`{},`, maxSchemas) + `{}]}`), "too large or too complex"},
		"compositions of compositions": {inputDocument(`{"$ref":"#/components/schemas/S0"}`, chained(600)), "too large or too complex"},
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
	doc, err := Parse(t.Context(), raw)
	runtime.ReadMemStats(&after)
	if spent := after.TotalAlloc - before.TotalAlloc; spent > limit {
		t.Errorf("%d MiB were allocated, want at most %d", spent>>20, limit>>20)
	}
	return doc, err
}

// chained writes schemas, each of which is composed of all that follow, and all
// of which describe one member: none of them comes out alike in two places.
func chained(length int) string {
	var b strings.Builder
	for i := range length {
		fmt.Fprintf(&b, `"S%d":{"allOf":[{"$ref":"#/components/schemas/S%d"}],"properties":{"q":{"properties":{"x%d":{}}},"p%d":{"$ref":"#/components/schemas/S%d"}}},`, i, i+1, i, i, i/2)
	}
	return fmt.Sprintf(`{%s"S%d":{"type":"object"}}`, b.String(), length)
}

// What would double at every level if references were expanded is read once.
func TestParseReadsSharedPartsOnce(t *testing.T) {
	for _, keyword := range []string{"allOf", "oneOf", "anyOf"} {
		if _, err := parseBounded(t, inputDocument(`{"$ref":"#/components/schemas/S0"}`, doubling(keyword, 40))); err != nil {
			t.Errorf("%s: %v", keyword, err)
		}
	}
	_, err := parseBounded(t, documentOf(`{"application/json":{"schema":{"$ref":"#/components/schemas/S0"}}}`, doubling("anyOf", 40)))
	if err == nil || !strings.Contains(err.Error(), "too large or too complex") {
		t.Errorf("a whole body that doubles: %v", err)
	}
}

// What the request does not reach counts neither for errors nor for limits.
func TestParsePassesOverTheRest(t *testing.T) {
	far := `{"A":{"type":"object","properties":{"big":{"description":"` + strings.Repeat("x", maxReached+1) + `"}}},"B":{"properties":{"a":{"$ref":"#/nowhere"}}},"C":{"type":"string"}}`
	content := `{"application/json":{"schema":{"type":"object","properties":{"input":{"properties":{"c":{"$ref":"#/components/schemas/C"},"r":{"$ref":"#/components/responses/R/content/x/schema"}}}}},
		"examples":{"e":{"$ref":"#/components/examples/E"}}}}`
	raw := strings.TrimSuffix(string(documentOf(content, far)), "}}") + `,"responses":{"R":{"content":{"x":{"schema":{"type":"integer"}}}}},"examples":{"E":{"value":1}}}}`
	doc := mustParse(t, []byte(raw))
	if got := doc.Input().Properties["r"].Types; len(got) != 1 || got[0] != "integer" {
		t.Errorf("a schema of a response is read as %v", got)
	}
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
}

func TestMediaType(t *testing.T) {
	const schema = `{"schema":{"type":"object"}}`
	both := []string{JSON, Multipart}
	tests := map[string]struct {
		offered []string
		input   value.Value
		want    string
	}{
		"both, no file":              {both, value.Number("1"), JSON},
		"both, a file":               {both, value.List{value.File{}}, Multipart},
		"JSON alone, a file":         {[]string{JSON}, value.File{}, JSON},
		"multipart alone, no file":   {[]string{Multipart}, nil, Multipart},
		"neither":                    {[]string{"application/x-www-form-urlencoded"}, nil, Multipart},
		"with a parameter, any case": {[]string{"Application/JSON; charset=utf-8"}, nil, JSON},
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
			if got := doc.MediaType(value.Object{"input": test.input}); got != test.want {
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
