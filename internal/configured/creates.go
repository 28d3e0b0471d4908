// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package configured

import (
	"context"
	"sync"
)

// Creates records the sessions that this run created, so that none of them is
// suggested for a create whose session is unknown. The zero value is ready for
// use.
type Creates struct {
	mu   sync.Mutex
	made map[string]bool // by session ID

	search chan struct{} // holds an element while a search takes place
}

// Add records a session by its ID, "" for one whose ID is not known.
func (c *Creates) Add(sessionID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made == nil {
		c.made = map[string]bool{}
	}
	c.made[sessionID] = true
}

// Made reports whether this run created a session.
func (c *Creates) Made(sessionID string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.made[sessionID]
}

// BeginSearch waits until no other search for a created session takes place, and
// returns the function that ends the caller's. Each search can hold a page of the
// list in memory, and one outage can lose as many creates as run in parallel. Its
// error is that of ctx.
func (c *Creates) BeginSearch(ctx context.Context) (done func(), err error) {
	select {
	case c.searches() <- struct{}{}:
		return func() { <-c.searches() }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c *Creates) searches() chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.search == nil {
		c.search = make(chan struct{}, 1)
	}
	return c.search
}
