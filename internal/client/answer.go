// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"encoding/json"
)

// object is a JSON object whose members are read one by one: a member that is
// missing, null or of another kind than documented costs that member alone,
// not the answer.
type object map[string]json.RawMessage

// parseObject reports false if raw is no JSON object.
func parseObject(raw []byte) (object, bool) {
	var o object
	if json.Unmarshal(raw, &o) != nil || o == nil {
		return nil, false
	}
	return o, true
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
// is given as it was written, since it may be an ID or a version.
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
	child, _ := parseObject(o[key])
	return child
}

// objects returns those items of raw that are objects; ok tells whether raw is
// an array at all.
func objects(raw []byte) (items []object, ok bool) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil || list == nil {
		return nil, false
	}
	for _, item := range list {
		if o, isObject := parseObject(item); isObject {
			items = append(items, o)
		}
	}
	return items, true
}

// salvage reads the members of a JSON object that broke off, as far as they
// are whole, and likewise those of objects in it down to depth. Without that
// bound, a deeply nested answer would be read once per level.
func salvage(raw []byte, depth int) object {
	if depth == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return nil
	}
	o := object{}
	for decoder.More() {
		key, err := decoder.Token()
		name, isName := key.(string)
		if err != nil || !isName {
			return o
		}
		at := decoder.InputOffset()
		var value json.RawMessage
		if decoder.Decode(&value) != nil {
			o[name] = salvageMember(raw[at:], depth-1)
			return o
		}
		if isNumber := !bytes.ContainsAny(value[:1], `"{[tfn`); isNumber && decoder.InputOffset() == int64(len(raw)) {
			return o // more digits may have been on their way
		}
		o[name] = value
	}
	return o
}

// salvageMember reads the member on which an object broke off; rest begins
// with its colon. Only an object can be read in part: half a string or half a
// number is another string or number.
func salvageMember(rest []byte, depth int) json.RawMessage {
	inner := salvage(bytes.TrimLeft(rest, ": \t\r\n"), depth)
	if len(inner) == 0 {
		return json.RawMessage("null")
	}
	whole, err := json.Marshal(inner)
	if err != nil {
		return json.RawMessage("null")
	}
	return whole
}
