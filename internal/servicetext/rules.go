// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package servicetext

import (
	"strings"
	"unicode"
)

// rule is what a message may be about, in our words, and the phrases of services
// by which it is recognized. A phrase is never printed.
type rule struct {
	name    string
	phrases []string
}

// The rules to which the document declares a limit of a field.
const (
	ruleAllowed = "allowed values"
	ruleLength  = "length"
	ruleFormat  = "format"
	ruleType    = "type"
)

// rules are tried in this order: "must be a valid date string" is about a format
// rather than a type. The phrases are those of class-validator (NestJS), Ajv and
// common gateways.
var rules = []rule{
	{"allowlist", []string{"allowlist", "allow list", "allowlisted", "whitelist", "whitelisted", "not registered"}},
	{"not a known field", []string{"should not exist", "unknown field", "unknown property", "unknown key", "unexpected field", "unexpected property", "unrecognized key", "additional properties", "additional property"}},
	{"missing or empty", []string{"required", "missing", "not be empty", "be empty", "is empty", "not be blank", "not be null", "be defined", "undefined"}},
	{ruleAllowed, []string{"one of", "enum", "enumeration", "allowed values", "permitted values"}},
	{"pattern", []string{"pattern", "regex", "regular expression"}},
	{"size", []string{"too large", "too big", "size", "bytes"}},
	{ruleLength, []string{"length", "longer", "shorter", "too long", "too short", "characters", "minlength", "maxlength"}},
	{"range", []string{"minimum", "maximum", "greater", "less than", "at least", "at most", "between", "out of range"}},
	{"media type", []string{"media type", "content type", "mime type"}},
	{ruleFormat, []string{"format", "malformed", "iso", "date", "email", "uuid", "base64", "url", "uri"}},
	{ruleType, []string{"type", "string", "number", "integer", "boolean", "array", "object"}},
	{"quota or rate limit", []string{"quota", "rate limit", "too many requests", "limit exceeded", "limit reached"}},
	{"permission", []string{"permission", "permissions", "forbidden", "not permitted", "not authorized", "unauthorized", "access denied", "scope"}},
	{"already exists", []string{"already exists", "duplicate", "already used"}},
	{"expired", []string{"expired", "has ended"}},
	{"not found", []string{"not found", "does not exist", "no such"}},
	{"disabled", []string{"disabled", "paused", "inactive", "deactivated", "not active", "suspended"}},
}

// ruleOf returns the name of the rule that a message is about, "" for none. A
// phrase that sent, in lower case, contains may be a value and counts for nothing.
func ruleOf(message string, sent []string) string {
	words := " " + strings.Join(strings.FieldsFunc(strings.ToLower(message), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ") + " "
	for _, rule := range rules {
		for _, phrase := range rule.phrases {
			if strings.Contains(words, " "+phrase+" ") && !anyContains(sent, phrase) {
				return rule.name
			}
		}
	}
	return ""
}
