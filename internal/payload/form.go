// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package payload

import (
	"context"
	"encoding/base64"
	"io"
	"mime/multipart"
	"strconv"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// encodeForm writes body as multipart/form-data (RFC 7578), a part for every
// leaf, and returns its content type.
func (d *draft) encodeForm(ctx context.Context, body value.Object, fields Fields) string {
	// multipart.Writer makes the boundary and the header. It doesn't write the
	// parts, because the content of files would have to pass through it.
	framing := multipart.NewWriter(io.Discard)
	e := formEncoder{draft: d, fields: fields, boundary: framing.Boundary()}
	e.object(ctx, nil, "", body)
	e.text("--" + e.boundary + "--\r\n")
	return framing.FormDataContentType()
}

// formEncoder writes a tree into its draft.
type formEncoder struct {
	*draft
	fields   Fields // nil: no string is binary
	boundary string
}

// value writes v, which is not null, under its bracket name. It reports whether
// v has a part: what is empty has none.
func (e *formEncoder) value(ctx context.Context, path value.Path, name string, v value.Value) bool {
	switch v := v.(type) {
	case value.Unknown:
		e.refuse(path, unknown)
	case value.Bool:
		e.field(name, strconv.FormatBool(bool(v)))
	case value.Number:
		if e.checkNumber(path, v) {
			e.field(name, string(v))
		}
	case value.String:
		e.stringLeaf(path, name, string(v))
	case value.File:
		e.file(ctx, path, name, v)
	case value.List:
		return e.list(ctx, path, name, v)
	case value.Object:
		return e.object(ctx, path, name, v)
	}
	return true
}

func (e *formEncoder) object(ctx context.Context, path value.Path, name string, o value.Object) bool {
	written := false
	for _, key := range o.Keys() {
		if value.IsNull(o[key]) {
			continue
		}
		below := path.Key(key)
		if !isFormKey(key) {
			e.refuse(below, "has a key that a multipart request can't represent: it is empty, or contains a bracket, a quote, a backslash or a control character")
		}
		if e.value(ctx, below, memberName(name, key), o[key]) {
			written = true
		}
	}
	return written
}

func (e *formEncoder) list(ctx context.Context, path value.Path, name string, l value.List) bool {
	count := 0
	for i, element := range l {
		if value.IsNull(element) {
			continue
		}
		if !e.value(ctx, path.Index(i), elementName(name, count), element) {
			e.refuse(path.Index(i), "is empty; a multipart request can't represent an empty element of a list")
		}
		count++
	}
	return count > 0
}

// stringLeaf writes a text field, or the content that s encodes in base64.
func (e *formEncoder) stringLeaf(path value.Path, name, s string) {
	if e.fields == nil || !e.fields.Binary(path) {
		if e.checkText(path, s) {
			e.field(name, s)
		}
		return
	}
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		e.refuse(path, "is not base64 text. To send a file, set it to provider::idnow::file(path)")
		return
	}
	e.openPart(multipart.FileContentDisposition(name, lastKey(path)), detectType(raw))
	e.literal = append(e.literal, raw...)
	e.closePart()
}

// file writes a file's content as a part of its own.
func (e *formEncoder) file(ctx context.Context, path value.Path, name string, file value.File) {
	source, ok := e.source(ctx, path, file)
	if !ok {
		return
	}
	e.openPart(multipart.FileContentDisposition(name, file.Name()), fileType(file, source.head))
	e.attach(content{source: source})
	e.closePart()
}

// field writes a part of plain text. Without a Content-Type it is text/plain
// in UTF-8, as from a browser (RFC 7578, sections 4.4 and 5.1.2).
func (e *formEncoder) field(name, text string) {
	e.openPart(`form-data; name="`+name+`"`, "")
	e.text(text)
	e.closePart()
}

// openPart writes a part's delimiter and header (RFC 2046, section 5.1.1).
// Names can't break out of it: isFormKey has seen their keys, and file names
// are escaped.
func (e *formEncoder) openPart(disposition, contentType string) {
	e.text("--" + e.boundary + "\r\nContent-Disposition: " + disposition + "\r\n")
	if contentType != "" {
		e.text("Content-Type: " + contentType + "\r\n")
	}
	e.text("\r\n")
}

func (e *formEncoder) closePart() { e.text("\r\n") }
