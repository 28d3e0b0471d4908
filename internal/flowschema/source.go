// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
)

// What a document may cost. A flow with 500 fields needs about 100 kB, 5,000
// schemas and 30 levels. Documents of a whole API have several megabytes of
// which a request reaches little, so what it reaches has a limit of its own.
const (
	maxBytes   = 4 << 20 // of the document
	maxReached = 1 << 20 // of what the create-session request reaches
	maxDepth   = 100
	maxSteps   = 400_000  // schemas looked at while the tree is built
	maxSchemas = 60_000   // of the tree
	maxScanned = 64 << 20 // bytes read over on the way to what references point to
	maxChain   = 100      // references that lead to references
)

// errTooComplex is a document whose tree takes more steps than one is worth.
var errTooComplex = &ParseError{"was not read: it is too large or too complex"}

// source is a document of which only what is asked for is decoded. Numbers are
// json.Number, so that 9007199254740993 is still itself.
type source struct {
	ctx     context.Context //nolint:containedctx // of one Parse
	root    map[string]json.RawMessage
	opened  map[string]map[string]json.RawMessage // objects on the way to references, by JSON pointer
	targets map[string]any                        // decoded targets of references, by reference
	reached int                                   // bytes decoded so far
	scanned int                                   // bytes read over so far
	steps   int
	bare    bool // what is beside a reference is ignored, as before OpenAPI 3.1
}

// newSource checks that raw is one JSON object within the limits.
func newSource(ctx context.Context, raw []byte) (*source, error) {
	if len(raw) > maxBytes {
		return nil, &ParseError{fmt.Sprintf("is too large: it has %d bytes; at most %d are read", len(raw), maxBytes)}
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if depth := nesting(raw); depth > maxDepth {
		return nil, &ParseError{fmt.Sprintf("is nested %d levels deep; at most %d are read", depth, maxDepth)}
	}
	s := &source{ctx: ctx, opened: map[string]map[string]json.RawMessage{}, targets: map[string]any{}}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	var root json.RawMessage
	if err := decoder.Decode(&root); err != nil {
		return nil, &ParseError{"is not JSON" + position(err)}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, &ParseError{"is not JSON: something follows the end of the document"}
	}
	if json.Unmarshal(root, &s.root) != nil || s.root == nil {
		return nil, &ParseError{"is not an OpenAPI document: it is JSON, but not an object"}
	}
	s.opened[""] = s.root
	version := s.version()
	if !strings.HasPrefix(version, "3.") {
		return nil, &ParseError{`is not an OpenAPI 3 document: its "openapi" is not 3.x`}
	}
	s.bare = strings.HasPrefix(version, "3.0")
	return s, nil
}

func (s *source) version() string {
	var version string
	_ = json.Unmarshal(s.root["openapi"], &version) // absent or of another type: no version
	return version
}

// spend takes one step of what the document may cost.
func (s *source) spend() error {
	if s.steps++; s.steps > maxSteps {
		return errTooComplex
	}
	if s.steps%1000 == 0 && s.ctx.Err() != nil {
		return &ParseError{"was not read: reading it was interrupted"}
	}
	return nil
}

// decode reads a part of the document in full, against the limit of what is
// reached.
func (s *source) decode(raw json.RawMessage) (any, error) {
	if s.reached += len(raw); s.reached > maxReached {
		return nil, &ParseError{fmt.Sprintf("is too large: its create-session request reaches more than %d bytes", maxReached)}
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var decoded any
	_ = decoder.Decode(&decoded) // nothing is there, since the whole has been read as JSON
	return decoded, nil
}

// open returns an object of the document by its JSON pointer, its members not
// yet decoded; nil where there is none.
func (s *source) open(pointer string) map[string]json.RawMessage {
	if members, known := s.opened[pointer]; known {
		return members
	}
	at := strings.LastIndex(pointer, "/")
	var members map[string]json.RawMessage
	if raw, ok := s.raw(pointer[:at], unescapePointer(pointer[at+1:])); ok && s.scan(raw) {
		_ = json.Unmarshal(raw, &members) // of another kind: nothing to open
	}
	s.opened[pointer] = members
	return members
}

// scan reports whether a part of the document may still be read over.
func (s *source) scan(raw json.RawMessage) bool {
	s.scanned += len(raw)
	return s.scanned <= maxScanned
}

// raw returns a member of an object, or an element of an array, by its JSON
// pointer and name.
func (s *source) raw(pointer, name string) (json.RawMessage, bool) {
	if members := s.open(pointer); members != nil {
		raw, ok := members[name]
		return raw, ok
	}
	at := strings.LastIndex(pointer, "/")
	index, err := strconv.Atoi(name)
	if at < 0 || err != nil || index < 0 {
		return nil, false
	}
	raw, ok := s.raw(pointer[:at], unescapePointer(pointer[at+1:]))
	var elements []json.RawMessage
	if !ok || !s.scan(raw) || json.Unmarshal(raw, &elements) != nil || index >= len(elements) {
		return nil, false
	}
	return elements[index], true
}

func unescapePointer(token string) string {
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
}

func escapePointer(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

// find returns what a reference points to, not yet decoded: a JSON pointer
// (RFC 6901) in the fragment of a URL. References out of the document are not
// followed.
func (s *source) find(ref string) (json.RawMessage, error) {
	if !strings.HasPrefix(ref, "#") {
		return nil, &ParseError{fmt.Sprintf("refers to another document (%s), which is not followed", abbreviate(ref))}
	}
	absent := &ParseError{fmt.Sprintf("refers to %s, which is not in it", abbreviate(ref))}
	pointer, err := url.PathUnescape(strings.TrimPrefix(ref, "#"))
	at := strings.LastIndex(pointer, "/")
	if err != nil || !strings.HasPrefix(pointer, "/") || strings.Count(pointer, "/") > maxDepth {
		return nil, absent
	}
	raw, ok := s.raw(pointer[:at], unescapePointer(pointer[at+1:]))
	switch {
	case s.scanned > maxScanned:
		return nil, errTooComplex
	case !ok:
		return nil, absent
	}
	return raw, nil
}

// lookup returns what a reference points to, decoded once.
func (s *source) lookup(ref string) (any, error) {
	if target, known := s.targets[ref]; known {
		return target, nil
	}
	raw, err := s.find(ref)
	if err != nil {
		return nil, err
	}
	target, err := s.decode(raw)
	if err == nil {
		s.targets[ref] = target
	}
	return target, err
}

// errLoop is a reference that leads to nothing but itself.
var errLoop = &ParseError{"has a reference that leads back to itself"}

// follow returns what a chain of references leads to, and the last of them;
// node itself and "" where it is no reference.
func (s *source) follow(node any) (target any, ref string, err error) {
	for range maxChain {
		next, ok := object(node)["$ref"].(string)
		if !ok || len(object(node)) > 1 && !s.bare {
			return node, ref, nil
		}
		if node, err = s.lookup(next); err != nil {
			return nil, "", err
		}
		ref = next
	}
	return nil, "", nil // it leads back to itself, and so declares nothing
}

// position reports where a JSON error is, without the Go names that its text
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
