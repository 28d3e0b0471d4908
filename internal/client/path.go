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
		if err := e.check(); err != nil {
			return "", err
		}
		path = strings.Replace(path, "{}", url.PathEscape(e.value), 1)
	}
	return path, nil
}

func (e element) check() error {
	if e.value == "" {
		return fmt.Errorf("the %s is empty", e.name)
	}
	if strings.ContainsFunc(e.value, unicode.IsControl) {
		return fmt.Errorf("the %s holds a control character, such as a line break", e.name)
	}
	isSlash := func(r rune) bool { return r == '/' || r == '\\' }
	for part := range strings.FieldsFuncSeq(e.value, isSlash) {
		if part == "." || part == ".." {
			return fmt.Errorf("the %s holds a path step (%q); give the plain ID or name", e.name, part)
		}
	}
	return nil
}
