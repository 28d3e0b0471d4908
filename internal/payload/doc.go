// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package payload turns a value tree into the body of a create-session
// request, as JSON or as a form (multipart/form-data).
//
// A body is a list of segments, each a stretch of literal bytes or the content
// of a file on disk, plain or in base64. The length of every segment is known
// beforehand, so the request carries an exact Content-Length, and contents are
// streamed: a file of any size costs one buffer.
//
// Every file is read twice. Build reads it first and compares its SHA-256 with
// the one in its reference, so that a file that changed after the plan is an
// error before a byte is sent. The second reading sends the file, and withholds its
// last bytes until the hash is verified again: a change in between aborts the
// request, and no service carries out a request shorter than its Content-Length.
//
// Null means "omitted" in both encodings. What a form can't represent:
//
//   - An empty list or object has no part and is left out, as usual in
//     bracket notation. As an element of a list it is refused: without it the
//     elements behind it would move up and mean something else.
//   - A key that is empty or contains a bracket, a quote, a backslash or a control
//     character is refused. Readers of forms disagree on how to escape those,
//     and a line break would begin a header.
//   - A key of digits has the name of a list's element. It is sent: the service
//     decodes the form by the flow's document, which declares which of the two it is.
package payload
