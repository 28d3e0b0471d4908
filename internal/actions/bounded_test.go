// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package actions

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// The bytes of all files together are bounded, whatever one of them has.
func TestBounded(t *testing.T) {
	left := int64(10)
	for _, test := range []struct {
		content string
		want    error
	}{{"1234", nil}, {"567890", nil}, {"", nil}, {"x", errTooMuch}} {
		if _, err := io.Copy(io.Discard, &bounded{strings.NewReader(test.content), &left}); !errors.Is(err, test.want) {
			t.Errorf("%q with %d left: error %v, want %v", test.content, left, err, test.want)
		}
	}
}
