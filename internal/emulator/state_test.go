// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/examples/flows"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
)

// restart ends the emulator and starts another on the same state file.
func (c *caller) restart(options emulator.Options) *caller {
	c.t.Helper()
	if err := c.Close(); err != nil {
		c.t.Fatal(err)
	}
	return start(c.t, options)
}

func TestSessionsOutliveARestart(t *testing.T) {
	options := emulator.Options{StateFile: filepath.Join(t.TempDir(), "state.db")}
	c := start(t, options)
	open := c.person(`,"redirectUrl":"https://example.com/done","state":"s"`)
	decided := c.person("")
	decided.decide("reject")
	signed := c.do(http.MethodPost, "/api/v1/flows/"+emulatortest.InstantSignature+"/staging/sessions", "multipart/form-data; boundary=b", signatureForm).text(t, "sessionContext.sessionId")
	exact := c.do(http.MethodPost, captureSessions, "application/json",
		`{"input":{`+captureIdentity+`},"metadata":{"subjectId":"c","n":12345678901234567890.10}}`).text(t, "sessionContext.sessionId")
	forgotten := c.createID("")
	c.mustControl("DELETE", "sessions/"+forgotten, "")
	before := map[string]string{}
	for _, id := range []string{open.id, decided.id, signed, exact} {
		before[id] = c.session(id).body + c.get("/api/v1/staging/sessions/"+id+"/datablocks").body
	}

	c = c.restart(options)
	for id, want := range before {
		if got := c.session(id).body + c.get("/api/v1/staging/sessions/"+id+"/datablocks").body; got != want {
			t.Errorf("after the restart\n%s, before it\n%s", got, want)
		}
	}
	wantFailure(t, c.session(forgotten), http.StatusNotFound, "does not exist")
	if list := c.Sessions(); len(list) != 4 || list[0].ID != open.id {
		t.Errorf("%d sessions", len(list))
	}
	file := c.get("/api/v1/staging/files/" + c.vaultIDs(signed)[0]).Header.Get("Location")
	if got := c.anonymous().get(strings.Replace(file, "//localhost:", "//127.0.0.1:", 1)); got.body != "%PDF-1.7" {
		t.Errorf("the file is %q", got.body)
	}
	again := person{c.anonymous(), open.id, open.token}
	wantPage(t, again.open(), http.StatusOK, "Willkommen", "Document capture", "Basic identity")
	wantPage(t, again.decide("accept"), http.StatusSeeOther)

	c = c.restart(options)
	c.wantStatus(open.id, "COMPLETED", "accepted")
	c.Reset()
	if c = c.restart(options); len(c.Sessions()) != 0 {
		t.Error("sessions are left after a reset")
	}
}

func TestStateFileRefuses(t *testing.T) {
	folder := t.TempDir()
	foreign := filepath.Join(folder, "notes.txt")
	if err := os.WriteFile(foreign, []byte(strings.Repeat("not a database\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	used := filepath.Join(folder, "used.db")
	start(t, emulator.Options{StateFile: used})
	for path, want := range map[string]string{
		foreign:                               "is not a state file of the emulator",
		used:                                  "is in use by another emulator",
		filepath.Join(folder, "none", "x.db"): "its folder does not exist",
	} {
		if _, err := emulator.New(emulator.Options{Flows: flows.FS, StateFile: path}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	if raw, err := os.ReadFile(foreign); err != nil || !strings.HasPrefix(string(raw), "not a database\n") {
		t.Errorf("the foreign file was written to: %v", err)
	}
}

func TestOldestFinishedSessionGoesFirst(t *testing.T) {
	for name, file := range map[string]string{"memory": "", "state file": filepath.Join(t.TempDir(), "state.db")} {
		t.Run(name, func(t *testing.T) {
			options := emulator.Options{MaxSessions: 3, StateFile: file}
			c := start(t, options)
			first, second, third := c.createID(""), c.person(""), c.createID("")
			second.decide("accept")
			fourth := c.createID("")
			wantFailure(t, c.session(second.id), http.StatusNotFound, "does not exist")
			wantPage(t, second.open(), http.StatusNotFound)
			fifth := c.createID("") // none is finished: the oldest goes
			if file != "" {
				c = c.restart(options)
			}
			var left []string
			for _, session := range c.Sessions() {
				left = append(left, session.ID)
			}
			if strings.Join(left, " ") != strings.Join([]string{third, fourth, fifth}, " ") {
				t.Errorf("left are %q, of %q", left, []string{first, second.id, third, fourth, fifth})
			}
		})
	}
}
