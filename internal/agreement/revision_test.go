// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package agreement

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/revision"
)

// eachRevision runs a test against the oldest and the newest revision, and
// against one for each value of each setting.
func eachRevision(t *testing.T, test func(t *testing.T, r revision.Revision)) {
	t.Run("default", func(t *testing.T) { test(t, revision.Default()) })
	t.Run("oldest", func(t *testing.T) { test(t, revision.Oldest()) })
	t.Run("newest", func(t *testing.T) { test(t, revision.Newest()) })
	// Small pages show only where there are pages.
	t.Run("small pages", func(t *testing.T) {
		r := revision.Default()
		r.PageLimit, r.DataBlocks = "2", "paged"
		test(t, r)
	})
	t.Run("everything different", func(t *testing.T) {
		settings := map[string]string{}
		for setting, values := range revision.Settings() {
			settings[setting] = values[len(values)-1]
		}
		raw, err := json.Marshal(settings)
		if err != nil {
			t.Fatal(err)
		}
		r, err := revision.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		test(t, r)
	})
	for setting, values := range revision.Settings() {
		for _, value := range values[1:] {
			t.Run(setting+"="+value, func(t *testing.T) {
				r, err := revision.Parse([]byte(`{"` + setting + `":"` + value + `"}`))
				if err != nil {
					t.Fatal(err)
				}
				test(t, r)
			})
		}
	}
}

// revised is a client and the emulator of a revision that it talks to.
type revised struct {
	*testing.T
	*client.Client
	server *emulatortest.Server
	r      revision.Revision
}

