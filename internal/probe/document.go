// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package probe

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

var (
	documentVersion = Question{
		Name: "Flow's document: OpenAPI version", Assumed: "3.0", Accepts: []string{"3.1"},
		DecidedBy: readsDocument,
	}
	documentFlowVersion = Question{
		Name: "Flow's document: x-flow-version", Assumed: "number", Accepts: []string{"string", "absent"},
		DecidedBy: readsDocument,
	}
	documentForm = Question{
		Name: "Flow's document: names in a form", Assumed: "input[name][name]", Accepts: []string{"nested"},
		DecidedBy: unfoldsNames,
	}
	documentMetadata = Question{
		Name: "Flow's document: metadata", Assumed: "open", Accepts: []string{"subjectId and locale alone"},
		DecidedBy: validatesMetadata,
	}
)

// form is the flow's document on multipart requests.
type form struct {
	offered  bool
	jsonToo  bool
	listName string // a bracketed property that is a list of objects
}

const (
	multipartType = "multipart/form-data"
	jsonType      = "application/json"
)

func (p *probe) document() error {
	r, err := p.get(pathOf("flows", p.target.Environment, p.target.FlowID), nil)
	if err != nil {
		return err
	}
	if r.Status != http.StatusOK {
		return refusedError("reading the flow's document", r)
	}
	document := asObject(decode(r.Body))
	if document == nil {
		return errors.New("the flow's document is not a JSON object, so nothing about the flow can be asked")
	}
	version := document.text("openapi")
	if major := regexp.MustCompile(`^3\.[0-9]+`).FindString(version); major != "" {
		version = major
	}
	p.note(documentVersion, version)
	p.note(documentFlowVersion, document.object("info").kind("x-flow-version"))
	content := createContent(document)
	p.form = formOf(content)
	p.note(documentForm, namesInForm(content))
	p.note(documentMetadata, metadataOf(content))
	return nil
}

// createContent finds the media types of the document's one POST.
func createContent(document object) object {
	for _, item := range document.object("paths") {
		if post := asObject(item).object("post"); post != nil {
			return post.object("requestBody").object("content")
		}
	}
	return nil
}

func propertiesOf(content object, media string) object {
	return content.object(media).object("schema").object("properties")
}

func formOf(content object) form {
	f := form{offered: content[multipartType] != nil, jsonToo: content[jsonType] != nil}
	for name, property := range propertiesOf(content, multipartType) {
		items := asObject(property).object("items")
		if strings.HasPrefix(name, "input[") && asObject(property).text("type") == "array" && items.text("type") == "object" {
			f.listName = name
		}
	}
	return f
}

func namesInForm(content object) string {
	properties := propertiesOf(content, multipartType)
	for name := range properties {
		if strings.HasPrefix(name, "input[") {
			return "input[name][name]"
		}
	}
	if properties["input"] != nil {
		return "nested"
	}
	return ""
}

// metadataOf reports whether the request takes metadata beyond what the API
// itself names. A form lists what it takes, so there only the silence of a
// nested schema is open.
func metadataOf(content object) string {
	metadata := propertiesOf(content, jsonType).object("metadata")
	if metadata == nil {
		return ""
	}
	if metadata["additionalProperties"] != false {
		return "open"
	}
	names := strings.Split(metadata.object("properties").names(), ", ")
	if slices.Equal(names, []string{"locale", "subjectId"}) {
		return "subjectId and locale alone"
	}
	return "closed, of " + strings.Join(names, ", ")
}
