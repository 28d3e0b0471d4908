// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package payload

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// MediaTypeError says that a body can't be made for MediaType.
type MediaTypeError struct{ MediaType string }

func (e *MediaTypeError) Error() string {
	return fmt.Sprintf("a request body can't be made as %s; it can be as %s and as %s",
		strconv.Quote(e.MediaType), JSON, Form)
}

// ValueError says why the value at Path can't be sent. It never holds the
// value.
type ValueError struct {
	Path   value.Path
	Reason string // follows the path: "is not base64 text"
}

func (e *ValueError) Error() string { return e.Path.String() + " " + e.Reason }

// FileError says why the file that Path refers to can't be sent.
type FileError struct {
	Path   value.Path // of the reference
	File   string     // the path on disk, as the user wrote it
	Reason string     // follows the file: "does not exist"
	Err    error      // the cause
}

func (e *FileError) Error() string {
	return fmt.Sprintf("%s: file %s %s", e.Path, strconv.Quote(e.File), e.Reason)
}

func (e *FileError) Unwrap() error { return e.Err }

// Errors is all that is wrong with a body, in the order of its encoding. Each
// is a *ValueError or a *FileError.
type Errors []error

func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, err := range e {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.Is and errors.As look at each.
func (e Errors) Unwrap() []error { return e }

// Reasons that the file system doesn't give.
var (
	errFolder    = errors.New("is a folder; a file is needed")
	errIrregular = errors.New("is a device, a pipe or a socket; a regular file is needed")
	errReplaced  = errors.New("does not have the content that $sha256 stands for; it has changed since the plan, or the hash is that of another file")
	errName      = errors.New("has a name that holds a control character or is not UTF-8 text; give it another with $filename")
	errType      = errors.New("has a $content_type that is not a media type such as application/pdf")
	errChanged   = errors.New("changed while the request was being made, so it was not sent to its end; try again when nothing writes to the file")
)

// explain turns what happened to a file into a FileError's Reason.
func explain(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "does not exist; a relative path starts at the working directory"
	}
	// The path that a PathError repeats stands in the FileError already.
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return "can't be read: " + pathError.Err.Error()
	}
	return err.Error()
}
