// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// What a document may cost. A flow with 500 fields needs about 100 kB, 5 000
// values, 30 levels and some dozens of references.
const (
	maxBytes      = 8 << 20 // of the document
	maxRequest    = 1 << 20 // bytes of what describes the request
	maxDepth      = 100
	maxValues     = 60_000
	maxReferences = 1_000
	maxPairs      = 4_000_000 // values times references: resolving a reference may visit every value
	maxChain      = 100       // references that lead to references
	maxWork       = 100_000   // schemas looked at while references are expanded
)

// errTooLarge is a document that is small as it stands and grows past every
// limit once bracketed names are unfolded and references expanded.
var errTooLarge = &ParseError{"is too large: unfolded, its schemas have too many parts"}

// source is a decoded document. Numbers are json.Number and objects are maps:
// kin-openapi reads bounds and enums into float64, so it has the say on what
// is OpenAPI, while the schemas are translated from this tree, where
// 9007199254740993 is still itself.
type source struct {
	document  map[string]any      // as given
	root      map[string]any      // its part that describes the request, where references lead to
	path      string              // of the create-session operation
	post      map[string]any      // that operation
	extending map[string][]string // which schemas extend another
	meanings  map[string]meaning  // what discriminators say, as far as it was asked
	work      int                 // spent so far
}

// newSource decodes raw and finds the create-session operation in it. The
// error is a *ParseError.
func newSource(raw []byte) (*source, error) {
	root, err := decode(raw)
	if err != nil {
		return nil, err
	}
	if version := text(root["openapi"]); !strings.HasPrefix(version, "3.") {
		return nil, &ParseError{"is not an OpenAPI 3 document: its \"openapi\" does not say 3.x"}
	}
	s := &source{document: root, meanings: map[string]meaning{}}
	if s.path, s.post, err = createSession(root); err != nil {
		return nil, err
	}
	s.root = s.reduced()
	s.extending = extensions(s.root)
	values, references := count(s.root)
	if values > maxValues || references > maxReferences || values*references > maxPairs {
		return nil, &ParseError{fmt.Sprintf("is too large: its request has %d values and %d references, which is more than can be read", values, references)}
	}
	return s, s.check()
}

// decode reads raw as one JSON object within the limits.
func decode(raw []byte) (map[string]any, error) {
	if len(raw) > maxBytes {
		return nil, &ParseError{fmt.Sprintf("is too large: it has %d bytes; at most %d are read", len(raw), maxBytes)}
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if depth := nesting(raw); depth > maxDepth {
		return nil, &ParseError{fmt.Sprintf("is nested %d levels deep; at most %d are read", depth, maxDepth)}
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, &ParseError{"is not JSON" + position(err)}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, &ParseError{"is not JSON: something follows the end of the document"}
	}
	root, ok := tree.(map[string]any)
	if !ok {
		return nil, &ParseError{"is not an OpenAPI document: it is JSON, but not an object"}
	}
	return root, nil
}

// position tells where a JSON error lies, without the Go names that its text
// may hold.
func position(err error) string {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf(": %s (at byte %d)", syntax.Error(), syntax.Offset)
	case errors.Is(err, io.EOF):
		return ": it is empty"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return ": it ends too early"
	}
	return ""
}

// nesting returns how deep objects and arrays are nested in raw. It looks at
// the bytes, so that no recursive reader meets a document that is too deep.
func nesting(raw []byte) int {
	deepest, depth, quoted := 0, 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}

// createSession finds the operation that creates a session: the POST whose
// operationId says so, else the only POST on a path that ends in /sessions.
func createSession(root map[string]any) (string, map[string]any, error) {
	paths := object(root["paths"])
	var candidates []string
	for _, path := range keys(paths) {
		post := object(object(paths[path])["post"])
		if text(post["operationId"]) == "createSession" {
			return path, post, nil
		}
		if post != nil && strings.HasSuffix(strings.TrimSuffix(path, "/"), "/sessions") {
			candidates = append(candidates, path)
		}
	}
	if len(candidates) != 1 {
		return "", nil, &ParseError{"describes no create-session call: it has no POST with the operationId createSession"}
	}
	return candidates[0], object(object(paths[candidates[0]])["post"]), nil
}

// reduced returns the part of the document that describes the request. What
// is wrong elsewhere, in a response or an example, hinders nobody here.
func (s *source) reduced() map[string]any {
	components := map[string]any{}
	for _, kind := range []string{"schemas", "requestBodies"} {
		if declared, ok := object(s.document["components"])[kind]; ok {
			components[kind] = declared
		}
	}
	post := map[string]any{"responses": map[string]any{}}
	if body, ok := s.post["requestBody"]; ok {
		post["requestBody"] = body
	}
	return map[string]any{
		"openapi":    s.document["openapi"],
		"info":       map[string]any{"title": "", "version": ""},
		"paths":      map[string]any{s.path: map[string]any{"post": post}},
		"components": components,
	}
}

// check has kin-openapi load the document: it knows the types of all keywords
// and follows every reference. It is told to follow none out of the document.
func (s *source) check() error {
	encoded, err := json.Marshal(s.root)
	if err != nil {
		return &ParseError{"can't be read"}
	}
	if len(encoded) > maxRequest {
		return &ParseError{fmt.Sprintf("is too large: its request takes %d bytes; at most %d are read", len(encoded), maxRequest)}
	}
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = false
	if _, err := loader.LoadFromData(encoded); err != nil {
		return &ParseError{s.complaint(err)}
	}
	return nil
}

// complaint turns an error of kin-openapi into a reason for a person. Its
// texts name Go types, so only what is recognised is passed on.
func (s *source) complaint(err error) string {
	for _, ref := range references(s.root) {
		if !strings.HasPrefix(ref, "#") {
			return fmt.Sprintf("refers to another document (%s), which is not followed", abbreviate(ref))
		}
		if _, err := s.lookup(ref); err != nil {
			return err.Error()
		}
	}
	if _, rest, found := strings.Cut(err.Error(), "into field "); found {
		field, _, _ := strings.Cut(rest, " ")
		field = field[strings.LastIndex(field, ".")+1:]
		return fmt.Sprintf("is not valid OpenAPI 3: a value of %q has the wrong type", abbreviate(field))
	}
	return "is not valid OpenAPI 3"
}

// requestSchemas returns the schema of the create-session request for each
// media type, nil where a media type has none.
func (s *source) requestSchemas() (map[string]any, error) {
	body, err := s.follow(object(object(object(s.root["paths"])[s.path])["post"])["requestBody"])
	if err != nil {
		return nil, err
	}
	content := object(object(body)["content"])
	if len(content) == 0 {
		return nil, &ParseError{"describes no request body for the create-session call"}
	}
	schemas := map[string]any{}
	for mediaType, described := range content {
		schemas[mediaType] = object(described)["schema"]
	}
	return schemas, nil
}
