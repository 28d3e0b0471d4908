// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"encoding/json"
	"io"
)

// maxMembers bounds what an object costs: a member of five bytes takes a hundred in
// a map.
const maxMembers = 10_000

// object is a JSON object whose members are read one by one: a member that is
// missing, null or of another kind than documented costs that member alone,
// not the response.
type object map[string]json.RawMessage

// readObject reads the members of a JSON object as far as they are whole, and
// likewise those of the member on which it broke off, down to depth. Without that
// bound, a deeply nested response would be read once per level. It reports whether
// raw is an object and nothing else; o is nil if raw does not begin one.
func readObject(raw []byte, depth int) (o object, whole bool) {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	if depth == 0 || !bytes.HasPrefix(raw, []byte{'{'}) {
		return nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	_, _ = decoder.Token() // the brace
	o = object{}
	for decoder.More() {
		key, err := decoder.Token()
		name, isName := key.(string)
		if err != nil || !isName || len(o) == maxMembers {
			return o, false
		}
		at := decoder.InputOffset()
		var value json.RawMessage
		if decoder.Decode(&value) != nil {
			o[name] = partOf(raw[at:], depth-1)
			return o, false
		}
		if isNumber := !bytes.ContainsAny(value[:1], `"{[tfn`); isNumber && decoder.InputOffset() == int64(len(raw)) {
			return o, false // more digits may be missing
		}
		o[name] = value
	}
	return o, atEnd(decoder)
}

// atEnd reads the end of an object or list and reports whether nothing follows.
func atEnd(decoder *json.Decoder) bool {
	if _, err := decoder.Token(); err != nil {
		return false
	}
	_, err := decoder.Token()
	return err == io.EOF
}

// partOf returns what there is of the member on which an object broke off; rest
// begins with its colon. Only an object can be read in part: half a string or half
// a number is another string or number.
func partOf(rest []byte, depth int) json.RawMessage {
	inner, _ := readObject(bytes.TrimLeft(rest, ": \t\r\n"), depth)
	if len(inner) == 0 {
		return json.RawMessage("null")
	}
	part, err := json.Marshal(inner)
	if err != nil {
		return json.RawMessage("null")
	}
	return part
}

// raw returns a member as served, or nil if it is missing or null.
func (o object) raw(key string) json.RawMessage {
	raw := o[key]
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}
	return raw
}

// text returns the first member of keys that has a scalar, as text. A number
// is returned as it was written, since it may be an ID or a version.
func (o object) text(keys ...string) string {
	for _, key := range keys {
		if text := scalarText(o.raw(key)); text != "" {
			return text
		}
	}
	return ""
}

func scalarText(raw json.RawMessage) string {
	if len(raw) == 0 {
		return ""
	}
	switch raw[0] {
	case '{', '[':
		return ""
	case '"':
		var text string
		_ = json.Unmarshal(raw, &text) // raw is valid JSON
		return text
	}
	return string(raw) // number, true or false
}

// integer returns a member that is a whole number and fits, else 0.
func (o object) integer(key string) int64 {
	n, _ := ParseInteger(o.text(key))
	return n
}

// object returns a member, which is empty if it is missing or no object.
func (o object) object(key string) object {
	child, _ := readObject(o[key], 1)
	return child
}
