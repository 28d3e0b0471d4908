// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package payload_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/payload"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

func TestForm(t *testing.T) {
	pdf := writeFile(t, "contract.PDF", []byte("%PDF-1.7\r\n--boundary\r\n\x00"))
	named := writeFile(t, "x.bin", []byte("content"))
	named.Filename, named.ContentType = `a "b" \ ü 日本.pdf`, "application/pdf; version=1.7"
	tests := map[string]struct {
		body   object
		fields payload.Fields
		want   []part
	}{
		"a session": {
			body: object{
				"input":       object{"basicIdentity": object{"givenName": value.String("Max"), "familyName": value.String("Schmidt")}},
				"metadata":    object{"subjectId": value.String("customer-1"), "locale": value.String("de")},
				"redirectUrl": value.String("https://example.com/"),
				"state":       value.String("csrf"),
			},
			want: []part{
				{Name: "input[basicIdentity][familyName]", Body: "Schmidt"},
				{Name: "input[basicIdentity][givenName]", Body: "Max"},
				{Name: "metadata[locale]", Body: "de"},
				{Name: "metadata[subjectId]", Body: "customer-1"},
				{Name: "redirectUrl", Body: "https://example.com/"},
				{Name: "state", Body: "csrf"},
			},
		},
		"list elements, counted without nulls": {
			body: object{"input": object{"documentsToSign": object{"documents": list{
				object{"source": pdf, "templateId": value.String("t1")},
				value.Null{},
				object{"templateId": value.String("t2")},
			}}, "grid": list{list{value.Number("1"), value.Number("2")}, list{value.Number("3")}}}},
			want: []part{
				{"input[documentsToSign][documents][0][source]", "contract.PDF", "application/pdf", "%PDF-1.7\r\n--boundary\r\n\x00"},
				{Name: "input[documentsToSign][documents][0][templateId]", Body: "t1"},
				{Name: "input[documentsToSign][documents][1][templateId]", Body: "t2"},
				{Name: "input[grid][0][0]", Body: "1"},
				{Name: "input[grid][0][1]", Body: "2"},
				{Name: "input[grid][1][0]", Body: "3"},
			},
		},
		"leaves by their text": {
			body: object{"input": object{
				"big": value.Number("123456789012345678901234567890"), "no": value.Bool(false), "yes": value.Bool(true),
				"text": value.String("two\r\nlines, é 👩🏽‍🚀\x00"), "empty": value.String(""),
			}},
			want: []part{
				{Name: "input[big]", Body: "123456789012345678901234567890"},
				{Name: "input[empty]"},
				{Name: "input[no]", Body: "false"},
				{Name: "input[text]", Body: "two\r\nlines, é 👩🏽‍🚀\x00"},
				{Name: "input[yes]", Body: "true"},
			},
		},
		"null and empty have no part": {
			body: object{"input": object{"a": list{}, "b": object{"c": object{}}, "d": value.Null{}, "e": list{value.Null{}}}, "state": value.Null{}},
			want: nil,
		},
		"keys of any script, with spaces and dots": {
			body: object{"metadata": object{"größe in cm": value.Number("1"), "a.b": value.Number("2"), "日本; x=y": value.Number("3")}},
			want: []part{
				{Name: "metadata[a.b]", Body: "2"}, {Name: "metadata[größe in cm]", Body: "1"}, {Name: "metadata[日本; x=y]", Body: "3"},
			},
		},
		"a file with a name and type of its own": {
			body: object{"input": object{"scan": named}},
			want: []part{{"input[scan]", `a "b" \ ü 日本.pdf`, "application/pdf; version=1.7", "content"}},
		},
		"base64 at binary fields is content": {
			body: object{"input": object{
				"front": value.String("iVBORw0KGgo="), "text": value.String("iVBORw0KGgo="),
				"pages": list{value.Null{}, value.String("JVBERi0x")}, "none": value.String(""),
			}},
			fields: binary{"input.front": true, "input.pages[1]": true, "input.none": true},
			want: []part{
				{"input[front]", "front", "image/png", "\x89PNG\r\n\x1a\n"},
				{"input[none]", "none", "text/plain; charset=utf-8", ""},
				{"input[pages][0]", "pages", "application/pdf", "%PDF-1"},
				{Name: "input[text]", Body: "iVBORw0KGgo="},
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := build(t, test.body, contract.Multipart, test.fields)
			if got := decodeForm(t, p.ContentType, content(t, p)); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestFormContentType(t *testing.T) {
	png := "\x89PNG\r\n\x1a\n"
	tests := map[string]struct{ file, filename, content, want string }{
		"by the extension":                     {"a.heic", "", "anything", "image/heic"},
		"by the extension in capitals":         {"A.JPEG", "", "anything", "image/jpeg"},
		"by the extension of the name sent":    {"a.bin", "scan.tif", png, "image/tiff"},
		"by the path where the name has none":  {"a.docx", "contract", png, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		"by the content":                       {"scan", "", png, "image/png"},
		"by the content past an odd extension": {"scan.001", "", "%PDF-", "application/pdf"},
		"of no known kind":                     {"scan", "", "\x00\x01\x02", "application/octet-stream"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			file := writeFile(t, test.file, []byte(test.content))
			file.Filename = test.filename
			p := build(t, object{"input": object{"scan": file}}, contract.Multipart, nil)
			if got := decodeForm(t, p.ContentType, content(t, p))[0].ContentType; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestFormRefuses(t *testing.T) {
	const (
		badKey  = " has a key that a multipart request can't represent: it is empty, or contains a bracket, a quote, a backslash or a control character"
		isEmpty = " is empty; a multipart request can't represent an empty element of a list"
	)
	tests := map[string]struct {
		body object
		want []string
	}{
		"keys that would break a name or a header": {
			object{"metadata": object{
				"": value.Bool(true), "a[b": value.Bool(true), "a]b": value.Bool(true), `a"; x="b`: value.Bool(true), `a\b`: value.Bool(true),
				"a\r\nX-Evil: 1": value.Bool(true), "a\x00": value.Bool(true), "k\xff": value.Bool(true),
			}, "x[y]": value.Bool(true)},
			[]string{
				`metadata[""]` + badKey, `metadata["a\x00"]` + badKey, `metadata["a\r\nX-Evil: 1"]` + badKey, `metadata["a\"; x=\"b"]` + badKey,
				`metadata["a[b"]` + badKey, `metadata["a\\b"]` + badKey, `metadata["a]b"]` + badKey, `metadata["k\xff"]` + badKey, `["x[y]"]` + badKey,
			},
		},
		"empty elements of a list": {
			object{"input": object{"l": list{list{}, value.Bool(true), object{"a": value.Null{}}, object{"b": list{}}}}},
			[]string{"input.l[0]" + isEmpty, "input.l[2]" + isEmpty, "input.l[3]" + isEmpty},
		},
		"everything at once": {
			object{"input": object{
				"a": value.Unknown{}, "b": value.Number("-Inf"), "c": value.String("\xff"), "d": value.String("not base64!"),
				"e": value.File{Path: "gone", SHA256: strings.Repeat("0", 64)},
			}},
			[]string{
				"input.a is unknown until apply, and the request can't be sent without it",
				"input.b is not a finite number",
				"input.c is not UTF-8 text",
				"input.d is not base64 text. To send a file, set it to provider::idnow::file(path)",
				`input.e: file "gone" does not exist; a relative path is resolved from the working directory`,
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := payload.Build(t.Context(), test.body, contract.Multipart, binary{"input.d": true})
			wantErrors(t, err, test.want)
		})
	}
}
