// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulatortest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/idnow/terraform-provider-idnow/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/examples/flows"
)

// create creates a session as the code under test would, and returns its ID.
func create(t testing.TB, service *emulatortest.Server, more string) string {
	t.Helper()
	body := `{"input":{"basicIdentity":{"givenName":"Max","familyName":"Schmidt"}},"metadata":{"subjectId":"customer-123"}` + more + `}`
	request, err := http.NewRequest(http.MethodPost, service.URL+"/api/v1/flows/"+emulatortest.DocumentCapture+"/staging/sessions", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+emulatortest.APIKey)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var created struct{ SessionContext struct{ SessionID string } }
	if err := json.NewDecoder(response.Body).Decode(&created); err != nil || response.StatusCode != http.StatusCreated {
		t.Fatalf("%s, %v", response.Status, err)
	}
	return created.SessionContext.SessionID
}

// A back end creates a session. The test accepts it as the person would, and looks at
// what the emulator received.
func ExampleStart() {
	test := func(t testing.TB) {
		service := emulatortest.Start(t)
		id := create(t, service, `,"redirectUrl":"https://example.com/done","state":"abc"`) // the code under test

		next := service.Decide(id, emulatortest.Accept)
		session := service.Sessions()[0]
		fmt.Println(session.Status, session.Outcome, session.SubjectID)
		fmt.Println(strings.ReplaceAll(next, id, "ID"))
	}
	run(test)
	// Output:
	// COMPLETED accepted customer-123
	// https://example.com/done?sessionId=ID&state=abc
}

// A back end verifies webhooks by the emulator's key set.
func ExampleServer_SetWebhook() {
	test := func(t testing.TB) {
		service := emulatortest.Start(t)
		events := make(chan string, 10)
		receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { // the code under test
			body, _ := io.ReadAll(io.LimitReader(r.Body, 64<<10))
			events <- verify(t, service.URL+"/oidc/.well-known/jwks.json", string(body))
		}))
		t.Cleanup(receiver.Close)
		service.SetWebhook(receiver.URL, map[string]string{"Authorization": "Bearer test"})

		id := create(t, service, "")
		fmt.Println(<-events)
		service.Decide(id, emulatortest.Reject)
		fmt.Println(<-events)
	}
	run(test)
	// Output:
	// session.created
	// session.completed
}

// verify returns the event of a webhook that a key of the key set has signed.
func verify(t testing.TB, keySet, body string) string {
	t.Helper()
	response, err := http.Get(keySet)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var keys jose.JSONWebKeySet
	if err := json.NewDecoder(response.Body).Decode(&keys); err != nil {
		t.Fatal(err)
	}
	token, err := jwt.ParseSigned(body, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		Data struct {
			EventName string `json:"eventName"`
		} `json:"data"`
	}
	if err := token.Claims(&keys, &claims); err != nil {
		t.Fatal(err)
	}
	return claims.Data.EventName
}

// run runs an example as the testing package runs a test.
func run(test func(testing.TB)) {
	t := &recorder{}
	test(t)
	t.end()
}

// recorder is the testing.TB of an example, and of a test of what fails a test.
type recorder struct {
	testing.TB // nil: what is not below is not used
	cleanups   []func()
	failure    string
}

func (r *recorder) Helper()          {}
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Errorf(format string, arguments ...any) {
	r.failure = fmt.Sprintf(format, arguments...)
}
func (r *recorder) Fatalf(format string, arguments ...any) {
	r.Errorf(format, arguments...)
	panic(r)
}
func (r *recorder) Fatal(arguments ...any) { r.Fatalf("%s", fmt.Sprint(arguments...)) }

func (r *recorder) end() {
	for _, cleanup := range r.cleanups {
		cleanup()
	}
}

func TestSessions(t *testing.T) {
	service := emulatortest.Start(t, emulatortest.WithSessionTTL(time.Hour), emulatortest.WithFlows(flows.FS))
	id := create(t, service, "")
	service.Advance(2 * time.Hour)
	sessions := service.Sessions()
	if len(sessions) != 1 || sessions[0].ID != id || sessions[0].Status != "EXPIRED" || sessions[0].FlowID != emulatortest.DocumentCapture || sessions[0].Environment != "staging" {
		t.Fatalf("%+v", sessions)
	}
	if body, err := json.Marshal(sessions[0].Request); err != nil || !bytes.Contains(body, []byte(`"givenName":"Max"`)) {
		t.Errorf("%s, %v", body, err)
	}
}

func TestWithWebhook(t *testing.T) {
	authorized := make(chan string, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { authorized <- r.Header.Get("Authorization") }))
	t.Cleanup(receiver.Close)
	create(t, emulatortest.Start(t, emulatortest.WithWebhook(receiver.URL, map[string]string{"Authorization": "Bearer test"})), "")
	if got := <-authorized; got != "Bearer test" {
		t.Errorf("the webhook came with %q", got)
	}
}

// An invalid argument fails the test with its reason.
func TestFails(t *testing.T) {
	for want, use := range map[string]func(*testing.T, testing.TB){
		"has no session none": func(_ *testing.T, tb testing.TB) { emulatortest.Start(tb).Decide("none", emulatortest.Accept) },
		"a session is decided once": func(t *testing.T, tb testing.TB) {
			service := emulatortest.Start(tb)
			id := create(t, service, "")
			service.Decide(id, emulatortest.Abort)
			service.Decide(id, emulatortest.Accept)
		},
		"setting a webhook":     func(_ *testing.T, tb testing.TB) { emulatortest.Start(tb).SetWebhook("x", nil) },
		"starting the emulator": func(_ *testing.T, tb testing.TB) { emulatortest.Start(tb, emulatortest.WithSessionTTL(-1)) },
	} {
		t.Run(want, func(t *testing.T) {
			tb := &recorder{}
			defer tb.end()
			defer func() {
				if recovered := recover(); recovered != tb || !strings.Contains(tb.failure, want) {
					t.Errorf("%v: %q", recovered, tb.failure)
				}
			}()
			use(t, tb)
		})
	}
}
