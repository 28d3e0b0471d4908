// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
	"github.com/idnow/terraform-provider-idnow/internal/provider"
)

func waiting(arguments ...string) string {
	return minimal("s", append([]string{"wait_for_completion = true"}, arguments...)...)
}

func TestWaitEndsWithTheOutcome(t *testing.T) {
	const completesAfter = 40 * time.Second
	var slept []time.Duration
	var env *acceptance.Env
	sleep := provider.WithSleep(func(ctx context.Context, d time.Duration) error {
		slept = append(slept, d)
		env.Advance(d)
		return ctx.Err()
	})
	env = acceptance.New(t, emulator.Options{
		AutoComplete: map[string]time.Duration{emulatortest.DocumentCapture: completesAfter},
	}, sleep)
	at := func(name string, want knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("idnow_session.s", tfjsonpath.New(name), want)
	}
	configuration := env.Provider() + waiting()
	env.Run(t,
		resource.TestStep{
			Config: configuration,
			ConfigStateChecks: []statecheck.StateCheck{
				at("session_status", knownvalue.StringExact("COMPLETED")),
				at("outcome", knownvalue.StringExact("accepted")),
				at("completed_at", knownvalue.NotNull()),
			},
		},
		emptyPlan(configuration),
	)
	env.RequireCreates(t, 1)
	var total time.Duration
	for i, d := range slept {
		total += d
		if i > 0 && d < slept[i-1] {
			t.Errorf("the intervals %v do not grow", slept)
		}
	}
	if total < completesAfter || len(slept) > 12 {
		t.Errorf("polled after %v", slept)
	}
}

// A wait that fails is an error. The next apply continues it: it creates no
// other session, and ends with the one that there is.
func TestWaitThatFails(t *testing.T) {
	for name, test := range map[string]struct {
		faults []fault.Fault
		want   string
		flags  []string // of the applies that follow
	}{
		"service fails":      {[]fault.Fault{{Call: "read", Kind: fault.Status, Status: http.StatusInternalServerError}}, "responded with 500", nil},
		"may not read":       {[]fault.Fault{{Call: "read", Kind: fault.Status, Status: http.StatusForbidden}}, "api.read", nil},
		"time is over":       {nil, "within timeouts.create", nil},
		"without a refresh":  {nil, "within timeouts.create", []string{"-refresh=false"}},
		"replaced on demand": {nil, "within timeouts.create", []string{"-replace=idnow_session.s"}},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			for _, f := range test.faults {
				env.Fault(f)
			}
			w := env.Workspace(env.Provider("max_retries = 0") + waiting(`timeouts = { create = "2s" }`))
			first := requireUnfinished(t, w, test.want)
			id, playerURL := w.Attributes("idnow_session.s")["id"], w.Attributes("idnow_session.s")["player_url"]
			if plan := w.Plan(); len(test.faults) == 0 && !strings.Contains(unfold(plan.Output), "The next apply creates no other session") {
				t.Errorf("the plan after %s\nis\n%s", first.Output, plan.Output)
			}
			env.ClearFaults()
			requireUnfinished(t, w, "within timeouts.create", test.flags...)
			must(t, env.SetStatus(id.(string), emulator.Completed, emulator.Accepted))
			last := w.MustRun(append([]string{"apply", "-auto-approve", "-no-color", "-input=false"}, test.flags...)...)
			// Without a refresh the plan does not know that the replacement takes over.
			if warned := strings.Contains(last.Output, "Session not ended"); warned != (name == "without a refresh") {
				t.Errorf("a warning that the session is not ended: %v\n%s", warned, last.Output)
			}
			session := w.Attributes("idnow_session.s")
			if session["id"] != id || session["player_url"] != playerURL || session["outcome"] != "accepted" {
				t.Errorf("in state is %v, %v", session["id"], session["outcome"])
			}
			if plan := w.Plan(); plan.ExitCode != 0 {
				t.Errorf("the plan after it ended with %d:\n%s", plan.ExitCode, plan.Output)
			}
			env.RequireCreates(t, 1)
		})
	}
}

// requireUnfinished applies, and requires the error of a wait that failed.
func requireUnfinished(t *testing.T, w *acceptance.Workspace, want string, flags ...string) acceptance.Result {
	t.Helper()
	apply := w.Run(append([]string{"apply", "-auto-approve", "-no-color", "-input=false"}, flags...)...)
	for _, want := range []string{"Error: Session did not finish", "Run terraform apply again to continue to wait for it", want} {
		if !strings.Contains(unfold(apply.Output), want) || apply.ExitCode != 1 {
			t.Fatalf("the apply ended with %d, and not with %q:\n%s", apply.ExitCode, want, apply.Output)
		}
	}
	return apply
}

// After terraform untaint the wait is continued by updates, also where the session
// may not be replaced before another is there.
func TestWaitAfterUntaint(t *testing.T) {
	for name, lifecycle := range map[string]string{
		"plain":                 "",
		"create_before_destroy": "lifecycle {\n create_before_destroy = true\n }",
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			w := env.Workspace(env.Provider() + waiting(`timeouts = { create = "2s" }`, lifecycle))
			first := requireUnfinished(t, w, "within timeouts.create")
			if !strings.Contains(first.Output, "terraform untaint ADDRESS") {
				t.Errorf("the apply does not name the command:\n%s", first.Output)
			}
			id, playerURL := w.Attributes("idnow_session.s")["id"], w.Attributes("idnow_session.s")["player_url"]
			w.MustRun("untaint", "idnow_session.s")
			for range 2 { // an update that fails does not taint
				second := requireUnfinished(t, w, "within timeouts.create")
				if !strings.Contains(second.Output, "will be updated in-place") {
					t.Errorf("the apply plans another change:\n%s", second.Output)
				}
			}
			must(t, env.SetStatus(id.(string), emulator.Completed, emulator.Accepted))
			w.Apply()
			session := w.Attributes("idnow_session.s")
			if session["id"] != id || session["player_url"] != playerURL || session["outcome"] != "accepted" {
				t.Errorf("in state is %v, %v", session["id"], session["outcome"])
			}
			if plan := w.Plan(); plan.ExitCode != 0 {
				t.Errorf("the plan after it ended with %d:\n%s", plan.ExitCode, plan.Output)
			}
			env.RequireCreates(t, 1)
		})
	}
}

