// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package value

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// The keys of a file reference, the object that represents a file's content
// so that only its path and hash reach plan and state.
const (
	FileKey        = "$file"
	SHA256Key      = "$sha256"
	FilenameKey    = "$filename"
	ContentTypeKey = "$content_type"
)

// File is the content of a file on disk, by path and hash.
type File struct {
	Path        string // as the user wrote it, relative to the working directory
	SHA256      string // of the content, 64 lower-case hex digits
	Filename    string // sent with the content; empty: the path's last element
	ContentType string // sent with the content; empty: found from path and content
}

// Name is the file name that is sent with the content.
func (f File) Name() string {
	if f.Filename != "" {
		return f.Filename
	}
	return filepath.Base(f.Path)
}

// equal ignores the folder: the same content under the same name makes the
// same request, wherever a pipeline has checked it out.
func (f File) equal(other File) bool {
	return f.SHA256 == other.SHA256 && f.Name() == other.Name() && f.ContentType == other.ContentType
}

// FileError is the reason why an object with a "$file" key is not a file reference.
// Key is the member at fault.
type FileError struct{ Key, Reason string }

func (e *FileError) Error() string { return fmt.Sprintf("%s %s", e.Key, e.Reason) }

// referenceKeys are the keys that a file reference may have.
var referenceKeys = []string{FileKey, SHA256Key, FilenameKey, ContentTypeKey}

// IsFileReference reports whether o is meant as a file reference: one of the
// reference's own keys is set, unknown counting as set.
func (o Object) IsFileReference() bool {
	return slices.ContainsFunc(referenceKeys, func(key string) bool { return !IsNull(o[key]) })
}

// Reference turns the object of a file reference into a File. While a part of
// it is unknown the result is Unknown, unless what is known is wrong already.
// The error is a *FileError.
func (o Object) Reference() (Value, error) {
	texts, unknown := map[string]string{}, map[string]bool{}
	for _, key := range o.Keys() {
		if IsNull(o[key]) {
			continue
		}
		if !slices.Contains(referenceKeys, key) {
			return nil, &FileError{key, "is not a part of a file reference, which has $file, $sha256 and, if wanted, $filename and $content_type"}
		}
		switch member := o[key].(type) {
		case Unknown:
			unknown[key] = true
		case String:
			texts[key] = string(member)
		default:
			return nil, &FileError{key, "must be a string"}
		}
	}
	if texts[FileKey] == "" && !unknown[FileKey] {
		return nil, &FileError{FileKey, "is missing: it is the path of the file"}
	}
	sum := strings.ToLower(texts[SHA256Key])
	if raw, err := hex.DecodeString(sum); (err != nil || len(raw) != sha256.Size) && !unknown[SHA256Key] {
		return nil, &FileError{SHA256Key, `must be the SHA-256 of the file in hex, as filesha256("PATH") returns it`}
	}
	if len(unknown) > 0 {
		return Unknown{}, nil
	}
	return File{
		Path:        texts[FileKey],
		SHA256:      sum,
		Filename:    texts[FilenameKey],
		ContentType: texts[ContentTypeKey],
	}, nil
}
