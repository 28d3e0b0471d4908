// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"encoding/base64"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Submission is a request that the flow takes.
type Submission struct {
	MediaType string

	// Body is what arrived: strings, json.Number, bool, nil, objects and lists,
	// and *File where multipart brought one.
	Body map[string]any

	// Input is Body's input with every file as *File, also where JSON brought
	// it as base64. It is never nil.
	Input map[string]any

	SubjectID   string
	Locale      string // one of Locales, "en" where the request names none
	RedirectURL string // may be empty
	State       string // may be empty
}

// Decode reads a request's body and validates it. What the flow does not take is a
// *RejectionError; with it comes the submission as far as it could be read, which may
// be nil.
func (d *Document) Decode(contentType string, body io.Reader) (*Submission, error) {
	mediaType, params, err := mime.ParseMediaType(contentType)
	schema := d.bodies[mediaType]
	if err != nil || schema == nil {
		return nil, reject(http.StatusUnsupportedMediaType, "the flow takes %s", strings.Join(d.MediaTypes(), " or "))
	}
	validator := &validator{schema: schema, kinds: d.kinds, multipart: mediaType == "multipart/form-data"}
	tree, misshapen, err := validator.read(body, mediaType, params["boundary"])
	if err != nil {
		return nil, err
	}
	submission := &Submission{MediaType: mediaType, Body: tree}
	if refused := newRejection(slices.Concat(misshapen, validator.problems(tree))); refused != nil {
		return submission, refused
	}
	submission.settle(validator)
	return submission, nil
}

// read decodes a body; problems are those of a form's fields.
func (v *validator) read(body io.Reader, mediaType, boundary string) (tree map[string]any, problems []problem, err error) {
	switch mediaType {
	case "application/json":
		tree, err = decodeJSON(body)
		return tree, nil, err
	case "multipart/form-data":
		return v.readForm(body, boundary)
	}
	return nil, nil, reject(http.StatusUnsupportedMediaType, "the emulator reads application/json and multipart/form-data")
}

func (v *validator) readForm(body io.Reader, boundary string) (map[string]any, []problem, error) {
	root, err := decodeMultipart(body, boundary)
	if err != nil {
		return nil, nil, err
	}
	shaper := &shaper{validator: v, shaped: map[string]shaped{}}
	tree, ok := shaper.shape(root, []*openapi3.Schema{v.schema}, "").(map[string]any)
	if !ok {
		return nil, nil, reject(http.StatusBadRequest, "the body must have named fields")
	}
	return tree, shaper.problems, nil
}

// settle extracts what the service works with from the validated body.
func (s *Submission) settle(v *validator) {
	metadata, _ := s.Body["metadata"].(map[string]any)
	s.SubjectID, _ = metadata["subjectId"].(string)
	s.Locale, _ = metadata["locale"].(string)
	if s.Locale == "" {
		s.Locale = Locales[0]
	}
	s.RedirectURL, _ = s.Body["redirectUrl"].(string)
	s.State, _ = s.Body["state"].(string)
	described := v.members([]*openapi3.Schema{v.schema}, s.Body, "input")
	s.Input, _ = v.lift(s.Body["input"], described).(map[string]any)
	if s.Input == nil {
		s.Input = map[string]any{}
	}
}

// lift is tree with the base64 text of files replaced by the files.
func (v *validator) lift(tree any, schemas []*openapi3.Schema) any {
	schemas = v.applying(tree, schemas)
	switch tree := tree.(type) {
	case map[string]any:
		object := make(map[string]any, len(tree))
		for _, name := range slices.Sorted(maps.Keys(tree)) {
			object[name] = v.lift(tree[name], described(schemas, name))
		}
		return object
	case []any:
		list := make([]any, 0, len(tree))
		for _, value := range tree {
			list = append(list, v.lift(value, items(schemas)))
		}
		return list
	case string:
		if !slices.ContainsFunc(schemas, isContent) {
			return tree
		}
		file, err := readFile(base64.NewDecoder(base64.StdEncoding, strings.NewReader(tree)))
		if err != nil {
			return tree // validated before: this is text at the place of a file
		}
		return file
	}
	return tree
}
