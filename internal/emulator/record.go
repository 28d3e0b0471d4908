// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// Bounds of what is remembered, so that an emulator can run for days.
const (
	maxRecords      = 20_000
	maxRecordedBody = 1 << 20  // of one request, in bytes
	maxRecordedAll  = 64 << 20 // of all requests
)

// redacted stands in records for what gives access: tokens, secrets, and the
// tokens in addresses.
const redacted = "[redacted]"

// Recorded is one request as it arrived, without what gives access.
type Recorded struct {
	Call       Call          `json:"call"`
	Time       time.Time     `json:"time"`       // when it arrived, by the machine's clock
	Duration   time.Duration `json:"durationNs"` // 0 while it is being answered
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

	Status    int        `json:"status"` // 0 where no answer was sent
	Fault     fault.Kind `json:"fault,omitempty"`
	SessionID string     `json:"sessionId,omitempty"` // that the request created
}

// records is the requests that arrived, in order.
type records struct {
	mu   sync.Mutex
	list []*record
	kept int // bytes of all bodies
}

// record is a request on its way.
type record struct {
	all     *records
	arrived time.Time
	hash    hash.Hash
	Recorded
}

// begin records that r arrived, and sees its body pass from then on.
func (all *records) begin(call Call, r *http.Request) *record {
	rec := &record{all: all, arrived: time.Now(), hash: sha256.New(), Recorded: Recorded{
		Call: call, Time: time.Now(), Connection: r.RemoteAddr,
		Method: r.Method, Path: r.URL.EscapedPath(),
		Query: redactQuery(r.URL.Query()), Header: redactHeader(r.Header),
		ContentLength: r.ContentLength,
	}}
	r.Body = &observedBody{r.Body, rec}
	all.mu.Lock()
	defer all.mu.Unlock()
	if len(all.list) == maxRecords {
		all.kept -= len(all.list[0].Body)
		all.list = all.list[1:]
	}
	all.list = append(all.list, rec)
	return rec
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
	record *record
}

func (b *observedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.record.observe(p[:n])
	return n, err
}

func (rec *record) observe(p []byte) {
	rec.all.mu.Lock()
	defer rec.all.mu.Unlock()
	_, _ = rec.hash.Write(p)
	rec.BodySize += int64(len(p))
	room := min(maxRecordedBody-len(rec.Body), maxRecordedAll-rec.all.kept)
	if rec.Call.givesAccess() || room <= 0 {
		return
	}
	kept := p[:min(room, len(p))]
	rec.Body = append(rec.Body, kept...)
	rec.all.kept += len(kept)
}

func (rec *record) strike(kind fault.Kind) {
	rec.all.mu.Lock()
	defer rec.all.mu.Unlock()
	rec.Fault = kind
}

// decode records what a body was read as.
func (rec *record) decode(tree map[string]any) {
	rec.all.mu.Lock()
	defer rec.all.mu.Unlock()
	rec.Decoded = tree
}

func (rec *record) create(sessionID string) {
	rec.all.mu.Lock()
	defer rec.all.mu.Unlock()
	rec.SessionID = sessionID
}

func (rec *record) end(status int) {
	rec.all.mu.Lock()
	defer rec.all.mu.Unlock()
	rec.Status = status
	rec.Duration = time.Since(rec.arrived)
}

// snapshot copies the records, oldest first.
func (all *records) snapshot() []Recorded {
	all.mu.Lock()
	defer all.mu.Unlock()
	copied := make([]Recorded, 0, len(all.list))
	for _, rec := range all.list {
		one := rec.Recorded
		if !rec.Call.givesAccess() {
			one.BodySHA256 = hex.EncodeToString(rec.hash.Sum(nil))
		}
		one.Header = maps.Clone(one.Header)
		copied = append(copied, one)
	}
	return copied
}

func (all *records) reset() {
	all.mu.Lock()
	defer all.mu.Unlock()
	all.list, all.kept = nil, 0
}

// statusWriter notes the status that is sent.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
