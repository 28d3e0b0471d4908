// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
)

// The bounds of a list. A broken service never ends one, or fills a page with
// entries that take a hundred times their size in memory.
const (
	pageSize   = 100 // the maximum of the API
	maxPages   = 1000
	maxEntries = 100_000 // of all pages: more than an account has
	maxOnPage  = 50_000  // of an older revision, which returns everything at once
	maxPage    = 16 << 20
	maxList    = 128 << 20 // of all pages
)

// entry is an element of a list.
type entry interface {
	key() string // its ID; empty if it has none
}

// list reads the entries of a list, one after the other.
type list[T entry] struct {
	path  string
	query url.Values // nil: no page is requested until a response indicates more
	pages int64      // beyond which the list is an error; 0 for maxPages

	// visit is called for every entry until it returns an error; errStop is not
	// returned. An entry that shifts onto a second page because the list grew
	// meanwhile is visited once.
	visit func(T) error

	// What is known so far.
	seen     map[string]bool
	received int64 // entries
	bytes    int64
	fresh    bool // this page has an entry that was on none before
}

var errStop = errors.New("stop")

// read reads the pages of the list. Not every list is documented to take parameters.
func (l *list[T]) read(ctx context.Context, c *Client) error {
	l.seen = map[string]bool{}
	for number := int64(1); ; number++ {
		req, raw, err := c.get(ctx, l.path, l.pageQuery(number), maxPage)
		if err != nil {
			return err
		}
		more, err := l.readPage(raw, number)
		switch {
		case errors.Is(err, errStop):
			return nil
		case err != nil:
			return newError(req, http.StatusOK, err.Error())
		case !more:
			return nil
		case number == cmp.Or(l.pages, maxPages):
			return newError(req, http.StatusOK, fmt.Sprintf("the list has more than %d pages", number))
		}
	}
}

func (l *list[T]) pageQuery(number int64) url.Values {
	if l.query == nil && number == 1 {
		return nil
	}
	query := url.Values{"page": {strconv.FormatInt(number, 10)}}
	if l.query != nil {
		maps.Copy(query, l.query)
		query.Set("size", strconv.Itoa(pageSize))
	}
	return query
}

// readPage visits the entries of a page and reports whether there are more pages.
func (l *list[T]) readPage(raw []byte, number int64) (more bool, err error) {
	if l.bytes += int64(len(raw)); l.bytes > maxList {
		return false, fmt.Errorf("the list is larger than %d MiB", maxList>>20)
	}
	entries, page, ok := parsePage(raw)
	if !ok {
		return false, errors.New("the response is not a list in JSON")
	}
	before := l.received
	l.fresh = false
	if err := l.each(entries); err != nil {
		return false, err
	}
	if page == nil || l.received == before && number > 1 { // where totals may count what is gone
		return false, nil
	}
	left, counted := page.pagesLeft(number, l.received)
	if left && !l.fresh {
		return false, fmt.Errorf("page %d has no new entries", number)
	}
	return left || l.fresh && !counted, nil // without new entries and totals, nothing indicates more
}

// each visits the entries of a page, one at a time: all of a page of {} together would
// take a thousand times its size. What is no object is skipped.
func (l *list[T]) each(entries json.RawMessage) error {
	decoder := json.NewDecoder(bytes.NewReader(entries))
	_, _ = decoder.Token() // the bracket, if there are any
	var raw json.RawMessage
	for onPage := 1; decoder.More(); onPage++ {
		_ = decoder.Decode(&raw) // a part of valid JSON
		switch l.received++; {
		case onPage > maxOnPage:
			return fmt.Errorf("a page of the list has more than %d entries", maxOnPage)
		case l.received > maxEntries:
			return fmt.Errorf("the list has more than %d entries", maxEntries)
		case len(raw) > maxSession:
			return fmt.Errorf("an entry of the list is larger than %d MiB", maxSession>>20)
		}
		var entry T
		if !decode(raw, &entry) || entry.key() != "" && l.seen[entry.key()] {
			continue
		}
		l.seen[entry.key()], l.fresh = true, true
		if err := l.visit(entry); err != nil {
			return err
		}
	}
	return nil
}
