// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idnow/terraform-provider-idnow/examples/flows"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/webhook"
)

// fill sends a flow's form, as a browser does, with every field not named left
// empty. A field whose name ends in a colon and a filename is a file.
func (c *caller) fill(flowID string, fields map[string]string) response {
	c.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		if field, file, found := strings.Cut(name, ":"); found {
			part, _ := w.CreateFormFile(field, file)
			_, _ = part.Write([]byte(value))
			continue
		}
		_ = w.WriteField(name, value)
	}
	_ = w.WriteField("redirectUrl", "")
	_ = w.Close()
	return c.anonymous().do(http.MethodPost, "/flows/staging/"+flowID, w.FormDataContentType(), body.String())
}

func TestOverview(t *testing.T) {
	address, arrivals := hear(t)
	c := start(t, emulator.Options{Version: "1.2.3", Webhooks: []webhook.Hook{{URL: address}}})
	open, done := c.person(`,"state":"planted-state"`), c.person("")
	done.decide("accept")
	for range 3 {
		c.next(arrivals)
	}
	got := c.anonymous().get("/")
	wantPage(t, got, http.StatusOK, "1.2.3", c.URL, "Document capture", emulatortest.InstantSignature, open.id, done.id, "CREATED", "COMPLETED", "accepted",
		"/flows/live/"+emulatortest.DocumentCapture, "/player?token="+open.token, "session.completed")
	for _, planted := range []string{"planted", "Schmidt", "customer-1", done.token} {
		if strings.Contains(got.body, planted) {
			t.Errorf("the page shows %q", planted)
		}
	}
	if policy := got.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "form-action 'self'") {
		t.Errorf("policy %q", policy)
	}
	if got.Header.Get("Cache-Control") != "no-store" || got.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("header %v", got.Header)
	}
}

func TestOverviewListsTheLatestSessions(t *testing.T) {
	c := start(t, emulator.Options{})
	first := c.createID("")
	for range 50 {
		c.createID("")
	}
	got := c.anonymous().get("/")
	wantPage(t, got, http.StatusOK, "1 older sessions are not shown")
	if strings.Contains(got.body, first) {
		t.Error("the oldest session is shown")
	}
}

