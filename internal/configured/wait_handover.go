// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package configured

import (
	"slices"
	"sync"
)

// Handover passes sessions whose wait is not over from the state that is read or
// deleted to the plan and the create that continue it, within one process. Its
// zero value is empty. It may be used from several goroutines.
type Handover struct {
	mu      sync.Mutex
	open    []offer
	claimed []Waiting
}

type offer struct {
	Waiting
	deleted bool
}

// Waiting is a session whose wait is not over.
type Waiting interface{ SessionID() string }

// Offer adds a session that is in state, once.
func (h *Handover) Offer(w Waiting) { h.add(offer{w, false}) }

// OfferDeleted adds a session that leaves the state, once.
func (h *Handover) OfferDeleted(w Waiting) { h.add(offer{w, true}) }

func (h *Handover) add(o offer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	same := func(other Waiting) bool { return other.SessionID() == o.SessionID() }
	if !slices.ContainsFunc(h.open, func(other offer) bool { return same(other) }) && !slices.ContainsFunc(h.claimed, same) {
		h.open = append(h.open, o)
	}
}

// Claim returns the first session that matches and marks it as claimed, and reports
// whether it has left the state. It returns nil where none matches.
func (h *Handover) Claim(suits func(Waiting) bool) (w Waiting, deleted bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := slices.IndexFunc(h.open, func(o offer) bool { return suits(o.Waiting) })
	if i < 0 {
		return nil, false
	}
	o := h.open[i]
	h.open = slices.Delete(h.open, i, i+1)
	h.claimed = append(h.claimed, o.Waiting)
	return o.Waiting, o.deleted
}

// IDs returns the sessions that match, claimed or not.
func (h *Handover) IDs(suits func(Waiting) bool) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var ids []string
	for _, o := range h.open {
		if suits(o.Waiting) {
			ids = append(ids, o.SessionID())
		}
	}
	for _, w := range h.claimed {
		if suits(w) {
			ids = append(ids, w.SessionID())
		}
	}
	return ids
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
