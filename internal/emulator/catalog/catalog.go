// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package catalog is the flows, each as published to an environment: read from a
// folder of documents, and published or taken out one by one.
package catalog

import (
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
)

// Catalog is safe for concurrent use.
type Catalog struct {
	autoComplete map[string]time.Duration
	folder       folder

	mu   sync.RWMutex
	docs []*flow.Document // by environment, then title, then ID
}

// Read makes a catalog of the documents in files, a folder that may be nil, and of
// others beside it. The sessions of the flows in autoComplete complete by
// themselves after the duration. Its errors name the document at fault.
func Read(files fs.FS, documents [][]byte, autoComplete map[string]time.Duration) (*Catalog, error) {
	c := &Catalog{autoComplete: autoComplete, folder: folder{files: files, read: map[string]*source{}}}
	if files != nil {
		if err := c.readFolder(); err != nil {
			return nil, err
		}
	}
	for i, raw := range documents {
		doc, err := c.parse(raw)
		if err == nil && c.Find(doc.Environment, doc.FlowID) != nil {
			err = fmt.Errorf("flow %s is published to %s by another document already", doc.FlowID, doc.Environment)
		}
		if err != nil {
			return nil, fmt.Errorf("flow document %d: %w", i+1, err)
		}
		c.put(doc)
	}
	for id := range autoComplete {
		if !c.Has(id) {
			return nil, fmt.Errorf("no flow document has the ID %q, whose sessions are to complete by themselves", id)
		}
	}
	return c, nil
}

func (c *Catalog) parse(raw []byte) (*flow.Document, error) {
	doc, err := flow.Parse(raw)
	if err != nil {
		return nil, err
	}
	if after, ok := c.autoComplete[doc.FlowID]; ok {
		doc.AutoComplete, doc.CompleteAfter = true, after
	}
	return doc, nil
}

// Publish publishes a document, in place of an earlier version.
func (c *Catalog) Publish(raw []byte) error {
	doc, err := c.parse(raw)
	if err != nil {
		return err
	}
	c.put(doc)
	return nil
}

// put publishes doc, in place of an earlier version.
func (c *Catalog) put(doc *flow.Document) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.docs = slices.DeleteFunc(slices.Clone(c.docs), func(other *flow.Document) bool {
		return other.FlowID == doc.FlowID && other.Environment == doc.Environment
	})
	c.docs = append(c.docs, doc)
	slices.SortFunc(c.docs, func(a, b *flow.Document) int {
		return slices.Compare(
			[]string{a.Environment, a.Title, a.FlowID},
			[]string{b.Environment, b.Title, b.FlowID})
	})
}

// Remove removes a flow from an environment.
func (c *Catalog) Remove(environment, flowID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.docs = slices.DeleteFunc(slices.Clone(c.docs), func(doc *flow.Document) bool {
		return doc.FlowID == flowID && doc.Environment == environment
	})
}

// Find returns the document of a flow in an environment, or nil.
func (c *Catalog) Find(environment, flowID string) *flow.Document {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, doc := range c.docs {
		if doc.Environment == environment && doc.FlowID == flowID {
			return doc
		}
	}
	return nil
}

// Has reports whether any environment has the flow.
func (c *Catalog) Has(flowID string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.ContainsFunc(c.docs, func(doc *flow.Document) bool { return doc.FlowID == flowID })
}

// All lists the flows of every environment.
func (c *Catalog) All() []*flow.Document {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.Clone(c.docs)
}

// In lists the flows of an environment. ok is false where there is no such
// environment.
func (c *Catalog) In(environment string) (docs []*flow.Document, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, doc := range c.docs {
		if doc.Environment == environment {
			docs = append(docs, doc)
		}
	}
	return docs, len(docs) > 0
}
