// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package payload_test

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"encoding/json"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/payload"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// grower makes trees of a fuzzer's bytes: a byte for each node's kind, bytes
// for its content. Beside the tree it makes the result that a JSON decoder should return.
type grower struct{ seed []byte }

func (g *grower) byte() byte {
	if len(g.seed) == 0 {
		return 0
	}
	b := g.seed[0]
	g.seed = g.seed[1:]
	return b
}

func (g *grower) text() string {
	n := min(int(g.byte()%16), len(g.seed))
	s := strings.ToValidUTF8(string(g.seed[:n]), "\ufffd")
	g.seed = g.seed[n:]
	return s
}

// node returns a tree and its decoded form; nil for what is left out.
func (g *grower) node(depth int) (value.Value, any) {
	switch kind := g.byte() % 8; {
	case kind == 0:
		return value.Null{}, nil
	case kind == 1:
		b := g.byte()%2 == 1
		return value.Bool(b), b
	case kind == 2:
		text := fmt.Sprintf("%d.%d5e%d", int8(g.byte()), g.byte(), int8(g.byte()))
		return value.Number(text), json.Number(text)
	case kind <= 4 || depth > 6:
		s := g.text()
		return value.String(s), s
	case kind == 5:
		return g.list(depth)
	}
	return g.object(depth)
}

func (g *grower) list(depth int) (value.Value, any) {
	tree, want := list{}, []any{}
	for range g.byte() % 5 {
		element, decoded := g.node(depth + 1)
		tree = append(tree, element)
		if decoded != nil {
			want = append(want, decoded)
		}
	}
	return tree, want
}

func (g *grower) object(depth int) (value.Value, any) {
	tree, want := object{}, map[string]any{}
	for range g.byte() % 5 {
		key := g.text()
		member, decoded := g.node(depth + 1)
		tree[key] = member
		if delete(want, key); decoded != nil {
			want[key] = decoded
		}
	}
	return tree, want
}

// A JSON decoder reads back every tree.
func FuzzJSON(f *testing.F) {
	f.Add([]byte("\x06\x03\x01a\x03\x05hello\x02ab\x05\x02\x02\x09\x01\x02\x00\x01<\x06\x00"))
	f.Add([]byte("\x05\x04\x03\x04\"\\\n\x00\x03\x03\xe2\x80\xa8\x06\x02\x00\x01\x01"))
	f.Fuzz(func(t *testing.T, seed []byte) {
		tree, want := (&grower{seed}).node(0)
		if want == nil {
			want = map[string]any{}
		}
		p := build(t, object{"input": tree}, contract.JSON, nil)
		got := decodeJSON(t, content(t, p))
		if !reflect.DeepEqual(got, any(map[string]any{"input": want})) {
			t.Errorf("got  %#v\nwant %#v", got, want)
		}
	})
}

// readName reads a bracket name by the notation's rules, for itself: what
// is before the first bracket, then whatever is in brackets.
func readName(name string) []string {
	head, rest, found := strings.Cut(name, "[")
	steps := []string{head}
	for found {
		var step string
		step, rest, _ = strings.Cut(rest, "]")
		steps = append(steps, step)
		rest, found = strings.CutPrefix(rest, "[")
	}
	return steps
}

// Every name in a form leads back to its leaf, and what can't be named is
// refused rather than written differently.
func FuzzMultipartNames(f *testing.F) {
	f.Add("basicIdentity", "givenName", "Max", uint8(0))
	f.Add("documents", "source", "two\r\nlines", uint8(3))
	f.Add("a[b]", `a"b`, "--", uint8(1))
	f.Add("größe; name=\"x\"", "a\r\nX-Evil: 1", "\xff", uint8(2))
	f.Add("", "\\", "%22%0D", uint8(2))
	f.Fuzz(func(t *testing.T, outer, inner, text string, index uint8) {
		elements := list{}
		for range index % 4 {
			elements = append(elements, value.Bool(true))
		}
		elements = append(elements, object{inner: value.String(text)})
		p, err := payload.Build(t.Context(), object{"input": object{outer: elements}}, contract.Multipart, nil)
		if err != nil {
			if _, ok := errors.AsType[*payload.ValueError](err); !ok || sayable(outer) && sayable(inner) && utf8.ValidString(text) {
				t.Errorf("refused: %v", err)
			}
			return
		}
		parts := decodeForm(t, p.ContentType, content(t, p))
		last := len(elements) - 1
		if len(parts) != len(elements) {
			t.Fatalf("%d parts for %d leaves: %q", len(parts), len(elements), parts)
		}
		want := []string{"input", outer, strconv.Itoa(last), inner}
		if got := readName(parts[last].Name); !reflect.DeepEqual(got, want) || parts[last].Body != text {
			t.Errorf("got %q in %q, want %q in %q", parts[last].Body, got, text, want)
		}
	})
}

// sayable reports whether a key is plain enough that it must not be refused.
func sayable(key string) bool {
	return key != "" && utf8.ValidString(key) && !strings.ContainsFunc(key, func(r rune) bool {
		return r < ' ' || r >= 0x7f && r < 0xa0 || strings.ContainsRune(`[]"\`, r)
	})
}

// No file name or content type adds a header, a parameter or a part.
func FuzzFileHeader(f *testing.F) {
	f.Add("scan.pdf", "application/pdf")
	f.Add("a\"; name=\"x", "text/plain; a=\"b\"")
	f.Add("a\r\n\r\nbody", "text/plain\r\nX-Evil: 1")
	f.Add(`\`, "text/plain; charset=\x7f")
	f.Fuzz(func(t *testing.T, filename, contentType string) {
		file := writeFile(t, "x", []byte("content"))
		file.Filename, file.ContentType = filename, contentType
		p, err := payload.Build(t.Context(), object{"input": object{"scan": file}}, contract.Multipart, nil)
		if err != nil {
			return
		}
		parts := decodeForm(t, p.ContentType, content(t, p))
		if len(parts) != 1 || parts[0].Name != "input[scan]" || parts[0].Body != "content" {
			t.Errorf("got %q", parts)
		}
	})
}
