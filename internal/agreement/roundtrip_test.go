// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package agreement

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// The emulator reads back the meaning that the provider wrote.
func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	files := someFiles(t)
	compared := map[string]int{}
	for name, c := range examples(t) {
		for seed := range uint64(15) {
			w := newWriter(t, seed, c.ours, files)
			compared[roundTrip(t, c, w, name, seed)]++
		}
	}
	for seed := range uint64(60) {
		mediaType := []string{contract.JSON, contract.Multipart, contract.Multipart}[seed%3]
		author := newAuthor(seed)
		author.clear = true
		c := parse(t, author.document(mediaType))
		w := newWriter(t, seed, c.ours, files)
		for range 8 {
			compared[roundTrip(t, c, w, "a generated document", seed)]++
		}
	}
	if compared[contract.JSON] < 80 || compared[contract.Multipart] < 120 {
		t.Errorf("too few bodies were right to show anything: %v", compared)
	}
}

// roundTrip returns the media type in which a body was compared, or why not.
func roundTrip(t *testing.T, c bothDocuments, w *writer, name string, seed uint64) string {
	t.Helper()
	e := c.exchange(t, w.body())
	if !e.right() {
		return "not right"
	}
	want := reading{form: e.form(), writer: w}
	if e.refused != nil {
		t.Fatalf("%s, seed %d: a valid body can't be encoded\n%s", name, seed, e)
	}
	if e.rejection != nil {
		t.Fatalf("%s, seed %d: a valid body is rejected\n%s", name, seed, e)
	}
	if diff := cmp.Diff(want.of(e.body, nil), seen(e.received.Body)); diff != "" {
		t.Fatalf("%s, seed %d (-want +got):\n%s\n%s", name, seed, diff, e)
	}
	return e.mediaType
}

// reading is what the service should read of a tree.
type reading struct {
	form bool
	*writer
}

// content is a file as it arrives.
type content struct{ Name, SHA256 string }

// of returns what should arrive of v, nil for nothing. A form has no types of
// its own: a single value that the flow gives none arrives as text. It has no
// word for what is empty either.
func (r reading) of(v value.Value, at value.Path) any {
	switch v := v.(type) {
	case value.Bool:
		if r.form && r.loose[at.String()] {
			return strconv.FormatBool(bool(v))
		}
		return bool(v)
	case value.Number:
		if r.form && r.loose[at.String()] {
			return string(v)
		}
		return json.Number(v)
	case value.String:
		if r.form && r.raw[at.String()] {
			decoded, _ := base64.StdEncoding.DecodeString(string(v))
			return content{fieldName(at), sum(decoded)}
		}
		return string(v)
	case value.File:
		if r.form {
			return content{v.Name(), v.SHA256}
		}
		written, _ := os.ReadFile(v.Path)
		return base64.StdEncoding.EncodeToString(written)
	case value.List:
		return r.list(v, at)
	case value.Object:
		return r.object(v, at)
	}
	return nil
}

func (r reading) list(v value.List, at value.Path) any {
	list := []any{}
	for i, element := range v {
		if read := r.of(element, at.Index(i)); read != nil {
			list = append(list, read)
		}
	}
	if r.form && len(list) == 0 {
		return nil
	}
	return list
}

func (r reading) object(v value.Object, at value.Path) any {
	object := map[string]any{}
	for key, member := range v {
		if read := r.of(member, at.Key(key)); read != nil {
			object[key] = read
		}
	}
	if r.form && len(object) == 0 {
		return nil
	}
	return object
}

// fieldName is the file name of content that was configured as text.
func fieldName(at value.Path) string {
	for i := len(at) - 1; i >= 0; i-- {
		if name, ok := at[i].(value.Name); ok {
			return string(name)
		}
	}
	return ""
}

// seen is what the emulator read, its files by name and hash.
func seen(tree any) any {
	switch tree := tree.(type) {
	case *flow.File:
		return content{tree.Filename, tree.SHA256}
	case []any:
		list := []any{}
		for _, element := range tree {
			list = append(list, seen(element))
		}
		return list
	case map[string]any:
		object := map[string]any{}
		for key, member := range tree {
			object[key] = seen(member)
		}
		return object
	}
	return tree
}

func sum(content []byte) string {
	hash := sha256.Sum256(content)
	return hex.EncodeToString(hash[:])
}
