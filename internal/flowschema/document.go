// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// ParseError reports why a document can't be used. Reason completes the sentence
// "the flow's OpenAPI document …".
type ParseError struct{ Reason string }

func (e *ParseError) Error() string { return "the flow's OpenAPI document " + e.Reason }

// Document is a flow's OpenAPI document, as
// GET /api/v1/flows/{environment}/{flowId} serves it. It is not changed after
// Parse, and may be used from several goroutines.
type Document struct {
	OpenAPIVersion string // "3.0.0"
	Title          string // the flow's name
	Description    string
	FlowID         string   // from info's x-flow-id, "" where the document has none
	FlowVersion    string   // from x-flow-version, else info's version, as written
	Environment    string   // from x-environment, "" where the document has none
	ServerURLs     []string // in the document's order
	ContentTypes   []string // of a create-session request: JSON first, multipart second, others sorted

	bodies map[string]*Schema // by content type; only those that can be sent
	blocks func() []DataBlock
}

// parsing bounds how many documents are read at once, and with it the memory
// that reading takes.
var parsing = make(chan struct{}, 2)

// Parse reads a flow's OpenAPI document: JSON, OpenAPI 3.0 or 3.1. What the
// create-session request does not reach is passed over. The error is a
// *ParseError, also where ctx ends.
func Parse(ctx context.Context, raw []byte) (doc *Document, err error) {
	select {
	case parsing <- struct{}{}:
		defer func() { <-parsing }()
	case <-ctx.Done():
		return nil, &ParseError{"was not read: reading it was interrupted"}
	}
	s, err := newSource(ctx, raw)
	if err != nil {
		return nil, err
	}
	content, err := s.createSession()
	if err != nil {
		return nil, err
	}
	doc = s.describe()
	if err := doc.addBodies(s, content); err != nil {
		return nil, err
	}
	doc.blocks = sync.OnceValue(func() []DataBlock { return dataBlocks(doc.Input()) })
	return doc, nil
}

// describe reads what the document declares for the flow.
func (s *source) describe() *Document {
	part := func(name string) any {
		decoder := json.NewDecoder(bytes.NewReader(s.root[name]))
		decoder.UseNumber()
		var decoded any
		_ = decoder.Decode(&decoded) // absent: nothing is declared
		return decoded
	}
	info := object(part("info"))
	doc := &Document{
		OpenAPIVersion: s.version(),
		Title:          text(info["title"]),
		Description:    text(info["description"]),
		FlowID:         text(info["x-flow-id"]),
		FlowVersion:    text(info["x-flow-version"]),
		Environment:    text(info["x-environment"]),
		ServerURLs:     []string{},
		bodies:         map[string]*Schema{},
	}
	if doc.FlowVersion == "" {
		doc.FlowVersion = text(info["version"])
	}
	for _, server := range array(part("servers")) {
		if url := text(object(server)["url"]); url != "" {
			doc.ServerURLs = append(doc.ServerURLs, url)
		}
	}
	return doc
}

// createSession finds the operation that creates a session, and returns the
// media types of its request: the POST whose operationId is createSession, else the
// only POST on a path that ends in /sessions.
func (s *source) createSession() (map[string]json.RawMessage, error) {
	var candidates []map[string]json.RawMessage
	paths := s.open("/paths")
	for _, path := range keys(paths) {
		post := s.open("/paths/" + escapePointer(path) + "/post")
		var operation string
		_ = json.Unmarshal(post["operationId"], &operation) // absent: not the one
		if operation == "createSession" {
			candidates = []map[string]json.RawMessage{post}
			break
		}
		if post != nil && strings.HasSuffix(strings.TrimSuffix(path, "/"), "/sessions") {
			candidates = append(candidates, post)
		}
	}
	if len(candidates) != 1 {
		return nil, &ParseError{"describes no create-session call: it has no POST with the operationId createSession"}
	}
	body, err := s.openRaw(candidates[0]["requestBody"])
	if err != nil {
		return nil, err
	}
	content, err := s.openRaw(body["content"])
	if err == nil && len(content) == 0 {
		err = &ParseError{"describes no request body for the create-session call"}
	}
	return content, err
}

// openRaw returns the members of an object that is in place, or of one
// that it refers to, not yet decoded.
func (s *source) openRaw(raw json.RawMessage) (map[string]json.RawMessage, error) {
	for range maxChain {
		var members map[string]json.RawMessage
		if len(raw) > 0 && s.scan(raw) {
			_ = json.Unmarshal(raw, &members) // of another kind: no members
		}
		var ref string
		_ = json.Unmarshal(members["$ref"], &ref) // absent: none
		if ref == "" {
			return members, nil
		}
		var err error
		if raw, err = s.find(ref); err != nil {
			return nil, err
		}
	}
	return nil, errLoop
}

