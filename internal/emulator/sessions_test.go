// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
)

func TestReadSession(t *testing.T) {
	clock := newManual()
	c := start(t, emulator.Options{Clock: clock.Now})
	made := c.create(`,"redirectUrl":"https://example.com/x","state":"s"`)
	id := made.text(t, "sessionContext.sessionId")
	clock.forward(1500 * time.Millisecond)

	want := map[string]any{
		"sessionId": id, "sessionStatus": "CREATED", "flowId": emulatortest.DocumentCapture, "flowVersion": json.Number("2"),
		"environment": "staging", "subjectId": "customer-1", "outcome": "NO_OUTCOME",
		"createdAt": "2026-03-01T12:00:00.000Z", "updatedAt": "2026-03-01T12:00:00.000Z", "expiresAt": "2026-03-02T12:00:00.000Z",
		"startedAt": nil, "completedAt": nil, "redirectUrl": "https://example.com/x", "state": "s", "lastStep": nil, "results": nil,
	}
	if diff := cmp.Diff(want, c.session(id).object(t)); diff != "" {
		t.Error(diff)
	}

	c.anonymous().get("/player?token=" + query(made.text(t, "playerUrl")).Get("token"))
	clock.forward(time.Second)
	if err := c.SetStatus(id, emulator.Completed, emulator.Rejected); err != nil {
		t.Fatal(err)
	}
	got := c.session(id)
	for path, value := range map[string]any{
		"sessionStatus": "COMPLETED", "outcome": "rejected", "startedAt": "2026-03-01T12:00:01.500Z",
		"completedAt": "2026-03-01T12:00:02.500Z", "updatedAt": "2026-03-01T12:00:02.500Z",
		"lastStep.stepId": "REVIEW", "lastStep.stepDescription": "Review", "lastStep.verdict": "rejected",
	} {
		if got.at(t, path) != value {
			t.Errorf("%s is %v, want %v", path, got.at(t, path), value)
		}
	}
	results, _ := got.at(t, "results.dataBlocks").([]any)
	if len(results) != 1 || results[0].(map[string]any)["type"] != "decision" {
		t.Errorf("results %v", results)
	}
	if strings.Contains(got.body, "playerUrl") || strings.Contains(got.body, "Schmidt") {
		t.Errorf("the session contains more than it should: %s", got.body)
	}
}

func TestSessionsThatAreNotThere(t *testing.T) {
	c := start(t, emulator.Options{})
	id := c.createID("")
	for _, path := range []string{
		"/api/v1/staging/sessions/x", "/api/v1/live/sessions/" + id, "/api/v1/nowhere/sessions/" + id,
		"/api/v1/live/sessions/" + id + "/datablocks", "/api/v1/staging/sessions/x/datablocks",
	} {
		wantFailure(t, c.get(path), http.StatusNotFound, "session does not exist")
	}
	if err := c.Delete(id); err != nil {
		t.Fatal(err)
	}
	wantFailure(t, c.session(id), http.StatusNotFound, "session does not exist")
	if c.Delete(id) == nil || c.Expire(id) == nil || c.SetStatus(id, emulator.Running, "") == nil || c.DeleteDataBlocks(id) == nil {
		t.Error("a session that is gone can be changed")
	}
}

