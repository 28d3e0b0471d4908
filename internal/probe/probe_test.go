// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package probe_test

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/revision"
	"github.com/idnow/terraform-provider-idnow/internal/probe"
)

// direct is a service without a client before it.
func direct(address string) probe.Service {
	return probe.Service{Address: address, Transport: func(authorized bool) http.RoundTripper {
		if authorized {
			return withKey{}
		}
		return http.DefaultTransport
	}}
}

// withKey sends a request with the emulator's token.
type withKey struct{}

func (withKey) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+emulator.DefaultAPIKey)
	return http.DefaultTransport.RoundTrip(req)
}

var input = map[string]any{"basicIdentity": map[string]any{"givenName": "Planted", "familyName": "Planted"}}

// target has a session of a person in the emulator, which is over, and an older
// one that is not.
func target(t *testing.T, server *emulatortest.Server, create bool) probe.Target {
	t.Helper()
	post := func() string {
		before := server.Sessions()
		body := `{"input":{"basicIdentity":{"givenName":"Planted","familyName":"Planted"}},"metadata":{"subjectId":"planted-subject"},"state":"planted"}`
		r, err := direct(server.URL).Send(t.Context(), probe.Request{
			Method: http.MethodPost, Path: "/api/v1/flows/" + emulatortest.DocumentCapture + "/staging/sessions",
			ContentType: "application/json", Body: []byte(body),
		})
		if err != nil || r.Status != http.StatusCreated {
			t.Fatalf("creating a session: %v, %d %s", err, r.Status, r.Body)
		}
		known := map[string]bool{}
		for _, s := range before {
			known[s.ID] = true
		}
		for _, s := range server.Sessions() {
			if !known[s.ID] {
				return s.ID
			}
		}
		t.Fatal("no session was created")
		return ""
	}
	post()
	server.Advance(time.Second)
	id := post()
	if err := server.SetStatus(id, emulator.Completed, emulator.Accepted); err != nil {
		t.Fatal(err)
	}
	return probe.Target{Environment: "staging", FlowID: emulatortest.DocumentCapture, SessionID: id, Input: input, Create: create}
}

func run(t *testing.T, form revision.Revision) probe.Report {
	t.Helper()
	server := emulatortest.NewServer(t, emulator.Options{Revision: form})
	report, err := probe.Run(t.Context(), direct(server.URL), target(t, server, true))
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func seen(report probe.Report) map[string]string {
	all := map[string]string{}
	for _, f := range report.Findings {
		all[f.Name] = f.Seen
	}
	return all
}

// Whatever the service does differently is seen, and is something that
// the provider accepts.
func TestProbeSeesEachDifference(t *testing.T) {
	base := run(t, revision.Default())
	for name, values := range revision.Settings() {
		if name == "webhook" {
			continue // no response of the API
		}
		for _, value := range values[1:] {
			t.Run(name+" "+value, func(t *testing.T) {
				form, err := revision.Parse(fmt.Appendf(nil, `{%q: %q}`, name, value))
				if err != nil {
					t.Fatal(err)
				}
				report := run(t, form)
				if maps.Equal(seen(base), seen(report)) {
					t.Error("the difference is not seen")
				}
				for _, f := range report.Findings {
					if f.Verdict == probe.Differs {
						t.Errorf("%s: %q is not accepted", f.Name, f.Seen)
					}
				}
			})
		}
	}
}

// A report holds nothing of a person, no ID and no token.
func TestReportHoldsNoValues(t *testing.T) {
	server := emulatortest.NewServer(t, emulator.Options{})
	to := target(t, server, true)
	report, err := probe.Run(t.Context(), direct(server.URL), to)
	if err != nil {
		t.Fatal(err)
	}
	var written strings.Builder
	if err := report.WriteTable(&written); err != nil {
		t.Fatal(err)
	}
	if err := report.WriteJSON(&written); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Planted", "planted", to.SessionID, to.FlowID, emulator.DefaultAPIKey, server.URL} {
		if strings.Contains(written.String(), secret) {
			t.Errorf("the report holds %q:\n%s", secret, written.String())
		}
	}
}

// Without leave nothing is created, and with it no more than the maximum.
func TestProbeCreatesOnlyWhatItMay(t *testing.T) {
	for create, most := range map[bool]int{false: 0, true: probe.MaxCreates} {
		server := emulatortest.NewServer(t, emulator.Options{})
		to := target(t, server, create)
		before := len(server.Sessions())
		report, err := probe.Run(t.Context(), direct(server.URL), to)
		if err != nil {
			t.Fatal(err)
		}
		if made := len(server.Sessions()) - before; made > most || made != report.Created || create && made == 0 {
			t.Errorf("create %v: %d sessions were created, and %d are reported", create, made, report.Created)
		}
		if n := len(server.RequestsOf(emulator.CallCreate)) - 2; !create && n != 0 {
			t.Errorf("%d creates were sent", n)
		}
	}
}

// On the emulator as it is, all but what that flow has nothing of is known.
func TestProbeOfTheEmulator(t *testing.T) {
	want := []string{"Create: list elements in a form", "Flow's document: names in a form"}
	var unknown []string
	for _, f := range run(t, revision.Default()).Findings {
		// The order of blocks is known only if their times differ, by a millisecond.
		if f.Verdict == probe.Unknown && f.Name != "Data blocks: order by createdAt" {
			unknown = append(unknown, f.Name)
		}
		if f.Verdict == probe.Differs {
			t.Errorf("%s: %q", f.Name, f.Seen)
		}
	}
	slices.Sort(unknown)
	if !slices.Equal(unknown, want) {
		t.Errorf("unknown: %q", unknown)
	}
}

// Each function that a report names is there.
func TestDecidingFunctionsExist(t *testing.T) {
	for _, f := range run(t, revision.Default()).Findings {
		folder, function, ok := strings.Cut(f.DecidedBy, " ")
		files, err := filepath.Glob(filepath.Join("..", "..", folder, "*.go"))
		if !ok || err != nil {
			t.Fatalf("%s: %q", f.Name, f.DecidedBy)
		}
		declared := regexp.MustCompile(`(?m)^func (\(.*\) )?` + function + `\(`)
		if !slices.ContainsFunc(files, func(file string) bool {
			source, err := os.ReadFile(file)
			return err == nil && declared.Match(source)
		}) {
			t.Errorf("%s: there is no %s", f.Name, f.DecidedBy)
		}
	}
}
