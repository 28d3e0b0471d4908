// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package payload

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// Names of form fields: the body's member plain, then every step below it in
// brackets, as the flow's document writes them:
//
//	redirectUrl
//	metadata[subjectId]
//	input[documentsToSign][documents][0][source]
//
// A list's element has its index, counted from 0, as usual in bracket notation; the
// API's documentation shows no list.

// memberName names the member key of the value named parent; the body's name is empty.
func memberName(parent, key string) string {
	if parent == "" {
		return key
	}
	return parent + "[" + key + "]"
}

// elementName names element i of the list with the name parent.
func elementName(parent string, i int) string {
	return parent + "[" + strconv.Itoa(i) + "]"
}

// isFormKey reports whether every reader of forms gets key back from a name.
func isFormKey(key string) bool {
	return key != "" && utf8.ValidString(key) &&
		!strings.ContainsAny(key, `[]"\`) && !strings.ContainsFunc(key, unicode.IsControl)
}

// lastKey returns the name nearest to the leaf at path: source for
// input.documents[0].source and scans for input.scans[1].
func lastKey(path value.Path) string {
	for i := len(path) - 1; i >= 0; i-- {
		if name, ok := path[i].(value.Name); ok {
			return string(name)
		}
	}
	return "file"
}
