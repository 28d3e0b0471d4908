// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package catalog is the flows, each as published to an environment: read from a
// folder of documents, and published or taken out one by one.
package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
)

// Catalog is safe for concurrent use.
type Catalog struct {
	autoComplete map[string]time.Duration

	mu   sync.RWMutex
	docs []*flow.Document // by environment, then title, then ID
}

// Read makes a catalog of the documents in folder, which may be nil, and of
// others beside it. The sessions of the flows in autoComplete complete by
// themselves after the duration. Its errors name the document at fault.
func Read(folder fs.FS, documents [][]byte, autoComplete map[string]time.Duration) (*Catalog, error) {
	c := &reader{Catalog: &Catalog{autoComplete: autoComplete}, names: map[publication]string{}}
	if folder != nil {
		if err := c.readFolder(folder); err != nil {
			return nil, err
		}
	}
	for i, raw := range documents {
		if err := c.add(strconv.Itoa(i+1), raw); err != nil {
			return nil, err
		}
	}
	for id := range autoComplete {
		if !c.Has(id) {
			return nil, fmt.Errorf("no flow document has the ID %q, whose sessions are to complete by themselves", id)
		}
	}
	return c.Catalog, nil
}

// reader fills a catalog, and knows the name that each document has to the
// user: its file's, or its number.
type reader struct {
	*Catalog
	names map[publication]string
}

type publication struct{ environment, flowID string }

func (c *reader) readFolder(folder fs.FS) error {
	names, err := fs.Glob(folder, "*.json")
	if err != nil {
		return fmt.Errorf("reading the folder of flow documents: %w", err)
	}
	if len(names) == 0 {
		return errors.New("the folder of flow documents holds no *.json file")
	}
	for _, name := range names {
		raw, err := fs.ReadFile(folder, name)
		if err != nil {
			return fmt.Errorf("reading the flow document %s: %w", name, err)
		}
		if err := c.add(name, raw); err != nil {
			return err
		}
	}
	return nil
}

// add takes in a document of a flow and environment that is not there yet.
func (c *reader) add(name string, raw []byte) error {
	doc, err := c.parse(raw)
	if err != nil {
		return fmt.Errorf("flow document %s: %w", name, err)
	}
	as := publication{doc.Environment, doc.FlowID}
	if other, taken := c.names[as]; taken {
		return fmt.Errorf("flow document %s: flow %s is published to %s by document %s already; keep one of the two",
			name, doc.FlowID, doc.Environment, other)
	}
	c.names[as] = name
	c.put(doc)
	return nil
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

// Remove takes a flow out of an environment.
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
