// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package probe

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

var (
	flowsPaging = Question{
		Name: "List of flows: shape", Assumed: "content and page", Accepts: []string{"content and totals", "content alone", "array"},
		DecidedBy: decodesPage,
	}
	flowsSize = Question{
		Name: "List of flows: size=1", Assumed: "one entry", Accepts: []string{"more entries than asked for"},
		DecidedBy: decidesPages,
	}
	flowsLargePage = Question{
		Name: "List of flows: size=100", Assumed: "all, or as many as asked for", Accepts: []string{"fewer than asked for", "total not stated"},
		DecidedBy: decidesPages,
	}
	flowsFirstPage = Question{
		Name: "List of flows: first page is number", Assumed: "1", Accepts: []string{"not stated"},
		DecidedBy: decidesPages,
	}
	flowsTotals = Question{
		Name: "List of flows: totals", Assumed: "number", Accepts: []string{"string", "not stated"},
		DecidedBy: decidesPages,
	}
	flowVersion = Question{
		Name: "List of flows: version", Assumed: "number", Accepts: []string{"string", "number with a decimal point", "absent", "null"},
		DecidedBy: decodesFlow,
	}
)

// refusedError is the end of a probe that can go no further.
func refusedError(doing string, r Response) error {
	return fmt.Errorf("%s: the service responded with %d, so nothing can be asked; check the credentials, the environment and the flow", doing, r.Status)
}

func (p *probe) flows() error {
	r, err := p.get(pathOf("flows", p.target.Environment), url.Values{"page": {"1"}, "size": {"1"}})
	if err != nil {
		return err
	}
	if r.Status != http.StatusOK {
		return refusedError("listing flows", r)
	}
	list := readList(r.Body)
	p.note(flowsPaging, list.form)
	p.note(flowsSize, list.sizeOne())
	p.note(flowsFirstPage, list.firstPage())
	p.note(flowsTotals, list.totals())
	seen := ""
	if len(list.entries) > 0 {
		seen = list.entries[0].kind("version")
		if strings.Contains(textOf(list.entries[0]["version"]), ".") {
			seen += " with a decimal point"
		}
	}
	p.note(flowVersion, seen)
	r, err = p.get(pathOf("flows", p.target.Environment), url.Values{"page": {"1"}, "size": {"100"}})
	if err == nil {
		p.note(flowsLargePage, readList(r.Body).largePage())
	}
	return err
}

// list is a list of objects as the service serves it.
type list struct {
	form    string
	entries []object
	page    object
	top     object
}

func readList(raw []byte) list {
	body := decode(raw)
	if elements := asList(body); elements != nil {
		return list{form: "array", entries: objectsOf(elements)}
	}
	o := asObject(body)
	l := list{top: o, page: o.object("page"), entries: objectsOf(asList(o["content"]))}
	switch {
	case o["content"] == nil:
		l.form = "JSON of " + o.names()
	case l.page == nil && l.total("totalElements") != nil:
		l.form = "content and totals"
	case l.page == nil:
		l.form = "content alone"
	default:
		l.form = "content and page"
	}
	return l
}

func objectsOf(elements []any) []object {
	objects := []object{}
	for _, element := range elements {
		objects = append(objects, asObject(element))
	}
	return objects
}

func (l list) sizeOne() string {
	switch len(l.entries) {
	case 0:
		return ""
	case 1:
		return "one entry"
	}
	return "more entries than asked for"
}

func (l list) largePage() string {
	total, err := strconv.Atoi(textOf(l.total("totalElements")))
	switch {
	case err != nil:
		return "total not stated"
	case len(l.entries) < min(total, 100):
		return "fewer than asked for"
	}
	return "all, or as many as asked for"
}

// total returns one of the totals, which are in page or at the top.
func (l list) total(name string) any {
	if l.page[name] != nil {
		return l.page[name]
	}
	return l.top[name]
}

func (l list) firstPage() string {
	switch number := l.page["number"].(type) {
	case nil:
		return "not stated"
	case fmt.Stringer: // json.Number
		return number.String()
	}
	return "not a number"
}

func (l list) totals() string {
	kinds := []string{}
	for _, name := range []string{"totalElements", "totalPages"} {
		if total := l.total(name); total != nil {
			kinds = append(kinds, kindOf(total))
		}
	}
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	if len(kinds) == 0 {
		return "not stated"
	}
	return strings.Join(kinds, " and ")
}
