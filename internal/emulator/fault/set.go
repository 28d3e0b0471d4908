// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package fault

import (
	"sync"

	"golang.org/x/time/rate"
)

// Set is the faults in force. The zero Set is empty and ready for use.
type Set struct {
	mu     sync.Mutex
	active []*active
}

type active struct {
	Fault
	limit *rate.Limiter // RateLimit only
}

// Add puts f, which must be valid, in force behind those before it.
func (s *Set) Add(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	added := &active{Fault: f}
	if f.Kind == RateLimit {
		added.limit = rate.NewLimiter(rate.Limit(f.Rate), max(1, int(f.Rate)))
	}
	s.active = append(s.active, added)
}

// Clear ends all faults.
func (s *Set) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active = nil
}

// List returns the faults in force, with what is left of Skip and Times.
func (s *Set) List() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Fault, 0, len(s.active))
	for _, a := range s.active {
		list = append(list, a.Fault)
	}
	return list
}

// Take returns the fault for the next request of call: the first in
// force. Every fault before it counts the request as passed or let through.
func (s *Set) Take(call string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, a := range s.active {
		if a.Call != "" && a.Call != call {
			continue
		}
		if a.Skip > 0 {
			a.Skip--
			continue
		}
		if a.limit != nil && a.limit.Allow() {
			continue
		}
		if a.Times == 1 {
			s.active = append(s.active[:i:i], s.active[i+1:]...)
		}
		if a.Times > 1 {
			a.Times--
		}
		return a.Fault, true
	}
	return Fault{}, false
}