func newRevised(t *testing.T, r revision.Revision) revised {
	t.Helper()
	server := emulatortest.NewServer(t, emulator.Options{Revision: r})
	c, err := client.New(client.Config{APIURL: server.URL, Credentials: client.Credentials{APIKey: emulator.DefaultAPIKey}, RequestTimeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return revised{t, c, server, r}
}

func (v revised) create(subject string) *client.Session {
	v.Helper()
	body := `{"input":{"basicIdentity":{"givenName":"Max","familyName":"Schmidt"}},"metadata":{"subjectId":"` + subject + `"},"redirectUrl":"https://example.com/done","state":"s"}`
	created, err := v.CreateSession(v.Context(), emulatortest.DocumentCapture, "staging", client.Body{
		ContentType: "application/json", Length: int64(len(body)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil },
	})
	if err != nil {
		v.Fatal(err)
	}
	return created
}

// moment reports whether the client reads a time, with its date right.
func (v revised) moment(name, served string) {
	v.Helper()
	if at, ok := apiread.ParseTime(served); !ok || v.server.Now().Sub(at).Abs() > 25*60*60*1e9 {
		v.Errorf("%s is %q", name, served)
	}
}

func (v revised) version(served client.Number) {
	v.Helper()
	if v.r.FlowVersion == "absent" && served == "" {
		return
	}
	if n, ok := served.Integer(); !ok || n != 2 {
		v.Errorf("the flow's version is %q", served)
	}
}

// TestClientReadsEachRevision holds the client's every tolerance against a
// service that needs it: the meaning is the same in every shape.
func TestClientReadsEachRevision(t *testing.T) {
	eachRevision(t, func(t *testing.T, r revision.Revision) {
		v := newRevised(t, r)
		created := v.create("customer-1")
		v.readCreated(created)
		if err := v.server.SetStatus(created.ID, emulator.Completed, emulator.Rejected); err != nil {
			t.Fatal(err)
		}
		v.readSession(created.ID)
		v.readBlocks(created.ID)
		v.readLists(created.ID, v.create("customer-2").ID, v.create("customer-3").ID)
		if _, err := v.Session(t.Context(), "staging", "none"); !client.IsNotFound(err) {
			t.Errorf("an unknown session: %v", err)
		}
	})
}

func (v revised) readCreated(created *client.Session) {
	v.Helper()
	if !strings.Contains(created.PlayerURL, "/player?token=") || (created.SDKToken == "") != (v.r.SDKToken == "absent") {
		v.Errorf("player %q, SDK token %q", created.PlayerURL, created.SDKToken)
	}
	want := client.StatusCreated
	if v.r.StatusAfterwards == "RUNNING" {
		want = client.StatusRunning
	}
	if created.Status != want || created.FlowID != emulatortest.DocumentCapture || created.Environment != "staging" {
		v.Errorf("created %+v", created)
	}
	v.version(created.FlowVersion)
	v.moment("createdAt", created.CreatedAt)
	if v.r.ExpiresAt != "absent" {
		v.moment("expiresAt", created.ExpiresAt)
	}
}

func (v revised) readSession(id string) {
	v.Helper()
	got, err := v.Session(v.Context(), "staging", id)
	if err != nil {
		v.Fatal(err)
	}
	fields := []string{got.ID, got.Status, got.Outcome, got.FlowID, got.Environment, got.SubjectID, got.RedirectURL, got.State}
	want := []string{id, "COMPLETED", "rejected", emulatortest.DocumentCapture, "staging", "customer-1", "https://example.com/done", "s"}
	if diff := cmp.Diff(want, fields); diff != "" {
		v.Error(diff)
	}
	if got.LastStep == nil || got.LastStep.Description != "Review" || !strings.EqualFold(got.LastStep.Verdict, "rejected") {
		v.Errorf("last step %+v", got.LastStep)
	}
	if !strings.Contains(string(got.Results), `"type"`) {
		v.Errorf("results %s", got.Results)
	}
	v.version(got.FlowVersion)
	for name, served := range map[string]string{
		"createdAt": got.CreatedAt, "startedAt": got.StartedAt, "updatedAt": got.UpdatedAt, "completedAt": got.CompletedAt, "expiresAt": got.ExpiresAt,
	} {
		v.moment(name, served)
	}
}

func (v revised) readBlocks(id string) {
	v.Helper()
	blocks, err := v.DataBlocks(v.Context(), "staging", id)
	if err != nil {
		v.Fatal(err)
	}
	var listed []string
	for _, block := range blocks {
		if block.ID == "" || block.Status != "STORED" {
			v.Errorf("block %+v", block)
		}
		v.moment("createdAt", block.CreatedAt)
		listed = append(listed, block.Step+" "+block.Type)
	}
	if diff := cmp.Diff([]string{"START userReference", "START basicIdentity", "REVIEW decision"}, listed); diff != "" {
		v.Fatal(diff)
	}
	if asked := v.server.RequestsOf(emulator.CallDataBlocks)[0].Query; len(asked) != 0 {
		v.Errorf("the first request for data blocks has parameters, which are not documented: %v", asked)
	}
	if content := string(blocks[1].Content); content != `{"familyName":"Schmidt","givenName":"Max"}` {
		v.Errorf("content %s", content)
	}
	if err := v.server.DeleteDataBlocks(id); err != nil {
		v.Fatal(err)
	}
	if blocks, err = v.DataBlocks(v.Context(), "staging", id); err != nil || len(blocks) != 3 || blocks[1].Status != "DELETED" || blocks[1].Content != nil {
		v.Errorf("deleted: %+v, %v", blocks, err)
	}
}

func (v revised) readLists(ids ...string) {
	v.Helper()
	flows, err := v.ListFlows(v.Context(), "staging")
	if err != nil || len(flows) != 3 {
		v.Errorf("flows %+v, %v", flows, err)
	}
	var listed []string
	err = v.EachSession(v.Context(), emulatortest.DocumentCapture, "staging", client.SessionQuery{SortBy: "createdAt"}, func(s client.Session) bool {
		listed = append(listed, s.ID)
		return true
	})
	if v.r.SessionList == "none" {
		if !client.IsNotFound(err) {
			v.Errorf("a list of an unknown flow: %v", err)
		}
		return
	}
	if diff := cmp.Diff(ids, listed); err != nil || diff != "" {
		v.Error(err, diff)
	}
}

// varying is what differs from run to run: IDs, tokens, digits.
var varying = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Z2-7]{52}|[0-9]+`)

// TestEachSettingShows keeps the settings honest: one that changed no response
// would let a tolerance go untried.
func TestEachSettingShows(t *testing.T) {
	usual := newRevised(t, revision.Default()).responses()
	eachRevision(t, func(t *testing.T, r revision.Revision) {
		if r.Webhook != revision.Default().Webhook {
			return // no response, but a request; the webhooks' own tests see it
		}
		if same := newRevised(t, r).responses() == usual; same != (r == revision.Default()) {
			t.Errorf("the responses are the default's: %v", same)
		}
	})
}

// responses is what each call returns, as text.
func (v revised) responses() string {
	v.Helper()
	call := func(method, path, body string) string {
		request, err := http.NewRequestWithContext(v.Context(), method, v.server.URL+"/api/v1/"+path, strings.NewReader(body))
		if err != nil {
			v.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+emulator.DefaultAPIKey)
		request.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			v.Fatal(err)
		}
		defer response.Body.Close()
		raw, err := io.ReadAll(response.Body)
		if err != nil {
			v.Fatal(err)
		}
		return response.Status + " " + response.Header.Get("Content-Type") + " " + string(raw) + "\n"
	}
	flow := "flows/" + emulatortest.DocumentCapture + "/staging/sessions"
	session := func(metadata string) string {
		return `{"input":{"basicIdentity":{"givenName":"Max","familyName":"Schmidt"}},"metadata":{"subjectId":"c"` + metadata + `}}`
	}
	all := call("POST", flow, session("")) + call("POST", flow, session(`,"n":1`)) + call("POST", flow, session(`,"s":"x"`)) + call("POST", flow, session(""))
	for _, s := range v.server.Sessions() {
		all += call("GET", "staging/sessions/"+s.ID, "")
		_ = v.server.SetStatus(s.ID, emulator.Completed, emulator.Accepted)
		all += call("GET", "staging/sessions/"+s.ID, "") + call("GET", "staging/sessions/"+s.ID+"/datablocks", "")
	}
	all += call("GET", "staging/sessions/none", "")
	return varying.ReplaceAllString(all+call("GET", flow, "")+call("GET", "flows/staging", ""), "0")
}
