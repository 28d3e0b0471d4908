// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package datasources_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// sessionAttributes are the attributes of a session, as data source and as
// element of a list.
var sessionAttributes = []string{
	"session_id", "environment", "flow_id", "flow_version", "subject_id", "session_status", "outcome", "created_at", "started_at",
	"updated_at", "completed_at", "expires_at", "redirect_url", "state", "last_step", "results_json",
}

// readSession is the data source for one session.
func readSession(id string) string {
	return fmt.Sprintf("\ndata \"idnow_session\" \"x\" {\n  session_id = %q\n}\n", id)
}

// setStatus puts a session into a status, by the emulator's control.
func setStatus(t *testing.T, env *acceptance.Env, id string, status emulator.Status, outcome emulator.Outcome) {
	t.Helper()
	if err := env.SetStatus(id, status, outcome); err != nil {
		t.Fatal(err)
	}
}

func TestSession(t *testing.T) {
	acceptance.RequireCLI(t, "1.1.0", "1.6.0") // earlier ones do not report what is sensitive
	env := acceptance.New(t, emulator.Options{})
	id := createSession(t, env, "customer-123")
	setStatus(t, env, id, emulator.Completed, emulator.Rejected)
	const address = "data.idnow_session.x"
	checks := []statecheck.StateCheck{
		known(address, knownvalue.StringExact(id), "session_id"),
		known(address, knownvalue.StringExact("staging"), "environment"),
		known(address, knownvalue.StringExact(emulatortest.DocumentCapture), "flow_id"),
		known(address, knownvalue.Int64Exact(2), "flow_version"),
		known(address, knownvalue.StringExact("customer-123"), "subject_id"),
		known(address, knownvalue.StringExact("COMPLETED"), "session_status"),
		known(address, knownvalue.StringExact("rejected"), "outcome"),
		known(address, knownvalue.StringExact("https://example.com/done"), "redirect_url"),
		known(address, knownvalue.StringExact("planted-state"), "state"),
		known(address, object(map[string]knownvalue.Check{
			"step_id": knownvalue.StringExact("REVIEW"), "description": knownvalue.StringExact("Review"), "verdict": knownvalue.StringExact("rejected"),
		}, "type"), "last_step"),
		known(address, knownvalue.StringFunc(func(results string) error {
			if !strings.HasPrefix(results, `{"dataBlocks":[{"datablockId":"`) {
				return fmt.Errorf("results are %s", results)
			}
			return nil
		}), "results_json"),
		statecheck.ExpectSensitiveValue(address, at([]any{"state"})),
		statecheck.ExpectSensitiveValue(address, at([]any{"results_json"})),
	}
	for _, name := range []string{"created_at", "started_at", "updated_at", "completed_at", "expires_at"} {
		checks = append(checks, known(address, knownvalue.StringFunc(isMoment), name))
	}
	reads(t, env, env.Provider()+readSession(id), checks...)
	for _, arrived := range env.RequestsOf(emulator.CallRead) {
		if want := "/api/v1/staging/sessions/" + id; arrived.Method != "GET" || arrived.Path != want {
			t.Errorf("arrived: %s %s, want GET %s", arrived.Method, arrived.Path, want)
		}
	}
}

func isMoment(text string) error {
	_, err := time.Parse(time.RFC3339, text)
	return err
}

func TestSessionThatHasNotBegun(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	id := createSession(t, env, "customer-123")
	const address = "data.idnow_session.x"
	reads(t, env, env.Provider()+readSession(id),
		known(address, knownvalue.StringExact("CREATED"), "session_status"),
		known(address, knownvalue.Null(), "started_at"),
		known(address, knownvalue.Null(), "completed_at"),
		known(address, knownvalue.Null(), "last_step"),
		known(address, knownvalue.Null(), "results_json"),
	)
}

