// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package store

import "github.com/idnow/terraform-provider-idnow/internal/emulator/session"

// disk is what outlives the process.
type disk interface {
	write(changes batch) error // all of them or none
	close() error
}

// memory is no disk.
type memory struct{}

func (memory) write(batch) error { return nil }
func (memory) close() error      { return nil }

// batch is the changes of one operation.
type batch struct {
	clear    bool // before the rest
	sessions map[string]*session.Session
	files    map[string]File
	dropped  []*session.Session
}

func (b *batch) put(changed *session.Session) {
	if b.sessions == nil {
		b.sessions = map[string]*session.Session{}
	}
	b.sessions[changed.ID] = changed
}

func (b *batch) putFile(id string, file File) {
	if b.files == nil {
		b.files = map[string]File{}
	}
	b.files[id] = file
}

func (b *batch) drop(gone *session.Session) {
	delete(b.sessions, gone.ID)
	b.dropped = append(b.dropped, gone)
}

func (b *batch) empty() bool {
	return !b.clear && len(b.sessions)+len(b.files)+len(b.dropped) == 0
}
