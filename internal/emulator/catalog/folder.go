// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package catalog

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
)

// folder is the folder of flow documents, as it was last read.
type folder struct {
	files fs.FS

	mu   sync.Mutex
	read map[string]*source // by file name
}

// source is a file of the folder.
type source struct {
	stamp     stamp
	published publication // empty while the file never was a document
	problem   string      // why it is not published as it is now
	again     bool        // it may have been read while it was written
}

type publication struct{ environment, flowID string }

// stamp changes with the file's content.
type stamp struct {
	modified time.Time
	size     int64
}

// Change is what a reload found.
type Change struct {
	File        string
	FlowID      string
	Environment string
	Removed     bool
	Problem     string // the document before it, if there was one, is still served
}

// Problem is a file that is not published as it is now.
type Problem struct {
	File    string `json:"file"`
	Problem string `json:"problem"`
}

// readFolder loads all documents, or none.
func (c *Catalog) readFolder() error {
	changes, err := c.reload(true)
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		return errors.New("the folder of flow documents contains no *.json file")
	}
	for _, change := range changes {
		if change.Problem != "" {
			return fmt.Errorf("flow document %s: %s", change.File, change.Problem)
		}
	}
	return nil
}

// Reload loads what changed in the folder since the last call. A document that
// can't be read is a problem of its own: the flow stays as it was, and the others
// are not touched.
func (c *Catalog) Reload() ([]Change, error) {
	if c.folder.files == nil {
		return nil, nil
	}
	return c.reload(false)
}

func (c *Catalog) reload(atStart bool) ([]Change, error) {
	c.folder.mu.Lock()
	defer c.folder.mu.Unlock()
	names, err := fs.Glob(c.folder.files, "*.json")
	if err != nil {
		return nil, fmt.Errorf("reading the folder of flow documents: %w", err)
	}
	changes := c.forget(names)
	for _, name := range names {
		if change, changed := c.refresh(name, atStart); changed {
			changes = append(changes, change)
		}
	}
	return changes, nil
}

// forget removes the flows whose files are gone.
func (c *Catalog) forget(names []string) []Change {
	var changes []Change
	for _, name := range slices.Sorted(maps.Keys(c.folder.read)) {
		if slices.Contains(names, name) {
			continue
		}
		gone := c.folder.read[name].published
		delete(c.folder.read, name)
		c.Remove(gone.environment, gone.flowID)
		changes = append(changes, Change{File: name, FlowID: gone.flowID, Environment: gone.environment, Removed: true})
	}
	return changes
}

// refresh reads one file, where it is new or has changed. One that is no document
// is read once more before that counts: it may be half written.
func (c *Catalog) refresh(name string, atStart bool) (Change, bool) {
	known := c.folder.read[name]
	if known == nil {
		known = &source{}
		c.folder.read[name] = known
	}
	raw, now, err := readFile(c.folder.files, name, known)
	if err == nil && raw == nil {
		return Change{}, false
	}
	var doc *flow.Document
	if err == nil {
		doc, err = c.parse(raw)
	}
	if err == nil {
		err = c.taken(name, doc)
	}
	if err != nil && now != known.stamp && !atStart {
		known.stamp, known.again = now, true
		return Change{}, false
	}
	before := known.problem
	known.stamp, known.again, known.problem = now, false, ""
	if err != nil {
		known.problem = err.Error()
		return Change{File: name, Problem: known.problem}, known.problem != before
	}
	c.publish(known, doc)
	return Change{File: name, FlowID: doc.FlowID, Environment: doc.Environment}, true
}

// publish puts doc in the place of what its file published before.
func (c *Catalog) publish(from *source, doc *flow.Document) {
	as := publication{doc.Environment, doc.FlowID}
	if from.published != as {
		c.Remove(from.published.environment, from.published.flowID)
	}
	from.published = as
	c.put(doc)
}

// taken returns the other file that publishes the same flow to the same environment.
func (c *Catalog) taken(name string, doc *flow.Document) error {
	for other, from := range c.folder.read {
		if other != name && from.published == (publication{doc.Environment, doc.FlowID}) {
			return fmt.Errorf("flow %s is published to %s by document %s already; keep one of the two", doc.FlowID, doc.Environment, other)
		}
	}
	return nil
}

// Problems lists the files that are not published as they are now.
func (c *Catalog) Problems() []Problem {
	c.folder.mu.Lock()
	defer c.folder.mu.Unlock()
	problems := []Problem{}
	for _, name := range slices.Sorted(maps.Keys(c.folder.read)) {
		if problem := c.folder.read[name].problem; problem != "" {
			problems = append(problems, Problem{name, problem})
		}
	}
	return problems
}

// maxDocument bounds a flow document, in bytes.
const maxDocument = 8 << 20

// readFile reads a file that has changed since it was known, or that was a problem
// then, perhaps by another file; otherwise it returns nil.
func readFile(files fs.FS, name string, known *source) (raw []byte, now stamp, err error) {
	info, err := fs.Stat(files, name)
	if err != nil || !info.Mode().IsRegular() {
		return nil, stamp{}, errors.New("it is not a file that can be read")
	}
	now = stamp{info.ModTime(), info.Size()}
	if now == known.stamp && now != (stamp{}) && !known.again && known.problem == "" {
		return nil, now, nil
	}
	file, err := files.Open(name)
	if err != nil {
		return nil, now, errors.New("it can't be opened")
	}
	defer func() { _ = file.Close() }() // only read
	raw, err = io.ReadAll(io.LimitReader(file, maxDocument+1))
	switch {
	case err != nil:
		return nil, now, errors.New("it can't be read")
	case len(raw) > maxDocument:
		return nil, now, errors.New("it is larger than 8 MiB")
	}
	return append([]byte{}, raw...), now, nil
}