func TestSessionOfOtherRevisions(t *testing.T) {
	text := knownvalue.StringExact
	for name, test := range map[string]struct {
		served string
		want   map[string]knownvalue.Check // all others are null
	}{
		"nothing": {served: `{}`},
		"nulls": {served: `{"sessionId": null, "sessionStatus": null, "flowId": null, "flowVersion": null, "environment": null, "subjectId": null,
			"outcome": null, "createdAt": null, "startedAt": null, "updatedAt": null, "completedAt": null, "expiresAt": null,
			"redirectUrl": null, "state": null, "lastStep": null, "results": null}`},
		"status and outcome of tomorrow": {
			served: `{"sessionStatus": "ON_HOLD", "outcome": "undecided"}`,
			want:   map[string]knownvalue.Check{"session_status": text("ON_HOLD"), "outcome": text("undecided")},
		},
		"outcome in capitals": {served: `{"outcome": "ACCEPTED"}`, want: map[string]knownvalue.Check{"outcome": text("accepted")}},
		"subject in metadata": {served: `{"metadata": {"subjectId": "s"}}`, want: map[string]knownvalue.Check{"subject_id": text("s")}},
		"step by name and type": {
			served: `{"lastStep": {"stepName": "Selfie", "stepType": "FACE", "verdict": "OK"}}`,
			want: map[string]knownvalue.Check{"last_step": object(map[string]knownvalue.Check{
				"description": text("Selfie"), "type": text("FACE"), "verdict": text("OK"),
			}, "step_id")},
		},
		"version as text":  {served: `{"flowVersion": "12"}`, want: map[string]knownvalue.Check{"flow_version": knownvalue.Int64Exact(12)}},
		"version of words": {served: `{"flowVersion": "next"}`},
		"results of any shape": {
			served: "{\"results\": [ 1.50,\n {\"b\": 1, \"a\": 12345678901234567890} ]}",
			want:   map[string]knownvalue.Check{"results_json": text(`[1.50,{"b":1,"a":12345678901234567890}]`)},
		},
		"the ID in another case": {served: `{"sessionId": "ASKED-FOR", "environment": "Staging"}`},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			serves(env, emulator.CallRead, test.served)
			want := map[string]knownvalue.Check{"session_id": text("asked-for"), "environment": text("staging")}
			for attribute, check := range test.want {
				want[attribute] = check
			}
			var checks []statecheck.StateCheck
			for _, attribute := range sessionAttributes {
				if want[attribute] == nil {
					want[attribute] = knownvalue.Null()
				}
				checks = append(checks, known("data.idnow_session.x", want[attribute], attribute))
			}
			reads(t, env, env.Provider()+readSession("asked-for"), checks...)
		})
	}
}

func TestSessionNotFound(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	fails(t, env, env.Provider()+readSession("gone")+`
data "idnow_session_datablocks" "x" {
  session_id = "gone"
}
`, []string{"Session not found", "Session not found"}, `no session "gone" in the environment "staging"`)
}

// fiveSessions makes sessions a minute apart and returns their IDs, oldest
// first. The second is completed, the fourth running, the third of another
// subject.
func fiveSessions(t *testing.T, env *acceptance.Env) []string {
	t.Helper()
	var made []string
	for i := range 5 {
		subject := "customer-123"
		if i == 2 {
			subject = "customer-456"
		}
		made = append(made, createSession(t, env, subject))
		env.Advance(time.Minute)
	}
	setStatus(t, env, made[1], emulator.Completed, emulator.Accepted)
	setStatus(t, env, made[3], emulator.Running, "")
	return made
}

// listing is the data source for a flow's sessions.
func listing(name string, lines ...string) string {
	return fmt.Sprintf("\ndata \"idnow_sessions\" %q {\n  flow_id = %q\n  %s\n}\n", name, emulatortest.DocumentCapture, strings.Join(lines, "\n  "))
}

func TestSessions(t *testing.T) {
	acceptance.RequireCLI(t, "1.1.0", "1.6.0") // earlier ones do not report what is sensitive
	env := acceptance.New(t, emulator.Options{})
	made := fiveSessions(t, env)
	third := env.Sessions()[2].CreatedAt.Format(time.RFC3339Nano)
	choices := []struct {
		name  string
		lines []string
		want  []int // of the sessions made
	}{
		{"all", nil, []int{4, 3, 2, 1, 0}},
		{"limit", []string{"limit = 2"}, []int{4, 3}},
		{"subject", []string{`subject_id = "customer-456"`}, []int{2}},
		{"nobody", []string{`subject_id = "nobody"`}, nil},
		{"statuses", []string{`statuses = ["COMPLETED", "RUNNING", "OF_TOMORROW"]`}, []int{3, 1}},
		{"after", []string{fmt.Sprintf("created_after = %q", third)}, []int{4, 3}},
		{"combined", []string{`subject_id = "customer-123"`, `statuses = ["CREATED"]`, "limit = 1"}, []int{4}},
	}
	configuration := env.Provider()
	var checks []statecheck.StateCheck
	for _, choice := range choices {
		configuration += listing(choice.name, choice.lines...)
		var want []knownvalue.Check
		for _, i := range choice.want {
			want = append(want, knownvalue.ObjectPartial(map[string]knownvalue.Check{"session_id": knownvalue.StringExact(made[i])}))
		}
		checks = append(checks, known("data.idnow_sessions."+choice.name, knownvalue.ListExact(want), "sessions"))
	}
	completed := func(want knownvalue.Check, attribute string) statecheck.StateCheck {
		return known("data.idnow_sessions.all", want, "sessions", 3, attribute)
	}
	checks = append(checks,
		known("data.idnow_sessions.all", knownvalue.StringExact("staging"), "environment"),
		completed(knownvalue.StringExact("staging"), "environment"),
		completed(knownvalue.StringExact(emulatortest.DocumentCapture), "flow_id"),
		completed(knownvalue.Int64Exact(2), "flow_version"),
		completed(knownvalue.StringExact("accepted"), "outcome"),
		completed(knownvalue.StringExact("planted-state"), "state"),
		completed(knownvalue.NotNull(), "last_step"),
		completed(knownvalue.NotNull(), "results_json"),
		completed(knownvalue.NotNull(), "completed_at"),
		statecheck.ExpectSensitiveValue("data.idnow_sessions.all", at([]any{"sessions", 0, "state"})),
	)
	reads(t, env, configuration, checks...)
}

