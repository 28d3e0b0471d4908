// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// create plans and applies a session of the subject customer-123. It returns
// the session's ID in state, "" where it has none or there is no state, and all
// that the apply reports.
func (c *core) create() (id, output string) {
	c.t.Helper()
	attributes, output := c.apply(nil)
	if attributes != nil {
		_ = attributes["id"].As(&id) // null is ""
	}
	return id, output
}

// apply plans and applies a session with further arguments. It returns what is
// in state, nil where there is none, and all that the apply reports.
func (c *core) apply(arguments map[string]tftypes.Value) (attributes map[string]tftypes.Value, output string) {
	c.t.Helper()
	typ := c.schema.ResourceSchemas["idnow_session"].ValueType()
	metadata := map[string]tftypes.Value{"subjectId": text("customer-123")}
	person := map[string]tftypes.Value{"givenName": text("Max"), "familyName": text("Schmidt")}
	configured := map[string]tftypes.Value{
		"flow_id":          text(emulatortest.DocumentCapture),
		"input_validation": text("off"),
		"input":            objectOf(map[string]tftypes.Value{"basicIdentity": objectOf(person)}),
		"metadata":         objectOf(metadata),
	}
	maps.Copy(configured, arguments)
	config := c.object(typ, configured)
	none, err := tfprotov6.NewDynamicValue(typ, tftypes.NewValue(typ, nil))
	must(c.t, err)
	plan, err := c.PlanResourceChange(c.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: "idnow_session", PriorState: &none, ProposedNewState: config, Config: config,
	})
	if err != nil || len(plan.Diagnostics) > 0 {
		c.t.Fatalf("planning: %v, %v", err, plan)
	}
	applied, err := c.ApplyResourceChange(c.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: "idnow_session", PriorState: &none, PlannedState: plan.PlannedState, Config: config,
		PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
	})
	must(c.t, err)
	var b strings.Builder
	for _, d := range applied.Diagnostics {
		b.WriteString(d.Summary + ": " + d.Detail + "\n")
	}
	state, err := applied.NewState.Unmarshal(typ)
	must(c.t, err)
	if !state.IsNull() {
		attributes = c.attributes(applied.NewState, typ)
	}
	return attributes, b.String()
}

func objectOf(members map[string]tftypes.Value) tftypes.Value {
	types := map[string]tftypes.Type{}
	for name, member := range members {
		types[name] = member.Type()
	}
	return tftypes.NewValue(tftypes.Object{AttributeTypes: types}, members)
}

// listedSession is a session as a list shows it.
type listedSession struct {
	ID        string `json:"sessionId"`
	SubjectID string `json:"subjectId"`
	Status    string `json:"sessionStatus"`
	CreatedAt string `json:"createdAt,omitempty"`
}

const noneSince = "The session list contains none that was created for this subject since then."

