// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package providerdata

import "sync"

// Creates remembers the sessions that this run created, so that none of them is
// suggested for a create whose session is not known. The zero value is ready for
// use.
type Creates struct {
	mu   sync.Mutex
	made map[string]bool // by session ID
}

// Add remembers a session by its ID, "" for one whose ID is not known.
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
