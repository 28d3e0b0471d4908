// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/idnow/terraform-provider-idnow/examples/flows"
)

// example reads one of the shipped documents.
func example(t testing.TB, name string) *Document {
	t.Helper()
	raw, err := fs.ReadFile(flows.FS, name+".json")
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(raw))
}

func parse(t testing.TB, raw string) *Document {
	t.Helper()
	doc, err := Parse([]byte(raw))
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return doc
}

// documentOf is a flow whose createSession takes this content: media types
// and their schemas, in JSON.
func documentOf(t testing.TB, content string) *Document {
	t.Helper()
	return parse(t, `{"openapi":"3.0.3","info":{"title":"t","version":"1","x-flow-id":"f","x-flow-version":1,"x-environment":"staging"},
		"paths":{"/s":{"post":{"operationId":"createSession","requestBody":{"content":`+content+`},"responses":{"201":{"description":"created"}}}}},
		"components":{"schemas":{"Tree":{"type":"object","properties":{"name":{"type":"string"},"children":{"type":"array","items":{"$ref":"#/components/schemas/Tree"}}}}}}}`)
}

// inputOf is a flow that takes an input of this schema, in both media
// types.
func inputOf(t testing.TB, schema string) *Document {
	t.Helper()
	body := `{"schema":{"type":"object","properties":{"input":` + schema + `,"metadata":{"type":"object"}}}}`
	return documentOf(t, `{"application/json":`+body+`,"multipart/form-data":`+body+`}`)
}

func TestExamplesAreValidDocuments(t *testing.T) {
	names, err := fs.Glob(flows.FS, "*.json")
	if err != nil || len(names) < 4 {
		t.Fatalf("examples: %v, %v", names, err)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			doc := example(t, strings.TrimSuffix(name, ".json"))
			if !strings.HasSuffix(name, "."+doc.Environment+".json") {
				t.Errorf("%s is published to %s", name, doc.Environment)
			}
			if strings.HasPrefix(name, "instant-signature") {
				return // the platform's own: it names a security scheme that it doesn't define
			}
			api, err := openapi3.NewLoader().LoadFromData(doc.Raw)
			if err != nil {
				t.Fatal(err)
			}
			if err := api.Validate(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestParseReadsWhatTheDocumentSays(t *testing.T) {
	doc := example(t, "instant-signature.staging")
	got := []any{doc.FlowID, doc.Environment, doc.Title, doc.Version, doc.DataBlocks, doc.MediaTypes(), doc.AutoComplete}
	want := []any{
		"de74a1b6-ca7d-4222-ae03-a4292b7da07c", "staging", "instant_signiture_issance_with_qes", json.Number("7"),
		[]string{"basicIdentity", "documentsToSign"}, []string{"multipart/form-data"}, false,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	both := example(t, "address-check.staging")
	if diff := cmp.Diff([]string{"application/json", "multipart/form-data"}, both.MediaTypes()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"address", "basicIdentity", "household", "proof"}, both.DataBlocks); diff != "" {
		t.Error(diff)
	}
}

func TestParseReadsAutoComplete(t *testing.T) {
	raw := bytes.Replace(example(t, "document-capture.staging").Raw, []byte(`"x-flow-version"`),
		[]byte(`"x-emulator-auto-complete": true, "x-emulator-complete-after": "1500ms", "x-flow-version"`), 1)
	doc := parse(t, string(raw))
	if !doc.AutoComplete || doc.CompleteAfter != 1500*time.Millisecond {
		t.Errorf("auto-complete %v after %v", doc.AutoComplete, doc.CompleteAfter)
	}
}

// TestParseFindsTheOperation has the one of the right name among several, and
// any name where there is but one.
func TestParseFindsTheOperation(t *testing.T) {
	head := `{"openapi":"3.0.3","info":{"title":"t","version":"1","x-flow-id":"f","x-flow-version":1,"x-environment":"e"},"paths":{`
	operation := func(name, property string) string {
		return `{"post":{"operationId":"` + name + `","requestBody":{"content":{"application/json":{"schema":{"type":"object","properties":{"input":{"type":"object","properties":{"` + property + `":{}}}}}}}},"responses":{"201":{"description":"created"}}}}`
	}
	for name, paths := range map[string]string{
		"by name":  `"/a":` + operation("other", "wrong") + `,"/b":` + operation("createSession", "right") + `,"/c":` + operation("third", "wrong"),
		"the only": `"/a":` + operation("other", "right") + `,"/b":{"get":{"responses":{"200":{"description":"ok"}}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff([]string{"right"}, parse(t, head+paths+"}}").DataBlocks); diff != "" {
				t.Error(diff)
			}
		})
	}
	_, err := Parse([]byte(head + `"/a":` + operation("one", "x") + `,"/b":` + operation("two", "x") + "}}"))
	if err == nil || !strings.Contains(err.Error(), "no operation createSession") {
		t.Errorf("two operations of other names: %v", err)
	}
}

func TestParseRefuses(t *testing.T) {
	good := string(example(t, "document-capture.staging").Raw)
	replace := func(from, to string) string {
		if !strings.Contains(good, from) {
			t.Fatalf("the example has no %s", from)
		}
		return strings.Replace(good, from, to, 1)
	}
	cases := map[string]struct{ raw, want string }{
		"not JSON":             {"openapi: 3.0.0", "not a JSON document"},
		"a list":               {"[]", "not a JSON document"},
		"no flow ID":           {replace(`"x-flow-id"`, `"x-other"`), "x-flow-id is missing"},
		"no environment":       {replace(`"x-environment"`, `"x-other"`), "x-environment is missing"},
		"no version":           {replace(`"x-flow-version"`, `"x-other"`), "x-flow-version is missing"},
		"version in words":     {replace(`"x-flow-version": 2`, `"x-flow-version": "two"`), "not a JSON document"},
		"no operation":         {replace(`"post"`, `"put"`), "no operation createSession"},
		"no body":              {replace(`"requestBody"`, `"x-body"`), "takes no request body"},
		"no content":           {replace(`"application/json": {`, `"x-none": 0, "x-other": {`), ""},
		"reference to nothing": {replace(`"type": "boolean"`, `"$ref": "#/components/schemas/None"`), "can't be read as OpenAPI"},
		"reference outside":    {replace(`"type": "boolean"`, `"$ref": "other.json#/x"`), "can't be read as OpenAPI"},
		"unknown type":         {replace(`"type": "boolean"`, `"type": "colour"`), "is not valid"},
		"duration in words": {replace(`"x-flow-version"`, `"x-emulator-auto-complete": true, "x-emulator-complete-after": "soon", "x-flow-version"`),
			"must be a duration"},
		"duration alone": {replace(`"x-flow-version"`, `"x-emulator-complete-after": "1s", "x-flow-version"`),
			"needs info.x-emulator-auto-complete"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(c.raw))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

// A document may write a media type with its charset; requests need not.
func TestMediaTypesHaveNoParameters(t *testing.T) {
	doc := documentOf(t, `{"Application/JSON; charset=utf-8":{"schema":{"type":"object"}}}`)
	if _, err := doc.Decode("application/json", strings.NewReader(`{"metadata":{"subjectId":"s"}}`)); err != nil {
		t.Error(err)
	}
}
