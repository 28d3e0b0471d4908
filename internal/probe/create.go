// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package probe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
)

var (
	createStatus = Question{Name: "Create: status code", Assumed: "201", DecidedBy: decodesCreated}
	createID     = Question{
		Name: "Create: place of sessionId", Assumed: "sessionContext", Accepts: []string{"top level"},
		DecidedBy: decodesCreated,
	}
	createSessionStatus = Question{
		Name: "Create: sessionStatus", Assumed: "CREATED", Accepts: []string{"RUNNING", "created", "running"},
		DecidedBy: decodesCreated,
	}
	createdThenRead = Question{
		Name: "Create: sessionStatus when it is read at once", Assumed: "RUNNING", Accepts: []string{"CREATED", "created", "running"},
		DecidedBy: spellsStatus,
	}
	createExpires = Question{
		Name: "Create: place of expiresAt", Assumed: "sessionContext", Accepts: []string{"top level", "absent"},
		DecidedBy: decodesCreated,
	}
	createToken = Question{
		Name: "Create: place of sdkToken", Assumed: "absent", Accepts: []string{"top level", "sessionContext"},
		DecidedBy: decodesCreated,
	}
	createURL = Question{
		Name: "Create: playerUrl", Assumed: "with a token in its query", Accepts: []string{"without a query"},
		DecidedBy: decodesCreated,
	}
	createMetadata = Question{
		Name: "Create: further metadata", Assumed: "accepted", Accepts: []string{"refused with 400"},
		DecidedBy: sendsMetadata,
	}
	createInvalid = Question{
		Name: "Create without metadata", Assumed: "refused with 400", Accepts: []string{"accepted", "refused with 422"},
		DecidedBy: readsRefusal,
	}
	createListElement = Question{
		Name: "Create: list elements in a form", Assumed: "[0] before the member's name",
		DecidedBy: writesBrackets,
	}
)

// create asks what only a create can show. Each request is one that the
// service may carry out, so each counts against the maximum.
func (p *probe) create() error {
	created, err := p.post(body{Input: p.target.Input, Metadata: metadata{"subjectId": subject}})
	if err != nil {
		return err
	}
	if created.Status/100 != 2 {
		return refusedError("creating a session", created)
	}
	p.noteCreated(created)
	if err := p.readCreated(); err != nil {
		return err
	}
	further, err := p.post(body{Input: p.target.Input, Metadata: metadata{"subjectId": subject, "probe": metadata{"nested": true}}})
	if err != nil {
		return err
	}
	p.note(createMetadata, verdictOf(further))
	invalid, err := p.post(body{Input: p.target.Input})
	if err != nil {
		return err
	}
	p.note(createInvalid, verdictOf(invalid))
	if invalid.Status/100 == 4 {
		p.note(errorBody("a create that is refused"), errorShape(invalid))
	}
	return p.createWithList()
}

// subject is the reference of every session that a probe creates.
const subject = "idnow-probe"

type metadata map[string]any

// body is a create-session request.
type body struct {
	Input    map[string]any `json:"input,omitempty"`
	Metadata metadata       `json:"metadata,omitempty"`
}

func (p *probe) noteCreated(r Response) {
	o := asObject(decode(r.Body))
	context := o.object("sessionContext")
	p.sessionID = context.text("sessionId")
	if p.sessionID == "" {
		p.sessionID = o.text("sessionId")
	}
	status := sessionStatusOf(o)
	p.note(createStatus, statusOf(r))
	p.note(createID, firstOf(o, "sessionId", "sessionContext"))
	p.note(createSessionStatus, word(status))
	p.note(createExpires, firstOf(o, "expiresAt", "sessionContext"))
	p.note(createToken, firstOf(o, "sdkToken", "sessionContext"))
	p.note(createURL, playerURL(o.text("playerUrl")))
}

// readCreated asks for the session that was just created.
func (p *probe) readCreated() error {
	r, err := p.get(pathOf(p.target.Environment, "sessions", p.sessionID), nil)
	if err != nil {
		return err
	}
	seen := "refused with " + statusOf(r)
	if r.Status == http.StatusOK {
		seen = word(sessionStatusOf(asObject(decode(r.Body))))
	}
	p.note(createdThenRead, seen)
	return nil
}

