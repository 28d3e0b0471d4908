// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"slices"
)

// ParseError says why a document can't be used. Reason completes the sentence
// "the flow's OpenAPI document …".
type ParseError struct{ Reason string }

func (e *ParseError) Error() string { return "the flow's OpenAPI document " + e.Reason }

// Document is a flow's OpenAPI document, as
// GET /api/v1/flows/{environment}/{flowId} serves it. It is not changed after
// Parse, save that patterns are given up, and may be used from several
// goroutines.
type Document struct {
	OpenAPIVersion string // "3.0.0"
	Title          string // the flow's name
	Description    string
	FlowID         string   // from info's x-flow-id, "" if the document does not tell
	FlowVersion    string   // from x-flow-version, else info's version, as written
	Environment    string   // from x-environment, "" if the document does not tell
	ServerURLs     []string // in the document's order
	ContentTypes   []string // of a create-session request: JSON first, multipart second, others sorted

	requests map[string]*request // by content type; only those that can be sent
	blocks   []DataBlock
	patience *patience // with its patterns
}

// request is what a create-session request of one media type holds.
type request struct {
	members  map[string]standalone // by member name
	required []string              // members that must be given
}

// Parse reads a flow's OpenAPI document: JSON, OpenAPI 3.0 or 3.1. Faults that
// do not concern the create-session request are passed over. The error is a
// *ParseError.
func Parse(raw []byte) (doc *Document, err error) {
	defer func() {
		// The document is not ours and two libraries read it: whatever trips
		// them must not take the provider down.
		if recover() != nil {
			doc, err = nil, &ParseError{"can't be read: it is malformed in an unusual way"}
		}
	}()
	src, err := newSource(raw)
	if err != nil {
		return nil, err
	}
	doc = describe(src)
	if err := doc.addRequests(src); err != nil {
		return nil, err
	}
	doc.blocks = dataBlocks(doc.primary().members[inputMember].compiled)
	return doc, nil
}

// describe reads what the document says of the flow.
func describe(src *source) *Document {
	info := object(src.document["info"])
	doc := &Document{
		OpenAPIVersion: text(src.document["openapi"]),
		Title:          text(info["title"]),
		Description:    text(info["description"]),
		FlowID:         text(info["x-flow-id"]),
		FlowVersion:    text(info["x-flow-version"]),
		Environment:    text(info["x-environment"]),
		ServerURLs:     []string{},
		requests:       map[string]*request{},
		patience:       &patience{},
	}
	if doc.FlowVersion == "" {
		doc.FlowVersion = text(info["version"])
	}
	for _, server := range array(src.document["servers"]) {
		if url := text(object(server)["url"]); url != "" {
			doc.ServerURLs = append(doc.ServerURLs, url)
		}
	}
	return doc
}

// addRequests compiles the request of each media type that can be sent. Where
// the document offers neither JSON nor multipart, its first media type tells
// at least what the input looks like.
func (d *Document) addRequests(src *source) error {
	schemas, err := src.requestSchemas()
	if err != nil {
		return err
	}
	d.ContentTypes = keys(schemas)
	slices.SortStableFunc(d.ContentTypes, func(a, b string) int { return rank(a) - rank(b) })
	for i, contentType := range d.ContentTypes {
		if i > 0 && !sendable(contentType) {
			continue
		}
		if d.requests[contentType], err = newRequest(src, schemas[contentType], d.patience); err != nil {
			return err
		}
	}
	return nil
}

// newRequest compiles the members of one body.
func newRequest(src *source, schema any, shared *patience) (*request, error) {
	taken, err := newBody(src, schema)
	if err != nil {
		return nil, err
	}
	members := map[string]standalone{}
	for _, name := range bodyMembers {
		described := taken.member(name)
		if described == nil && name == inputMember && taken.described {
			described = noInput()
		}
		if described == nil {
			described = map[string]any{}
		}
		// Of metadata the API takes keys that no document lists.
		document, err := schemaDocument(src, described, name == inputMember)
		if err != nil {
			return nil, err
		}
		if members[name], err = compile(document, shared); err != nil {
			return nil, err
		}
	}
	return &request{members, taken.required}, nil
}

// noInput is the input of a flow whose body lists other members only.
func noInput() map[string]any {
	return map[string]any{"type": "object", "additionalProperties": false}
}

// primary returns the request that describes the input: JSON where the flow
// takes it, else multipart.
func (d *Document) primary() *request { return d.requests[d.ContentTypes[0]] }

// InputSchema returns the schema of the session's input as plain JSON Schema
// 2020-12: it stands alone, bracketed names are nested objects, references are
// inlined save for recursive ones. The same document gives the same bytes.
func (d *Document) InputSchema() []byte {
	return slices.Clone(d.primary().members[inputMember].source)
}
