// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package revision

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNamed(t *testing.T) {
	folder := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, want := range map[string]Revision{"": Default(), "oldest": Oldest(), "newest": Newest(), write("empty.json", "{}"): Default()} {
		if got, err := Named(name); err != nil || got != want {
			t.Errorf("%q: %+v, %v", name, got, err)
		}
	}
	one, err := Named(write("one.json", `{"outcome":"upper"}`))
	if want := Default(); err != nil || one.Outcome != "upper" || one.Status != want.Status {
		t.Errorf("%+v, %v", one, err)
	}
	for content, want := range map[string]string{
		`{"outcome":"loud"}`:       `outcome is "loud", and must be one of lower, upper`,
		`{"outcom":"upper"}`:       "outcom",
		`{"outcome":2}`:            "each a string",
		`[`:                        "a JSON object of settings",
		strings.Repeat(" ", 1<<17): "larger than 64 KiB",
	} {
		if _, err := Named(write("bad.json", content)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20s: %v, want %q", content, err, want)
		}
	}
	if _, err := Named("latest"); err == nil || !strings.Contains(err.Error(), "oldest, newest or a file") {
		t.Errorf("an unknown name: %v", err)
	}
}

// Each preset is different, and all its values are allowed.
func TestPresets(t *testing.T) {
	for name, preset := range map[string]Revision{"default": Default(), "oldest": Oldest(), "newest": Newest()} {
		if got, err := Parse([]byte(encode(preset))); err != nil || got != preset {
			t.Errorf("%s: %v", name, err)
		}
	}
	if Oldest() == Default() || Newest() == Default() {
		t.Error("a preset is the default")
	}
}
