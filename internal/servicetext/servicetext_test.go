// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package servicetext

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"mime/quotedprintable"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// declared are the fields of a flow's document beside those of the contract.
var declared = append([]Field{
	{Path: "input.basicIdentity"},
	{Path: "input.basicIdentity.givenName", MaxLength: 40},
	{Path: "input.basicIdentity.birthDate", Type: "string", Format: "date"},
	{Path: "input.basicIdentity.length"},
	{Path: "input.images.documentType", Enum: []string{"ID_CARD", "PASSPORT"}},
	{Path: "input.files[].name"},
	{Path: "input.address.name"},
}, Contract...)

func TestDescribe(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		want []string // the lines; none: all is withheld
	}{
		"a field and a rule":         {"givenName must be longer than or equal to 1 characters", []string{"input.basicIdentity.givenName (at most 40 characters): length"}},
		"its whole path":             {"input.basicIdentity.birthDate must be a valid ISO 8601 date string", []string{"input.basicIdentity.birthDate (date): format"}},
		"a form's name":              {"input[basicIdentity][givenName] is required", []string{"input.basicIdentity.givenName: missing or empty"}},
		"a JSON pointer":             {`{"errors":[{"pointer":"#/input/basicIdentity/birthDate","detail":"malformed"}]}`, []string{"input.basicIdentity.birthDate (date): format"}},
		"an element of a list":       {"files.17.name is too long", []string{"input.files[].name: length"}},
		"allowed values":             {"documentType must be one of the following values: PASSPORT", []string{`input.images.documentType ("ID_CARD", "PASSPORT"): allowed values`}},
		"the contract's limit":       {"state is too long", []string{"state (at most 2048 characters): length"}},
		"the contract's values":      {"metadata.locale must be one of en, xx", []string{`metadata.locale ("en", "de", "fr"): allowed values`}},
		"a name of ours":             {"redirectUrl is not on the allowlist of client 4711", []string{"redirect_url: allowlist"}},
		"a name of several fields":   {"name is required", []string{"name: missing or empty"}},
		"several fields":             {"givenName or birthDate missing", []string{"input.basicIdentity.givenName, input.basicIdentity.birthDate: missing or empty"}},
		"a rule alone":               {"Quota exceeded: rate limit of 50", []string{"quota or rate limit"}},
		"a field alone":              {"birthDate: no", []string{"input.basicIdentity.birthDate"}},
		"NestJS":                     {`{"statusCode":400,"message":["givenName should not be empty","birthDate must be a string"],"error":"Bad Request"}`, []string{"input.basicIdentity.givenName: missing or empty", "input.basicIdentity.birthDate (string): type"}},
		"errors by field":            {`{"errors":{"givenName":["is required"]}}`, []string{"input.basicIdentity.givenName: missing or empty"}},
		"a page":                     {"<html><head><title>413 Request Entity Too Large</title></head><body>nginx", []string{"size"}},
		"one line for two messages":  {`["birthDate is missing","birthDate is required"]`, []string{"input.basicIdentity.birthDate: missing or empty"}},
		"words that nobody knows":    {"Max Mustermann, 1985-08-22, L01X00T47", nil},
		"a field that nobody knows":  {"nationality DE", nil},
		"a name within another word": {"myinput.basicIdentity.givenNames", nil},
		"a path with a stranger":     {"input.basicIdentity.Mustermann", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := Policy{}.Describe([]byte(test.body), Request{Fields: declared})
			want := withheld
			if test.want != nil {
				want = "The response mentions:" + list(test.want) + "\n\n" + withheld
			}
			if got != want {
				t.Errorf("got %q\nwant %q", got, want)
			}
		})
	}
	for _, body := range []string{"", " \n", "{}", "[", `{"statusCode":400}`} {
		if got := (Policy{}).Describe([]byte(body), Request{}); got != "" {
			t.Errorf("%q: got %q of a body without messages", body, got)
		}
	}
}

// A person may be called like a field or like a word of a rule. What is shown is
// then what would be shown without the value.
func TestValuesThatAreKnownWords(t *testing.T) {
	for name, test := range map[string]struct{ message, sent, want string }{
		"a field of the document":    {"birthDate %s is wrong", "givenName", "input.basicIdentity.birthDate"},
		"in another case":            {"birthDate %s is wrong", "GIVENNAME", "input.basicIdentity.birthDate"},
		"a field of the contract":    {"subjectId %s is in use", "state", "metadata.subjectId"},
		"part of a value":            {"subjectId %s is in use", "mail to state@example.com", "metadata.subjectId"},
		"an allowed value elsewhere": {"subjectId %s is in use", "PASSPORT", "metadata.subjectId"},
		"a name that is a rule":      {"birthDate of %s: no", "Length", "input.basicIdentity.birthDate"},
		"a rule's other phrase":      {"birthDate of %s is too long", "Length", "input.basicIdentity.birthDate: length"},
	} {
		t.Run(name, func(t *testing.T) {
			got := Policy{}.Describe(fmt.Appendf(nil, test.message, test.sent), Request{Fields: declared, Sent: []string{test.sent}})
			if want := "The response mentions:" + list([]string{test.want}) + "\n\n" + withheld; got != want {
				t.Errorf("got %q\nwant %q", got, want)
			}
		})
	}
	// Of a read neither fields nor values are known, so no name is shown at all.
	if got := (Policy{}).Describe([]byte("subject environment, state, input: expired"), Request{}); got != "The response mentions:\n  - expired\n\n"+withheld {
		t.Errorf("a read shows %q", got)
	}
}

