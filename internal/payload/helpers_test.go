// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package payload_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"os"
	"path/filepath"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/payload"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

type (
	object = value.Object
	list   = value.List
)

// binary is the fields of a flow whose binary leaves are at these paths.
type binary map[string]bool

func (b binary) Binary(path value.Path) bool { return b[path.String()] }

// writeFile puts content into a new folder and returns a reference to it.
func writeFile(t testing.TB, name string, content []byte) value.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	return value.File{Path: path, SHA256: hex.EncodeToString(sum[:])}
}

func build(t testing.TB, body object, mediaType string, fields payload.Fields) *payload.Payload {
	t.Helper()
	p, err := payload.Build(t.Context(), body, mediaType, fields)
	if err != nil {
		t.Fatalf("Build: %v", err)
	}
	return p
}

// content reads a payload to its end and holds it to its Length.
func content(t testing.TB, p *payload.Payload) []byte {
	t.Helper()
	r, err := p.Open()
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	all, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	if int64(len(all)) != p.Length {
		t.Errorf("Length is %d, read %d bytes", p.Length, len(all))
	}
	return all
}

// decodeJSON reads a body as one JSON value with exact numbers.
func decodeJSON(t testing.TB, raw []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("the body is not JSON: %v\n%q", err, raw)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		t.Fatalf("the body goes on after its JSON: %q", raw)
	}
	return v
}

// part is one part of a form, as the standard library reads it.
type part struct{ Name, Filename, ContentType, Body string }

func decodeForm(t testing.TB, contentType string, raw []byte) []part {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != contract.Multipart {
		t.Fatalf("the content type is %q: %v", contentType, err)
	}
	var parts []part
	for r := multipart.NewReader(bytes.NewReader(raw), params["boundary"]); ; {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return parts
		}
		if err != nil {
			t.Fatalf("the body is not a form: %v\n%q", err, raw)
		}
		body, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		for header := range p.Header {
			if header != "Content-Disposition" && header != "Content-Type" {
				t.Errorf("part %q has a header %s", p.FormName(), header)
			}
		}
		parts = append(parts, part{p.FormName(), p.FileName(), p.Header.Get("Content-Type"), string(body)})
	}
}

// wantErrors compares the texts of all problems with want.
func wantErrors(t *testing.T, err error, want []string) {
	t.Helper()
	var got []string
	if all, ok := errors.AsType[payload.Errors](err); ok {
		for _, e := range all {
			got = append(got, e.Error())
		}
	} else if err != nil {
		t.Fatalf("got a %T: %v", err, err)
	}
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Errorf("missing: %s", want[i])
		case i >= len(want):
			t.Errorf("unexpected: %s", got[i])
		case got[i] != want[i]:
			t.Errorf("got:  %s\nwant: %s", got[i], want[i])
		}
	}
}