func TestOverviewShowsBrokenDocuments(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, flows.FS); err != nil {
		t.Fatal(err)
	}
	c := start(t, emulator.Options{Flows: os.DirFS(folder)})
	if err := os.WriteFile(filepath.Join(folder, "broken.json"), []byte(`{"info":{}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	c.Reload()
	c.Reload() // it might have been half written
	wantPage(t, c.anonymous().get("/"), http.StatusOK, "broken.json", "info.x-flow-id is missing", "Document capture")
	if got := c.control("GET", "flows", ""); !strings.Contains(got.body, `"problems":[{"file":"broken.json","problem":"info.x-flow-id is missing`) || !strings.Contains(got.body, `"name":"Document capture"`) {
		t.Error(got.body)
	}
}

// The folder is looked at again and again, so that an edited document is served.
func TestEditedDocumentsAreTakenIn(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "flow.json")
	document := string(readExample(t, "document-capture.live.json"))
	if err := os.WriteFile(path, []byte(document), 0o600); err != nil {
		t.Fatal(err)
	}
	c := start(t, emulator.Options{Flows: os.DirFS(folder), ReloadEvery: time.Millisecond})
	if err := os.WriteFile(path, []byte(strings.Replace(document, `"title": "Document capture"`, `"title": "Edited flow"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for !strings.Contains(c.get("/api/v1/flows/live").body, "Edited flow") {
		if t.Context().Err() != nil {
			t.Fatal("the edited document is not served")
		}
		time.Sleep(time.Millisecond)
	}
}

// TestForms creates a session by the form of each kind of document, and sees it
// arrive as a client would have sent it.
func TestForms(t *testing.T) {
	cases := map[string]struct {
		flowID string
		fields map[string]string
		want   map[string]any
	}{
		"JSON": {emulatortest.DocumentCapture, map[string]string{
			"input[basicIdentity][givenName]": "Max", "input[basicIdentity][familyName]": "Schmidt", "metadata[subjectId]": "c", "state": "s",
		}, map[string]any{
			"input":    map[string]any{"basicIdentity": map[string]any{"givenName": "Max", "familyName": "Schmidt"}},
			"metadata": map[string]any{"subjectId": "c"}, "state": "s",
		}},
		"references": {emulatortest.AddressCheck, map[string]string{
			"input[basicIdentity][givenName]": "Max", "input[basicIdentity][familyName]": "Schmidt", "input[basicIdentity][birthDate]": "1985-08-22",
			"input[address][street]": "A", "input[address][city]": "B", "input[address][country]": "DE", "metadata[subjectId]": "c",
		}, map[string]any{
			"input": map[string]any{
				"basicIdentity": map[string]any{"givenName": "Max", "familyName": "Schmidt", "birthDate": "1985-08-22"},
				"address":       map[string]any{"street": "A", "city": "B", "country": "DE"},
			},
			"metadata": map[string]any{"subjectId": "c"},
		}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			c := start(t, emulator.Options{})
			form := c.anonymous().get("/flows/staging/" + test.flowID)
			for field := range test.fields {
				wantPage(t, form, http.StatusOK, `name="`+field+`"`)
			}
			made := c.fill(test.flowID, test.fields)
			sessions := c.Sessions()
			if made.StatusCode != http.StatusSeeOther || len(sessions) != 1 {
				t.Fatalf("%d, %d sessions: %s", made.StatusCode, len(sessions), made.body)
			}
			if diff := cmp.Diff(test.want, sessions[0].Body); diff != "" {
				t.Error(diff)
			}
			wantPage(t, c.anonymous().get(made.Header.Get("Location")), http.StatusOK, "Session created", sessions[0].ID, "Open its player page")
		})
	}
}

func TestFormWithAFile(t *testing.T) {
	c := start(t, emulator.Options{})
	made := c.fill(emulatortest.InstantSignature, map[string]string{
		"input[basicIdentity][givenName]": "Max", "input[basicIdentity][familyName]": "Schmidt", "metadata[subjectId]": "c",
		"input[documentsToSign][documents][0][templateId]": "t", "input[documentsToSign][documents][0][source]:contract.pdf": "%PDF-1.7",
	})
	sessions := c.Sessions()
	if made.StatusCode != http.StatusSeeOther || len(sessions) != 1 {
		t.Fatalf("%d: %s", made.StatusCode, made.body)
	}
	file := c.get("/api/v1/staging/files/" + c.vaultIDs(sessions[0].ID)[0]).Header.Get("Location")
	if got := c.anonymous().get(strings.Replace(file, "//localhost:", "//127.0.0.1:", 1)); got.body != "%PDF-1.7" {
		t.Errorf("the file is %q", got.body)
	}
}

// TestFormsRefuse keeps what was entered, and says what is wrong with it.
func TestFormsRefuse(t *testing.T) {
	c := start(t, emulator.Options{})
	got := c.fill(emulatortest.DocumentCapture, map[string]string{"input[basicIdentity][familyName]": "Sch\"midt<", "metadata[subjectId]": "c"})
	wantPage(t, got, http.StatusBadRequest, "The session was not created", "input.basicIdentity.givenName", `value="Sch&#34;midt&lt;"`)
	wantFailure(t, c.get("/flows/staging/none"), http.StatusNotFound, "not published")
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, c.URL+"/flows/staging/"+emulatortest.DocumentCapture, http.NoBody)
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	wantFailure(t, c.send(request), http.StatusForbidden, "pages of other sites")
	large := c.anonymous().do(http.MethodPost, "/flows/staging/"+emulatortest.DocumentCapture, "multipart/form-data; boundary=b",
		"--b\r\nContent-Disposition: form-data; name=\"state\"\r\n\r\n"+strings.Repeat("x", 33<<20)+"\r\n--b--\r\n")
	wantPage(t, large, http.StatusBadRequest, "must not be larger than 32 MiB")
	if len(c.Sessions()) != 0 {
		t.Error("a session was created")
	}
}