// notations are ways in which a service may write a value.
var notations = []func(string) string{
	func(s string) string { return s },
	strings.ToUpper,
	url.QueryEscape,
	func(s string) string { return hex.EncodeToString([]byte(s)) },
	func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	func(s string) string { return strings.Join(strings.Split(s, ""), " ") },
	func(s string) string { return strings.Join(strings.Split(s, ""), "-") },
	func(s string) string {
		var b strings.Builder
		w := quotedprintable.NewWriter(&b)
		_, _ = w.Write([]byte("=" + s))
		_ = w.Close()
		return b.String()
	},
	func(s string) string { runes := []rune(s); slices.Reverse(runes); return string(runes) },
	func(s string) string { quoted, _ := json.Marshal(s); return string(quoted) },
}

// Whatever a service writes, what is shown consists of names, rules and limits
// that the document and this package hold, and of punctuation.
func FuzzDescribe(f *testing.F) {
	for n := range notations {
		f.Add("givenName is invalid:", "Max Mustermann", uint(n))
		f.Add(`{"message":["state"]}`, "1985-08-22", uint(n))
	}
	ours := []string{withheld, "The response mentions:", "name"}
	for _, r := range rules {
		ours = append(ours, r.name)
		for _, f := range declared {
			ours = append(ours, f.String(), " ("+f.limit(r.name)+")")
		}
	}
	slices.SortFunc(ours, func(a, b string) int { return len(b) - len(a) }) // whole paths before their ends
	f.Fuzz(func(t *testing.T, message, value string, notation uint) {
		body := message + " " + notations[notation%uint(len(notations))](value)
		rest := Policy{}.Describe([]byte(body), Request{Fields: declared, Sent: []string{value}})
		for _, text := range ours {
			rest = strings.ReplaceAll(rest, text, "")
		}
		if rest = strings.Trim(rest, "-,: \n"); rest != "" {
			t.Errorf("%q shows %q", body, rest)
		}
	})
}

func TestVerbatim(t *testing.T) {
	p := Policy{Verbatim: true, Secrets: func() []string { return []string{"planted-key"} }}
	for message, want := range map[string]string{
		"givenName Max is invalid, 1985-08-22":           "givenName Max is invalid, 1985-08-22",
		"key planted-key, Bearer abc.def":                "key (redacted), (redacted)",
		"see https://player.example/p?token=T0ken&x=1":   "see https://player.example/p?(redacted)&x=1",
		`client_secret="hush" and access_token: 4711`:    "(redacted) and (redacted)",
		"jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln!": "jwt (redacted)!",
		"a\x1b[31m\nError: forged":                       "a[31m Error: forged",
	} {
		if got := p.Describe([]byte(message), Request{}); got != "The response contains:\n  - "+want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	many, _ := json.Marshal(slices.Repeat([]string{strings.Repeat("x", 70_000)}, 2))
	if got := p.Describe(many, Request{}); len(got) > 2*maxMessage {
		t.Errorf("%d bytes of a long message", len(got))
	}
}

func TestRequestID(t *testing.T) {
	const id = "0197c55f-5af6-7e3d-af9b-f2359b104be8"
	for shown, want := range map[string]string{
		id:                                 id,
		"4bf92f3577b34da6a3ce929d0e0e4736": "4bf92f3577b34da6a3ce929d0e0e4736",
		"Root=1-67891233-abcdef012345678912345678": "Root=1-67891233-abcdef012345678912345678",
		"01ARZ3NDEKTSV4RRFFQ69G5FAV":               "01ARZ3NDEKTSV4RRFFQ69G5FAV",
		"Max":                                      "", "1985-08-22": "", "id-for-Max-Mustermann-1985": "", id + "\x1b[31m": "",
	} {
		if got := (Policy{}).RequestID(shown, Request{Sent: []string{"customer-1"}}); got != want {
			t.Errorf("%q: got %q", shown, got)
		}
	}
	if got := (Policy{}).RequestID(id, Request{Sent: []string{"template " + strings.ToUpper(id)}}); got != "" {
		t.Errorf("got %q, which was sent", got)
	}
}

// A body made for it costs little.
func TestDescribeIsBounded(t *testing.T) {
	var body []string
	for i := range maxMessages {
		body = append(body, fmt.Sprint(i, strings.Repeat(" a b c d e f g h i j k l m n", 40)))
	}
	var fields []Field
	for i := range 5000 {
		fields = append(fields, Field{Path: fmt.Sprintf("input.%d.%c", i, 'a'+i%26)})
	}
	raw, _ := json.Marshal(body)
	got := Policy{}.Describe(raw, Request{Fields: fields, Sent: []string{strings.Repeat("A9", 1<<20)}})
	if n := strings.Count(got, "\n"); n > maxMessages+2 {
		t.Errorf("%d lines", n)
	}
	deep := strings.Repeat(`[`, 30_000) + strings.Repeat(`]`, 30_000)
	if got := (Policy{}).Describe([]byte(deep), Request{}); got != "" {
		t.Errorf("got %q of a deep body", got)
	}
}

func TestRedact(t *testing.T) {
	const secret = "se/cret +1"
	p := Policy{Secrets: func() []string { return []string{"", "abc", secret} }}
	text := strings.Join([]string{secret, url.QueryEscape(secret), url.PathEscape(secret), "Max", "abc"}, "; ")
	if got := p.redact(text); got != "(redacted); (redacted); (redacted); Max; abc" {
		t.Errorf("got %q", got)
	}
}
