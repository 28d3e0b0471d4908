// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package record keeps the requests that arrived, with secrets redacted,
// so that a test can see what a client sent.
package record

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// Bounds of what is remembered, so that an emulator can run for days.
const (
	maxRecords = 20_000
	maxBody    = 1 << 20  // of one request, in bytes
	maxBytes   = 64 << 20 // of all requests
)

// redacted replaces secrets in records: tokens, secrets, and the
// tokens in addresses.
const redacted = "[redacted]"

// Request is one request as it arrived, with secrets redacted.
type Request struct {
	Call       Call          `json:"call"`
	Time       time.Time     `json:"time"`       // when it arrived, by the machine's clock
	Duration   time.Duration `json:"durationNs"` // 0 until the response is sent
	Connection string        `json:"connection"`

	Method string      `json:"method"`
	Path   string      `json:"path"` // escaped, as sent
	Query  url.Values  `json:"query,omitempty"`
	Header http.Header `json:"header"`

	Body          []byte `json:"-"`             // raw, as far as it was read, up to 1 MiB; nil where it gives access
	BodySize      int64  `json:"bodySize"`      // bytes read
	BodySHA256    string `json:"bodySha256"`    // of the bytes read; empty where they give access
	ContentLength int64  `json:"contentLength"` // as announced; -1 where it was not
	Decoded       any    `json:"decoded,omitempty"`

	Status    int        `json:"status"` // 0 where no response was sent
	Fault     fault.Kind `json:"fault,omitempty"`
	SessionID string     `json:"sessionId,omitempty"` // that the request created
}

// List is the requests that arrived, in order. The zero List is empty and ready
// for use, by several at once.
type List struct {
	mu   sync.Mutex
	list []*Record
	kept int64 // bytes of all bodies
}

// Record is a request in flight.
type Record struct {
	all     *List
	arrived time.Time
	hash    hash.Hash
	done    bool
	kept    int64 // bytes of its body, raw and decoded
	Request
}

// Begin records that r arrived, and sees its body pass from then on.
func (all *List) Begin(call Call, r *http.Request) *Record {
	rec := &Record{all: all, arrived: time.Now(), hash: sha256.New(), Request: Request{
		Call: call, Time: time.Now(), Connection: r.RemoteAddr,
		Method: r.Method, Path: r.URL.EscapedPath(),
		Query: redactQuery(r.URL.Query()), Header: redactHeader(r.Header),
		ContentLength: r.ContentLength,
	}}
	r.Body = &observedBody{r.Body, rec}
	all.mu.Lock()
	defer all.mu.Unlock()
	all.list = append(all.list, rec)
	all.trim()
	return rec
}

// trim forgets the oldest finished requests above the maximum. One that is still
// in progress stays, so that its end is recorded, and so does the last one.
func (all *List) trim() {
	for len(all.list) > maxRecords || all.kept > maxBytes {
		oldest := slices.IndexFunc(all.list, func(rec *Record) bool { return rec.done })
		if oldest < 0 || oldest == len(all.list)-1 {
			return
		}
		all.kept -= all.list[oldest].kept
		if oldest == 0 {
			all.list[0] = nil
			all.list = all.list[1:]
		} else {
			all.list = slices.Delete(all.list, oldest, oldest+1)
		}
	}
}

func redactHeader(header http.Header) http.Header {
	header = header.Clone()
	for i, value := range header["Authorization"] {
		scheme, _, _ := strings.Cut(value, " ")
		header["Authorization"][i] = scheme + " " + redacted
	}
	return header
}

func redactQuery(query url.Values) url.Values {
	for _, name := range []string{"token", "signature"} {
		if query.Has(name) {
			query.Set(name, redacted)
		}
	}
	return query
}

// observedBody passes a body on and records it.
type observedBody struct {
	io.ReadCloser
	record *Record
}

func (b *observedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.record.observe(p[:n])
	return n, err
}

func (rec *Record) observe(p []byte) {
	rec.all.mu.Lock()
	defer rec.all.mu.Unlock()
	_, _ = rec.hash.Write(p)
	rec.BodySize += int64(len(p))
	room := maxBody - len(rec.Body)
	if rec.Call.givesAccess() || room <= 0 {
		return
	}
	kept := p[:min(room, len(p))]
	rec.Body = append(rec.Body, kept...)
	rec.keep(int64(len(kept)))
}

// SetFault records the fault injected into the request.
func (rec *Record) SetFault(kind fault.Kind) {
	rec.all.mu.Lock()
	defer rec.all.mu.Unlock()
	rec.Fault = kind
}

// Decode records what a body was read as, and about how many bytes that holds.
func (rec *Record) Decode(tree map[string]any, weight int64) {
	rec.all.mu.Lock()
	defer rec.all.mu.Unlock()
	rec.Decoded = tree
	rec.keep(weight)
}

func (rec *Record) keep(n int64) {
	rec.kept += n
	rec.all.kept += n
}

// Create records the session that the request created.
func (rec *Record) Create(sessionID string) {
	rec.all.mu.Lock()
	defer rec.all.mu.Unlock()
	rec.SessionID = sessionID
}

// End records the status of the response, or 0 where none was sent.
// It returns the whole record.
func (rec *Record) End(status int) Request {
	rec.all.mu.Lock()
	defer rec.all.mu.Unlock()
	rec.done = true
	rec.Status = status
	rec.Duration = time.Since(rec.arrived)
	rec.all.trim()
	return rec.Request
}

// All returns the requests, oldest first.
func (all *List) All() []Request {
	all.mu.Lock()
	defer all.mu.Unlock()
	copied := make([]Request, 0, len(all.list))
	for _, rec := range all.list {
		one := rec.Request
		if !rec.Call.givesAccess() {
			one.BodySHA256 = hex.EncodeToString(rec.hash.Sum(nil))
		}
		one.Header = maps.Clone(one.Header)
		copied = append(copied, one)
	}
	return copied
}

// Reset forgets all requests.
func (all *List) Reset() {
	all.mu.Lock()
	defer all.mu.Unlock()
	all.list, all.kept = nil, 0
}
