// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package agreement

import (
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// The emulator accepts what the provider finds valid, and rejects what it finds
// invalid. Every difference is a known one.
func TestValidationsAgree(t *testing.T) {
	t.Parallel()
	files := someFiles(t)
	counts := map[string]int{}
	for name, c := range examples(t) {
		for seed := range uint64(40) {
			compare(t, c, newWriter(t, seed, c.ours, files), name, seed, counts)
		}
	}
	for seed := range uint64(90) {
		mediaType := []string{contract.JSON, contract.JSON, contract.Multipart}[seed%3]
		c := parse(t, newAuthor(1_000+seed).document(mediaType))
		w := newWriter(t, seed, c.ours, files)
		for range 16 {
			compare(t, c, w, "a generated document", seed, counts)
		}
	}
	if counts["right"] < 300 || counts["wrong"] < 600 {
		t.Errorf("too few bodies are valid or too few invalid to prove anything: %v", counts)
	}
}

// compare compares both validations of a body, with mutations or without.
func compare(t *testing.T, c bothDocuments, w *writer, name string, seed uint64, counts map[string]int) {
	t.Helper()
	body, made := w.body(), []string(nil)
	if count := w.IntN(4); count > 0 {
		body, made = w.mutate(body, count)
	}
	e := c.exchange(t, body)
	outcome := map[bool]string{true: "right", false: "wrong"}[e.right()]
	if e.right() != e.taken() {
		if outcome = explain(e); outcome == "" {
			t.Fatalf("%s, seed %d, with %q: the two differ\n%s", name, seed, made, e)
		}
	}
	counts[outcome]++
}

// explain names the known difference that accounts for an exchange, "" if
// none does.
func explain(e exchange) string {
	for _, known := range differences {
		if known.accounts(e) {
			return known.name
		}
	}
	return ""
}

// tree converts what the emulator read back to a tree.
func tree(v any) value.Value {
	return value.FromJSON(v, func(leaf any) value.Value {
		if file, ok := leaf.(*flow.File); ok {
			return value.File{Path: file.Filename, SHA256: file.SHA256}
		}
		return nil
	})
}
