// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestMessages(t *testing.T) {
	const nobody = "planted-nobody"
	long := strings.Repeat("ä", maxMessageLength+1)
	tests := map[string]struct {
		body string
		want []string
	}{
		"empty":                    {"", nil},
		"message":                  {`{"statusCode":400,"message":"input is wrong","error":"Bad Request"}`, []string{"input is wrong"}},
		"messages in a list":       {`{"statusCode":400,"message":["a is wrong","b is missing","a is wrong"],"error":"Bad Request"}`, []string{"a is wrong", "b is missing"}},
		"error with its own words": {`{"error":"redirect_not_allowed","error_description":"The URL is not listed"}`, []string{"redirect_not_allowed", "The URL is not listed"}},
		"error as an object":       {`{"error":{"code":7,"message":"no such flow"}}`, []string{"no such flow"}},
		"problem+json":             {`{"type":"https://x.example/p","title":"Invalid input","status":400,"detail":"Two fields","errors":[{"detail":"must be a date","pointer":"#/birthDate"},{"message":"is missing","field":"givenName"}]}`, []string{"Invalid input", "Two fields", "#/birthDate: must be a date", "givenName: is missing"}},
		"errors by field":          {`{"errors":{"givenName":["is missing","is short"],"age":["is low"]}}`, []string{"age: is low", "givenName: is missing", "givenName: is short"}},
		"a JSON string":            {`"no"`, []string{"no"}},
		"a JSON number":            {`17`, nil},
		"a list":                   {`[{"message":"a"},"b"]`, []string{"a", "b"}},
		"unknown members":          {`{"code":"X1","msg":"no such flow","at":17,"fault":{"faultstring":"not there"}}`, []string{"code: X1", "faultstring: not there", "msg: no such flow"}},
		"beside known members":     {`{"message":"a","trace":"` + nobody + `"}`, []string{"a"}},
		"wrong kinds":              {`{"message":7,"errors":null,"detail":{"x":true}}`, nil},
		"half of JSON":             {`{"message":"a","x":`, nil},
		"text":                     {" service is\n down\t", []string{"service is down"}},
		"HTML":                     {"<!DOCTYPE html><html><head><TITLE lang=en>502 &amp; more\n</TITLE></head><body>" + nobody + "</body></html>", []string{"502 & more"}},
		"HTML without title":       {"<html><head><style>p{}</style><script>x()</script></head><body><h1>Bad</h1><p>no &lt;such&gt; flow</p>", []string{"Bad no <such> flow"}},
		"XML":                      {`<?xml version="1.0"?><Error><Message>not there</Message></Error>`, []string{"not there"}},
		"long":                     {long, []string{strings.Repeat("ä", maxMessageLength) + "…"}},
		"terminal codes":           {"a\x1b[31mred\x07\u202eb\u200bc\x00", []string{"a[31mredbc"}},
		"not UTF-8":                {"a\xffb", []string{"ab"}},
		"deep":                     {strings.Repeat(`{"errors":[`, 50) + `"x"` + strings.Repeat(`]}`, 50), nil},
		"an API key":               {"the key " + testKey + " is wrong", []string{"the key (redacted) is wrong"}},
		"a person's name":          {`{"message":"givenName Max must not be Max: Maximum, Ömax, 'Max'"}`, []string{"givenName (redacted) must not be (redacted): Maximum, Ömax, '(redacted)'"}},
		"the longer text first":    {"Max Planck", []string{"(redacted)"}},
		"a URL with a query":       {"see https://x.example/a?token=planted#planted, or myapp://back?s=planted", []string{"see https://x.example/a or myapp://back"}},
		"a JSON Web Token":         {"token eyJhbGciOiJIUzI1NiJ9.eyJwbGFudGVkIjoxfQ.c2ln is bad", []string{"token (redacted) is bad"}},
		"the status text alone":    {"bad request", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newService(t, status(400, tt.body))
			body := bodyOf("{}")
			body.Confidential = []string{"Max", "Max Planck", "x", ""}
			_, err := newTestClient(t, s.URL).CreateSession(t.Context(), "f1", "live", body)
			answered := asError(t, err)
			if diff := cmp.Diff(tt.want, answered.Messages); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
			if strings.Contains(err.Error(), "planted") {
				t.Errorf("a secret shows in %s", err)
			}
		})
	}
}

func TestMessagesAreBounded(t *testing.T) {
	s := newService(t, status(400, `["`+strings.Repeat(`a","`, 1000)+`"]`))
	_, err := newTestClient(t, s.URL).Session(t.Context(), "live", "s1", "planted")
	if got := len(asError(t, err).Messages); got != 1 {
		t.Errorf("%d messages, want the one that repeats", got)
	}
	s = newService(t, status(400, strings.Repeat("x y ", maxErrorBody)))
	_, err = newTestClient(t, s.URL).Session(t.Context(), "live", "s1", "planted")
	if got := len(err.Error()); got > 2*maxMessageLength {
		t.Errorf("an error of %d bytes", got)
	}
	s = newService(t, status(400, strings.Repeat(" ", maxErrorBody)+"beyond the bound"))
	_, err = newTestClient(t, s.URL).Session(t.Context(), "live", "s1", "planted")
	if got := asError(t, err).Messages; got != nil {
		t.Errorf("messages %q from beyond the bound", got)
	}
}

func FuzzMessages(f *testing.F) {
	f.Add([]byte(`{"message":["a"],"errors":{"x":[{"detail":"d"}]}}`))
	f.Add([]byte("<title>x</title>"))
	f.Add([]byte("\x1b]0;t\x07"))
	f.Fuzz(func(t *testing.T, body []byte) {
		found := messages(&answer{status: 400, body: body}, newRedactor([]string{testKey}, discretion{texts: []string{"Max"}}))
		if len(found) > maxMessages {
			t.Errorf("%d messages", len(found))
		}
		for _, text := range found {
			if utf8.RuneCountInString(text) > maxMessageLength+1 || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
				t.Errorf("message %q", text)
			}
		}
	})
}

func TestErrorTellsWhatSupportNeeds(t *testing.T) {
	s := newService(t, status(503, "down", "Retry-After: 7", "X-Request-Id: req-1\u202e"))
	c := newTestClient(t, s.URL, func(cfg *Config) { cfg.MaxRetries = 0 })
	_, err := c.Session(t.Context(), "live", "s1", "planted")
	e := asError(t, err)
	if e.RequestID != "req-1" || e.RetryAfter.Seconds() != 7 {
		t.Errorf("error = %+v", e)
	}
	const want = "GET /api/v1/live/sessions/s1: the service answered 503 Service Unavailable: down (request ID req-1)"
	if err.Error() != want {
		t.Errorf("text = %q, want %q", err, want)
	}
}

func TestStatusPredicates(t *testing.T) {
	tests := map[int]struct{ notFound, forbidden, unauthorized bool }{
		400: {}, 401: {unauthorized: true}, 403: {forbidden: true}, 404: {notFound: true}, 500: {},
	}
	for code, want := range tests {
		err := error(&OutcomeUnknownError{Err: &Error{StatusCode: code}})
		if IsNotFound(err) != want.notFound || IsForbidden(err) != want.forbidden || IsUnauthorized(err) != want.unauthorized {
			t.Errorf("%d: IsNotFound %t, IsForbidden %t, IsUnauthorized %t", code, IsNotFound(err), IsForbidden(err), IsUnauthorized(err))
		}
	}
	if IsNotFound(nil) || IsNotFound(context.Canceled) || IsUnauthorized(&AuthError{StatusCode: http.StatusUnauthorized}) {
		t.Error("another error passes for a status")
	}
}