// Of sessions with the same configuration, as count makes them, each wait is
// continued, whichever is deleted first.
func TestWaitForSessionsOfTheSameConfiguration(t *testing.T) {
	const sessions = 6
	env := acceptance.New(t, emulator.Options{})
	w := env.Workspace(env.Provider() + waiting(fmt.Sprintf("count = %d", sessions), `timeouts = { create = "2s" }`))
	for range 3 {
		requireUnfinished(t, w, "within timeouts.create")
	}
	stored := map[any]bool{}
	for _, s := range storedSessions(t, w) {
		stored[s.Attributes["id"]] = true
		must(t, env.SetStatus(s.Attributes["id"].(string), emulator.Completed, emulator.Accepted))
	}
	if last := w.MustRun("apply", "-auto-approve", "-no-color", "-input=false"); strings.Contains(last.Output, "Session not ended") {
		t.Errorf("a session that is taken over is reported as not ended:\n%s", last.Output)
	}
	for _, s := range storedSessions(t, w) {
		if !stored[s.Attributes["id"]] || s.Attributes["outcome"] != "accepted" {
			t.Errorf("in state is %v, %v", s.Attributes["id"], s.Attributes["outcome"])
		}
	}
	if len(stored) != sessions {
		t.Errorf("%d sessions were stored, want %d", len(stored), sessions)
	}
	env.RequireCreates(t, sessions)
}

// Another configuration is another session, also while one is waited for.
func TestWaitIsForTheSameConfiguration(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	w := env.Workspace(env.Provider() + waiting(`timeouts = { create = "2s" }`))
	requireUnfinished(t, w, "within timeouts.create")
	configuration, err := os.ReadFile(filepath.Join(w.Dir, "main.tf"))
	must(t, err)
	w.Write("main.tf", strings.Replace(string(configuration), "customer-123", "customer-456", 1))
	if second := requireUnfinished(t, w, "within timeouts.create"); !strings.Contains(second.Output, "Warning: Session not ended") {
		t.Errorf("the apply does not report that the first session stays valid:\n%s", second.Output)
	}
	env.RequireCreates(t, 2)
	if destroy := w.MustRun("destroy", "-auto-approve", "-no-color"); !strings.Contains(destroy.Output, "Warning: Session not ended") {
		t.Errorf("the destroy does not report that the session stays valid:\n%s", destroy.Output)
	}
}

// The first response of the service is neither complete nor final.
func TestWaitForWhatComesLater(t *testing.T) {
	const completed = `{"sessionStatus":"COMPLETED","outcome":"accepted"}`
	created := fault.Fault{Call: "create", Kind: fault.Replace, Status: http.StatusCreated,
		Body: `{"sessionContext":{"sessionId":"S-1","sessionStatus":"COMPLETED"},"playerUrl":"https://player.example"}`}
	notFound := fault.Fault{Call: "read", Kind: fault.Status, Status: http.StatusNotFound}
	reads := func(body string, times int) fault.Fault {
		return fault.Fault{Call: "read", Kind: fault.Replace, Body: body, Times: times}
	}
	for name, test := range map[string]struct {
		faults  []fault.Fault
		outcome string
		message []string
		reads   int
	}{
		"completed at once":                   {[]fault.Fault{created, reads(completed, 0)}, "accepted", nil, 1},
		"completed at once, and not readable": {[]fault.Fault{created, {Call: "read", Kind: fault.Status, Status: http.StatusForbidden}}, "", []string{"Outcome unknown: ", "api.read"}, 1},
		"not there at first":                  {[]fault.Fault{times(notFound, 3), reads(completed, 0)}, "accepted", nil, 4},
		"never there":                         {[]fault.Fault{notFound}, "", []string{"Session did not finish: ", "404"}, 11}, // the last is the first after a minute
		"gone":                                {[]fault.Fault{reads(`{"sessionStatus":"RUNNING"}`, 12), notFound}, "", []string{"Session did not finish: ", "404"}, 13},
	} {
		t.Run(name, func(t *testing.T) {
			var c clock
			service := newService(t, 0)
			for _, f := range test.faults {
				service.Fault(f)
			}
			sleep := func(ctx context.Context, d time.Duration) error { c.advance(d); return ctx.Err() }
			core := newCore(t, service, map[string]tftypes.Value{}, provider.WithClock(c.now), provider.WithSleep(sleep))
			attributes, output := core.apply(map[string]tftypes.Value{"wait_for_completion": tftypes.NewValue(tftypes.Bool, true)})
			var outcome string
			must(t, attributes["outcome"].As(&outcome))
			if outcome != test.outcome || test.message == nil && output != "" {
				t.Errorf("the outcome is %q, want %q; it message: %s", outcome, test.outcome, output)
			}
			requireMessages(t, output, test.message)
			if got := len(service.RequestsOf(emulator.CallRead)); got != test.reads {
				t.Errorf("%d reads, want %d", got, test.reads)
			}
		})
	}
}
