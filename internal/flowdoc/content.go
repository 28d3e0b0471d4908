// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"mime"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// The media types of a create-session request.
const (
	JSON      = "application/json"
	Multipart = "multipart/form-data"
)

// baseType returns a content type without its parameters, in lower case.
func baseType(contentType string) string {
	base, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		base, _, _ = strings.Cut(contentType, ";")
	}
	return strings.ToLower(strings.TrimSpace(base))
}

// rank orders content types: JSON, multipart, others.
func rank(contentType string) int {
	switch baseType(contentType) {
	case JSON:
		return 0
	case Multipart:
		return 1
	}
	return 2
}

func sendable(contentType string) bool { return rank(contentType) < 2 }

// MediaType returns the media type in which body travels: multipart where it
// holds files and the flow takes multipart, else JSON where the flow takes it,
// else multipart.
func (d *Document) MediaType(body value.Value) string {
	takes := func(mediaType string) bool {
		return slices.ContainsFunc(d.ContentTypes, func(offered string) bool { return baseType(offered) == mediaType })
	}
	if takes(JSON) && (len(value.Files(body)) == 0 || !takes(Multipart)) {
		return JSON
	}
	return Multipart
}

// request returns what the document says of a media type. Where it does not
// offer the one that must be sent, its first tells what the input looks like.
func (d *Document) request(mediaType string) *request {
	for contentType, offered := range d.requests {
		if baseType(contentType) == mediaType {
			return offered
		}
	}
	return d.primary()
}

// Content is what a string of the body stands for.
type Content int

const (
	// Text is the string itself.
	Text Content = iota
	// Base64 is content as base64, which is sent as it stands (format byte).
	Base64
	// Binary is content as base64, which is sent as base64 in JSON and as raw
	// bytes in multipart (format binary).
	Binary
)

// Content returns what a string at path stands for in a body of mediaType.
// path starts at the body: its first step is Name("input"), for example. Where
// alternatives differ, the one that takes the most is meant: Binary before
// Base64 before Text.
func (d *Document) Content(mediaType string, path value.Path) Content {
	if len(path) == 0 {
		return Text
	}
	member, _ := path[0].(value.Name)
	places := []*jsonschema.Schema{d.request(mediaType).members[string(member)].compiled}
	for _, step := range path[1:] {
		places = below(places, step)
	}
	content := Text
	for _, place := range places {
		inPlace(place, func(part *jsonschema.Schema) { content = max(content, contentOf(part)) })
	}
	return content
}

// below returns the schemas that step leads to from places.
func below(places []*jsonschema.Schema, step value.Step) []*jsonschema.Schema {
	var found []*jsonschema.Schema
	add := func(s *jsonschema.Schema) {
		if s != nil && !slices.Contains(found, s) {
			found = append(found, s)
		}
	}
	for _, place := range places {
		inPlace(place, func(part *jsonschema.Schema) {
			switch step := step.(type) {
			case value.Element:
				add(part.Items2020)
			case value.Name:
				if member, listed := part.Properties[string(step)]; listed {
					add(member)
				} else if rest, ok := part.AdditionalProperties.(*jsonschema.Schema); ok {
					add(rest)
				}
			}
		})
	}
	return found
}

// contentOf returns what a string stands for by one schema of its place.
func contentOf(s *jsonschema.Schema) Content {
	if s.Format == nil {
		return Text
	}
	switch s.Format.Name {
	case formatByte:
		return Base64
	case formatBinary:
		return Binary
	}
	return Text
}
