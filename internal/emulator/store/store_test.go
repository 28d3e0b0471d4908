// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package store

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/clock"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/session"
)

// The bytes of bodies and files are bounded together, and what a forgotten
// session had is released.
func TestBytesAreBounded(t *testing.T) {
	s, err := Open(Options{
		Clock: clock.New(time.Now), Log: slog.New(slog.DiscardHandler),
		MaxSessions: 1000, MaxBytes: 1 << 20, OnChange: func(session.Status, session.Session) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		file := &flow.File{Size: 100 << 10, Content: make([]byte, 100<<10)}
		submitted := &flow.Submission{
			Body:  map[string]any{"state": strings.Repeat("s", 50<<10)},
			Input: map[string]any{"document": file},
		}
		if _, err := s.Create(&flow.Document{}, submitted, time.Hour, nil); err != nil {
			t.Fatal(err)
		}
		if s.bytes > 1<<20 {
			t.Fatalf("%d bytes are kept", s.bytes)
		}
	}
	if len(s.order) != 6 || len(s.files) != 6 || len(s.sessions) != 6 || len(s.players) != 6 {
		t.Errorf("%d sessions, %d files", len(s.order), len(s.files))
	}
	for _, e := range append([]*entry{}, s.order...) {
		s.Remove(e.ID)
	}
	if s.bytes != 0 || len(s.files) != 0 {
		t.Errorf("%d bytes and %d files of no session", s.bytes, len(s.files))
	}
}
