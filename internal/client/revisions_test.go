// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCreatedSessionRevisions(t *testing.T) {
	id := func(change func(*Session)) *Session {
		s := &Session{ID: "s1"}
		change(s)
		return s
	}
	tests := map[string]struct {
		body string
		want *Session
	}{
		"expiresAt in the context":   {`{"sessionContext":{"sessionId":"s1","expiresAt":"t"}}`, id(func(s *Session) { s.ExpiresAt = "t" })},
		"expiresAt at the top":       {`{"expiresAt":"t","sessionContext":{"sessionId":"s1"}}`, id(func(s *Session) { s.ExpiresAt = "t" })},
		"sdkToken in the context":    {`{"sessionContext":{"sessionId":"s1","sdkToken":"k"}}`, id(func(s *Session) { s.SDKToken = "k" })},
		"sdkToken at the top":        {`{"sdkToken":"k","sessionContext":{"sessionId":"s1"}}`, id(func(s *Session) { s.SDKToken = "k" })},
		"all at the top":             {`{"sessionId":"s1","sessionStatus":"CREATED","createdAt":"t"}`, id(func(s *Session) { s.Status, s.CreatedAt = "CREATED", "t" })},
		"a null at the top":          {`{"expiresAt":null,"sessionContext":{"sessionId":"s1","expiresAt":"t"}}`, id(func(s *Session) { s.ExpiresAt = "t" })},
		"a null version at the top":  {`{"flowVersion":null,"sessionContext":{"sessionId":"s1","flowVersion":2}}`, id(func(s *Session) { s.FlowVersion = "2" })},
		"version as text":            {`{"sessionId":"s1","flowVersion":"2.0"}`, id(func(s *Session) { s.FlowVersion = "2.0" })},
		"version past float64":       {`{"sessionId":"s1","flowVersion":9007199254740993}`, id(func(s *Session) { s.FlowVersion = "9007199254740993" })},
		"wrong kinds elsewhere":      {`{"sessionId":"s1","flowId":{},"playerUrl":[],"flowVersion":true,"createdAt":5,"sdkToken":"k"}`, id(func(s *Session) { s.SDKToken = "k" })},
		"context of a wrong kind":    {`{"sessionId":"s1","sessionContext":"x"}`, id(func(*Session) {})},
		"metadata is the customer's": {`{"sessionId":"s1","metadata":{"expiresAt":"mine","environment":"mine"}}`, id(func(*Session) {})},
		"escapes":                    {`{"sessionId":"s1","playerUrl":"https:\/\/x\u003f"}`, id(func(s *Session) { s.PlayerURL = "https://x?" })},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newService(t, status(201, tt.body))
			got, err := newTestClient(t, s.URL).CreateSession(t.Context(), "f1", "live", bodyOf("{}"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("session (-want +got):\n%s", diff)
			}
		})
	}
}

// Wherever a response is cut, what is read from it is a part of the whole
// and never another value.
func TestSalvageReturnsNoHalves(t *testing.T) {
	body := strings.Replace(created, `"flowVersion":2`, `"flowVersion":2345`, 1)
	read := func(raw []byte) (s Session) {
		decode(raw, &s)
		return s
	}
	want := read([]byte(body))
	withID := 0
	for n := range len(body) {
		got := read(salvage([]byte(body[:n]), 2))
		pairs := [][2]string{
			{got.ID, want.ID}, {got.Status, want.Status}, {got.FlowID, want.FlowID}, {string(got.FlowVersion), string(want.FlowVersion)},
			{got.Environment, want.Environment}, {got.PlayerURL, want.PlayerURL}, {got.CreatedAt, want.CreatedAt},
		}
		for _, p := range pairs {
			if p[0] != "" && p[0] != p[1] {
				t.Errorf("after %d bytes %q instead of %q", n, p[0], p[1])
			}
		}
		if got.ID != "" {
			withID++
		}
	}
	if after := len(body) - strings.Index(body, `"s1"`) - len(`"s1"`); withID != after {
		t.Errorf("the ID was read from %d of the %d cuts behind it", withID, after)
	}
}

