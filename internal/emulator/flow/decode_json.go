// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"unicode/utf8"
)

const (
	// maxJSONBody bounds a JSON body, which is held in memory. It leaves room
	// for a file of 190 MiB in base64.
	maxJSONBody = 256 << 20

	// maxDepth bounds the nesting of a body: far more than any flow describes,
	// far less than what a stack holds.
	maxDepth = 200
)

// decodeJSON reads a body of type application/json. Numbers keep their text.
func decodeJSON(body io.Reader) (map[string]any, error) {
	raw, err := io.ReadAll(io.LimitReader(body, maxJSONBody+1))
	switch {
	case err != nil:
		return nil, err
	case len(raw) > maxJSONBody:
		return nil, reject(http.StatusRequestEntityTooLarge, "the body is larger than %d MiB", maxJSONBody>>20)
	case !utf8.Valid(raw):
		return nil, reject(http.StatusBadRequest, "the body is not valid UTF-8")
	}
	tree, err := parseJSON(raw)
	if err != nil {
		return nil, reject(http.StatusBadRequest, "the body is not valid JSON: %v", err)
	}
	object, ok := tree.(map[string]any)
	if !ok {
		return nil, reject(http.StatusBadRequest, "the body must be a JSON object")
	}
	return object, nil
}

// parseJSON is encoding/json, stricter: a duplicate key is an error, and so
// is anything after the value.
func parseJSON(raw []byte) (any, error) {
	if !json.Valid(raw) {
		var ignored any
		if err := json.Unmarshal(raw, &ignored); err != nil {
			return nil, syntaxOnly(err)
		}
	}
	reader := &jsonReader{json.NewDecoder(bytes.NewReader(raw))}
	reader.decoder.UseNumber()
	return reader.value(0)
}

// syntaxOnly drops what encoding/json quotes of the text: it may be a person's.
func syntaxOnly(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("it breaks off or goes wrong at byte %d", syntax.Offset)
	}
	return errors.New("it can't be read")
}

type jsonReader struct{ decoder *json.Decoder }

func (r *jsonReader) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("it is nested more than %d deep", maxDepth)
	}
	token, err := r.decoder.Token()
	if err != nil {
		return nil, syntaxOnly(err)
	}
	switch token {
	case json.Delim('{'):
		return r.object(depth)
	case json.Delim('['):
		return r.list(depth)
	}
	return token, nil
}

func (r *jsonReader) object(depth int) (map[string]any, error) {
	object := map[string]any{}
	for r.decoder.More() {
		token, err := r.decoder.Token()
		if err != nil {
			return nil, syntaxOnly(err)
		}
		key, ok := token.(string)
		if !ok {
			return nil, errors.New("it has a key that is not a string")
		}
		if _, twice := object[key]; twice {
			return nil, fmt.Errorf("the key %q occurs twice in one object", key)
		}
		if object[key], err = r.value(depth + 1); err != nil {
			return nil, err
		}
	}
	_, err := r.decoder.Token()
	return object, err
}

func (r *jsonReader) list(depth int) ([]any, error) {
	list := []any{}
	for r.decoder.More() {
		value, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := r.decoder.Token()
	return list, err
}
