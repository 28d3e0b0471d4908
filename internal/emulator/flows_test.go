// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/idnow/terraform-provider-idnow/examples/flows"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
)

func readExample(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := fs.ReadFile(flows.FS, name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestNewRefuses(t *testing.T) {
	raw := readExample(t, "document-capture.staging.json")
	cases := map[string]struct {
		options emulator.Options
		want    string
	}{
		"an empty folder":     {emulator.Options{Flows: fstest.MapFS{"read.me": {}}}, "contains no *.json file"},
		"a broken document":   {emulator.Options{Flows: fstest.MapFS{"a.json": {Data: []byte("{")}}}, "flow document a.json: it is not a JSON document"},
		"another document":    {emulator.Options{Documents: [][]byte{raw, []byte("{}")}}, "flow document 2: info.x-flow-id is missing"},
		"the same flow twice": {emulator.Options{Documents: [][]byte{raw, raw}}, "flow document 2: flow 40cbb7b3-7468-4b5d-8bb5-ff8e82510c70 is published to staging by another document already"},
		"a flow that isn't":   {emulator.Options{Flows: flows.FS, AutoComplete: map[string]time.Duration{"x": 0}}, `no flow document has the ID "x"`},
		"negative lifetime":   {emulator.Options{Flows: flows.FS, SessionTTL: -1}, "must be positive"},
		"negative completion": {emulator.Options{Flows: flows.FS, AutoComplete: map[string]time.Duration{"x": -1}}, "must not be negative"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := emulator.New(c.options); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// manyFlows is n copies of a flow with their own IDs and titles.
func manyFlows(t testing.TB, n int) [][]byte {
	t.Helper()
	raw := string(readExample(t, "document-capture.staging.json"))
	documents := make([][]byte, 0, n)
	for i := range n {
		copied := strings.ReplaceAll(raw, emulatortest.DocumentCapture, fmt.Sprintf("flow-%03d", i))
		documents = append(documents, []byte(strings.Replace(copied, "Document capture", fmt.Sprintf("Flow %03d", i), 1)))
	}
	return documents
}

func TestListFlows(t *testing.T) {
	c := start(t, emulator.Options{Documents: manyFlows(t, 45)})
	cases := map[string]struct {
		query       string
		first, last string // IDs; empty: no content
		page        map[string]any
	}{
		"without paging": {"", "flow-000", "flow-019", map[string]any{"size": 20, "number": 1, "totalElements": 45, "totalPages": 3}},
		"last page":      {"?page=3", "flow-040", "flow-044", map[string]any{"size": 20, "number": 3, "totalElements": 45, "totalPages": 3}},
		"all at once":    {"?size=100", "flow-000", "flow-044", map[string]any{"size": 100, "number": 1, "totalElements": 45, "totalPages": 1}},
		"own size":       {"?page=2&size=7", "flow-007", "flow-013", map[string]any{"size": 7, "number": 2, "totalElements": 45, "totalPages": 7}},
		"past the end":   {"?page=4", "", "", map[string]any{"size": 20, "number": 4, "totalElements": 45, "totalPages": 3}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			got := c.get("/api/v1/flows/staging" + test.query)
			content, _ := got.object(t)["content"].([]any)
			first, last := "", ""
			if len(content) > 0 {
				first, _ = content[0].(map[string]any)["id"].(string)
				last, _ = content[len(content)-1].(map[string]any)["id"].(string)
			}
			if content == nil || first != test.first || last != test.last {
				t.Errorf("from %s to %s in %s", first, last, got.body)
			}
			if diff := cmp.Diff(fmt.Sprint(test.page), fmt.Sprint(got.object(t)["page"])); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, bad := range []string{"?page=0", "?page=-1", "?page=x", "?size=0", "?size=101", "?size=1.5", "?page=99999999999999999999"} {
		if got := c.get("/api/v1/flows/staging" + bad); got.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", bad, got.StatusCode)
		}
	}
	wantFailure(t, c.get("/api/v1/flows/production"), http.StatusNotFound, "environment does not exist")
}

func TestListedFlow(t *testing.T) {
	c := start(t, emulator.Options{})
	want := map[string]any{
		"content": []any{map[string]any{
			"id": emulatortest.DocumentCapture, "name": "Document capture", "version": json.Number("2"), "environment": "live",
			"description": "Reads an identity document and compares it with the identity given",
		}},
		"page": map[string]any{"size": json.Number("20"), "number": json.Number("1"), "totalElements": json.Number("1"), "totalPages": json.Number("1")},
	}
	if diff := cmp.Diff(want, c.get("/api/v1/flows/live").object(t)); diff != "" {
		t.Error(diff)
	}
}

func TestFlowDocumentIsServedByteForByte(t *testing.T) {
	c := start(t, emulator.Options{})
	for name, path := range map[string]string{
		"instant-signature.staging.json": "/api/v1/flows/staging/" + emulatortest.InstantSignature,
		"document-capture.live.json":     "/api/v1/flows/live/" + emulatortest.DocumentCapture,
	} {
		if got := c.get(path); got.StatusCode != http.StatusOK || got.body != string(readExample(t, name)) {
			t.Errorf("%s: %d", name, got.StatusCode)
		}
	}
	wantFailure(t, c.get("/api/v1/flows/live/"+emulatortest.AddressCheck), http.StatusNotFound, "not published")
	wantFailure(t, c.get("/api/v1/flows/nowhere/"+emulatortest.AddressCheck), http.StatusNotFound, "environment does not exist")
}

func TestDocumentsCanChange(t *testing.T) {
	c := start(t, emulator.Options{})
	path := "/api/v1/flows/staging/" + emulatortest.DocumentCapture
	next := strings.Replace(string(readExample(t, "document-capture.staging.json")), `"x-flow-version": 2`, `"x-flow-version": 3`, 1)
	if err := c.SetDocument([]byte(next)); err != nil {
		t.Fatal(err)
	}
	if got := c.get(path); got.body != next {
		t.Error("the old document is served")
	}
	if got := c.create("").at(t, "flowVersion"); got != json.Number("3") {
		t.Errorf("a session of version %v", got)
	}
	if c.SetDocument([]byte("{}")) == nil {
		t.Error("a document that drives no flow is taken")
	}
	c.RemoveDocument("staging", emulatortest.DocumentCapture)
	wantFailure(t, c.get(path), http.StatusNotFound, "not published")
}

// TestCreateRespondsAsTheDocumentsDeclare creates a session of each example flow and
// validates the response against the schema in the flow's own document.
func TestCreateRespondsAsTheDocumentsDeclare(t *testing.T) {
	c := start(t, emulator.Options{})
	bodies := map[string]struct{ contentType, body string }{
		"instant-signature.staging.json": {"multipart/form-data; boundary=b", signatureForm},
		"document-capture.staging.json":  {"application/json", `{"input":{` + captureIdentity + `},"metadata":{"subjectId":"c"}}`},
		"document-capture.live.json":     {"application/json", `{"input":{` + captureIdentity + `},"metadata":{"subjectId":"c"}}`},
		"address-check.staging.json":     {"application/json", `{"input":{"basicIdentity":{"givenName":"M","familyName":"S","birthDate":"1985-08-22"},"address":{"street":"A","city":"B","country":"DE"}},"metadata":{"subjectId":"c"}}`},
	}
	names, _ := fs.Glob(flows.FS, "*.json")
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			api, err := openapi3.NewLoader().LoadFromData(readExample(t, name))
			if err != nil {
				t.Fatal(err)
			}
			for path, item := range api.Paths.Map() {
				got := c.do(http.MethodPost, path, bodies[name].contentType, bodies[name].body)
				if got.StatusCode != http.StatusCreated || got.Header.Get("Content-Type") != "application/json; charset=utf-8" {
					t.Fatalf("%d %s", got.StatusCode, got.body)
				}
				schema := item.Post.Responses.Status(http.StatusCreated).Value.Content["application/json"].Schema.Value
				if err := schema.VisitJSON(got.object(t), openapi3.MultiErrors()); err != nil {
					t.Error(err)
				}
				for _, member := range slices.Sorted(mapKeys(schema.Properties)) {
					if got.at(t, member) == nil {
						t.Errorf("the response has no %s", member)
					}
				}
			}
		})
	}
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

const signatureForm = "--b\r\nContent-Disposition: form-data; name=\"input[basicIdentity][givenName]\"\r\n\r\nMax\r\n" +
	"--b\r\nContent-Disposition: form-data; name=\"input[basicIdentity][familyName]\"\r\n\r\nSchmidt\r\n" +
	"--b\r\nContent-Disposition: form-data; name=\"metadata[subjectId]\"\r\n\r\ncustomer-1\r\n" +
	"--b\r\nContent-Disposition: form-data; name=\"input[documentsToSign][documents][0][templateId]\"\r\n\r\nt1\r\n" +
	"--b\r\nContent-Disposition: form-data; name=\"input[documentsToSign][documents][0][source]\"; filename=\"contract.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7\r\n" +
	"--b--\r\n"

func TestCreatedSession(t *testing.T) {
	clock := newManual()
	c := start(t, emulator.Options{Clock: clock.Now, SessionTTL: 90 * time.Minute})
	got := c.create(`,"redirectUrl":"https://example.com/verification","state":"csrf"`)
	want := map[string]any{
		"flowId": emulatortest.DocumentCapture, "flowVersion": json.Number("2"), "environment": "staging",
		"sessionContext": map[string]any{
			"sessionId": got.text(t, "sessionContext.sessionId"), "sessionStatus": "CREATED",
			"createdAt": "2026-03-01T12:00:00.000Z", "expiresAt": "2026-03-01T13:30:00.000Z",
		},
		"playerUrl": got.text(t, "playerUrl"),
	}
	if diff := cmp.Diff(want, got.object(t)); diff != "" {
		t.Error(diff)
	}
	id := got.text(t, "sessionContext.sessionId")
	if len(id) != 36 || id[14] != '7' {
		t.Errorf("the session's ID %s is not a UUID of version 7", id)
	}
	player, err := url.Parse(got.text(t, "playerUrl"))
	if err != nil || "http://"+player.Host != c.URL || player.Path != "/player" || len(player.Query().Get("token")) < 26 {
		t.Errorf("player URL %s", player)
	}
}

// TestSeedRequest sends the API reference's own example.
func TestSeedRequest(t *testing.T) {
	c := start(t, emulator.Options{})
	body := `{"input":{"basicIdentity":{"familyName":"Schmidt","givenName":"Max","birthDate":"1985-08-22"},
		"documentImages":{"documentType":"ID","frontSide":"iVBORw0KGgo=","backSide":"iVBORw0KGgo="}},
		"metadata":{"subjectId":"customer-internal-subject-id-123","locale":"en"},
		"redirectUrl":"https://example.com/verification","state":"csrf-token-or-state-value"}`
	if got := c.do(http.MethodPost, strings.Replace(captureSessions, "staging", "live", 1), "application/json", body); got.StatusCode != http.StatusCreated {
		t.Fatalf("%d %s", got.StatusCode, got.body)
	}
	arrived := c.RequestsOf(emulator.CallCreate)[0]
	if string(arrived.Body) != body || arrived.Header.Get("Authorization") != "Bearer [redacted]" {
		t.Errorf("recorded %s with %q", arrived.Body, arrived.Header.Get("Authorization"))
	}
}

func TestNumbersArriveExactly(t *testing.T) {
	c := start(t, emulator.Options{})
	c.do(http.MethodPost, captureSessions, "application/json", `{"input":{`+captureIdentity+`,"riskContext":{
		"big":9007199254740993,"tenth":0.1,"long":123456789012345678901234567890,"text":"😀","none":null,"list":[],"object":{}}},"metadata":{"subjectId":"c"}}`)
	input := c.Sessions()[0].Body["input"].(map[string]any)
	want := map[string]any{
		"big": json.Number("9007199254740993"), "tenth": json.Number("0.1"), "long": json.Number("123456789012345678901234567890"),
		"text": "😀", "none": nil, "list": []any{}, "object": map[string]any{},
	}
	if diff := cmp.Diff(want, input["riskContext"]); diff != "" {
		t.Error(diff)
	}
}

func TestRefusedCreates(t *testing.T) {
	c := start(t, emulator.Options{RedirectAllowlist: []string{"https://example.com/a", "myapp://done"}})
	good := `{"input":{` + captureIdentity + `},"metadata":{"subjectId":"c"}`
	cases := map[string]struct {
		path, contentType, body string
		status                  int
		message                 string
	}{
		"on the allowlist":     {captureSessions, "application/json", good + `,"redirectUrl":"myapp://done"}`, 201, ""},
		"off the allowlist":    {captureSessions, "application/json", good + `,"redirectUrl":"https://example.com/a/"}`, 400, "not on the allowlist"},
		"unknown flow":         {"/api/v1/flows/x/staging/sessions", "application/json", good + "}", 404, "not published"},
		"unknown environment":  {strings.Replace(captureSessions, "staging", "nowhere", 1), "application/json", good + "}", 404, "environment does not exist"},
		"another media type":   {captureSessions, "multipart/form-data; boundary=b", signatureForm, 415, "the flow takes application/json"},
		"no media type":        {captureSessions, "", good + "}", 415, "the flow takes application/json"},
		"the flow's own rules": {captureSessions, "application/json", `{"input":{"basicIdentity":{"givenName":"Max"}},"metadata":{"subjectId":"c"}}`, 400, `"message":["input.basicIdentity.familyName is missing"]`},
		"not JSON":             {captureSessions, "application/json", `{`, 400, "not valid JSON"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			before := len(c.Sessions())
			got := c.do(http.MethodPost, test.path, test.contentType, test.body)
			if test.status == 201 {
				if got.StatusCode != http.StatusCreated || len(c.Sessions()) != before+1 {
					t.Errorf("%d %s", got.StatusCode, got.body)
				}
				return
			}
			wantFailure(t, got, test.status, test.message)
			if len(c.Sessions()) != before {
				t.Error("a session was created")
			}
		})
	}
}

func TestFilesOfAFormAreRecorded(t *testing.T) {
	c := start(t, emulator.Options{})
	path := "/api/v1/flows/" + emulatortest.InstantSignature + "/staging/sessions"
	if got := c.do(http.MethodPost, path, "multipart/form-data; boundary=b", signatureForm); got.StatusCode != http.StatusCreated {
		t.Fatalf("%d %s", got.StatusCode, got.body)
	}
	arrived := c.RequestsOf(emulator.CallCreate)[0]
	documents := arrived.Decoded.(map[string]any)["input"].(map[string]any)["documentsToSign"].(map[string]any)["documents"].([]any)
	file := documents[0].(map[string]any)["source"].(*flow.File)
	if file.Filename != "contract.pdf" || file.ContentType != "application/pdf" || file.Size != 8 || string(file.Content) != "%PDF-1.7" {
		t.Errorf("%+v", file)
	}
	if arrived.SessionID != c.Sessions()[0].ID || arrived.ContentLength != int64(len(signatureForm)) || arrived.BodySize != arrived.ContentLength {
		t.Errorf("%+v", arrived)
	}
}
