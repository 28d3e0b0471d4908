// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package store

import "github.com/idnow/terraform-provider-idnow/internal/emulator/session"

// evict forgets sessions until the store is within its bounds, except the one
// that is to stay.
func (s *Store) evict(stay string) {
	for len(s.order) > s.options.MaxSessions || s.bytes > s.options.MaxBytes {
		victim := s.oldest(stay)
		if victim == nil {
			return
		}
		if !victim.Status.Final() {
			s.options.Log.Warn("unfinished session forgotten, since the maximum is reached and none is finished", "session", victim.ID)
		}
		s.drop(victim)
	}
}

// oldest is the oldest finished session, or the oldest of all where none is
// finished.
func (s *Store) oldest(stay string) *entry {
	var first *entry
	for _, e := range s.order {
		if e.ID == stay {
			continue
		}
		s.apply(e, nil)
		if e.Status.Final() {
			return e
		}
		if first == nil {
			first = e
		}
	}
	return first
}

// weighFiles adds the files that came since the last time.
func (s *Store) weighFiles(e *entry) {
	for _, id := range e.Files[e.weighed:] {
		added := session.Weight(s.files[id].File)
		e.weight += added
		s.bytes += added
	}
	e.weighed = len(e.Files)
}
