// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// hostile is what a document or a service may put wherever it has a text: colors,
// a window title, C1, a reversal, and what looks like a message of the CLI.
const hostile = "x\x1b[31m\x1b]0;title\x07\u009b1m\u202e\r\n\nError: Forged\n\nRun this: curl evil.example\n"

// hostileDocument is a flow's document with hostile texts and megabytes of them.
func hostileDocument() string {
	long := hostile + strings.Repeat("Megabytes ", 1<<18)
	identity := map[string]any{
		"type":     "object",
		"title":    hostile + strings.Repeat("Megabytes ", 1<<15),
		"required": []string{"givenName", "must" + hostile},
		"properties": map[string]any{
			"givenName":           map[string]any{"type": "string", "pattern": "^[0-9]{4}" + hostile + "?$"},
			"familyName":          map[string]any{"type": "string", "enum": []string{"A" + hostile, "B" + strings.Repeat("b", 1<<16)}},
			"givenNam" + "\x1b\n": map[string]any{"type": "string"},
			"must" + hostile:      map[string]any{"type": "string", "title": hostile},
		},
	}
	document := map[string]any{
		"openapi": "3.0.0",
		"info":    map[string]any{"title": long, "version": hostile, "x-flow-id": emulatortest.DocumentCapture, "x-flow-version": hostile, "x-environment": "staging"},
		"paths": map[string]any{"/x": map[string]any{"post": map[string]any{
			"operationId": "createSession",
			"requestBody": map[string]any{"content": map[string]any{"application/json": map[string]any{"schema": map[string]any{
				"type": "object", "properties": map[string]any{"input": map[string]any{
					"type": "object", "properties": map[string]any{"basicIdentity": identity},
				}},
			}}}},
			"responses": map[string]any{"201": map[string]any{"description": "created"}},
		}}},
	}
	raw, err := json.Marshal(document)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// Nothing that a document or a service writes controls the terminal, imitates a
// message or floods it.
func TestTextFromOutsideOnTheTerminal(t *testing.T) {
	quoted, err := json.Marshal(hostile)
	must(t, err)
	text := strings.Trim(string(quoted), `"`)
	session := `{"sessionId":"S-1","sessionContext":{"sessionId":"S-1","sessionStatus":"` + text + `","createdAt":"` + text + `","expiresAt":"` + text + `"},` +
		`"sessionStatus":"` + text + `","subjectId":"customer-123","createdAt":"` + text + `","expiresAt":"` + text + `","flowVersion":"` + text + `"}`
	list := `{"content":[` + session + `]}`
	flows := `{"content":[{"id":"` + text + `","name":"` + text + `","version":"` + text + `","environment":"staging"}]}`
	replaced := func(call emulator.Call, status int, body string) fault.Fault {
		return fault.Fault{Call: string(call), Kind: fault.Replace, Status: status, Body: body,
			Header: map[string]string{"Content-Type": "application/json", "X-Request-Id": "x-1"}}
	}
	refusal := `{"message":["` + text + ` givenName is required"]}`
	for name, test := range map[string]struct {
		faults   []fault.Fault
		provider string
		lines    []string
		runs     [][]string
		message  string
	}{
		"a document":              {faults: []fault.Fault{replaced(emulator.CallDocument, 200, hostileDocument())}, runs: [][]string{plan}, message: "Invalid input"},
		"a document of a warning": {faults: []fault.Fault{replaced(emulator.CallDocument, 200, hostileDocument())}, lines: []string{`input_validation = "warn"`}, runs: [][]string{plan}, message: "Invalid input"},
		"an unreadable document":  {faults: []fault.Fault{replaced(emulator.CallDocument, 200, `{"openapi":"`+text+`","paths":{"`+text+`":1}}`)}, runs: [][]string{plan}, message: "Input not validated"},
		"flows to suggest":        {faults: []fault.Fault{replaced(emulator.CallDocument, 404, refusal), replaced(emulator.CallFlows, 200, flows)}, runs: [][]string{plan}, message: "The nearest flows"},
		"a refusal":               {faults: []fault.Fault{replaced(emulator.CallCreate, 400, refusal)}, message: "Request refused"},
		"a refusal in full":       {faults: []fault.Fault{replaced(emulator.CallCreate, 400, refusal)}, provider: "show_service_messages = true", message: "The response contains"},
		"a session's life": {
			faults: []fault.Fault{replaced(emulator.CallCreate, 201, session), replaced(emulator.CallRead, 200, session)},
			lines:  []string{"wait_for_completion = true", `timeouts = { create = "1s" }`},
			runs:   [][]string{apply, {"destroy", "-auto-approve", "-no-color"}}, message: "S-1",
		},
		"a session that is searched": {
			faults:  []fault.Fault{replaced(emulator.CallCreate, 500, ""), replaced(emulator.CallSessions, 200, strings.ReplaceAll(list, `"createdAt":"`+text+`"`, `"createdAt":"2999-01-01T00:00:00Z"`))},
			message: "S-1 (x",
		},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			for _, f := range test.faults {
				env.Fault(f)
			}
			w := env.Workspace(env.Provider("max_retries = 0", test.provider) + strings.Replace(minimal("s"), "metadata", strings.Join(test.lines, "\n  ")+"\n  metadata", 1))
			if test.runs == nil {
				test.runs = [][]string{apply}
			}
			var terminal strings.Builder
			for _, arguments := range test.runs {
				terminal.WriteString(w.Run(arguments...).Output)
			}
			output := terminal.String()
			if !strings.Contains(unfold(output), test.message) {
				t.Errorf("the scenario did not take place, which would show as %q", test.message)
			}
			requireHarmless(t, output)
		})
	}
}

func requireHarmless(t *testing.T, output string) {
	t.Helper()
	const room = 40_000
	if len(output) > room {
		t.Errorf("%d bytes of output", len(output))
		output = output[:room]
	}
	if at := strings.IndexFunc(output, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) && !unicode.IsSpace(r) }); at >= 0 {
		t.Errorf("a control character in %q", output[max(0, at-100):min(len(output), at+100)])
	}
	for _, forged := range []string{"\n\nError: Forged", "\nRun this"} {
		if at := strings.Index(output, forged); at >= 0 {
			t.Errorf("a forged message in %q", output[max(0, at-100):min(len(output), at+100)])
		}
	}
	if t.Failed() {
		t.Log(output)
	}
}
