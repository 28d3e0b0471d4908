// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"fmt"
	"strings"
)

// splitBrackets reads a form field's name as a path: "input[a][0][b]" is input,
// a, 0, b. A name without brackets is a path of one step. A step may be empty:
// "input[a][]" is a document's word for any element of a.
func splitBrackets(name string) ([]string, error) {
	head, rest, bracketed := strings.Cut(name, "[")
	if head == "" || strings.Contains(head, "]") {
		return nil, fmt.Errorf("the field name %q does not begin with a name", name)
	}
	path := []string{head}
	for bracketed {
		var step string
		var closed bool
		step, rest, closed = strings.Cut(rest, "]")
		if !closed || strings.Contains(step, "[") {
			return nil, fmt.Errorf("the brackets of the field name %q don't pair up around names", name)
		}
		path = append(path, step)
		if rest == "" {
			break
		}
		if !strings.HasPrefix(rest, "[") {
			return nil, fmt.Errorf("the field name %q goes on after a bracket", name)
		}
		rest = rest[1:]
	}
	return path, nil
}

// isElement reports whether a step of a document's name leads into a list.
func isElement(step string) bool {
	_, numbered := index(step)
	return numbered || step == ""
}

// index reads a step of a path as a list's index, written as JSON writes an
// integer: "0", "12", never "01".
func index(step string) (int, bool) {
	if step == "" || len(step) > 6 || (step[0] == '0' && step != "0") {
		return 0, false
	}
	n := 0
	for _, digit := range step {
		if digit < '0' || digit > '9' {
			return 0, false
		}
		n = n*10 + int(digit-'0')
	}
	return n, true
}
