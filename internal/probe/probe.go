// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package probe asks a service how it does what the API's published revisions
// leave open or describe differently: paging, names, places of members, the shape
// of errors. Each question names what the provider assumes, what else it
// accepts, and the function that decides it.
//
// A probe only reads, unless it is allowed to create sessions. What it reports
// is structure: names of members, kinds of values and the API's own constants,
// never a value of a person, an ID or a token.
package probe

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Response is what the service sent to one request, read to its end.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Service is the service to ask. Its transport sends each request once, with the
// caller's credentials if authorized, and bounds the response; see
// Client.Transport of package client.
type Service struct {
	Address   string // of the API
	Transport func(authorized bool) http.RoundTripper
}

// Send sends one request. A redirect is returned, not followed.
func (s Service) Send(ctx context.Context, r Request) (Response, error) {
	address := strings.TrimRight(s.Address, "/") + r.Path
	if len(r.Query) > 0 {
		address += "?" + r.Query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, address, bytes.NewReader(r.Body))
	if err != nil {
		return Response{}, err
	}
	if r.ContentType != "" {
		req.Header.Set("Content-Type", r.ContentType)
	}
	resp, err := s.Transport(!r.Anonymous).RoundTrip(req)
	if err != nil {
		return Response{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body) // as far as it came
	return Response{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

// Request is one call of the API.
type Request struct {
	Method      string
	Path        string     // below the API's address, escaped
	Query       url.Values // may be nil
	ContentType string     // of Body
	Body        []byte     // nil for none
	Anonymous   bool       // without a token
}

// Target is what the questions are asked about.
type Target struct {
	Environment string
	FlowID      string
	SessionID   string         // "" takes the newest of the flow's sessions
	Input       map[string]any // of sessions that are created
	Create      bool           // allows up to MaxCreates sessions
}

// MaxCreates is how many sessions a probe creates at most.
const MaxCreates = 4

// Verdict compares what was observed with what the provider assumes.
type Verdict string

// The verdicts.
const (
	Agrees   Verdict = "agrees"   // as assumed
	Accepted Verdict = "accepted" // different, and the provider accepts it
	Differs  Verdict = "differs"  // different, and the provider does not expect it
	Unknown  Verdict = "unknown"  // the service had nothing to show it by
)

// Question is one thing that is uncertain or differs between revisions.
type Question struct {
	Name      string   `json:"question"`
	Assumed   string   `json:"assumed"`
	Accepts   []string `json:"accepts,omitempty"` // what else the provider takes
	DecidedBy string   `json:"decided_by"`        // package folder and function
}

// Finding is a question with what was seen.
type Finding struct {
	Question

	Seen    string  `json:"seen"`
	Verdict Verdict `json:"verdict"`
}

// Report is what a probe found, and how many sessions it created for it.
type Report struct {
	Findings []Finding `json:"findings"`
	Created  int       `json:"sessions_created"`
}

// Differences are the findings that are not as assumed.
func (r Report) Differences() []Finding {
	return slices.DeleteFunc(slices.Clone(r.Findings), func(f Finding) bool {
		return f.Verdict == Agrees || f.Verdict == Unknown
	})
}

// Run asks every question. An error means that the service could not be asked
// at all; what one question alone could not find out is reported as unknown.
func Run(ctx context.Context, service Service, target Target) (Report, error) {
	p := &probe{ctx: ctx, service: service, target: target}
	areas := []func() error{p.flows, p.document, p.sessions, p.session, p.dataBlocks, p.errors}
	if target.Create {
		// First, so that there is a session for the questions about one.
		areas = slices.Insert(areas, 2, p.create)
	}
	for _, ask := range areas {
		if err := ask(); err != nil {
			return p.report, err
		}
	}
	return p.report, nil
}

// probe is one run.
type probe struct {
	ctx     context.Context //nolint:containedctx // one run, which is one call
	service Service
	target  Target
	report  Report

	sessionID string // whose details are asked for
	fileID    string // of a data block of that session
	form      form   // the flow's document on forms
}

// note reports what was seen of a question; "" is nothing.
func (p *probe) note(q Question, seen string) {
	f := Finding{Question: q, Seen: seen, Verdict: Differs}
	switch {
	case seen == "":
		f.Seen, f.Verdict = "nothing to see it by", Unknown
	case seen == q.Assumed:
		f.Verdict = Agrees
	case slices.Contains(q.Accepts, seen):
		f.Verdict = Accepted
	}
	p.report.Findings = append(p.report.Findings, f)
}

// get reads a path of the API.
func (p *probe) get(path string, query url.Values) (Response, error) {
	return p.service.Send(p.ctx, Request{Method: http.MethodGet, Path: path, Query: query})
}

// pathOf joins escaped elements below the API's base.
func pathOf(elements ...string) string {
	path := "/api/v1"
	for _, element := range elements {
		path += "/" + url.PathEscape(element)
	}
	return path
}
