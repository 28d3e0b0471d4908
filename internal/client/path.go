// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
)

// element is one variable element of an API path.
type element struct {
	name  string // as an error calls it
	value string
}

// apiPath puts elements into the {} of template, each escaped. An element that
// could leave its place, because a server or a proxy resolves dot segments, is
// refused: "../x" must not become another call.
func apiPath(template string, elements ...element) (string, error) {
	path := template
	for _, e := range elements {
		if err := CheckElement(e.name, e.value); err != nil {
			return "", err
		}
		path = strings.Replace(path, "{}", url.PathEscape(e.value), 1)
	}
	return path, nil
}

// CheckElement returns why every call would refuse a value as an element of its
// path; nil if none would. Name is what the error calls it, as in "flow ID". The
// error does not quote the value.
func CheckElement(name, value string) error {
	if value == "" {
		return fmt.Errorf("the %s is empty", name)
	}
	if strings.ContainsFunc(value, unicode.IsControl) {
		return fmt.Errorf("the %s contains a control character, such as a line break", name)
	}
	isSlash := func(r rune) bool { return r == '/' || r == '\\' }
	for part := range strings.FieldsFuncSeq(value, isSlash) {
		if part == "." || part == ".." {
			return fmt.Errorf("the %s contains a path step (%q); set the plain ID or name", name, part)
		}
	}
	return nil
}
