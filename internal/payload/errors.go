// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package payload

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// MediaTypeError is the error of a media type that no body can be encoded in.
type MediaTypeError struct{ MediaType string }

func (e *MediaTypeError) Error() string {
	return fmt.Sprintf("the media type %s is not supported for a request; use %s or %s",
		strconv.Quote(e.MediaType), contract.JSON, contract.Multipart)
}

// ValueError is why the value at Path can't be sent. It never contains the value.
type ValueError struct {
	Path   value.Path
	Reason string // follows the path: "is not base64 text"
}

func (e *ValueError) Error() string { return e.Path.String() + " " + e.Reason }

// FileError is why the file that Path refers to can't be sent.
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

// Errors lists the problems of a body, in the order of its encoding. Each
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

// Reasons that are not errors of the file system.
var (
	errFolder           = errors.New("is a folder; it must be a file")
	errIrregular        = errors.New("is a device, a pipe or a socket; it must be a regular file")
	errChangedSincePlan = errors.New("does not match $sha256: it has changed since the plan, or the hash is that of another file. Run terraform plan again")
	errName             = errors.New("has a name that contains a control character or is not UTF-8 text; set another one with $filename")
	errType             = errors.New("has a $content_type that is not a media type, such as application/pdf")
	errChangedWhileRead = errors.New("changed while it was read, so the request is not sent in full; run terraform apply again when nothing writes to the file")
)

// reason returns a FileError's Reason for an error.
func reason(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "does not exist; a relative path is resolved from the working directory"
	}
	// The FileError already contains the path of a PathError.
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return "can't be read: " + pathError.Err.Error()
	}
	return err.Error()
}
