// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
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
	maxEntry   = maxSession
)

// A walk goes through the entries of a list.
type walk struct {
	path  string
	query url.Values // nil: no page is requested until a response indicates more
	pages int        // at most; 0 for maxPages, beyond which the list is an error

	idOf func(object) string

	// visit is called for every entry until it returns false. An entry that shifts
	// onto a second page because the list grew meanwhile is visited once.
	visit func(id string, entry object) bool

	// What is known so far.
	seen     map[string]bool
	received int64 // entries
	bytes    int64
	fresh    int // entries of this page that were on none before
}

var errStopped = errors.New("stopped")

// walk reads the pages of a list, one after the other. Not every list is documented
// to take parameters.
func (c *Client) walk(ctx context.Context, w *walk) error {
	w.seen = map[string]bool{}
	for number := 1; number <= maxPages; number++ {
		raw, err := c.get(ctx, w.path, w.pageQuery(number), maxPage)
		if err != nil {
			return err
		}
		more, err := w.read(raw, int64(number))
		if err != nil || !more || number == w.pages {
			return err
		}
	}
	return w.failure(fmt.Sprintf("the list has more than %d pages", maxPages))
}

func (w *walk) pageQuery(number int) url.Values {
	asked := url.Values{"page": {strconv.Itoa(number)}}
	switch {
	case w.query != nil:
		maps.Copy(asked, w.query)
		asked.Set("size", strconv.Itoa(pageSize))
	case number == 1:
		return nil
	}
	return asked
}

// read visits the entries of a page and reports whether there are more pages.
func (w *walk) read(raw []byte, number int64) (more bool, err error) {
	w.fresh = 0
	if w.bytes += int64(len(raw)); w.bytes > maxList {
		return false, w.failure(fmt.Sprintf("the list is larger than %d MiB", maxList>>20))
	}
	before := w.received
	page, err := readPage(raw, w.entry)
	left, known := pagesLeft(page, number, w.received)
	switch {
	case errors.Is(err, errStopped):
		return false, nil
	case err != nil:
		return false, w.failure(err.Error())
	case len(page) == 0, w.received == before, known && !left:
		return false, nil
	case w.fresh == 0 && known:
		return false, w.failure(fmt.Sprintf("page %d has only entries of earlier pages", number))
	}
	return w.fresh > 0, nil // without new entries and totals, nothing indicates more
}

// entry takes the next entry of a page. What is no object is skipped.
func (w *walk) entry(raw json.RawMessage) error {
	if w.received++; w.received > maxEntries {
		return fmt.Errorf("the list has more than %d entries", maxEntries)
	}
	if len(raw) > maxEntry {
		return fmt.Errorf("an entry of the list is larger than %d MiB", maxEntry>>20)
	}
	entry, ok := readObject(raw, 1)
	if !ok {
		return nil
	}
	id := w.idOf(entry)
	if id != "" && w.seen[id] {
		return nil
	}
	w.seen[id] = true
	w.fresh++
	if !w.visit(id, entry) {
		return errStopped
	}
	return nil
}

func (w *walk) failure(why string) error {
	return &InvalidResponseError{StatusCode: http.StatusOK, Method: http.MethodGet, Path: w.path, Reason: why}
}

var errNoList = errors.New("the response is not a list in JSON")

// readPage calls visit for each entry of a page, one at a time: all entries of a
// page of {} together would take a thousand times its size. The entries are content,
// for data blocks a member of their name, or the whole response where it is a bare
// array. It returns what describes the page: page, or the response itself where the
// totals are at its top. Without a description the response is an older
// revision's, which is complete.
func readPage(raw []byte, visit func(json.RawMessage) error) (page object, err error) {
	list := json.RawMessage(raw)
	if o, ok := readObject(raw, 1); ok {
		page = o.object("page")
		if _, known := pagesLeft(o, 0, 0); len(page) == 0 && known {
			page = o
		}
		listed := slices.IndexFunc(listMembers, func(name string) bool { return bytes.HasPrefix(o[name], []byte{'['}) })
		if listed < 0 {
			return page, nil
		}
		list = o[listMembers[listed]]
	}
	decoder := json.NewDecoder(bytes.NewReader(list))
	if start, err := decoder.Token(); err != nil || start != json.Delim('[') {
		return nil, errNoList
	}
	var entry json.RawMessage // one buffer for all
	for n := 1; decoder.More(); n++ {
		if n > maxOnPage {
			return nil, fmt.Errorf("a page of the list has more than %d entries", maxOnPage)
		}
		if decoder.Decode(&entry) != nil {
			return nil, errNoList
		}
		if err := visit(entry); err != nil {
			return nil, err
		}
	}
	if !atEnd(decoder) {
		return nil, errNoList
	}
	return page, nil
}
