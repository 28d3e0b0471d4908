// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package providerdata

import "sync"

// Creates keeps account of the creates that run side by side in a provider, so
// that no session is taken for what came of two of them. The zero value is
// ready for use.
type Creates struct {
	mu   sync.Mutex
	made map[string]bool // IDs of sessions that creates are known to have made
	open map[Subject]int // creates of which nobody knows what session they made
}

// Subject is what a session is made for, as far as the list of sessions tells.
type Subject struct {
	FlowID      string
	Environment string
	SubjectID   string
}

// Begin takes note of a create that is about to be sent.
func (c *Creates) Begin(s Subject) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == nil {
		c.open, c.made = map[Subject]int{}, map[string]bool{}
	}
	c.open[s]++
}

// End takes note of what a create came to: the ID of its session, or "" where it
// made none. A create whose outcome is unknown does not end.
func (c *Creates) End(s Subject, sessionID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open[s]--
	c.made[sessionID] = true
}

// Adopt ends a create with a session that was found for it. It reports false,
// and does nothing, where the session may be that of another create.
func (c *Creates) Adopt(s Subject, sessionID string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made[sessionID] || c.open[s] != 1 {
		return false
	}
	c.open[s]--
	c.made[sessionID] = true
	return true
}

// Made reports whether a session is known to be that of a create.
func (c *Creates) Made(sessionID string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.made[sessionID]
}
