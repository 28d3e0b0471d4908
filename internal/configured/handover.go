// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package configured

import (
	"slices"
	"sync"
)

// Handover passes a session whose wait is not over from the state that is
// deleted to the one that replaces it, within one process. Its zero value is
// empty. It may be used from several goroutines.
type Handover struct {
	mu      sync.Mutex
	open    []Waiting
	claimed []Waiting
}

// Waiting is a session whose wait is not over.
type Waiting interface{ SessionID() string }

// Offer adds a session, once.
func (h *Handover) Offer(w Waiting) {
	h.mu.Lock()
	defer h.mu.Unlock()
	same := func(other Waiting) bool { return other.SessionID() == w.SessionID() }
	if !slices.ContainsFunc(h.open, same) && !slices.ContainsFunc(h.claimed, same) {
		h.open = append(h.open, w)
	}
}

// Claim returns the first session that matches, and marks it as claimed.
func (h *Handover) Claim(suits func(Waiting) bool) (Waiting, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := slices.IndexFunc(h.open, suits)
	if i < 0 {
		return nil, false
	}
	w := h.open[i]
	h.open = slices.Delete(h.open, i, i+1)
	h.claimed = append(h.claimed, w)
	return w, true
}

// Take returns a claimed session by its ID, once.
func (h *Handover) Take(id string) (Waiting, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := slices.IndexFunc(h.claimed, func(w Waiting) bool { return w.SessionID() == id })
	if i < 0 {
		return nil, false
	}
	w := h.claimed[i]
	h.claimed = slices.Delete(h.claimed, i, i+1)
	return w, true
}
