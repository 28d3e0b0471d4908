// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package payload

import (
	"context"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// draft is a body in the making.
type draft struct {
	segments []segment
	literal  []byte // the bytes after the segments
	problems Errors
	seen     map[string]fingerprint // by path on disk: two references, one reading
}

// Write appends literal bytes. It never fails.
func (d *draft) Write(p []byte) (int, error) {
	d.literal = append(d.literal, p...)
	return len(p), nil
}

func (d *draft) text(s string) { d.literal = append(d.literal, s...) }

// attach appends the content of a file.
func (d *draft) attach(c content) {
	d.flush()
	d.segments = append(d.segments, c)
}

// flush closes the literal segment.
func (d *draft) flush() {
	if len(d.literal) > 0 {
		d.segments = append(d.segments, literal(d.literal))
		d.literal = nil
	}
}

// refuse records that the value at path can't be sent.
func (d *draft) refuse(path value.Path, reason string) {
	d.problems = append(d.problems, &ValueError{Path: path, Reason: reason})
}

const (
	unknown    = "is unknown until apply, and the request can't be sent without it"
	notUTF8    = "is not UTF-8 text"
	keyNotUTF8 = "has a key that is not UTF-8 text"
)

// checkNumber refuses a number that neither encoding can represent, for example
// infinity.
func (d *draft) checkNumber(path value.Path, n value.Number) bool {
	if !isNumber(string(n)) {
		d.refuse(path, "is not a finite number")
		return false
	}
	return true
}

// isNumber reports whether text is a JSON number (RFC 8259, section 6) and
// nothing beside it: json.Valid alone takes other values, and spaces.
func isNumber(text string) bool {
	return json.Valid([]byte(text)) &&
		strings.IndexByte("-0123456789", text[0]) >= 0 &&
		strings.IndexByte("0123456789", text[len(text)-1]) >= 0
}

// checkText refuses a string that would arrive changed.
func (d *draft) checkText(path value.Path, s string) bool {
	if !utf8.ValidString(s) {
		d.refuse(path, notUTF8)
		return false
	}
	return true
}

// source reads the file of a reference and compares it with its hash. It
// reports false, and records why, if the file can't be sent.
func (d *draft) source(ctx context.Context, path value.Path, file value.File) (source, bool) {
	found, err := d.fingerprint(ctx, file.Path)
	if err == nil {
		err = checkReference(file, found)
	}
	if err != nil {
		d.problems = append(d.problems, &FileError{Path: path, File: file.Path, Reason: reason(err), Err: err})
		return source{}, false
	}
	return source{fingerprint: found, path: path, name: file.Path}, true
}

func (d *draft) fingerprint(ctx context.Context, name string) (fingerprint, error) {
	if found, ok := d.seen[name]; ok {
		return found, nil
	}
	found, err := takeFingerprint(ctx, name)
	if err != nil {
		return fingerprint{}, err
	}
	if d.seen == nil {
		d.seen = map[string]fingerprint{}
	}
	d.seen[name] = found
	return found, nil
}
