// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// decode reads a JSON object into the struct that v points to, and reports whether raw
// is one. A member that is null or of another kind than documented costs that member
// alone; one that is not documented is skipped.
func decode(raw []byte, v any) bool {
	err := json.Unmarshal(raw, v)
	var kind *json.UnmarshalTypeError
	return bytes.HasPrefix(bytes.TrimLeft(raw, " \t\r\n"), []byte{'{'}) && (err == nil || errors.As(err, &kind))
}

// salvage returns the whole members at the top, and in an object there, of a JSON
// object that broke off or has something behind it; nil if there are none. It tries the
// last places at which a member may have ended, a bounded number of them: a response
// without end is not worth more.
func salvage(raw []byte) []byte {
	var first json.RawMessage
	if json.NewDecoder(bytes.NewReader(raw)).Decode(&first) == nil {
		return first
	}
	closed := append(bytes.Clone(raw), "}}"...)
	for end, tries := len(raw), 0; end > 0 && tries < 20; end, tries = bytes.LastIndexByte(raw[:end], ','), tries+1 {
		if end == len(raw) && bytes.ContainsAny(raw[end-1:], "0123456789") {
			continue // more digits may be missing
		}
		copy(closed[end:], "}}")
		for _, whole := range [][]byte{closed[:end+1], closed[:end+2]} {
			if json.Valid(whole) {
				return whole
			}
		}
	}
	return nil
}

// Number is a number of a response as it is written there, or written as a string.
type Number string

// UnmarshalJSON implements [json.Unmarshaler]. Anything else is no error, and empty.
func (n *Number) UnmarshalJSON(raw []byte) error {
	*n = ""
	switch raw[0] {
	case '"':
		return json.Unmarshal(raw, (*string)(n))
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		*n = Number(raw)
	}
	return nil
}

// Integer returns a whole number: 2, or 2.0. It reports false for anything else, and
// for what is too large.
func (n Number) Integer() (int64, bool) {
	whole, fraction, _ := strings.Cut(string(n), ".")
	i, err := strconv.ParseInt(whole, 10, 64)
	return i, err == nil && strings.Trim(fraction, "0") == ""
}