// However much follows the ID in the member on which a response broke off.
func TestSalvageReadsAllThatIsWhole(t *testing.T) {
	for name, rest := range map[string]string{
		"a list":        `"metadata":{"tags":["a"` + strings.Repeat(`,"a"`, 100),
		"a text":        `"metadata":{"note":"` + strings.Repeat("a, ", 100),
		"deep":          `"metadata":{"a":{"b":1` + strings.Repeat(`,"b":1`, 100),
		"many members":  `"metadata":{"a":1` + strings.Repeat(`,"a":1`, 100) + `,"sessionId":"mine`,
		"not the names": `"b",{"sessionId":"mine"`,
		"garbage":       `"b":1}{"sessionId":"mine"}`,
	} {
		var s Session
		decode(salvage([]byte(`{"sessionContext":{"sessionId":"s1"},"playerUrl":"p",`+rest), 2), &s)
		if s.ID != "s1" || s.PlayerURL != "p" {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func FuzzSalvage(f *testing.F) {
	f.Add([]byte(created[:150]))
	f.Add([]byte(`{"a":{"b":{"c":`))
	f.Add([]byte(`{"a"}`))
	f.Add([]byte(`{"a":1,{"b":1`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if salvaged := salvage(body, 2); salvaged != nil && !json.Valid(salvaged) {
			t.Errorf("%q", salvaged)
		}
	})
}

// Whatever a page of a list contains, it is read or refused.
func FuzzReadPage(f *testing.F) {
	f.Add([]byte(`{"content":[{"sessionContext":{"sessionId":"s1","lastStep":{"stepName":1}},"metadata":[]}],"page":{"totalPages":"2.0"}}`))
	f.Add([]byte(`{"dataBlocks":[{"datablockId":"d1","type":"X","createdByStep":"START","n":1.0}],"totalElements":1e9}`))
	f.Add([]byte(`[null,1,"x",{"createdBy":{"stepId":{},"clock":[]}}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		sessions := &list[Session]{seen: map[string]bool{}, visit: func(Session) error { return nil }}
		_, _ = sessions.readPage(body, 1)
		blocks := &list[DataBlock]{seen: map[string]bool{}, visit: func(b DataBlock) error {
			if b.Content != nil && !json.Valid(b.Content) {
				t.Errorf("content %q", b.Content)
			}
			return nil
		}}
		_, _ = blocks.readPage(body, 1)
	})
}

func TestSessionRevisions(t *testing.T) {
	tests := map[string]struct {
		body string
		want Session
	}{
		"everything": {
			`{"sessionId":"s1","sessionStatus":"COMPLETED","flowId":"f1","flowVersion":2,"environment":"live","subjectId":"c1","outcome":"accepted",
			"createdAt":"t1","startedAt":"t2","updatedAt":"t3","completedAt":"t4","expiresAt":"t5","redirectUrl":"https://x","state":"z",
			"lastStep":{"stepId":"END","stepDescription":"The end","verdict":"ok"},"results":[{"n":9007199254740993}]}`,
			Session{
				ID: "s1", Status: "COMPLETED", FlowID: "f1", FlowVersion: "2", Environment: "live", SubjectID: "c1", Outcome: "accepted",
				CreatedAt: "t1", StartedAt: "t2", UpdatedAt: "t3", CompletedAt: "t4", ExpiresAt: "t5", RedirectURL: "https://x", State: "z",
				LastStep: &LastStep{StepID: "END", Description: "The end", Verdict: "ok"}, Results: json.RawMessage(`[{"n":9007199254740993}]`),
			},
		},
		"nothing":                 {`{}`, Session{ID: "s1"}},
		"nulls":                   {`{"sessionId":null,"outcome":null,"startedAt":null,"lastStep":null,"results":null,"metadata":null}`, Session{ID: "s1"}},
		"wrong kinds":             {`{"sessionId":"s1","outcome":{},"flowVersion":[2],"lastStep":"x","createdAt":1.50,"state":"z"}`, Session{ID: "s1", State: "z"}},
		"subject in metadata":     {`{"metadata":{"subjectId":"c1","completedAt":"mine","outcome":"mine"}}`, Session{ID: "s1", SubjectID: "c1"}},
		"older last step":         {`{"lastStep":{"stepName":"Capture","stepType":"DOC","verdict":"ok"}}`, Session{ID: "s1", LastStep: &LastStep{Description: "Capture", Type: "DOC", Verdict: "ok"}}},
		"outcome in capitals":     {`{"outcome":"ACCEPTED"}`, Session{ID: "s1", Outcome: "accepted"}},
		"status in small letters": {`{"sessionStatus":"expired"}`, Session{ID: "s1", Status: "EXPIRED"}},
		"status in a mixture":     {`{"sessionContext":{"sessionStatus":"Created"}}`, Session{ID: "s1", Status: "CREATED"}},
		"status not known":        {`{"sessionStatus":"paused"}`, Session{ID: "s1", Status: "paused"}},
		"context as in a create":  {`{"sessionContext":{"sessionId":"s1","sessionStatus":"RUNNING"}}`, Session{ID: "s1", Status: "RUNNING"}},
		"a status nobody knows":   {`{"sessionStatus":"PAUSED"}`, Session{ID: "s1", Status: "PAUSED"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newService(t, status(200, tt.body))
			got, err := newTestClient(t, s.URL).Session(t.Context(), "live", "s1")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, *got); diff != "" {
				t.Errorf("session (-want +got):\n%s", diff)
			}
			if uri := s.seen()[0].uri; uri != "/api/v1/live/sessions/s1" {
				t.Errorf("asked for %s", uri)
			}
		})
	}
}

func TestFlowRevisions(t *testing.T) {
	s := newService(t, status(200, `{"content":[
		{"id":"a","name":"A","description":"d","version":7,"environment":"live"},
		{"id":"b","version":"7.0"},{"id":"c","version":null,"name":null},{"name":"no ID"},{"name":"no ID"}]}`))
	got, err := newTestClient(t, s.URL).ListFlows(t.Context(), "live")
	want := []Flow{
		{ID: "a", Name: "A", Description: "d", Version: "7", Environment: "live"},
		{ID: "b", Version: "7.0"}, {ID: "c"}, {Name: "no ID"}, {Name: "no ID"},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v, flows (-want +got):\n%s", err, diff)
	}
}

func TestFlowDocumentIsServedAsItIs(t *testing.T) {
	const document = "{ \"openapi\" : \"3.0.0\",\r\n \"x\": 1.0 }\n"
	s := newService(t, status(200, document))
	got, err := newTestClient(t, s.URL).FlowDocument(t.Context(), "live", "f1")
	if err != nil || string(got) != document || s.seen()[0].uri != "/api/v1/flows/live/f1" {
		t.Errorf("got %q of %s, error %v", got, s.seen()[0].uri, err)
	}
	s = newService(t, status(200, strings.Repeat(" ", maxDocument+1)))
	if _, err := newTestClient(t, s.URL).FlowDocument(t.Context(), "live", "f1"); err == nil || !strings.Contains(err.Error(), "larger than 8 MiB") {
		t.Errorf("error = %v", err)
	}
}

func TestDataBlockRevisions(t *testing.T) {
	whole := DataBlock{ID: "d1", Type: "basicIdentity", Step: "START", Clock: "3", CreatedAt: "t", Status: "STORED", Content: json.RawMessage(`{"n":1.0}`)}
	tests := map[string]struct {
		body string
		want []DataBlock
	}{
		"today":            {`{"dataBlocks":[{"datablockId":"d1","type":"basicIdentity","createdBy":{"stepId":"START","clock":3},"createdAt":"t","status":"STORED","content":{"n":1.0}}]}`, []DataBlock{whole}},
		"older":            {`{"datablocks":[{"datablockId":"d1","type":"BasicIdentity","lastStep":{"stepId":"START"},"clock":"3","createdAt":"t","status":"STORED","n":1.0}]}`, []DataBlock{whole}},
		"createdByStep":    {`{"dataBlocks":[{"createdByStep":"START"}]}`, []DataBlock{{Step: "START"}}},
		"createdByStep.id": {`{"dataBlocks":[{"createdByStep":{"stepId":"START"}}]}`, []DataBlock{{Step: "START"}}},
		"a step of another kind": {`[{"createdBy":true,"datablockId":"d1","content":{"n":1}},{"createdBy":{"stepId":5},"content":{}},{"createdByStep":[1],"type":"x"}]`,
			[]DataBlock{{ID: "d1", Content: json.RawMessage(`{"n":1}`)}, {Content: json.RawMessage(`{}`)}, {Type: "x"}}},
		"older, many colons":  {`[{"times":"` + strings.Repeat(":", maxMembers+1) + `"}]`, []DataBlock{{Content: json.RawMessage(`{"times":"` + strings.Repeat(":", maxMembers+1) + `"}`)}}},
		"deleted":             {`{"dataBlocks":[{"datablockId":"d1","status":"DELETED","content":null,"extra":1}]}`, []DataBlock{{ID: "d1", Status: "DELETED"}}},
		"empty content":       {`{"dataBlocks":[{"content":{}}]}`, []DataBlock{{Content: json.RawMessage(`{}`)}}},
		"content of any kind": {`{"dataBlocks":[{"content":[1]}]}`, []DataBlock{{Content: json.RawMessage(`[1]`)}}},
		"a bare list":         {`[{"type":"Ä"}]`, []DataBlock{{Type: "ä"}}},
		"none":                {`{"dataBlocks":[]}`, []DataBlock{}},
		"no list":             {`{}`, []DataBlock{}},
		"null entries":        {`{"dataBlocks":[null,{"type":null}]}`, []DataBlock{{}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newService(t, status(200, tt.body))
			got, err := newTestClient(t, s.URL).DataBlocks(t.Context(), "live", "s1")
			if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
				t.Errorf("error %v, blocks (-want +got):\n%s", err, diff)
			}
			if uri := s.seen()[0].uri; uri != "/api/v1/live/sessions/s1/datablocks" {
				t.Errorf("asked for %s", uri)
			}
		})
	}
}

func TestOutcomes(t *testing.T) {
	for served, want := range map[string]string{
		"accepted": "accepted", "ACCEPTED": "accepted", "Rejected": "rejected", "NO_OUTCOME": "NO_OUTCOME", "no_outcome": "NO_OUTCOME",
		"": "", "Escalated": "Escalated",
	} {
		var s Session
		decode([]byte(`{"outcome":"`+served+`"}`), &s)
		if got := s.Outcome; got != want {
			t.Errorf("%q became %q, want %q", served, got, want)
		}
	}
}

func TestIsFinal(t *testing.T) {
	for status, want := range map[string]bool{
		StatusCreated: false, StatusRunning: false, StatusCompleted: true, StatusAborted: true, StatusExpired: true, StatusError: true, "PAUSED": false, "": false,
	} {
		if got := IsFinal(status); got != want {
			t.Errorf("%q: %t", status, got)
		}
	}
}

func TestInteger(t *testing.T) {
	for served, want := range map[string]int64{
		"0": 0, "2": 2, "2.0": 2, "2.000": 2, "-7": -7, "9007199254740993": 9007199254740993, "9007199254740993.0": 9007199254740993,
	} {
		if got, ok := Number(served).Integer(); !ok || got != want {
			t.Errorf("%q is %d, %t; want %d", served, got, ok, want)
		}
	}
	for _, served := range []string{"", ".", ".0", "1.2", "1.0.0", "v7", "two", "2 ", "9223372036854775808", "true"} {
		if got, ok := Number(served).Integer(); ok {
			t.Errorf("%q is %d, want none", served, got)
		}
	}
}
