// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package configured

import (
	"context"
	"errors"
	"sync"

	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
)

// FetchDocument gets the bytes of a flow's document, as the API client does.
type FetchDocument func(ctx context.Context, environment, flowID string) ([]byte, error)

// DocumentCache fetches and parses each flow's document once, however many
// sessions of the flow are planned concurrently. Terraform starts a provider
// process for each phase of a run, so once means once per plan or apply.
type DocumentCache struct {
	fetch FetchDocument

	mu    sync.Mutex
	known map[documentKey]*entry
}

type documentKey struct{ environment, flowID string }

// maxKept is the size in bytes up to which a document's bytes are cached for the data
// source that exports it. A larger one is fetched again there, which bounds the
// memory of many flows.
const maxKept = 1 << 20

// entry is closed (done) when its document or error is set.
type entry struct {
	done     chan struct{}
	raw      []byte
	document *flowschema.Document
	err      error
}

// NewDocumentCache returns an empty cache that fetches with fetch.
func NewDocumentCache(fetch FetchDocument) *DocumentCache {
	return &DocumentCache{fetch: fetch, known: map[documentKey]*entry{}}
}

// Get returns the parsed document of a flow in an environment. A failure is
// cached too: fetching again for each of a thousand sessions would not fix
// it. The error is the client's for one that could not be fetched, and a
// *flowschema.ParseError for one that could not be read.
func (d *DocumentCache) Get(ctx context.Context, environment, flowID string) (*flowschema.Document, error) {
	e := d.load(ctx, environment, flowID)
	return e.document, e.err
}

// Raw returns the document's bytes as served, also where they can't be parsed.
func (d *DocumentCache) Raw(ctx context.Context, environment, flowID string) ([]byte, error) {
	e := d.load(ctx, environment, flowID)
	var unreadable *flowschema.ParseError
	switch {
	case e.raw != nil:
		return e.raw, nil
	case e.err == nil, errors.As(e.err, &unreadable):
		return d.fetch(ctx, environment, flowID)
	}
	return nil, e.err
}

func (d *DocumentCache) load(ctx context.Context, environment, flowID string) *entry {
	key := documentKey{environment, flowID}
	d.mu.Lock()
	e, ok := d.known[key]
	if !ok {
		e = &entry{done: make(chan struct{})}
		d.known[key] = e
		// The first caller's cancellation must not become the result that
		// everybody else gets.
		go e.fill(context.WithoutCancel(ctx), d.fetch, key)
	}
	d.mu.Unlock()

	select {
	case <-e.done:
		return e
	case <-ctx.Done():
		return &entry{err: ctx.Err()}
	}
}

func (e *entry) fill(ctx context.Context, fetch FetchDocument, key documentKey) {
	defer close(e.done)
	e.raw, e.err = fetch(ctx, key.environment, key.flowID)
	if e.err == nil {
		e.document, e.err = flowschema.Parse(ctx, e.raw)
	}
	if len(e.raw) > maxKept {
		e.raw = nil
	}
}
