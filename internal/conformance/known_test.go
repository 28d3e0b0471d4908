// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"regexp"
	"slices"
	"strings"
)

// outOfScope returns why a group of the suite is skipped: it needs what no
// OpenAPI document has. "" if it is tried.
func outOfScope(name string, schema any) string {
	written := text(schema)
	for _, known := range []struct{ pattern, reason string }{
		{`^[^/]+/(refRemote|anchor|id|dynamicRef|vocabulary|unevaluatedItems|unevaluatedProperties|infinite-loop-detection|definitions)/`, "it is about identifiers, or dialects"},
		{`^[^/]*/format/`, "a format is a rule here, not an annotation"},
		{`/optional/format/[^/]*$`, "an older suite has all formats in one file"},
		{`/optional/zeroTerminatedFloats/`, "since draft 6 an integer is one by its value"},
		{`/optional/refOfUnknownKeyword/`, "a schema in an example is none"},
		{`^draft2020-12/content/`, "OpenAPI 3.1 means files by it"},
		{`/(escaped pointer ref|refs with quote|empty tokens in \$ref json-pointer)$`, "no component has such a name"},
		{`^draft[67]/ref/(ref overrides any sibling keywords|\$ref prevents a sibling .*)$`, "before 2019, siblings of a reference were ignored"},
		{`^draft4/(additionalItems|dependencies|patternProperties|definitions)/`, "OpenAPI 3.0 has no such keyword"},
	} {
		if regexp.MustCompile(known.pattern).MatchString(name) {
			return known.reason
		}
	}
	openAPI30 := strings.HasPrefix(name, "draft4/")
	for _, known := range []struct {
		fragment, reason string
		in30             bool
	}{
		{`"$defs":{"": `, "no component has such a name", false},
		{`"$id":`, "identifiers are not OpenAPI's", false},
		{`"id":"http`, "identifiers are not OpenAPI's", false},
		{`"$anchor":`, "identifiers are not OpenAPI's", false},
		{`"$dynamicRef":`, "dialects are not OpenAPI's", false},
		{`"$ref":"http`, "the provider reads no other document", false},
		{`"$ref":"urn`, "the provider reads no other document", false},
		{`"items":[`, "OpenAPI has one schema for all elements", false},
		{`"additionalItems":`, "OpenAPI has one schema for all elements", false},
		{`"unevaluated`, "it is about what other schemas do not evaluate", false},
		{`"dependencies":`, "OpenAPI 3.1 has dependentSchemas and dependentRequired", false},
		{`"type":[`, "OpenAPI 3.0 has one type", true},
		{`"type":"null"`, "OpenAPI 3.0 has nullable", true},
		{`"definitions":`, "OpenAPI 3.0 has components", true},
		{`"patternProperties":`, "OpenAPI 3.0 has no such keyword", true},
	} {
		if strings.Contains(written, known.fragment) && (!known.in30 || openAPI30) {
			return known.reason
		}
	}
	return ""
}

var both = []string{"provider", "emulator"}

// passes returns why a side accepts invalid values of a group, "" if it must not.
func passes(name, side string) string {
	for _, known := range []struct {
		pattern, reason string
		sides           []string
	}{
		{`/const/const with null$`, "the library's schema can't distinguish it from no const", []string{"emulator"}},
		{`/optional/format/(idn-hostname|idn-email|iri|iri-reference|duration|json-pointer|relative-json-pointer|uri-reference|uri-template|ecmascript-regex|regex|unknown)/`, "a format that neither side validates", both},
		{`/optional/format/hostname/`, "the rules of internationalized names are the service's", both},
		{`/optional/format/time/`, "the emulator does not validate times", []string{"emulator"}},
		{`/optional/format/(date-time|time)/`, "a leap second is taken at any time of day", both},
		{`/optional/format/(email|uri)/`, "a domain, and a path, are the service's to resolve", both},
		{`/enum/empty enum$`, "an enum has values", both},
		{`/pattern/pattern with Unicode property escape`, "the engine of patterns lacks the long names of properties", both},
		{`/optional/ecmascript-regex/(ECMA 262 regex non-compliance|pattern with non-ASCII digits|patterns always use unicode semantics)`, "the engine of patterns is laxer there", both},
	} {
		if regexp.MustCompile(known.pattern).MatchString(name) && slices.Contains(known.sides, side) {
			return known.reason
		}
	}
	return ""
}
