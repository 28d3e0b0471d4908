// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package record

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
)

// arrive records a request of so many bytes, read whole.
func arrive(all *List, size int) *Record {
	r := httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("x", size)))
	rec := all.Begin(CallCreate, r)
	_, _ = io.Copy(io.Discard, r.Body)
	return rec
}

func TestRequestsAreBounded(t *testing.T) {
	var all List
	under := arrive(&all, 1)
	for range maxRecords + 10 {
		arrive(&all, 1).End(201)
	}
	if got := all.All(); len(got) != maxRecords || got[0].Status != 0 {
		t.Errorf("%d requests, the first with status %d", len(got), got[0].Status)
	}
	if got := under.End(200); got.Status != 200 || all.All()[0].Status != 200 {
		t.Error("the end of a request in flight is lost")
	}
}

func TestBytesOfRequestsAreBounded(t *testing.T) {
	var all List
	for range 100 {
		arrive(&all, 2*maxBody).End(201)
	}
	if len(all.list) != 64 || all.kept != 64*maxBody {
		t.Errorf("%d requests, %d bytes", len(all.list), all.kept)
	}
	last := arrive(&all, 1)
	last.Decode(map[string]any{}, 2*maxBytes)
	last.End(201)
	if got := all.All(); len(got) != 1 || got[0].Decoded == nil {
		t.Errorf("%d requests after one too large", len(got))
	}
	all.Reset()
	if arrive(&all, 5).End(201); all.kept != 5 {
		t.Errorf("%d bytes after a reset", all.kept)
	}
}
