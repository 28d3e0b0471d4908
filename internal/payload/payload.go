// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package payload

import (
	"context"
	"fmt"
	"io"
	"mime"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// Fields is what the flow's document declares about the body's leaves.
type Fields interface {
	// Binary reports whether the string at path is binary content, which in a
	// form is a part of its own: OpenAPI's "format: binary". The path starts
	// at the body (input.documents[0].source); its indices count the list as
	// the user wrote it, nulls included.
	Binary(path value.Path) bool
}

// Payload is a request body that can be read any number of times, each time
// with the same bytes. It holds no open file and may be used concurrently.
type Payload struct {
	ContentType string // the Content-Type header, a form's boundary included
	Length      int64  // in bytes, exact

	segments []segment
}

// Build encodes body, an object of the members input, metadata, redirectUrl
// and state (API call "Create a session"), for mediaType, which may carry
// parameters. Without fields (nil) no string is binary.
//
// Every file that body refers to is read and compared with its hash. The error
// is a *MediaTypeError, the error of ctx, or Errors with all problems.
func Build(ctx context.Context, body value.Object, mediaType string, fields Fields) (*Payload, error) {
	var d draft
	var contentType string
	switch kind, _, _ := mime.ParseMediaType(mediaType); kind {
	case contract.JSON:
		contentType = d.encodeJSON(ctx, body)
	case contract.Multipart:
		contentType = d.encodeForm(ctx, body, fields)
	default:
		return nil, &MediaTypeError{MediaType: mediaType}
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("the request body was not finished: %w", err)
	}
	if len(d.problems) > 0 {
		return nil, d.problems
	}
	d.flush()
	return &Payload{ContentType: contentType, Length: length(d.segments), segments: d.segments}, nil
}

// File is the content of a file within a body.
type File struct {
	Path   value.Path // of the reference
	Length int64      // in bytes of the body: of the base64 text in JSON
}

// Files lists the files whose content the body holds, in its order.
func (p *Payload) Files() []File {
	var files []File
	for _, s := range p.segments {
		if c, ok := s.(content); ok {
			files = append(files, File{c.path, c.length()})
		}
	}
	return files
}

// Open starts a reading of the body. A file that is gone or has another size
// by now is a *FileError here, before anything is sent; one that has other
// content is a *FileError from Read.
func (p *Payload) Open() (io.ReadCloser, error) {
	for _, s := range p.segments {
		if c, ok := s.(content); ok {
			if err := c.recheck(); err != nil {
				return nil, err
			}
		}
	}
	return &bodyReader{rest: p.segments}, nil
}
