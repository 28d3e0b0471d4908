// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package catalog

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// folderOfFlows is a folder on disk and the catalog that reads it.
type folderOfFlows struct {
	*Catalog

	t    *testing.T
	path string
	tick time.Time
}

func document(flowID, title string) string {
	return fmt.Sprintf(`{"openapi":"3.0.0","info":{"title":%q,"version":"1","x-flow-id":%q,"x-flow-version":1,"x-environment":"staging"},
		"paths":{"/s":{"post":{"operationId":"createSession","requestBody":{"content":{"application/json":{"schema":{"type":"object"}}}},"responses":{"201":{"description":"ok"}}}}}}`, title, flowID)
}

func newFolder(t *testing.T, files map[string]string) *folderOfFlows {
	t.Helper()
	f := &folderOfFlows{t: t, path: t.TempDir(), tick: time.Now()}
	for name, content := range files {
		f.write(name, content)
	}
	var err error
	if f.Catalog, err = Read(os.DirFS(f.path), nil, nil); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *folderOfFlows) write(name, content string) {
	f.t.Helper()
	path := filepath.Join(f.path, name)
	f.tick = f.tick.Add(time.Second) // as if somebody took their time
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		f.t.Fatal(err)
	}
	if err := os.Chtimes(path, f.tick, f.tick); err != nil {
		f.t.Fatal(err)
	}
}

// want reloads and checks what that found, and what is served then.
func (f *folderOfFlows) want(titles string, changes ...Change) {
	f.t.Helper()
	got, err := f.Reload()
	if err != nil {
		f.t.Fatal(err)
	}
	if diff := cmp.Diff(changes, got); diff != "" {
		f.t.Errorf("changes (-want +got):\n%s", diff)
	}
	var served []string
	for _, doc := range f.All() {
		served = append(served, doc.Title)
	}
	if strings.Join(served, " ") != titles {
		f.t.Errorf("served are %q, want %s", served, titles)
	}
}

func TestReload(t *testing.T) {
	f := newFolder(t, map[string]string{"a.json": document("a", "A"), "b.json": document("b", "B")})
	f.want("A B")

	f.write("a.json", document("a", "A2"))
	f.want("A2 B", Change{File: "a.json", FlowID: "a", Environment: "staging"})

	f.write("a.json", `{"openapi":`)
	f.want("A2 B") // it may be half written
	broken := Change{File: "a.json", Problem: "it is not a JSON document: unexpected end of JSON input"}
	f.want("A2 B", broken)
	f.want("A2 B") // it is reported once
	if diff := cmp.Diff([]Problem{{"a.json", broken.Problem}}, f.Problems()); diff != "" {
		t.Error(diff)
	}

	f.write("a.json", document("a", "A3"))
	f.want("A3 B", Change{File: "a.json", FlowID: "a", Environment: "staging"})
	if left := f.Problems(); len(left) != 0 {
		t.Errorf("problems %v", left)
	}

	f.write("a.json", document("c", "C")) // another flow in the same file
	f.want("B C", Change{File: "a.json", FlowID: "c", Environment: "staging"})

	if err := os.Remove(filepath.Join(f.path, "b.json")); err != nil {
		t.Fatal(err)
	}
	f.want("C", Change{File: "b.json", FlowID: "b", Environment: "staging", Removed: true})
}

func TestReloadOfTheSameFlowTwice(t *testing.T) {
	f := newFolder(t, map[string]string{"a.json": document("a", "A")})
	f.write("copy.json", document("a", "Copy"))
	f.want("A")
	f.want("A", Change{File: "copy.json", Problem: "flow a is published to staging by document a.json already; keep one of the two"})
	if err := os.Remove(filepath.Join(f.path, "a.json")); err != nil {
		t.Fatal(err)
	}
	f.want("Copy", Change{File: "a.json", FlowID: "a", Environment: "staging", Removed: true}, Change{File: "copy.json", FlowID: "a", Environment: "staging"})
}

func TestDocumentsAreBounded(t *testing.T) {
	f := newFolder(t, map[string]string{"a.json": document("a", "A")})
	f.write("large.json", document("l", "L")+strings.Repeat(" ", maxDocument))
	f.want("A")
	f.want("A", Change{File: "large.json", Problem: "it is larger than 8 MiB"})
}
