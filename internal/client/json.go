// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
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

// salvage returns the whole members of a JSON object that broke off or has something
// behind it, and likewise those of the member on which it broke off, down to depth; nil
// if raw begins no object. Half a string or number would be another one.
func salvage(raw []byte, depth int) []byte {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if start, _ := decoder.Token(); start != json.Delim('{') || depth == 0 {
		return nil
	}
	end := decoder.InputOffset()
	for decoder.More() {
		_, unnamed := decoder.Token()
		at, value := decoder.InputOffset(), json.RawMessage{}
		if decoder.Decode(&value) != nil {
			part := salvage(bytes.TrimLeft(raw[at:], ": \t\r\n"), depth-1)
			if unnamed != nil || part == nil {
				break
			}
			return slices.Concat(raw[:at], []byte{':'}, part, []byte{'}'})
		}
		if now := decoder.InputOffset(); now < int64(len(raw)) || !bytes.ContainsAny(value[len(value)-1:], "0123456789") {
			end = now // else more digits may be missing
		}
	}
	return slices.Concat(raw[:end], []byte{'}'})
}

// Number is a number of a response as it is written there, or written as a string.
type Number string

// UnmarshalJSON implements [json.Unmarshaler]. Anything else is no error, and ignored.
func (n *Number) UnmarshalJSON(raw []byte) error {
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
