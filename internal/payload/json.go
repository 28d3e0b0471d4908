// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package payload

import (
	"context"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// encodeJSON writes body as JSON (RFC 8259) and returns its content type.
// Object members are in the order of their keys, so that the same tree is
// the same bytes. The service's default for input is sent explicitly,
// so that the request does not depend on it.
func (d *draft) encodeJSON(ctx context.Context, body value.Object) string {
	withInput := value.Object{contract.Input: value.Object{}}
	for key, member := range body {
		if !value.IsNull(member) {
			withInput[key] = member
		}
	}
	e := jsonEncoder{draft: d, quoter: json.NewEncoder(d)}
	// Bodies are not embedded in HTML, and <, > and & in a log of the service
	// are easier to read than their escapes.
	e.quoter.SetEscapeHTML(false)
	e.object(ctx, nil, withInput)
	return contract.JSON
}

// jsonEncoder writes a tree into its draft.
type jsonEncoder struct {
	*draft
	quoter *json.Encoder // writes to draft
}

// value writes v, which is not null.
func (e *jsonEncoder) value(ctx context.Context, path value.Path, v value.Value) {
	switch v := v.(type) {
	case value.Unknown:
		e.refuse(path, unknown)
	case value.Bool:
		e.text(strconv.FormatBool(bool(v)))
	case value.Number:
		if e.checkNumber(path, v) {
			e.text(string(v))
		}
	case value.String:
		if e.checkText(path, string(v)) {
			e.quote(string(v))
		}
	case value.File:
		e.file(ctx, path, v)
	case value.List:
		e.list(ctx, path, v)
	case value.Object:
		e.object(ctx, path, v)
	}
}

func (e *jsonEncoder) object(ctx context.Context, path value.Path, o value.Object) {
	separator := "{"
	for _, key := range o.Keys() {
		if value.IsNull(o[key]) {
			continue
		}
		if !utf8.ValidString(key) {
			e.refuse(path, keyNotUTF8)
			continue
		}
		e.text(separator)
		e.quote(key)
		e.text(":")
		e.value(ctx, path.Key(key), o[key])
		separator = ","
	}
	if separator == "{" {
		e.text("{")
	}
	e.text("}")
}

func (e *jsonEncoder) list(ctx context.Context, path value.Path, l value.List) {
	separator := "["
	for i, element := range l {
		if value.IsNull(element) {
			continue
		}
		e.text(separator)
		e.value(ctx, path.Index(i), element)
		separator = ","
	}
	if separator == "[" {
		e.text("[")
	}
	e.text("]")
}

// file writes a file's content as a base64 string, whose alphabet needs no
// escapes.
func (e *jsonEncoder) file(ctx context.Context, path value.Path, file value.File) {
	source, ok := e.source(ctx, path, file)
	if !ok {
		return
	}
	e.text(`"`)
	e.attach(content{source: source, base64: true})
	e.text(`"`)
}

// quote writes s as a JSON string. The encoder ends each value with a line
// break, which is taken back.
func (e *jsonEncoder) quote(s string) {
	if err := e.quoter.Encode(s); err != nil {
		panic("payload: a string has no JSON: " + err.Error()) // draft's Write never fails
	}
	e.literal = e.literal[:len(e.literal)-1]
}
