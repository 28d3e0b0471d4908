// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"slices"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// Document is one flow as published to one environment. It is read-only once
// parsed and safe for concurrent use.
type Document struct {
	Raw           []byte // as read, so that it is served byte for byte
	FlowID        string
	Environment   string
	Title         string
	Description   string
	Version       json.Number   // from x-flow-version
	AutoComplete  bool          // no user step: sessions complete by themselves
	CompleteAfter time.Duration // how long that takes, with AutoComplete
	DataBlocks    []string      // what the flow takes in its input, sorted

	bodies map[string]*openapi3.Schema // by media type, bracketed names unfolded
	kinds  kinds
}

// info is the document's info object, with fields that kin-openapi lacks.
// It is read apart from the rest to keep the version's digits exact.
type info struct {
	Title         string      `json:"title"`
	Description   string      `json:"description"`
	FlowID        string      `json:"x-flow-id"`
	FlowVersion   json.Number `json:"x-flow-version"`
	Environment   string      `json:"x-environment"`
	AutoComplete  bool        `json:"x-emulator-auto-complete"`
	CompleteAfter string      `json:"x-emulator-complete-after"`
}

// Parse reads an OpenAPI 3 document in JSON. Its errors contain the reason why
// the document can't describe a flow.
func Parse(raw []byte) (*Document, error) {
	doc := &Document{Raw: bytes.Clone(raw)}
	if err := doc.readInfo(); err != nil {
		return nil, err
	}
	api, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		return nil, fmt.Errorf("it can't be read as OpenAPI: %w", err)
	}
	operation, err := createSession(api)
	if err != nil {
		return nil, err
	}
	if err := doc.readBodies(api, operation); err != nil {
		return nil, err
	}
	return doc, nil
}

func (d *Document) readInfo() error {
	var root struct {
		Info info `json:"info"`
	}
	if err := json.Unmarshal(d.Raw, &root); err != nil {
		return fmt.Errorf("it is not a JSON document: %w", err)
	}
	d.FlowID, d.Environment = root.Info.FlowID, root.Info.Environment
	d.Title, d.Description = root.Info.Title, root.Info.Description
	d.Version = root.Info.FlowVersion
	d.AutoComplete = root.Info.AutoComplete
	switch {
	case d.FlowID == "":
		return errors.New("info.x-flow-id is missing: it is the flow's ID")
	case d.Environment == "":
		return errors.New("info.x-environment is missing: it is the environment in which the flow is published")
	case d.Version == "":
		return errors.New("info.x-flow-version is missing: it is the number of the flow's version")
	case root.Info.CompleteAfter == "":
		return nil
	case !d.AutoComplete:
		return errors.New("info.x-emulator-complete-after needs info.x-emulator-auto-complete to be true")
	}
	after, err := time.ParseDuration(root.Info.CompleteAfter)
	if err != nil || after < 0 {
		return errors.New(`info.x-emulator-complete-after must be a duration such as "2s"`)
	}
	d.CompleteAfter = after
	return nil
}

// createSession finds the operation that creates a session: the one of that
// name, else the only POST.
func createSession(api *openapi3.T) (*openapi3.Operation, error) {
	var posts []*openapi3.Operation
	for _, item := range api.Paths.Map() {
		if item == nil || item.Post == nil {
			continue
		}
		if item.Post.OperationID == "createSession" {
			return item.Post, nil
		}
		posts = append(posts, item.Post)
	}
	if len(posts) != 1 {
		return nil, errors.New("it has no operation createSession")
	}
	return posts[0], nil
}

func (d *Document) readBodies(api *openapi3.T, operation *openapi3.Operation) error {
	if operation.RequestBody == nil || operation.RequestBody.Value == nil {
		return errors.New("its createSession takes no request body")
	}
	d.bodies = map[string]*openapi3.Schema{}
	blocks := map[string]bool{}
	d.kinds = kindsOf(api)
	for mediaType, content := range operation.RequestBody.Value.Content {
		if content == nil || content.Schema == nil || content.Schema.Value == nil {
			continue
		}
		if err := checkTypes(content.Schema); err != nil {
			return err
		}
		schema := unfold(content.Schema.Value)
		taken, _, err := mime.ParseMediaType(mediaType)
		if err != nil {
			return fmt.Errorf("%q is not a media type: %w", mediaType, err)
		}
		d.bodies[taken] = schema // a request's parameters, as its charset, are its own
		for _, input := range members(schema, "input") {
			for _, name := range propertyNames(input) {
				blocks[name] = true
			}
		}
	}
	if len(d.bodies) == 0 {
		return errors.New("its createSession describes no request body")
	}
	for name := range blocks {
		d.DataBlocks = append(d.DataBlocks, name)
	}
	slices.Sort(d.DataBlocks)
	return nil
}

// Schema is that of the request body in a media type, bracketed names unfolded; nil
// where the flow does not take it.
func (d *Document) Schema(mediaType string) *openapi3.Schema { return d.bodies[mediaType] }

// checkTypes refuses a type that an author of a document has mistyped.
func checkTypes(schema *openapi3.SchemaRef) error {
	return schema.WalkSubtree(func(_ string, at *openapi3.SchemaRef) error {
		for _, typ := range at.Value.Type.Slice() {
			if typeNames[typ] == "" {
				return fmt.Errorf("its schema is not valid: %q is no type", typ)
			}
		}
		return nil
	})
}

// MediaTypes lists the media types in which the flow takes a request, sorted.
func (d *Document) MediaTypes() []string {
	names := make([]string, 0, len(d.bodies))
	for name := range d.bodies {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