func TestSessionsOverAllPages(t *testing.T) {
	acceptance.RequireCLI(t, "1.8.0", "1.8.0") // earlier ones refuse nonsensitive() where nothing is sensitive
	env := acceptance.New(t, emulator.Options{})
	for range 205 {
		createSession(t, env, "customer-123")
		env.Advance(time.Second)
	}
	pages := func(configuration string) (count string, queries []string) {
		before := len(env.RequestsOf(emulator.CallSessions))
		w := env.Workspace(env.Provider() + configuration + "output \"count\" {\n  value = nonsensitive(length(data.idnow_sessions.x.sessions))\n}\n")
		w.Apply()
		for _, arrived := range env.RequestsOf(emulator.CallSessions)[before:] {
			queries = append(queries, arrived.Query.Encode())
		}
		return strings.TrimSpace(w.MustRun("output", "-raw", "count").Output), queries
	}
	query := func(page int) string { return fmt.Sprintf("page=%d&size=100&sortBy=createdAt&sortDesc=true", page) }
	for name, test := range map[string]struct {
		lines []string
		count string
		pages []string
	}{
		"all":                    {nil, "205", []string{query(1), query(2), query(3)}},
		"a limit of one page":    {[]string{"limit = 100"}, "100", []string{query(1)}},
		"a limit over two pages": {[]string{"limit = 101"}, "101", []string{query(1), query(2)}},
	} {
		t.Run(name, func(t *testing.T) {
			count, queries := pages(listing("x", test.lines...))
			if count != test.count {
				t.Errorf("%s sessions, want %s", count, test.count)
			}
			if diff := cmp.Diff(test.pages, queries); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
	for _, arrived := range env.RequestsOf(emulator.CallSessions) {
		if want := "/api/v1/flows/" + emulatortest.DocumentCapture + "/staging/sessions"; arrived.Path != want {
			t.Errorf("arrived: %s, want %s", arrived.Path, want)
		}
	}
}

func TestSessionsOfOtherRevisions(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	serves(env, emulator.CallSessions, `[
  {"sessionId": "undated", "sessionStatus": "ON_HOLD", "outcome": "REJECTED", "metadata": {"subjectId": "s"}},
  {"sessionContext": {"sessionId": "older", "sessionStatus": "RUNNING", "createdAt": "2025-08-22T00:00:00Z"}},
  {"sessionId": "newer", "createdAt": "2025-08-23T00:00:00Z", "lastStep": {}, "results": null},
  null, "no session"
]`)
	text := knownvalue.StringExact
	session := func(want map[string]knownvalue.Check) knownvalue.Check {
		want["environment"] = text("staging")
		return object(want, slices.Clone(sessionAttributes)...)
	}
	undated := map[string]knownvalue.Check{
		"session_id": text("undated"), "session_status": text("ON_HOLD"), "outcome": text("rejected"), "subject_id": text("s"),
	}
	reads(t, env, env.Provider()+listing("all")+listing("held", `statuses = ["ON_HOLD"]`, `subject_id = "s"`),
		known("data.idnow_sessions.all", knownvalue.ListExact([]knownvalue.Check{
			session(map[string]knownvalue.Check{"session_id": text("newer"), "created_at": text("2025-08-23T00:00:00Z")}),
			session(map[string]knownvalue.Check{"session_id": text("older"), "session_status": text("RUNNING"), "created_at": text("2025-08-22T00:00:00Z")}),
			session(undated),
		}), "sessions"),
		known("data.idnow_sessions.held", knownvalue.ListExact([]knownvalue.Check{session(undated)}), "sessions"),
	)
}

func TestSessionsWhereThereIsNoList(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	env.Fault(fault.Fault{Call: string(emulator.CallSessions), Kind: fault.Status, Status: http.StatusNotFound})
	fails(t, env, env.Provider()+listing("x"), []string{"Session list not available"}, "Only some revisions of the API have this list", "idnow_session")
}

func TestSessionsOfAFlowThatIsNotPublished(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	configuration := strings.Replace(listing("x", `environment = "live"`), emulatortest.DocumentCapture, emulatortest.AddressCheck, 1)
	fails(t, env, env.Provider()+configuration, []string{"Flow not published"}, emulatortest.AddressCheck, `the environment "live"`)
}