func TestSessionsExpire(t *testing.T) {
	clock := newManual()
	c := start(t, emulator.Options{Clock: clock.Now, SessionTTL: time.Hour})
	untouched, done := c.createID(""), c.createID("")
	if err := c.SetStatus(done, emulator.Completed, emulator.Accepted); err != nil {
		t.Fatal(err)
	}
	clock.forward(time.Hour - time.Millisecond)
	c.wantStatus(untouched, "CREATED", "NO_OUTCOME")
	clock.forward(time.Millisecond)
	c.wantStatus(untouched, "EXPIRED", "NO_OUTCOME")
	c.wantStatus(done, "COMPLETED", "accepted")
	if got := c.session(untouched).at(t, "completedAt"); got != "2026-03-01T13:00:00.000Z" {
		t.Errorf("it ended at %v", got)
	}

	byHand := c.createID("")
	if err := c.Expire(byHand); err != nil {
		t.Fatal(err)
	}
	c.wantStatus(byHand, "EXPIRED", "NO_OUTCOME")
	if got := c.session(byHand); got.at(t, "expiresAt") != "2026-03-01T13:00:00.000Z" {
		t.Errorf("it expires at %v", got.at(t, "expiresAt"))
	}

	moved := c.createID("")
	c.Advance(2 * time.Hour)
	c.wantStatus(moved, "EXPIRED", "NO_OUTCOME")
	if got := c.get(captureSessions).Header.Get("Date"); got != "Sun, 01 Mar 2026 15:00:00 GMT" {
		t.Errorf("the response's date is %q, want that of the clock that dates sessions", got)
	}
}

func TestAutoComplete(t *testing.T) {
	clock := newManual()
	c := start(t, emulator.Options{
		Clock: clock.Now, SessionTTL: time.Minute,
		AutoComplete: map[string]time.Duration{emulatortest.InstantSignature: 2 * time.Second, emulatortest.DocumentCapture: 0, emulatortest.AddressCheck: time.Hour},
	})
	at := c.createID("")
	c.wantStatus(at, "COMPLETED", "accepted")

	made := c.do(http.MethodPost, "/api/v1/flows/"+emulatortest.InstantSignature+"/staging/sessions", "multipart/form-data; boundary=b", signatureForm)
	if made.at(t, "sessionContext.sessionStatus") != "CREATED" {
		t.Errorf("the create returns %s", made.body)
	}
	later := made.text(t, "sessionContext.sessionId")
	clock.forward(1999 * time.Millisecond)
	c.wantStatus(later, "RUNNING", "NO_OUTCOME")
	clock.forward(time.Hour)
	c.wantStatus(later, "COMPLETED", "accepted")
	if got := c.session(later).at(t, "completedAt"); got != "2026-03-01T12:00:02.000Z" {
		t.Errorf("it completed at %v", got)
	}

	tooLate := c.do(http.MethodPost, "/api/v1/flows/"+emulatortest.AddressCheck+"/staging/sessions", "application/json",
		`{"input":{"basicIdentity":{"givenName":"M","familyName":"S","birthDate":"1985-08-22"},"address":{"street":"A","city":"B","country":"DE"}},"metadata":{"subjectId":"c"}}`).text(t, "sessionContext.sessionId")
	clock.forward(2 * time.Hour)
	c.wantStatus(tooLate, "EXPIRED", "NO_OUTCOME")
}

// TestOnlyCompletedSessionsHaveOutput looks at the others that are final.
func TestOnlyCompletedSessionsHaveOutput(t *testing.T) {
	c := start(t, emulator.Options{})
	for _, status := range []emulator.Status{emulator.Aborted, emulator.Expired, emulator.Errored} {
		id := c.createID("")
		if err := c.SetStatus(id, status, ""); err != nil {
			t.Fatal(err)
		}
		if got := c.session(id); !strings.Contains(got.body, `"results":{"dataBlocks":[]}`) {
			t.Errorf("%s: %s", status, got.body)
		}
	}
}

func TestSetStatusDefaults(t *testing.T) {
	c := start(t, emulator.Options{})
	id := c.createID("")
	for _, step := range []struct {
		status       emulator.Status
		outcome      emulator.Outcome
		want, result string
	}{
		{emulator.Running, "", "RUNNING", "NO_OUTCOME"},
		{emulator.Errored, "", "ERROR", "NO_OUTCOME"},
		{emulator.Running, "", "RUNNING", "NO_OUTCOME"}, // back, as no service would
		{emulator.Aborted, "", "ABORTED", "NO_OUTCOME"},
		{emulator.Completed, "", "COMPLETED", "accepted"},
		{emulator.Completed, emulator.Rejected, "COMPLETED", "rejected"},
		{emulator.Created, "", "CREATED", "NO_OUTCOME"},
	} {
		if err := c.SetStatus(id, step.status, step.outcome); err != nil {
			t.Fatal(err)
		}
		c.wantStatus(id, step.want, step.result)
	}
}

