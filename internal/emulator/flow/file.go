// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
)

// MaxKeptFile is the size up to which a file's content is kept and can be
// downloaded again. Larger ones are only measured and hashed, so that an upload
// of any size costs the same memory.
const MaxKeptFile = 1 << 20

// File is the content of a file that a request brought.
type File struct {
	Filename    string // as sent; empty for base64 in JSON
	ContentType string // as sent; empty for base64 in JSON
	Size        int64
	SHA256      string // lower-case hex
	Content     []byte // nil when larger than MaxKeptFile
}

// MarshalJSON writes all but the content, for the records.
func (f *File) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{
		"filename": f.Filename, "contentType": f.ContentType, "size": f.Size, "sha256": f.SHA256,
	})
}

// readFile measures and hashes content, and keeps it if it is small.
func readFile(content io.Reader) (*File, error) {
	hash := sha256.New()
	kept := &head{}
	size, err := io.Copy(io.MultiWriter(hash, kept), content)
	if err != nil {
		return nil, err
	}
	file := &File{Size: size, SHA256: hex.EncodeToString(hash.Sum(nil))}
	if size <= MaxKeptFile {
		file.Content = kept.bytes
	}
	return file, nil
}

// head keeps the first MaxKeptFile bytes written to it.
type head struct{ bytes []byte }

func (h *head) Write(p []byte) (int, error) {
	room := MaxKeptFile - len(h.bytes)
	h.bytes = append(h.bytes, p[:max(0, min(room, len(p)))]...)
	return len(p), nil
}
