// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
)

// The variables of a run against a real service, beside the provider's own.
const (
	flowVariable     = "IDNOW_TEST_FLOW_ID"      // the flow; it is what asks for such a run
	inputVariable    = "IDNOW_TEST_INPUT"        // a JSON file with the input of its sessions; else the document's examples
	sessionsVariable = "IDNOW_TEST_MAX_SESSIONS" // how many sessions are created at most
)

// liveEnvironment is the only logical environment in which tests create
// sessions of a real service: those of others may be billed.
const liveEnvironment = "staging"

const defaultMaxSessions = 10

// live reports whether tests run against the service that variables name.
func live() bool { return os.Getenv(flowVariable) != "" }

// requireEmulator skips a test that does more than use the platform's API.
func requireEmulator(tb testing.TB) {
	tb.Helper()
	if live() {
		tb.Skip("needs the emulator's control interface")
	}
}

// Service is a service that a test uses by nothing but the platform's API. It
// is an emulator, or in a run against a real service the one that the
// variables name.
type Service struct {
	FlowID      string
	Environment string

	// Input is the input of the flow's sessions, as JSON.
	Input string

	env       *Env
	variables map[string]string
}

// NewService returns the service of a test. It skips where no CLI may be driven.
func NewService(tb testing.TB) *Service {
	tb.Helper()
	requireAcceptance(tb)
	if live() {
		return newLiveService(tb)
	}
	env := New(tb, emulator.Options{})
	return &Service{
		FlowID: emulatortest.DocumentCapture, Environment: liveEnvironment,
		Input: `{"basicIdentity": {"givenName": "Max", "familyName": "Schmidt", "birthDate": "1985-08-22"}}`,
		env:   env,
		variables: map[string]string{
			"IDNOW_API_URL": env.URL, "IDNOW_AUTH_URL": env.URL,
			"IDNOW_CLIENT_ID": ClientID, "IDNOW_CLIENT_SECRET": ClientSecret,
			"IDNOW_ENVIRONMENT": liveEnvironment,
		},
	}
}

func newLiveService(tb testing.TB) *Service {
	tb.Helper()
	environment := os.Getenv("IDNOW_ENVIRONMENT")
	if environment != liveEnvironment {
		tb.Fatalf("IDNOW_ENVIRONMENT must be %q: tests create sessions, and those of another environment may be billed", liveEnvironment)
	}
	s := &Service{
		FlowID: os.Getenv(flowVariable), Environment: environment, Input: "{}",
		env: &Env{tb: tb}, variables: map[string]string{},
	}
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "IDNOW_") && !strings.HasPrefix(name, "IDNOW_TEST_") {
			s.variables[name] = value
		}
	}
	path := os.Getenv(inputVariable)
	if path == "" {
		s.Input = s.exampleInput()
		return s
	}
	raw, err := os.ReadFile(path) //nolint:gosec // the developer names it
	if err != nil || !json.Valid(raw) {
		tb.Fatalf("%s must be a file with the input as JSON: %v", inputVariable, err)
	}
	s.Input = string(raw)
	return s
}

// exampleInput is the input that the flow's document shows by its examples.
func (s *Service) exampleInput() string {
	s.env.tb.Helper()
	w := s.Workspace(fmt.Sprintf("data \"idnow_flow_openapi\" \"f\" {\n  flow_id = %q\n}\n", s.FlowID))
	w.Apply()
	raw, _ := w.Attributes("data.idnow_flow_openapi.f")["openapi_json"].(string)
	document, err := flowschema.Parse(s.env.tb.Context(), []byte(raw))
	if err != nil {
		s.env.tb.Fatal(err)
	}
	example, complete := document.ExampleInput()
	if !complete {
		s.env.tb.Fatalf("the flow's document has no example of its input: name a JSON file by %s", inputVariable)
	}
	written, err := json.Marshal(example)
	if err != nil {
		s.env.tb.Fatal(err)
	}
	return string(written)
}

// Workspace makes a folder with the configuration as its main.tf and the
// sessions' input in input.json. Its runs get the service by variables.
func (s *Service) Workspace(configuration string) *Workspace {
	s.env.tb.Helper()
	w := s.env.Workspace(configuration)
	w.Write("input.json", s.Input)
	for name, value := range s.variables {
		w.Setenv(name, value)
	}
	return w
}

// Session is the configuration of one session, with further arguments.
func (s *Service) Session(name, metadata string) string {
	return fmt.Sprintf(`
resource "idnow_session" %q {
  flow_id  = %q
  input    = jsondecode(file("input.json"))
  metadata = %s
}
`, name, s.FlowID, metadata)
}

// Apply applies a configuration that creates that many sessions, and fails the
// test unless it succeeds. It skips the test where that would be more than may
// be created in all.
func (s *Service) Apply(w *Workspace, sessions int) Result {
	s.env.tb.Helper()
	result := s.TryApply(w, sessions)
	if result.ExitCode != 0 {
		s.env.tb.Fatalf("apply ended with %d:\n%s", result.ExitCode, result.Output)
	}
	return result
}

// TryApply is Apply where an error may be what the service lacks.
func (s *Service) TryApply(w *Workspace, sessions int) Result {
	s.env.tb.Helper()
	if !created.reserve(sessions, maxSessions(s.env.tb)) {
		s.env.tb.Skipf("would create more sessions than %s allows", sessionsVariable)
	}
	result := w.Run("apply", "-auto-approve", "-no-color", "-input=false")
	created.add(w.sessionIDs()) // also those of an apply that failed
	return result
}

// sessionIDs are the IDs of the sessions in state, which may not be there.
func (w *Workspace) sessionIDs() []string {
	var ids []string
	for _, r := range w.resources() {
		if id, ok := r.Values["id"].(string); ok && r.Type == "idnow_session" && r.Mode == "managed" {
			ids = append(ids, id)
		}
	}
	return ids
}

// created are the sessions of this process's tests.
var created sessionBudget

// sessionBudget bounds and lists the sessions that tests create.
type sessionBudget struct {
	mutex    sync.Mutex
	reserved int
	ids      []string
}

func (b *sessionBudget) reserve(n, most int) bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if live() && b.reserved+n > most {
		return false
	}
	b.reserved += n
	return true
}

func maxSessions(tb testing.TB) int {
	tb.Helper()
	text := os.Getenv(sessionsVariable)
	if text == "" {
		return defaultMaxSessions
	}
	most, err := strconv.Atoi(text)
	if err != nil {
		tb.Fatalf("%s must be a whole number", sessionsVariable)
	}
	return most
}

func (b *sessionBudget) add(ids []string) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.ids = append(b.ids, ids...)
}

// ReportSessions writes the IDs of the sessions that a run against a real
// service has created. They can't be ended by the API.
func ReportSessions(w io.Writer) {
	if !live() {
		return
	}
	_, _ = fmt.Fprintf(w, "Sessions created in %s: %d\n", liveEnvironment, len(created.ids))
	for _, id := range created.ids {
		_, _ = fmt.Fprintln(w, "  "+id)
	}
}
