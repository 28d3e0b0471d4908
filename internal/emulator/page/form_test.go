// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package page

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
)

func schema(t *testing.T, text string) *openapi3.Schema {
	t.Helper()
	var s openapi3.Schema
	if err := s.UnmarshalJSON([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return &s
}

const everyKind = `{"type":"object","required":["input"],"properties":{"input":{"allOf":[
	{"type":"object","properties":{"text":{"type":"string","description":"Help","example":"Example"},"day":{"type":"string","format":"date"}},"required":["text"]},
	{"type":"object","properties":{"number":{"type":"number"},"yes":{"type":"boolean"},"choice":{"type":"string","enum":["a","b"]},
		"file":{"type":"string","format":"binary"},"either":{"oneOf":[{"type":"string"},{"type":"number"}]},"free":{"type":"object"},
		"list":{"type":"array","items":{"type":"object","properties":{"inner":{"type":"integer"}}}},"texts":{"type":"array","items":{"type":"string"}}}}]}}}`

func TestFields(t *testing.T) {
	got := map[string]string{}
	for _, field := range NewForm(schema(t, everyKind)).Fields {
		got[field.Name] = fmt.Sprint(field.Kind, " ", field.Group, "/", field.Label, " ", field.Required, field.Value)
	}
	want := map[string]string{
		"input[text]": "text Input/Text trueExample", "input[day]": "date Input/Day false", "input[number]": "number Input/Number false",
		"input[yes]": "boolean Input/Yes false", "input[choice]": "choice Input/Choice false", "input[file]": "file Input/File false",
		"input[either]": "json Input/Either false", "input[free]": "json Input/Free false",
		"input[list][0][inner]": "number List/Inner false", "input[texts][0]": "text Texts/Element false",
		"metadata[subjectId]": "text Metadata/Subject ID truecustomer-123",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTitles(t *testing.T) {
	for path, want := range map[string]string{
		"input[basicIdentity]": "Basic identity", "input[documentsToSign][documents][0]": "Documents to sign, Documents", "metadata": "Metadata", "redirectUrl": "Redirect URL", "": "",
	} {
		if got := title(path); got != want {
			t.Errorf("%s becomes %q, want %q", path, got, want)
		}
	}
}

// send fills the form of everyKind as a browser does.
func send(t *testing.T, mediaType string, fields map[string]string) (contentType, body string, err error) {
	t.Helper()
	var sent bytes.Buffer
	w := multipart.NewWriter(&sent)
	for name, value := range fields {
		_ = w.WriteField(name, value)
	}
	part, _ := w.CreateFormFile("input[file]", "a.txt")
	_, _ = part.Write([]byte("content"))
	_ = w.Close()
	r := httptest.NewRequest(http.MethodPost, "/", &sent)
	r.Header.Set("Content-Type", w.FormDataContentType())
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		t.Fatal(err)
	}
	contentType, raw, err := NewForm(schema(t, everyKind)).Read(r, mediaType)
	return contentType, string(raw), err
}

func TestRead(t *testing.T) {
	entered := map[string]string{
		"input[text]": "T", "input[day]": "", "input[number]": "12345678901234567890.10", "input[yes]": "false", "input[choice]": "b",
		"input[either]": `{"a":[1,"x"]}`, "input[list][0][inner]": "7", "input[texts][0]": "", "input[unknown]": "x",
	}
	_, body, err := send(t, "application/json", entered)
	want := `{"input":{"choice":"b","either":{"a":[1,"x"]},"file":"Y29udGVudA==","list":[{"inner":7}],"number":12345678901234567890.10,"text":"T","yes":false}}`
	if err != nil || body != want {
		t.Errorf("%s, %v", body, err)
	}
	contentType, body, err := send(t, "multipart/form-data", entered)
	if err != nil || !strings.HasPrefix(contentType, "multipart/form-data; boundary=") {
		t.Fatalf("%s, %v", contentType, err)
	}
	for _, part := range []string{
		"name=\"input[number]\"\r\n\r\n12345678901234567890.10\r\n", "name=\"input[list][0][inner]\"\r\n\r\n7\r\n", "name=\"input[either][a][1]\"\r\n\r\nx\r\n",
		"name=\"input[file]\"; filename=\"a.txt\"\r\nContent-Type: application/octet-stream\r\n\r\ncontent\r\n", "name=\"input[yes]\"\r\n\r\nfalse\r\n",
	} {
		if !strings.Contains(body, part) {
			t.Errorf("no %q in\n%s", part, body)
		}
	}
	if _, _, err := send(t, "application/json", map[string]string{"input[free]": "{"}); err == nil || err.Error() != "input[free] must be JSON" {
		t.Errorf("%v", err)
	}
	if _, body, err := send(t, "application/json", map[string]string{"input[number]": "seven"}); err != nil || !strings.Contains(body, `"number":"seven"`) {
		t.Errorf("%s, %v", body, err) // the flow says what is wrong
	}
}

// A document can be made to have any number of fields, and none of its own end.
func TestFormsAreBounded(t *testing.T) {
	wide := &openapi3.Schema{Properties: openapi3.Schemas{}}
	for i := range 1000 {
		wide.Properties[fmt.Sprint("o", i)] = openapi3.NewSchemaRef("", &openapi3.Schema{Properties: openapi3.Schemas{
			"x": openapi3.NewSchemaRef("", openapi3.NewStringSchema()), "y": openapi3.NewSchemaRef("", openapi3.NewStringSchema()),
		}})
	}
	if n := len(NewForm(wide).Fields); n > maxFields+1 {
		t.Errorf("%d fields", n)
	}
	endless := openapi3.NewObjectSchema()
	endless.Properties = openapi3.Schemas{"again": openapi3.NewSchemaRef("", endless), "also": openapi3.NewSchemaRef("", endless)}
	endless.AllOf = openapi3.SchemaRefs{openapi3.NewSchemaRef("", endless)}
	if n := len(NewForm(endless).Fields); n > maxFields+1 {
		t.Errorf("%d fields", n)
	}
}
