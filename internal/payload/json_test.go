// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package payload_test

import (
	"encoding/base64"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/payload"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

func TestJSON(t *testing.T) {
	scan := []byte("%PDF-1.7\n\x00\xff")
	type m = map[string]any
	tests := map[string]struct {
		body object
		want m
	}{
		"a session": {
			object{
				"input":       object{"basicIdentity": object{"familyName": value.String("Schmidt"), "givenName": value.String("Max")}},
				"metadata":    object{"subjectId": value.String("customer-1")},
				"redirectUrl": value.String("https://example.com/?a=1&b=2"),
				"state":       value.String("csrf"),
			},
			m{
				"input":       m{"basicIdentity": m{"familyName": "Schmidt", "givenName": "Max"}},
				"metadata":    m{"subjectId": "customer-1"},
				"redirectUrl": "https://example.com/?a=1&b=2",
				"state":       "csrf",
			},
		},
		"no input is an empty one":   {object{"metadata": object{}}, m{"input": m{}, "metadata": m{}}},
		"null input is an empty one": {object{"input": value.Null{}}, m{"input": m{}}},
		"null is left out at any depth": {
			object{"input": object{
				"a": value.Null{}, "b": object{"c": value.Null{}}, "d": list{value.Null{}, value.Bool(true), nil}, "e": list{value.Null{}},
			}},
			m{"input": m{"b": m{}, "d": []any{true}, "e": []any{}}},
		},
		"empty stays": {
			object{"input": object{"list": list{}, "object": object{}, "string": value.String(""), "nested": list{list{}, object{}}}},
			m{"input": m{"list": []any{}, "object": m{}, "string": "", "nested": []any{[]any{}, m{}}}},
		},
		"numbers by their text": {
			object{"input": object{"n": list{
				value.Number("9007199254740993"), value.Number("0.1"), value.Number("123456789012345678901234567890"),
				value.Number("-1"), value.Number("1e+300"), value.Number("1e-300"), value.Number("0"),
			}}},
			m{"input": m{"n": []any{
				json.Number("9007199254740993"), json.Number("0.1"), json.Number("123456789012345678901234567890"),
				json.Number("-1"), json.Number("1e+300"), json.Number("1e-300"), json.Number("0"),
			}}},
		},
		"strings that need escapes": {
			object{"input": object{`k"\` + "\n<é": list{
				value.String(`a "quoted" \ / text`), value.String("line\r\n\ttab\x00\x1f\x7f"), value.String("<b>&amp;</b>"),
				value.String("Zoë 日本語 👩🏽‍🚀"), value.String("\u2028\u2029\ufeff\ufffd"),
			}}},
			m{"input": m{`k"\` + "\n<é": []any{
				`a "quoted" \ / text`, "line\r\n\ttab\x00\x1f\x7f", "<b>&amp;</b>",
				"Zoë 日本語 👩🏽‍🚀", "\u2028\u2029\ufeff\ufffd",
			}}},
		},
		"keys that a form can't name": {
			object{"metadata": object{"": value.Bool(true), "a[b]": value.Bool(false)}},
			m{"input": m{}, "metadata": m{"": true, "a[b]": false}},
		},
		"files are base64": {
			object{"input": object{"scans": list{
				writeFile(t, "a.pdf", scan), value.Null{}, writeFile(t, "empty", nil), object{"more": writeFile(t, "b", scan[:1])},
			}}},
			m{"input": m{"scans": []any{base64.StdEncoding.EncodeToString(scan), "", m{"more": "JQ=="}}}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := build(t, test.body, "application/json; charset=utf-8", nil)
			if p.ContentType != contract.JSON {
				t.Errorf("content type %q", p.ContentType)
			}
			if got := decodeJSON(t, content(t, p)); !reflect.DeepEqual(got, any(test.want)) {
				t.Errorf("got  %v\nwant %v", got, test.want)
			}
		})
	}
}

// The same tree is the same bytes, in the order of the keys, and readable.
func TestJSONBytes(t *testing.T) {
	body := object{
		"state":    value.String("<&>é\u2028"),
		"metadata": object{"b": value.Number("1"), "a": list{value.Bool(false), value.Bool(true)}},
		"input":    object{"file": writeFile(t, "x", []byte("abcd"))},
	}
	want := `{"input":{"file":"YWJjZA=="},"metadata":{"a":[false,true],"b":1},"state":"<&>é\u2028"}`
	for range 5 {
		if got := string(content(t, build(t, body, contract.JSON, nil))); got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	}
}

// In JSON a binary field takes base64, which is what its string is already.
func TestJSONBinaryFieldKeepsItsText(t *testing.T) {
	body := object{"input": object{"scan": value.String("AAE=")}}
	p := build(t, body, contract.JSON, binary{"input.scan": true})
	if got, want := string(content(t, p)), `{"input":{"scan":"AAE="}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestJSONRefuses(t *testing.T) {
	tests := map[string]struct {
		body object
		want []string
	}{
		"unknown values, all of them": {
			object{"input": object{"a": object{"b": value.Unknown{}}, "l": list{value.Null{}, value.Unknown{}}}, "state": value.Unknown{}},
			[]string{
				"input.a.b is unknown until apply, and the request can't be sent without it",
				"input.l[1] is unknown until apply, and the request can't be sent without it",
				"state is unknown until apply, and the request can't be sent without it",
			},
		},
		"numbers that are none": {
			object{"input": object{
				"a": value.Number("+Inf"), "b": value.Number("NaN"), "c": value.Number(""), "d": value.Number("1,"),
				"e": value.Number("null"), "f": value.Number("0x1"), "g": value.Number(" 1"), "h": value.Number("1 "),
			}},
			[]string{
				"input.a is not a finite number", "input.b is not a finite number", "input.c is not a finite number",
				"input.d is not a finite number", "input.e is not a finite number", "input.f is not a finite number",
				"input.g is not a finite number", "input.h is not a finite number",
			},
		},
		"text that is not UTF-8": {
			object{"input": object{"a": value.String("\xff"), "k\xff": value.Bool(true)}, "metadata": object{"\xc3": value.Bool(true)}},
			[]string{"input.a is not UTF-8 text", "input has a key that is not UTF-8 text", "metadata has a key that is not UTF-8 text"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := payload.Build(t.Context(), test.body, contract.JSON, nil)
			wantErrors(t, err, test.want)
		})
	}
}
