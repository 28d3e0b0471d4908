// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package probe

import (
	"bytes"
	"encoding/json"
	"maps"
	"mime"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// object is a decoded JSON object. A nil one reads as empty, so that lookups
// can be chained.
type object map[string]any

func decode(raw []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var decoded any
	if decoder.Decode(&decoded) != nil {
		return nil
	}
	return decoded
}

func asObject(v any) object {
	o, _ := v.(map[string]any)
	return o
}

func (o object) object(name string) object { return asObject(o[name]) }

func (o object) text(name string) string {
	s, _ := o[name].(string)
	return s
}

func asList(v any) []any {
	l, _ := v.([]any)
	return l
}

// kind returns the JSON kind of a member, or that it is absent.
func (o object) kind(name string) string {
	v, ok := o[name]
	if !ok {
		return "absent"
	}
	return kindOf(v)
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case json.Number:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "array"
	}
	return "object"
}

// names lists the names of an object's members in order. A name that is not
// written as the API writes its names may be a person's data and is not shown.
func (o object) names() string {
	shown := []string{}
	for _, name := range slices.Sorted(maps.Keys(o)) {
		shown = append(shown, word(name))
	}
	return strings.Join(shown, ", ")
}

var plainWord = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$-]{0,39}$`)

// word returns a name or constant of the API, and withholds what is none.
func word(s string) string {
	if !plainWord.MatchString(s) {
		return "(withheld)"
	}
	return s
}

// firstOf returns the first of places at which the session has the member:
// "top level", or the name of the object that holds it.
func firstOf(o object, member string, holders ...string) string {
	if has(o, member) {
		return "top level"
	}
	for _, holder := range holders {
		if has(o.object(holder), member) {
			return holder
		}
	}
	return "absent"
}

// has reports whether the object has a member that is not null.
func has(o object, member string) bool { return o[member] != nil }

// letterCase describes how a word is written.
func letterCase(s string) string {
	switch {
	case s == "":
		return ""
	case s == strings.ToUpper(s):
		return "upper case"
	case s == strings.ToLower(s):
		return "lower case"
	case s[0] >= 'A' && s[0] <= 'Z':
		return "PascalCase"
	}
	return "camelCase"
}

// timeNotation describes how a time is written.
func timeNotation(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case json.Number:
		return "number"
	case string:
		if _, err := time.Parse(time.RFC3339, v); err != nil {
			return otherNotation(v)
		}
		if strings.HasSuffix(v, "Z") {
			return "RFC 3339 in UTC"
		}
		return "RFC 3339 with an offset"
	}
	return kindOf(v)
}

// otherNotations are those of ISO 8601 that the provider reads beside RFC 3339.
var otherNotations = []struct{ layout, name string }{
	{"2006-01-02T15:04:05Z0700", "with an offset that has no colon"},
	{"2006-01-02 15:04:05 Z07:00", "with spaces"},
	{"2006-01-02T15:04:05", "without an offset"},
}

func otherNotation(v string) string {
	for _, form := range otherNotations {
		if _, err := time.Parse(form.layout, v); err == nil {
			return form.name
		}
	}
	return "another notation"
}

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// errorShape describes the body of a refusal.
func errorShape(r Response) string {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch body := decode(r.Body); {
	case len(r.Body) == 0:
		return "no body"
	case media == "application/problem+json":
		return "problem+json"
	case body != nil && kindOf(body) == "object":
		return "JSON of " + asObject(body).names()
	case media == "text/html":
		return "HTML"
	case media == "text/plain":
		return "plain text"
	}
	return "another media type"
}

func statusOf(r Response) string { return strconv.Itoa(r.Status) }
