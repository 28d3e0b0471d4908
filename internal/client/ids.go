// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"strings"
	"sync"
)

const (
	maxID      = 128
	idAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:~"
)

// isPlainID reports whether a session's ID has only characters that can't control
// a terminal or lead a path elsewhere.
func isPlainID(id string) bool {
	return id != "" && len(id) <= maxID && strings.Trim(id, idAlphabet) == "" && strings.Trim(id, ".") != ""
}

// isOther reports whether a response that names something names another than was
// asked for. IDs and names are compared as services do, in any case.
func isOther(served, asked string) bool {
	return served != "" && !strings.EqualFold(served, asked)
}

// sessionIDs remembers the sessions of responses. The zero value is ready for use.
type sessionIDs struct {
	mu   sync.Mutex
	seen map[string]bool
}

// add remembers an ID and reports whether it is new.
func (s *sessionIDs) add(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[id] {
		return false
	}
	if s.seen == nil {
		s.seen = map[string]bool{}
	}
	s.seen[id] = true
	return true
}
