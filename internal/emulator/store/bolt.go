// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/session"
)

// The buckets of a state file. Sessions are keyed by ID, which ascends as they are
// made, so that a file is read in their order.
var (
	bucketMeta     = []byte("meta")
	bucketSessions = []byte("sessions")
	bucketFiles    = []byte("files")

	keyFormat = []byte("format")
	format    = []byte("1")
)

// bolt is a state file.
type bolt struct {
	db   *bbolt.DB
	path string
}

func openBolt(path string) (*bolt, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second})
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, fmt.Errorf("the state file %s is in use by another emulator", path)
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("the state file %s can't be created: its folder does not exist", path)
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrVersionMismatch):
		return nil, fmt.Errorf("%s is not a state file of the emulator, or it is damaged; delete it or name another", path)
	case err != nil:
		return nil, fmt.Errorf("opening the state file: %w", err)
	}
	b := &bolt{db, path}
	if err := db.Update(b.prepare); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return b, nil
}

// prepare makes the buckets of a new file, and refuses one of another format.
func (b *bolt) prepare(tx *bbolt.Tx) error {
	meta, err := tx.CreateBucketIfNotExists(bucketMeta)
	if err != nil {
		return err
	}
	switch found := meta.Get(keyFormat); {
	case found == nil:
		err = meta.Put(keyFormat, format)
	case !bytes.Equal(found, format):
		err = fmt.Errorf("the state file %s was written by another version of the emulator; delete it or name another", b.path)
	}
	for _, name := range [][]byte{bucketSessions, bucketFiles} {
		_, made := tx.CreateBucketIfNotExists(name)
		err = errors.Join(err, made)
	}
	return err
}

// savedSession is a session with what its JSON for the control interface leaves
// out.
type savedSession struct {
	session.Session

	Body        map[string]any
	Base        string
	PlayerToken string
	Flow        session.Flow
	Blocks      []session.DataBlock
	Files       []string
}

// savedFile is a file with its content, which its own JSON leaves out.
type savedFile struct {
	Environment, Filename, ContentType, SHA256 string

	Size    int64
	Content []byte
}

// load yields the sessions, oldest first, each with its files.
func (b *bolt) load(restore func(*session.Session, map[string]File)) error {
	return b.db.View(func(tx *bbolt.Tx) error {
		kept := tx.Bucket(bucketFiles)
		return tx.Bucket(bucketSessions).ForEach(func(_, raw []byte) error {
			saved := savedSession{}
			if err := b.decode(raw, &saved); err != nil {
				return err
			}
			files := map[string]File{}
			for _, id := range saved.Files {
				one := savedFile{}
				if err := b.decode(kept.Get([]byte(id)), &one); err != nil {
					return err
				}
				files[id] = File{one.Environment, &flow.File{
					Filename: one.Filename, ContentType: one.ContentType, Size: one.Size, SHA256: one.SHA256, Content: one.Content,
				}}
			}
			restored := saved.Session
			restored.Body, restored.Base, restored.PlayerToken, restored.Flow = saved.Body, saved.Base, saved.PlayerToken, saved.Flow
			restored.Blocks, restored.Files = saved.Blocks, saved.Files
			restore(&restored, files)
			return nil
		})
	})
}

func (b *bolt) decode(raw []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber() // numbers keep their digits
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("the state file %s is damaged; delete it or name another: %w", b.path, err)
	}
	return nil
}

func (b *bolt) write(changes batch) error {
	return b.db.Update(func(tx *bbolt.Tx) error {
		if changes.clear {
			if err := errors.Join(tx.DeleteBucket(bucketSessions), tx.DeleteBucket(bucketFiles), b.prepare(tx)); err != nil {
				return err
			}
		}
		sessions, files := tx.Bucket(bucketSessions), tx.Bucket(bucketFiles)
		var failed []error
		for id, file := range changes.files {
			failed = append(failed, put(files, id, savedFile{
				file.Environment, file.Filename, file.ContentType, file.SHA256, file.Size, file.Content,
			}))
		}
		for id, s := range changes.sessions {
			failed = append(failed, put(sessions, id, savedSession{*s, s.Body, s.Base, s.PlayerToken, s.Flow, s.Blocks, s.Files}))
		}
		for _, gone := range changes.dropped {
			failed = append(failed, sessions.Delete([]byte(gone.ID)))
			for _, id := range gone.Files {
				failed = append(failed, files.Delete([]byte(id)))
			}
		}
		return errors.Join(failed...)
	})
}

func put(bucket *bbolt.Bucket, id string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return bucket.Put([]byte(id), raw)
}

func (b *bolt) close() error { return b.db.Close() }