// addBodies builds the request of each media type that can be sent. Where the
// document offers neither JSON nor multipart, its first media type shows at
// least what the input looks like.
func (d *Document) addBodies(s *source, content map[string]json.RawMessage) error {
	d.ContentTypes = keys(content)
	slices.SortStableFunc(d.ContentTypes, func(a, b string) int { return rank(a) - rank(b) })
	b := newBuilder(s, new(atomic.Int64))
	for i, contentType := range d.ContentTypes {
		if i > 0 && !sendable(contentType) {
			continue
		}
		media, err := s.openRaw(content[contentType])
		if err != nil {
			return err
		}
		described, err := s.decode(media["schema"])
		if err != nil {
			return err
		}
		if d.bodies[contentType], err = b.body(described); err != nil {
			return err
		}
	}
	return nil
}

// body builds the schema of a whole request body. Of input a key that the
// document does not list is a mistake. Metadata is free-form by the API's own
// contract, so there the document's silence allows.
func (b *builder) body(schema any) (*Schema, error) {
	nested, err := b.source.unfold(schema)
	if err != nil {
		return nil, err
	}
	c, err := b.compose(nested, true)
	if err != nil {
		return nil, err
	}
	c.bases[contract.Metadata] = 0
	s := &Schema{}
	return s, b.fill(s, nested, c)
}

// Body returns the schema of the request body in a media type. Where the
// document does not offer the one that must be sent, its first shows what the
// input looks like.
func (d *Document) Body(mediaType string) *Schema {
	for contentType, offered := range d.bodies {
		if baseType(contentType) == mediaType {
			return offered
		}
	}
	return d.bodies[d.ContentTypes[0]]
}

// Input returns the schema of the session's input, in JSON where the flow takes
// it, else in multipart. Alternatives of the whole body become alternatives of
// the input.
func (d *Document) Input() *Schema {
	if input := d.bodies[d.ContentTypes[0]].project(contract.Input); input != nil {
		return input
	}
	return &Schema{}
}

// project returns what a body's schema declares for one member, nil for nothing.
// Which alternative of the body applies may depend on other members, so more
// than one may for this.
func (s *Schema) project(name string) *Schema {
	var parts []*Schema
	if member := s.Properties[name]; member != nil {
		parts = append(parts, member)
	}
	for _, part := range s.AllOf {
		if member := part.project(name); member != nil {
			parts = append(parts, member)
		}
	}
	for _, branches := range [][]*Schema{s.AnyOf, s.OneOf} {
		if members := projectAll(branches, name); members != nil {
			parts = append(parts, &Schema{AnyOf: members})
		}
	}
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	return &Schema{AllOf: parts}
}

func projectAll(branches []*Schema, name string) []*Schema {
	var members []*Schema
	mentioned := false
	for _, branch := range branches {
		member := branch.project(name)
		mentioned = mentioned || member != nil
		if member == nil {
			member = &Schema{} // it declares nothing for the member
		}
		members = append(members, member)
	}
	if !mentioned {
		return nil
	}
	return members
}

// Content is what a string of the body represents.
type Content int

const (
	// Text is the string itself.
	Text Content = iota
	// Base64 is content as base64, which is sent unchanged (format byte).
	Base64
	// Binary is content as base64, which is sent as base64 in JSON and as raw
	// bytes in multipart (format binary).
	Binary
)

// Content returns what a string at path represents in a body of mediaType.
// path starts at the body: its first step is Name("input"), for example. Where
// alternatives differ, the one that takes the most is meant: Binary before
// Base64 before Text.
func (d *Document) Content(mediaType string, path value.Path) Content {
	content := Text
	for _, place := range d.Body(mediaType).At(path) {
		place.InPlace(func(part *Schema) { content = max(content, part.Content()) })
	}
	return content
}

// Content returns what a string represents by this one schema of its place.
func (s *Schema) Content() Content {
	switch s.Format {
	case FormatByte:
		return Base64
	case FormatBinary:
		return Binary
	}
	return Text
}

// At returns the schemas that a path leads to.
func (s *Schema) At(path value.Path) []*Schema {
	places := []*Schema{s}
	for _, step := range path {
		var below []*Schema
		for _, place := range places {
			for _, found := range place.below(step) {
				if !slices.Contains(below, found) {
					below = append(below, found)
				}
			}
		}
		places = below
	}
	return places
}

func (s *Schema) below(step value.Step) []*Schema {
	if name, ok := step.(value.Name); ok {
		return s.Member(string(name))
	}
	return s.Elements()
}
