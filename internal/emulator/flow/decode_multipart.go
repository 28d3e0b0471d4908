// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"unicode/utf8"
)

const (
	maxParts = 10_000
	maxText  = 1 << 20 // of one part that is not a file
	maxFile  = 1 << 30 // of one part that is
)

// part is one part of a multipart body: a file, JSON, or text.
type part struct {
	file *File
	json any // with isJSON
	text string

	isJSON bool
}

// node is a place of the nested body that the parts' names spell out: either a
// part or what lies below, by step.
type node struct {
	part  *part
	nodes map[string]*node
}

// decodeMultipart reads a body of type multipart/form-data (RFC 7578) into the
// places that its field names give.
func decodeMultipart(body io.Reader, boundary string) (*node, error) {
	if boundary == "" {
		return nil, reject(http.StatusBadRequest, "the Content-Type names no boundary")
	}
	reader := multipart.NewReader(body, boundary)
	root := &node{}
	for count := 0; ; count++ {
		next, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			return root, nil
		}
		if err != nil {
			return nil, reject(http.StatusBadRequest, "the body breaks off or is not valid multipart/form-data")
		}
		if count == maxParts {
			return nil, reject(http.StatusRequestEntityTooLarge, "the body has more than %d parts", maxParts)
		}
		if err := root.take(next); err != nil {
			return nil, err
		}
	}
}

func (n *node) take(next *multipart.Part) error {
	disposition, params, err := mime.ParseMediaType(next.Header.Get("Content-Disposition"))
	if err != nil || disposition != "form-data" || params["name"] == "" {
		return reject(http.StatusBadRequest, "a part has no Content-Disposition of type form-data with a name")
	}
	name := params["name"]
	path, err := splitBrackets(name)
	if err != nil {
		return reject(http.StatusBadRequest, "%v", err)
	}
	if slices.Contains(path, "") {
		return reject(http.StatusBadRequest, "the field name %q leaves an element of a list without its number", name)
	}
	if len(path) > maxDepth {
		return reject(http.StatusBadRequest, "a field name is nested more than %d deep", maxDepth)
	}
	_, isFile := params["filename"]
	read, err := readPart(next, name, isFile)
	if err != nil {
		return err
	}
	return n.put(path, name, read)
}

func readPart(next *multipart.Part, name string, isFile bool) (*part, error) {
	if isFile {
		return readFilePart(next, name)
	}
	raw, err := io.ReadAll(io.LimitReader(next, maxText+1))
	switch {
	case err != nil:
		return nil, reject(http.StatusBadRequest, "the body breaks off in the field %q", name)
	case len(raw) > maxText:
		return nil, reject(http.StatusRequestEntityTooLarge, "the field %q is text of more than %d KiB", name, maxText>>10)
	case !utf8.Valid(raw):
		return nil, reject(http.StatusBadRequest, "the field %q is not valid UTF-8", name)
	}
	if mediaType, _, _ := mime.ParseMediaType(next.Header.Get("Content-Type")); mediaType == "application/json" {
		tree, err := parseJSON(raw)
		if err != nil {
			return nil, reject(http.StatusBadRequest, "the field %q is not valid JSON: %v", name, err)
		}
		return &part{json: tree, isJSON: true}, nil
	}
	return &part{text: string(raw)}, nil
}

func readFilePart(next *multipart.Part, name string) (*part, error) {
	file, err := readFile(io.LimitReader(next, maxFile+1))
	switch {
	case err != nil:
		return nil, reject(http.StatusBadRequest, "the body breaks off in the file %q", name)
	case file.Size > maxFile:
		return nil, reject(http.StatusRequestEntityTooLarge, "the file %q is larger than %d MiB", name, maxFile>>20)
	}
	file.Filename = next.FileName()
	file.ContentType = next.Header.Get("Content-Type")
	return &part{file: file}, nil
}

// put places p at path. A place holds one part, or places below it.
func (n *node) put(path []string, name string, p *part) error {
	at := n
	for _, step := range path {
		if at.part != nil {
			return twice(name)
		}
		if at.nodes == nil {
			at.nodes = map[string]*node{}
		}
		if at.nodes[step] == nil {
			at.nodes[step] = &node{}
		}
		at = at.nodes[step]
	}
	if at.part != nil || at.nodes != nil {
		return twice(name)
	}
	at.part = p
	return nil
}

func twice(name string) error {
	return &RejectionError{Status: http.StatusBadRequest, Messages: []string{fmt.Sprintf("the field %q occurs twice, or once as a value and once as an object", name)}}
}
