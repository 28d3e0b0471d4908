// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package payload_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/payload"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// pattern is n bytes whose neighbours differ, so that none can be lost or
// swapped unseen.
func pattern(n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(i*7 + i>>8)
	}
	return out
}

// The sizes around a group of base64, a chunk and a buffer.
func TestFileSizes(t *testing.T) {
	sizes := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 511, 512, 513}
	for _, around := range []int{24 << 10, 32 << 10, 48 << 10, 64 << 10} {
		sizes = append(sizes, around-1, around, around+1)
	}
	for _, size := range sizes {
		t.Run(strconv.Itoa(size), func(t *testing.T) {
			raw := pattern(size)
			body := object{"input": writeFile(t, "x", raw)}
			want := `{"input":"` + base64.StdEncoding.EncodeToString(raw) + `"}`
			if got := content(t, build(t, body, contract.JSON, nil)); string(got) != want {
				t.Error("JSON: other content")
			}
			p := build(t, body, contract.Multipart, nil)
			if got := decodeForm(t, p.ContentType, content(t, p)); got[0].Body != string(raw) {
				t.Error("form: other content")
			}
		})
	}
}

// However small the reader's buffer, the bytes are the same.
func TestReader(t *testing.T) {
	raw := pattern(100_000)
	body := object{"input": list{writeFile(t, "a", raw), writeFile(t, "b", nil), writeFile(t, "c", raw[:10])}, "state": value.String("s")}
	for _, mediaType := range []string{contract.JSON, contract.Multipart} {
		t.Run(mediaType, func(t *testing.T) {
			p := build(t, body, mediaType, nil)
			want := content(t, p)
			r, err := p.Open()
			if err != nil {
				t.Fatal(err)
			}
			if err := iotest.TestReader(r, want); err != nil {
				t.Error(err)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A retried request is the same request, also concurrently.
func TestOpenAgain(t *testing.T) {
	body := object{"input": list{writeFile(t, "a", pattern(100_000)), value.String("text")}}
	for _, mediaType := range []string{contract.JSON, contract.Multipart} {
		p := build(t, body, mediaType, nil)
		want := content(t, p)
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				r, err := p.Open()
				if err != nil {
					t.Error(err)
					return
				}
				got, err := io.ReadAll(r)
				if err = errors.Join(err, r.Close()); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s: another body: %v", mediaType, err)
				}
			})
		}
		group.Wait()
	}
}

func TestClosedReader(t *testing.T) {
	p := build(t, object{"input": writeFile(t, "a", pattern(100_000))}, contract.JSON, nil)
	r, err := p.Open()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(r, make([]byte, 50_000)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Errorf("Close: %v", err)
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 || !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Read after Close: %d, %v", n, err)
	}
}

// A transport that gives up closes a body while it is being read.
func TestCloseWhileReading(t *testing.T) {
	p := build(t, object{"input": writeFile(t, "a", pattern(1_000_000))}, contract.JSON, nil)
	r, err := p.Open()
	if err != nil {
		t.Fatal(err)
	}
	first := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		buffer := make([]byte, 1000)
		_, err := r.Read(buffer)
		close(first)
		for err == nil {
			_, err = r.Read(buffer)
		}
		if !errors.Is(err, fs.ErrClosed) && !errors.Is(err, io.EOF) {
			t.Errorf("Read: %v", err)
		}
	})
	<-first
	if err := r.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	group.Wait()
}

// sparse makes a file of size zero bytes that takes no room on disk.
func sparse(t testing.TB, size int64) value.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "large.bin")
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, size)); err != nil {
		t.Fatal(err)
	}
	digest := sha256.New()
	for block := make([]byte, 1<<20); size > 0; size -= int64(len(block)) {
		block = block[:min(int64(len(block)), size)]
		digest.Write(block)
	}
	return value.File{Path: path, SHA256: hex.EncodeToString(digest.Sum(nil))}
}

// A file costs its buffer, whatever its size: all that is ever allocated for
// it, freed or not, stays below a MiB.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("hashes 300 MB three times")
	}
	sizes := map[string]int64{contract.Multipart: 300_000_000, contract.JSON: 30_000_000} // base64 is slow under the race detector
	for mediaType, size := range sizes {
		t.Run(mediaType, func(t *testing.T) {
			file := sparse(t, size)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			p := build(t, object{"input": file}, mediaType, nil)
			n := drain(t, p)
			runtime.ReadMemStats(&after)
			if n != p.Length || n < size {
				t.Errorf("read %d of %d bytes", n, p.Length)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
				t.Errorf("allocated %d bytes", used)
			}
		})
	}
}

// A file that occurs in many places is hashed once. Each reading would bring
// a buffer of its own.
func TestBuildReadsAFileOnce(t *testing.T) {
	file := writeFile(t, "logo", pattern(10))
	scans := make(list, 100)
	for i := range scans {
		scans[i] = file
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	build(t, object{"input": scans}, contract.JSON, nil)
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("allocated %d bytes", used)
	}
}

// No file stays open behind a body that was read, broken off or closed early.
func TestNoFileStaysOpen(t *testing.T) {
	open := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("no list of open files here")
		}
		return len(entries)
	}
	whole, broken := writeFile(t, "a", pattern(1000)), writeFile(t, "b", pattern(1000))
	p := build(t, object{"input": list{whole, broken}}, contract.Multipart, nil)
	before := open()
	for range 10 {
		drain(t, p)
	}
	if err := overwrite(broken.Path, 0); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		r, err := p.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err == nil {
			t.Error("the change went unseen")
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if after := open(); after > before+2 {
		t.Errorf("%d files stay open", after-before)
	}
}

// drain reads a payload to its end without keeping it.
func drain(t testing.TB, p *payload.Payload) int64 {
	t.Helper()
	r, err := p.Open()
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, r)
	if err = errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return n
}
