// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package acceptance_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
)

// The version of a release is what the CLI shows and what the service reads.
func TestVersion(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	w := env.CopyWorkspace(filepath.Join(examples, "demo"))
	w.MustRun("init", "-input=false", "-no-color")
	if shown := w.MustRun("version").Output; !strings.Contains(shown, "/idnow/idnow v"+acceptance.Version) {
		t.Errorf("the CLI shows:\n%s", shown)
	}
	w.MustRun("plan", "-input=false", "-no-color")
	requests := env.Requests()
	if len(requests) == 0 {
		t.Fatal("nothing was sent")
	}
	for _, r := range requests {
		if agent := r.Header.Get("User-Agent"); !strings.HasPrefix(agent, "terraform-provider-idnow/"+acceptance.Version+" ") {
			t.Errorf("%s %s came from %q", r.Method, r.Path, agent)
		}
	}
}