func playerURL(served string) string {
	address, err := url.Parse(served)
	switch {
	case served == "":
		return "absent"
	case err != nil:
		return "not an address"
	case address.RawQuery == "":
		return "without a query"
	case !address.Query().Has("token"):
		return "with another query than token"
	}
	return "with a token in its query"
}

// verdictOf returns the verdict on a create.
func verdictOf(r Response) string {
	if r.Status/100 == 2 {
		return "accepted"
	}
	return "refused with " + statusOf(r)
}

// post sends one create as the flow's document asks, and counts it.
func (p *probe) post(b body) (Response, error) {
	contentType, raw, err := b.encode(p.form)
	if err != nil {
		return Response{}, err
	}
	return p.send(contentType, raw)
}

func (p *probe) send(contentType string, raw []byte) (Response, error) {
	if p.report.Created == MaxCreates {
		return Response{}, fmt.Errorf("a probe creates %d sessions at most", MaxCreates)
	}
	r, err := p.service.Send(p.ctx, Request{
		Method: http.MethodPost, Path: pathOf("flows", p.target.FlowID, p.target.Environment, "sessions"),
		ContentType: contentType, Body: raw,
	})
	if r.Status/100 == 2 {
		p.report.Created++
	}
	return r, err
}

func (b body) encode(f form) (contentType string, raw []byte, err error) {
	if f.jsonToo || !f.offered {
		raw, err = json.Marshal(b)
		return jsonType, raw, err
	}
	return b.encodeForm(func(index int) string { return fmt.Sprintf("[%d]", index) })
}

// encodeForm writes the body as a form. How the place of a list's element is
// written is the caller's.
func (b body) encodeForm(element func(index int) string) (contentType string, raw []byte, err error) {
	var buffer bytes.Buffer
	w := multipart.NewWriter(&buffer)
	fields := map[string]string{}
	flatten("input", b.Input, element, fields)
	flatten("metadata", map[string]any(b.Metadata), element, fields)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if err := w.WriteField(name, fields[name]); err != nil {
			return "", nil, err
		}
	}
	err = w.Close()
	return w.FormDataContentType(), buffer.Bytes(), err
}

func flatten(name string, v any, element func(int) string, fields map[string]string) {
	switch v := v.(type) {
	case map[string]any:
		for key, member := range v {
			flatten(name+"["+key+"]", member, element, fields)
		}
	case metadata:
		flatten(name, map[string]any(v), element, fields)
	case []any:
		for i, member := range v {
			flatten(name+element(i), member, element, fields)
		}
	case nil:
	default:
		fields[name] = fmt.Sprint(v)
	}
}

// elementNotations are the ways in which a form may write a list's element.
var elementNotations = []struct {
	name  string
	write func(index int) string
}{
	{"[0] before the member's name", func(index int) string { return fmt.Sprintf("[%d]", index) }},
	{"[] before the member's name", func(int) string { return "[]" }},
	{"nothing before the member's name", func(int) string { return "" }},
}

// createWithList finds a notation of list elements that the service takes, where
// the flow has such a list and takes forms.
func (p *probe) createWithList() error {
	seen := ""
	if p.form.offered && hasList(p.target.Input) {
		for _, form := range elementNotations {
			contentType, raw, err := body{Input: p.target.Input, Metadata: metadata{"subjectId": subject}}.encodeForm(form.write)
			if err != nil {
				return err
			}
			r, err := p.send(contentType, raw)
			if err != nil {
				return err
			}
			seen = "none of those tried"
			if r.Status/100 == 2 {
				seen = form.name
				break
			}
		}
	}
	p.note(createListElement, seen)
	return nil
}

func hasList(v any) bool {
	switch v := v.(type) {
	case []any:
		return len(v) > 0
	case map[string]any:
		for _, member := range v {
			if hasList(member) {
				return true
			}
		}
	}
	return false
}
