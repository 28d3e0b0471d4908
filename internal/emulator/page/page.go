// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package page renders the emulator's own pages: what it serves and what happened,
// and a form by which a session of a flow is created. They are plain HTML without
// scripts, and show nothing of a person.
package page

import (
	"bytes"
	"crypto/rand"
	"embed"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"time"
)

// Overview is the first page.
type Overview struct {
	Version    string
	URL        string
	Problems   []Problem
	Flows      []Flow
	Created    *Session // that a form has just created
	Sessions   []Session
	MoreBefore int // older sessions that are not listed
	Deliveries []Delivery
}

// Problem is a flow document that is not served as it is now.
type Problem struct{ File, Problem string }

// Flow is a flow in an environment.
type Flow struct{ ID, Title, Description, Environment, Version string }

// FormPath is where the flow's form is.
func (f Flow) FormPath() string {
	return "/flows/" + url.PathEscape(f.Environment) + "/" + url.PathEscape(f.ID)
}

// Session is a row of the list. PlayerURL is empty for one that is final.
type Session struct {
	ID, Flow, Environment, Status, Outcome string

	PlayerURL string
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Delivery is a webhook of the list.
type Delivery struct {
	Event, Session, State string

	Tries int
	At    time.Time
}

// FormView is the page with a flow's form.
type FormView struct {
	Flow     Flow
	Form     *Form
	Problems []string
}

// Groups lists the fields by the object that they belong to, in order.
func (v FormView) Groups() []Group {
	var groups []Group
	for _, field := range v.Form.Fields {
		if len(groups) == 0 || groups[len(groups)-1].Title != field.Group {
			groups = append(groups, Group{Title: field.Group})
		}
		last := &groups[len(groups)-1]
		last.Fields = append(last.Fields, field)
	}
	return groups
}

// Group is the fields of one object.
type Group struct {
	Title  string
	Fields []Field
}

//go:embed *.tmpl
var sources embed.FS

var pages = template.Must(template.New("pages").Funcs(template.FuncMap{
	"moment":  func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
	"machine": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
}).ParseFS(sources, "*.tmpl"))

// RenderOverview writes the first page, and returns the Content-Security-Policy
// to send with it.
func RenderOverview(w io.Writer, view Overview) (policy string, err error) {
	return render(w, "overview", view)
}

// RenderForm writes the page with a flow's form, likewise.
func RenderForm(w io.Writer, view FormView) (policy string, err error) {
	return render(w, "form", view)
}

func render(w io.Writer, name string, view any) (policy string, err error) {
	nonce := rand.Text()
	var buffer bytes.Buffer
	err = pages.ExecuteTemplate(&buffer, name, struct {
		Nonce string
		View  any
	}{nonce, view})
	if err != nil {
		return "", fmt.Errorf("rendering the page: %w", err)
	}
	_, err = buffer.WriteTo(w)
	return "default-src 'none'; style-src 'nonce-" + nonce + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", err
}
