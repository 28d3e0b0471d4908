// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

import "strings"

// maxBrackets bounds how deep one name may lead.
const maxBrackets = 32

// splitName takes a bracketed form name apart: "input[basicIdentity][givenName]"
// is the member givenName of basicIdentity of input. A segment of digits, or an
// empty one, is returned as "" and means any element of a list:
// "input[documents][0][source]" and "input[documents][][source]" describe the
// same field. It reports false for a name that has no brackets or does not
// follow that form; such a name is a plain one. How an element travels is not
// said by that: package payload numbers them all.
func splitName(name string) ([]string, bool) {
	head, rest, found := strings.Cut(name, "[")
	if !found || head == "" || strings.Contains(head, "]") || !strings.HasSuffix(rest, "]") {
		return nil, false
	}
	segments := strings.Split(strings.TrimSuffix(rest, "]"), "][")
	if len(segments) > maxBrackets {
		return nil, false
	}
	for i, segment := range segments {
		if strings.ContainsAny(segment, "[]") {
			return nil, false
		}
		if isIndex(segment) {
			segments[i] = ""
		}
	}
	return append([]string{head}, segments...), true
}

// isIndex reports whether a segment counts list elements.
func isIndex(segment string) bool {
	return strings.Trim(segment, "0123456789") == ""
}
