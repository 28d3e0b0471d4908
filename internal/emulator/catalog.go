// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"sync"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
)

// catalog is the flows, each as published to an environment.
type catalog struct {
	options Options

	mu   sync.RWMutex
	docs []*flow.Document // by environment, then title, then ID
}

func readCatalog(options Options) (*catalog, error) {
	c := &reader{catalog: &catalog{options: options}, names: map[publication]string{}}
	if options.Flows != nil {
		if err := c.readFolder(options.Flows); err != nil {
			return nil, err
		}
	}
	for i, raw := range options.Documents {
		if err := c.add(strconv.Itoa(i+1), raw); err != nil {
			return nil, err
		}
	}
	for id := range options.AutoComplete {
		if !slices.ContainsFunc(c.docs, func(doc *flow.Document) bool { return doc.FlowID == id }) {
			return nil, fmt.Errorf("no flow document has the ID %q, whose sessions are to complete by themselves", id)
		}
	}
	return c.catalog, nil
}

// reader fills a catalog, and knows the name that each document has to the
// user: its file's, or its number.
type reader struct {
	*catalog
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

func (c *catalog) parse(raw []byte) (*flow.Document, error) {
	doc, err := flow.Parse(raw)
	if err != nil {
		return nil, err
	}
	if after, ok := c.options.AutoComplete[doc.FlowID]; ok {
		doc.AutoComplete, doc.CompleteAfter = true, after
	}
	return doc, nil
}

// put publishes doc, in place of an earlier version.
func (c *catalog) put(doc *flow.Document) {
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

func (c *catalog) remove(environment, flowID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.docs = slices.DeleteFunc(slices.Clone(c.docs), func(doc *flow.Document) bool {
		return doc.FlowID == flowID && doc.Environment == environment
	})
}

func (c *catalog) find(environment, flowID string) *flow.Document {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, doc := range c.docs {
		if doc.Environment == environment && doc.FlowID == flowID {
			return doc
		}
	}
	return nil
}

// in lists the flows of an environment. ok is false where there is no such
// environment.
func (c *catalog) in(environment string) (docs []*flow.Document, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, doc := range c.docs {
		if doc.Environment == environment {
			docs = append(docs, doc)
		}
	}
	return docs, len(docs) > 0
}
