// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package actions_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

const downloadFiles = "idnow_download_session_files"

// download downloads a session's files to a new folder of the test.
func (c *core) download(sessionID string, types ...string) (folder string, progress, failures []string) {
	c.t.Helper()
	folder = filepath.Join(c.t.TempDir(), "folder")
	progress, failures = c.downloadTo(folder, sessionID, types...)
	return folder, progress, failures
}

func (c *core) downloadTo(folder, sessionID string, types ...string) (progress, failures []string) {
	c.t.Helper()
	config := map[string]tftypes.Value{"session_id": text(sessionID), "folder": text(folder)}
	if types != nil {
		config["types"] = texts(types...)
	}
	return c.invoke(c.t.Context(), downloadFiles, config)
}

// stored returns the names of a folder's files, with the first line of each.
func stored(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	hidden, _ := filepath.Glob(filepath.Join(folder, ".*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range slices.Concat(files, hidden) {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(file)], _, _ = strings.Cut(string(content), "\n")
	}
	return all
}

var signed = regexp.MustCompile(`(?m)^% Signed by the IDnow emulator in the session \S+ at \S+$`)

func TestDownload(t *testing.T) {
	c := newCore(t, nil)
	id := c.sign(document{"contract.pdf", "%PDF-1.7"})
	folder, progress, failures := c.download(id, "SignedDocuments")
	if len(failures) > 0 {
		t.Fatal(failures)
	}
	content, err := os.ReadFile(filepath.Join(folder, "contract-signed.pdf"))
	if err != nil || !strings.HasPrefix(string(content), "%PDF-1.7\n") || !signed.Match(content) {
		t.Errorf("stored %q, error %v", content, err)
	}
	if got := stored(t, folder); len(got) != 1 {
		t.Errorf("stored %q", got)
	}
	wanted := regexp.MustCompile(fmt.Sprintf(`^Downloading file 1 of 1: (\S{36}) \(signedDocuments\)\nStored file 1 of 1: (\S{36}) \(signedDocuments\), %d bytes$`, len(content)))
	if !wanted.MatchString(strings.Join(progress, "\n")) {
		t.Errorf("progress %q", progress)
	}
	for _, arrived := range c.RequestsOf(emulator.CallDownload) {
		if arrived.Header.Get("Authorization") != "" {
			t.Error("the token went to the storage")
		}
	}
	if len(c.RequestsOf(emulator.CallDownload)) != 1 || len(c.RequestsOf(emulator.CallFile)) != 1 {
		t.Errorf("%d files were fetched, want the one chosen", len(c.RequestsOf(emulator.CallDownload)))
	}
}

func TestDownloadAll(t *testing.T) {
	c := newCore(t, nil)
	id := c.sign(document{"contract.pdf", "one"}, document{"contract.pdf", "two"})
	folder, _, failures := c.download(id)
	if len(failures) > 0 {
		t.Fatal(failures)
	}
	want := map[string]string{
		"contract.pdf": "one", "contract-2.pdf": "two", "contract-signed.pdf": "one", "contract-signed-2.pdf": "two", "report.json": "{",
	}
	if diff := cmp.Diff(want, stored(t, folder)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}

	// A second invocation changes nothing.
	if _, failures := c.downloadTo(folder, id); len(failures) > 0 {
		t.Error(failures)
	}
	if diff := cmp.Diff(want, stored(t, folder)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// A signed document is never overwritten by that of another session.
func TestDownloadOfTwoSessionsToOneFolder(t *testing.T) {
	c := newCore(t, nil)
	folder, _, failures := c.download(c.sign(document{"contract.pdf", "one"}), "signedDocuments")
	if len(failures) > 0 {
		t.Fatal(failures)
	}
	_, failures = c.downloadTo(folder, c.sign(document{"contract.pdf", "two"}), "signedDocuments")
	requireOne(t, failures, "File exists already: ", "(signedDocuments)", "It was not overwritten.")
	if diff := cmp.Diff(map[string]string{"contract-signed.pdf": "one"}, stored(t, folder)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// Names come from whoever uploaded a file.
func TestDownloadOfHostileNames(t *testing.T) {
	for name, want := range map[string]string{
		`..\\..\\escape.pdf`:   "escape.pdf",
		"/etc/planted":         "planted",
		"CON.pdf":              "_CON.pdf",
		".ssh":                 "ssh",
		"Max Planted-Name.pdf": "Max Planted-Name.pdf",
	} {
		t.Run(name, func(t *testing.T) {
			c := newCore(t, nil)
			folder, progress, failures := c.download(c.create(document{name, "content"}))
			if len(failures) > 0 {
				t.Fatal(failures)
			}
			if diff := cmp.Diff(map[string]string{want: "content"}, stored(t, folder)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if strings.Contains(strings.Join(progress, "\n"), "lanted") {
				t.Errorf("progress contains the name: %q", progress)
			}
		})
	}
}

func TestDownloadFails(t *testing.T) {
	for name, test := range map[string]struct {
		fault fault.Fault
		want  string // beginning of the error
		calls int    // downloads
	}{
		"link has run out, once": {fault.Fault{Call: string(emulator.CallDownload), Kind: fault.Status, Status: 403, Times: 1}, "", 2},
		"link is always refused": {fault.Fault{Call: string(emulator.CallDownload), Kind: fault.Status, Status: 403}, "File not available: ", 2},
		"not in the storage":     {fault.Fault{Call: string(emulator.CallDownload), Kind: fault.Status, Status: 410}, "File not available: ", 1},
		"broken off":             {fault.Fault{Call: string(emulator.CallDownload), Kind: fault.Truncated}, "File not available: ", 1},
		"not permitted":          {fault.Fault{Call: string(emulator.CallFile), Kind: fault.Status, Status: 403}, "Not permitted: ", 0},
		"no address":             {fault.Fault{Call: string(emulator.CallFile), Kind: fault.Status, Status: 302}, "Invalid response: ", 0},
		"no data blocks":         {fault.Fault{Call: string(emulator.CallDataBlocks), Kind: fault.Status, Status: 404}, "Session not found: ", 0},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCore(t, nil)
			id := c.create(document{"contract.pdf", "content"})
			c.Fault(test.fault)
			folder, _, failures := c.download(id)
			if got := len(c.RequestsOf(emulator.CallDownload)); got != test.calls {
				t.Errorf("%d downloads, want %d", got, test.calls)
			}
			if test.want == "" {
				if diff := cmp.Diff(map[string]string{"contract.pdf": "content"}, stored(t, folder)); diff != "" || failures != nil {
					t.Errorf("errors %q; files (-want +got):\n%s", failures, diff)
				}
				return
			}
			requireOne(t, failures, test.want)
			if got := stored(t, folder); len(got) != 0 {
				t.Errorf("stored %q", got)
			}
		})
	}
}

func TestDownloadOfNothing(t *testing.T) {
	c := newCore(t, nil)
	withFile, without := c.create(document{"contract.pdf", "content"}), c.createWithoutFile()
	_, _, failures := c.download(without)
	requireOne(t, failures, "No file found: ", "has no file in its data blocks")
	_, _, failures = c.download(withFile, "signedDocuments", "decision")
	requireOne(t, failures, "No file found: ", `but files of these: "documentsToSign".`)
	if err := c.DeleteDataBlocks(withFile); err != nil {
		t.Fatal(err)
	}
	_, _, failures = c.download(withFile)
	requireOne(t, failures, "No file found: ", "is deleted")
}

func TestDownloadToNoFolder(t *testing.T) {
	c := newCore(t, nil)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, failures := c.downloadTo(file, c.create(document{"contract.pdf", "content"}))
	requireOne(t, failures, "Folder not usable: ", "not a directory")
}

// An interrupt ends a download, and leaves nothing of the file that was on its
// way.
func TestDownloadIsInterrupted(t *testing.T) {
	c := newCore(t, nil)
	id := c.create(document{"contract.pdf", "content"})
	c.Fault(fault.Fault{Call: string(emulator.CallDownload), Kind: fault.EndlessBody})
	ctx, interrupt := context.WithCancel(t.Context())
	folder := t.TempDir()
	go func() {
		// Until a part of the file is there. It is not read: it grows as fast.
		for entries, _ := os.ReadDir(folder); len(entries) == 0; entries, _ = os.ReadDir(folder) {
			time.Sleep(time.Millisecond)
		}
		interrupt()
	}()
	_, failures := c.invoke(ctx, downloadFiles, map[string]tftypes.Value{"session_id": text(id), "folder": text(folder)})
	requireOne(t, failures, "Interrupted: ")
	if got := stored(t, folder); len(got) != 0 {
		t.Errorf("stored %q", got)
	}
}

// An environment that is not allowed is refused by the plan, and by an invocation.
func TestEnvironmentNotAllowed(t *testing.T) {
	c := newCore(t, map[string]tftypes.Value{"allowed_environments": texts("staging")})
	live := map[string]tftypes.Value{"session_id": text("s"), "folder": text(t.TempDir()), "environment": text("live")}
	requireOne(t, c.plan(downloadFiles, live), "Environment not allowed: ")
	_, failures := c.invoke(t.Context(), downloadFiles, live)
	requireOne(t, failures, "Environment not allowed: ")
	if arrived := c.Requests(); len(arrived) != 0 {
		t.Errorf("%d requests arrived", len(arrived))
	}

	live["environment"] = tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	if failures := c.plan(downloadFiles, live); len(failures) > 0 {
		t.Errorf("an environment that is unknown until apply: %q", failures)
	}
}