// A create whose ID is unknown is searched in the list of sessions. What the list
// shows is named and never taken for it: it may be another run's.
func TestSearchForACreatedSession(t *testing.T) {
	const colon, basic = time.RFC3339Nano, "2006-01-02T15:04:05.000-0700"
	type listed struct {
		id      string
		age     time.Duration // at the attempt, by the service's clock
		layout  string        // of its time; RFC 3339 where empty
		subject string        // customer-123 where empty
	}
	fresh := -2 * time.Second // made two seconds later
	for name, test := range map[string]struct {
		listed   []listed
		ahead    time.Duration // of the service's clock
		noDate   bool          // the service's responses contain no Date
		listedID string        // that is named
		message  []string      // where none is, or not it alone
	}{
		"none":                             {message: []string{noneSince}},
		"one":                              {listed: []listed{{id: "NEW", age: fresh}}, listedID: "NEW"},
		"after older ones":                 {listed: []listed{{id: "OLD", age: 1000 * time.Hour}, {id: "NEW", age: fresh}}, listedID: "NEW"},
		"before older ones":                {listed: []listed{{id: "NEW", age: fresh}, {id: "OLD", age: 20 * time.Second}}, listedID: "NEW"},
		"beside another subject's":         {listed: []listed{{id: "OTHER", age: fresh, subject: "customer-456"}, {id: "NEW", age: fresh}}, listedID: "NEW"},
		"another subject's alone":          {listed: []listed{{id: "OTHER", age: fresh, subject: "customer-456"}}, message: []string{noneSince}},
		"two":                              {listed: []listed{{id: "NEW", age: fresh}, {id: "NEWER", age: fresh}}, message: []string{"since then:\n  - NEW (CREATED, created ", "\n  - NEWER ("}},
		"shortly before":                   {listed: []listed{{id: "OLD", age: 20 * time.Second}}, message: []string{noneSince}},
		"without an ID":                    {listed: []listed{{age: fresh}}, message: []string{noneSince}},
		"the service is ahead":             {ahead: 10 * time.Minute, listed: []listed{{id: "NEW", age: fresh}, {id: "OLD", age: 20 * time.Second}}, listedID: "NEW"},
		"the service is behind":            {ahead: -10 * time.Minute, listed: []listed{{id: "NEW", age: fresh}, {id: "OLD", age: 20 * time.Second}}, listedID: "NEW"},
		"the service's clock is not known": {noDate: true, listed: []listed{{id: "NEW", age: 20 * time.Second}, {id: "OLD", age: 2 * time.Minute}}, message: []string{"since then or shortly before:\n  - NEW ("}},
		"in another form of ISO 8601":      {listed: []listed{{id: "OLD", age: 1000 * time.Hour, layout: basic}, {id: "NEW", age: fresh, layout: basic}}, listedID: "NEW"},
		"at a time that can't be read":     {listed: []listed{{id: "NEW", age: fresh, layout: "02.01.2006"}}, message: []string{"contains sessions of this subject without the time of their creation; look in the dashboard"}},
		"beside one without a time":        {listed: []listed{{id: "UNDATED", layout: " "}, {id: "NEW", age: fresh}}, message: []string{"since then:\n  - NEW ("}},
		"another's without a time":         {listed: []listed{{id: "UNDATED", layout: " ", subject: "customer-456"}, {id: "NEW", age: fresh}}, listedID: "NEW"},
	} {
		t.Run(name, func(t *testing.T) {
			service := newService(t, 0)
			now := time.Now().UTC().Add(test.ahead)
			header := map[string]string{"Date": now.Format(http.TimeFormat)}
			if test.noDate {
				header["Date"] = ""
			}
			sessions := []listedSession{}
			for _, l := range test.listed {
				s := listedSession{ID: l.id, SubjectID: "customer-123", Status: "CREATED"}
				if l.layout == "" {
					l.layout = colon
				}
				s.CreatedAt = strings.TrimSpace(now.Add(-l.age).Format(l.layout))
				if l.subject != "" {
					s.SubjectID = l.subject
				}
				sessions = append(sessions, s)
			}
			body, err := json.Marshal(map[string]any{"content": sessions})
			must(t, err)
			respond := func(call emulator.Call, status int, body string) {
				service.Fault(fault.Fault{Call: string(call), Kind: fault.Replace, Status: status, Header: header, Body: body})
			}
			respond(emulator.CallDocument, http.StatusForbidden, "")
			respond(emulator.CallSessions, http.StatusOK, string(body))
			service.Fault(fault.Fault{Call: string(emulator.CallCreate), Kind: fault.Replace, Status: http.StatusInternalServerError, Header: header, Times: 1})
			respond(emulator.CallCreate, http.StatusCreated, `{"playerUrl":"https://player.example"}`)

			if test.listedID != "" {
				test.message = []string{"since then:\n  - " + test.listedID + " (CREATED, created ", "terraform import ADDRESS staging/" + test.listedID}
			}
			for _, summary := range []string{"Session creation outcome unknown", "Session ID unknown"} {
				c := newCore(t, service, map[string]tftypes.Value{"max_retries": tftypes.NewValue(tftypes.Number, 0)})
				id, output := c.create()
				requireMessages(t, output, append(test.message, summary))
				if id != "" || strings.Contains(output, "OLD") || strings.Contains(output, "OTHER") {
					t.Errorf("the state has %q, and it message: %s", id, output)
				}
			}
		})
	}
}

func requireMessages(t *testing.T, output string, want []string) {
	t.Helper()
	for _, want := range want {
		if !strings.Contains(output, want) {
			t.Errorf("it does not contain %q:\n%s", want, output)
		}
	}
}

// What another create of the same run made is not suggested.
func TestSessionsOfOtherCreatesAreNotSuggested(t *testing.T) {
	service := newService(t, 0)
	c := newCore(t, service, map[string]tftypes.Value{})
	first, _ := c.create()
	service.Fault(fault.Fault{Call: string(emulator.CallCreate), Kind: fault.WithoutID, Times: 1})
	second, output := c.create() // both are listed
	made := service.Sessions()
	if first != made[0].ID || second != "" || !strings.Contains(output, made[1].ID) || strings.Contains(output, first) {
		t.Fatalf("in state: %q and %q; it message: %s", first, second, output)
	}
}

// The state keeps the player URL of a session whose ID is unknown.
func TestPlayerURLOfASessionWithoutID(t *testing.T) {
	service := newService(t, 0)
	service.Fault(fault.Fault{Call: string(emulator.CallCreate), Kind: fault.WithoutID, Times: 1})
	attributes, _ := newCore(t, service, map[string]tftypes.Value{}).apply(nil)
	var playerURL string
	must(t, attributes["player_url"].As(&playerURL))
	if !strings.HasPrefix(playerURL, "http") || !attributes["id"].IsNull() {
		t.Errorf("in state: player_url %q, id %v", playerURL, attributes["id"])
	}
}