func TestListSessions(t *testing.T) {
	clock := newManual()
	c := start(t, emulator.Options{Clock: clock.Now})
	ids := make([]string, 0, 25)
	for i := range cap(ids) {
		ids = append(ids, c.createID(""))
		if i%2 == 0 { // so that some are of the same moment
			clock.forward(time.Second)
		}
	}
	live := c.do(http.MethodPost, strings.Replace(captureSessions, "staging", "live", 1), "application/json",
		`{"input":{`+captureIdentity+`},"metadata":{"subjectId":"c"}}`).text(t, "sessionContext.sessionId")
	if err := c.SetStatus(ids[3], emulator.Aborted, ""); err != nil {
		t.Fatal(err)
	}
	reversed := func(from, to int) (some []string) {
		for i := from; i > to; i-- {
			some = append(some, ids[i])
		}
		return some
	}
	cases := map[string]struct {
		query string
		want  []string
	}{
		"as made":      {"", ids[:20]},
		"second page":  {"?page=2", ids[20:]},
		"newest first": {"?sortBy=createdAt&sortDesc=true&size=5", reversed(24, 19)},
		"next newest":  {"?sortBy=createdAt&sortDesc=true&size=5&page=2", reversed(19, 14)},
		"by status":    {"?sortBy=status&sortDesc=false&size=2", []string{ids[3], ids[0]}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			got := c.get(captureSessions + test.query)
			content := got.object(t)["content"].([]any)
			listed := make([]string, 0, len(content))
			for _, each := range content {
				listed = append(listed, each.(map[string]any)["sessionId"].(string))
			}
			if diff := cmp.Diff(test.want, listed); diff != "" {
				t.Error(diff)
			}
			if got.at(t, "page.totalElements") != json.Number("25") {
				t.Errorf("%s counts others", got.body)
			}
		})
	}
	one := c.get(captureSessions + "?size=1").object(t)["content"].([]any)[0]
	if diff := cmp.Diff(c.session(ids[0]).object(t), one); diff != "" {
		t.Errorf("a listed session differs from the one read: %s", diff)
	}
	if got := c.get(strings.Replace(captureSessions, "staging", "live", 1)); !strings.Contains(got.body, live) || strings.Contains(got.body, ids[0]) {
		t.Errorf("live lists %s", got.body)
	}
	for _, bad := range []string{"?sortBy=name", "?sortDesc=yes", "?page=0"} {
		wantFailure(t, c.get(captureSessions+bad), http.StatusBadRequest, "must be")
	}
	wantFailure(t, c.get("/api/v1/flows/x/staging/sessions"), http.StatusNotFound, "not published")
}

func TestDataBlocks(t *testing.T) {
	clock := newManual()
	c := start(t, emulator.Options{Clock: clock.Now})
	made := c.do(http.MethodPost, captureSessions, "application/json", `{"input":{`+captureIdentity+`,
		"documentImages":{"documentType":"ID","frontSide":"AAEC"},"riskContext":{"n":1.50,"list":[{"a":null}]}},"metadata":{"subjectId":"customer-1"}}`)
	id := made.text(t, "sessionContext.sessionId")
	blocks := func() []map[string]any {
		listed := c.get("/api/v1/staging/sessions/" + id + "/datablocks").object(t)["dataBlocks"].([]any)
		listing := make([]map[string]any, 0, len(listed))
		for _, each := range listed {
			listing = append(listing, each.(map[string]any))
		}
		return listing
	}
	before := blocks()
	front := before[2]["content"].(map[string]any)["frontSide"].(map[string]any)
	got := make([]any, 0, 2*len(before))
	for i, block := range before {
		if block["datablockId"] == "" || block["status"] != "STORED" || block["createdAt"] != "2026-03-01T12:00:00.000Z" {
			t.Errorf("%v", block)
		}
		if diff := cmp.Diff(map[string]any{"stepId": "START", "clock": json.Number(strconv.Itoa(i))}, block["createdBy"]); diff != "" {
			t.Error(diff)
		}
		got = append(got, block["type"], block["content"])
	}
	want := []any{
		"userReference", map[string]any{"subjectId": "customer-1"},
		"basicIdentity", map[string]any{"givenName": "Max", "familyName": "Schmidt"},
		"documentImages", map[string]any{"documentType": "ID", "frontSide": map[string]any{"$ref": "vault", "$id": front["$id"]}},
		"riskContext", map[string]any{"n": json.Number("1.50"), "list": []any{map[string]any{"a": nil}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	if err := c.SetStatus(id, emulator.Completed, emulator.Accepted); err != nil {
		t.Fatal(err)
	}
	if after := blocks(); len(after) != 5 || after[4]["type"] != "decision" || after[4]["content"].(map[string]any)["outcome"] != "accepted" {
		t.Errorf("%v", after)
	}
	if err := c.DeleteDataBlocks(id); err != nil {
		t.Fatal(err)
	}
	for _, block := range blocks() {
		if block["status"] != "DELETED" || block["content"] != nil {
			t.Errorf("%v", block)
		}
	}
}

// vaultIDs lists the vault entries that a session's data blocks refer to.
func (c *caller) vaultIDs(id string) []string {
	c.t.Helper()
	pieces := strings.Split(c.get("/api/v1/staging/sessions/"+id+"/datablocks").body, `"$id":"`)[1:]
	found := make([]string, 0, len(pieces))
	for _, piece := range pieces {
		found = append(found, piece[:36])
	}
	return found
}

func TestFiles(t *testing.T) {
	clock := newManual()
	c := start(t, emulator.Options{Clock: clock.Now})
	id := c.do(http.MethodPost, "/api/v1/flows/"+emulatortest.InstantSignature+"/staging/sessions", "multipart/form-data; boundary=b", signatureForm).text(t, "sessionContext.sessionId")
	entries := c.vaultIDs(id)
	if len(entries) != 1 {
		t.Fatalf("vault entries %q", entries)
	}
	presigned := c.get("/api/v1/staging/files/" + entries[0])
	target := presigned.Header.Get("Location")
	if presigned.StatusCode != http.StatusFound || !strings.HasPrefix(target, "http://localhost:") || strings.Contains(target, emulator.DefaultAPIKey) {
		t.Fatalf("%d to %s", presigned.StatusCode, target)
	}
	target = strings.Replace(target, "//localhost:", "//127.0.0.1:", 1) // wherever the machine's localhost is
	open := c.anonymous()
	got := open.get(target)
	if got.StatusCode != http.StatusOK || got.body != "%PDF-1.7" || got.Header.Get("Content-Type") != "application/pdf" ||
		got.Header.Get("Content-Disposition") != "attachment; filename=contract.pdf" {
		t.Errorf("%d %v %q", got.StatusCode, got.Header, got.body)
	}
	wantFailure(t, c.get(target), http.StatusBadRequest, "takes no Authorization header")
	wantFailure(t, open.get(strings.Replace(target, "signature=", "signature=0", 1)), http.StatusForbidden, "signature")
	wantFailure(t, open.get(strings.Replace(target, "expires=1", "expires=2", 1)), http.StatusForbidden, "signature")
	wantFailure(t, open.get("/download/"+entries[0]), http.StatusForbidden, "signature")
	clock.forward(time.Hour)
	wantFailure(t, open.get(target), http.StatusForbidden, "expired")
	wantFailure(t, c.get("/api/v1/live/files/"+entries[0]), http.StatusNotFound, "file does not exist")
	wantFailure(t, c.get("/api/v1/staging/files/x"), http.StatusNotFound, "file does not exist")
}

// A signed document is a file of its own, beside the one that was submitted.
func TestSignedDocuments(t *testing.T) {
	for name, test := range map[string]struct {
		outcome emulator.Outcome
		signed  int
	}{
		"accepted": {emulator.Accepted, 1},
		"rejected": {emulator.Rejected, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t, emulator.Options{})
			id := c.do(http.MethodPost, "/api/v1/flows/"+emulatortest.InstantSignature+"/staging/sessions", "multipart/form-data; boundary=b", signatureForm).text(t, "sessionContext.sessionId")
			if err := c.SetStatus(id, emulator.Completed, test.outcome); err != nil {
				t.Fatal(err)
			}
			entries := c.vaultIDs(id) // the document, what came of it, the report
			if len(entries) != 2+test.signed {
				t.Fatalf("vault entries %q", entries)
			}
			blocks, _ := c.get("/api/v1/staging/sessions/"+id+"/datablocks").at(t, "dataBlocks").([]any)
			signed := slices.DeleteFunc(blocks, func(b any) bool { return b.(map[string]any)["type"] != "signedDocuments" })
			if len(signed) != test.signed {
				t.Fatalf("signed %v", signed)
			}
			if len(signed) == 0 {
				return
			}
			reference := map[string]any{"$ref": "vault", "$id": entries[1]}
			want := map[string]any{"documents": []any{map[string]any{"templateId": "t1", "source": reference}}}
			if diff := cmp.Diff(want, signed[0].(map[string]any)["content"]); diff != "" {
				t.Error(diff)
			}
			target := c.get("/api/v1/staging/files/" + entries[1]).Header.Get("Location")
			got := c.anonymous().get(strings.Replace(target, "//localhost:", "//127.0.0.1:", 1))
			if !strings.HasPrefix(got.body, "%PDF-1.7\n% Signed by the IDnow emulator in the session "+id+" at ") ||
				got.Header.Get("Content-Disposition") != "attachment; filename=contract-signed.pdf" {
				t.Errorf("%v %q", got.Header, got.body)
			}
		})
	}
}

func TestLargeFilesAreNotServed(t *testing.T) {
	c := start(t, emulator.Options{})
	form := strings.Replace(signatureForm, "%PDF-1.7", strings.Repeat("x", 2<<20), 1)
	id := c.do(http.MethodPost, "/api/v1/flows/"+emulatortest.InstantSignature+"/staging/sessions", "multipart/form-data; boundary=b", form).text(t, "sessionContext.sessionId")
	target := c.get("/api/v1/staging/files/" + c.vaultIDs(id)[0]).Header.Get("Location")
	wantFailure(t, c.anonymous().get(strings.Replace(target, "//localhost:", "//127.0.0.1:", 1)), http.StatusGone, "up to 1 MiB")
	arrived := c.RequestsOf(emulator.CallCreate)[0]
	if len(arrived.Body) != 1<<20 || arrived.BodySize != int64(len(form)) {
		t.Errorf("%d of %d bytes are recorded", len(arrived.Body), arrived.BodySize)
	}
}

// TestManyAtOnce creates, reads and lists concurrently: with the race detector
// on, it is the store's locking that is tried.
func TestManyAtOnce(t *testing.T) {
	c := start(t, emulator.Options{AutoComplete: map[string]time.Duration{emulatortest.DocumentCapture: 0}})
	var group sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]bool{}
	for range 20 {
		group.Go(func() {
			for range 10 {
				made := c.do(http.MethodPost, captureSessions, "application/json", `{"input":{`+captureIdentity+`},"metadata":{"subjectId":"c"}}`)
				id := made.text(t, "sessionContext.sessionId")
				c.session(id)
				c.get(captureSessions + "?sortDesc=true")
				c.get("/api/v1/staging/sessions/" + id + "/datablocks")
				c.Sessions()
				c.Requests()
				mu.Lock()
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if len(seen) != 200 || len(c.Sessions()) != 200 || len(c.RequestsOf(emulator.CallCreate)) != 200 {
		t.Errorf("%d IDs, %d sessions, %d creates", len(seen), len(c.Sessions()), len(c.RequestsOf(emulator.CallCreate)))
	}
}
