// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources_test

import (
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
	"github.com/idnow/terraform-provider-idnow/internal/provider"
)

// clock is a clock that a test moves.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }

// theSession is the ID of the one session on the service.
func theSession(t *testing.T, env *acceptance.Env) string {
	t.Helper()
	sessions := env.Sessions()
	if len(sessions) == 0 {
		t.Fatal("there is no session on the service")
	}
	return sessions[0].ID
}

func plans(configuration string, action plancheck.ResourceActionType) resource.TestStep {
	return resource.TestStep{
		Config: configuration,
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectResourceAction("idnow_session.s", action),
		}},
	}
}

func before(step resource.TestStep, change func()) resource.TestStep {
	step.PreConfig = change
	return step
}

// One plan over sessions that have fared differently, three of which have just
// been imported: the plan that adopts those that are there is an update, whatever
// became of them, and only the one after it takes them for what they are.
func TestEveryFateInOnePlan(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	other := env.Workspace(env.Provider() + minimal("lives") + minimal("expired") + minimal("gone"))
	other.Apply()
	w := env.Workspace(env.Provider() + minimal("expired") + minimal("completed") + minimal("deleted"))
	w.Apply()
	id := func(w *acceptance.Workspace, name string) string {
		return w.Attributes("idnow_session." + name)["id"].(string)
	}
	must(t, env.Expire(id(w, "expired")))
	must(t, env.SetStatus(id(w, "completed"), emulator.Completed, emulator.Accepted))
	must(t, env.Delete(id(w, "deleted")))
	must(t, env.Expire(id(other, "expired")))
	w.Write("imported.tf", minimal("imported")+minimal("imported_expired")+minimal("imported_gone"))
	for to, from := range map[string]string{"imported": "lives", "imported_expired": "expired", "imported_gone": "gone"} {
		w.MustRun("import", "-input=false", "idnow_session."+to, "staging/"+id(other, from))
	}
	must(t, env.Delete(id(other, "gone")))

	plan := w.Plan()
	requirePlanned(t, plan, map[string]string{
		"expired": "must be replaced", "completed": "", "deleted": "will be created",
		"imported": "will be updated in-place", "imported_expired": "will be updated in-place", "imported_gone": "will be created",
	})
	// Two sessions are gone: the CLI folds the second warning.
	for _, want := range []string{"Plan: 3 to add, 2 to change, 1 to destroy.", "Warning: Session is gone", "and one more similar warning"} {
		if !strings.Contains(plan.Output, want) {
			t.Errorf("the plan does not contain %q:\n%s", want, plan.Output)
		}
	}
	w.Apply()
	requirePlanned(t, w.Plan(), map[string]string{
		"expired": "", "completed": "", "deleted": "", "imported": "", "imported_expired": "must be replaced", "imported_gone": "",
	})
	w.Apply()
	if again := w.Plan(); again.ExitCode != 0 {
		t.Errorf("the plan after the apply is not empty:\n%s", again.Output)
	}
	env.RequireCreates(t, 10)
}

// requirePlanned asserts what a plan does to each session, by name; "" is
// nothing.
func requirePlanned(t *testing.T, plan acceptance.Result, want map[string]string) {
	t.Helper()
	for name, want := range want {
		got := ""
		if mention := regexp.MustCompile(`# idnow_session\.` + name + ` ((?:must|will) be [a-z -]*[a-z])`).FindStringSubmatch(plan.Output); mention != nil {
			got = mention[1]
		}
		if got != want {
			t.Errorf("%s: want %q, the plan shows %q", name, want, got)
		}
	}
	if t.Failed() {
		t.Errorf("the plan:\n%s", plan.Output)
	}
}

func TestReplaceOnStatus(t *testing.T) {
	for name, test := range map[string]struct {
		argument string
		status   emulator.Status
		want     plancheck.ResourceActionType
	}{
		"expired, by default":     {"", emulator.Expired, plancheck.ResourceActionReplace},
		"completed, by default":   {"", emulator.Completed, plancheck.ResourceActionNoop},
		"aborted, by default":     {"", emulator.Aborted, plancheck.ResourceActionNoop},
		"unknown status":          {"", "PAUSED", plancheck.ResourceActionNoop},
		"never":                   {`replace_on_status = []`, emulator.Expired, plancheck.ResourceActionNoop},
		"aborted, where wanted":   {`replace_on_status = ["ABORTED", "ERROR"]`, emulator.Aborted, plancheck.ResourceActionReplace},
		"served in small letters": {"", "expired", plancheck.ResourceActionReplace},
		"wanted in small letters": {`replace_on_status = ["aborted"]`, emulator.Aborted, plancheck.ResourceActionReplace},
		"unknown, where wanted":   {`replace_on_status = ["Paused"]`, "Paused", plancheck.ResourceActionReplace},
		"expired, where unwanted": {`replace_on_status = ["ABORTED"]`, emulator.Expired, plancheck.ResourceActionNoop},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			configuration := env.Provider() + minimal("s", test.argument)
			env.Run(t,
				resource.TestStep{Config: configuration},
				before(plans(configuration, test.want), func() {
					must(t, env.SetStatus(theSession(t, env), test.status, ""))
				}),
			)
		})
	}
}

// An expired session is replaced also when only expires_at has passed.
func TestExpiryByTheClock(t *testing.T) {
	for name, test := range map[string]struct {
		argument string
		change   func(t *testing.T, env *acceptance.Env)
		later    time.Duration
		replaced bool
	}{
		"lives":         {"", nil, 23 * time.Hour, false},
		"expired":       {"", nil, 25 * time.Hour, true},
		"unless wanted": {`replace_on_status = []`, nil, 25 * time.Hour, false},
		"expired, in another form of ISO 8601": {"", func(_ *testing.T, env *acceptance.Env) {
			tomorrow := time.Now().UTC().Add(24 * time.Hour).Format("2006-01-02T15:04:05.000-0700")
			env.Fault(fault.Fault{Call: "read", Kind: fault.Replace, Body: `{"expiresAt":"` + tomorrow + `"}`})
		}, 25 * time.Hour, true},
		// A session that has ended otherwise does not expire any more.
		"completed": {"", func(t *testing.T, env *acceptance.Env) {
			must(t, env.SetStatus(theSession(t, env), emulator.Completed, emulator.Accepted))
		}, 25 * time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			var c clock
			env := acceptance.New(t, emulator.Options{}, provider.WithClock(c.now))
			configuration := env.Provider() + minimal("s", test.argument)
			env.Run(t,
				resource.TestStep{Config: configuration},
				before(resource.TestStep{RefreshState: true}, func() {
					if test.change != nil {
						test.change(t, env)
					}
				}),
				before(resource.TestStep{Config: configuration, PlanOnly: true, ExpectNonEmptyPlan: test.replaced}, func() { c.advance(test.later) }),
			)
		})
	}
}

// Where the service does not return when a session ends, no lifetime is guessed.
func TestNoGuessedLifetime(t *testing.T) {
	var c clock
	env := acceptance.New(t, emulator.Options{}, provider.WithClock(c.now))
	env.Fault(fault.Fault{Call: "create", Kind: fault.IDOnly})
	env.Fault(fault.Fault{Call: "read", Kind: fault.Replace, Status: http.StatusOK, Body: `{"sessionStatus":"CREATED"}`})
	configuration := env.Provider() + minimal("s")
	env.Run(t,
		resource.TestStep{Config: configuration},
		before(emptyPlan(configuration), func() { c.advance(1000 * time.Hour) }),
	)
}

func TestExpiryUnderIgnoreChanges(t *testing.T) {
	for _, ignored := range []string{"all", "[input]", "[session_status]", "[input, metadata, session_status, expires_at]"} {
		t.Run(ignored, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			w := env.Workspace(env.Provider() + minimal("s", "lifecycle {\n    ignore_changes = "+ignored+"\n  }"))
			w.Apply()
			must(t, env.Expire(theSession(t, env)))
			plan := w.Plan()
			if cli := acceptance.DetectCLI(t); ignored == "all" && !cli.OpenTofu && cli.Version.LessThan(version.Must(version.NewVersion("1.5.0"))) &&
				plan.ExitCode == 0 && strings.Contains(plan.Output, "Warning: Session has ended") {
				return // see renew
			}
			if plan.ExitCode != 2 || !strings.Contains(plan.Output, "must be replaced") {
				t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
			}
			w.Apply()
			if again := w.Plan(); again.ExitCode != 0 {
				t.Errorf("the plan after the apply ended with %d:\n%s", again.ExitCode, again.Output)
			}
			env.RequireCreates(t, 2)
		})
	}
}

func TestRefresh(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	configuration := env.Provider("max_retries = 1") + minimal("s")
	at := func(name string, want knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("idnow_session.s", tfjsonpath.New(name), want)
	}
	env.Run(t,
		resource.TestStep{Config: configuration},
		before(resource.TestStep{
			Config: configuration,
			ConfigStateChecks: []statecheck.StateCheck{
				at("session_status", knownvalue.StringExact("COMPLETED")),
				at("outcome", knownvalue.StringExact("accepted")),
				at("completed_at", knownvalue.NotNull()),
				at("player_url", knownvalue.NotNull()),
			},
		}, func() { must(t, env.SetStatus(theSession(t, env), emulator.Completed, emulator.Accepted)) }),
		// Every field may be absent or null, and an older revision shouts.
		before(resource.TestStep{
			Config: configuration,
			ConfigStateChecks: []statecheck.StateCheck{
				at("session_status", knownvalue.StringExact("COMPLETED")),
				at("outcome", knownvalue.StringExact("rejected")),
				at("created_at", knownvalue.NotNull()),
			},
		}, func() {
			env.Fault(fault.Fault{Call: "read", Kind: fault.Replace, Status: http.StatusOK, Body: `{"sessionId":null,"outcome":"REJECTED","lastStep":null,"expiresAt":null}`})
		}),
		before(emptyPlan(configuration), func() {
			env.ClearFaults()
			env.Fault(fault.Fault{Call: "read", Kind: fault.Replace, Status: http.StatusOK, Body: `{}`})
		}),
		// A request to a failing service is retried.
		before(emptyPlan(configuration), func() {
			env.ClearFaults()
			env.Fault(fault.Fault{Call: "read", Kind: fault.Status, Status: http.StatusBadGateway, Times: 1})
		}),
		// Then it is an error that loses nothing.
		before(resource.TestStep{Config: configuration, ExpectError: regexp.MustCompile(`Service failed`)}, func() {
			env.ClearFaults()
			env.Fault(fault.Fault{Call: "read", Kind: fault.Status, Status: http.StatusBadGateway})
		}),
		before(emptyPlan(configuration), env.ClearFaults),
	)
	env.RequireCreates(t, 1)
}

func TestRefreshForbiddenKeepsTheSession(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	w := env.Workspace(env.Provider() + minimal("s"))
	w.Apply()
	env.Fault(fault.Fault{Call: "read", Kind: fault.Status, Status: http.StatusForbidden})
	if plan := w.Plan(); plan.ExitCode != 0 || !strings.Contains(plan.Output, "Warning: Session can't be read") {
		t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
	}
}

func TestDestroyReportsHowLongTheSessionIsValid(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	w := env.Workspace(env.Provider() + minimal("s"))
	w.Apply()
	ends := env.Sessions()[0].ExpiresAt.Format("2006-01-02T15:04:05")
	if destroy := w.MustRun("destroy", "-auto-approve", "-no-color"); !strings.Contains(destroy.Output, "Warning: Session not ended") || !strings.Contains(unfold(destroy.Output), ends) {
		t.Errorf("the destroy shows:\n%s", destroy.Output)
	}
	w.Apply()
	must(t, env.SetStatus(theSessionInState(w), emulator.Completed, emulator.Rejected))
	if destroy := w.MustRun("destroy", "-auto-approve", "-no-color"); strings.Contains(destroy.Output, "Session not ended") {
		t.Errorf("a session that has ended is reported as still valid:\n%s", destroy.Output)
	}
}

func theSessionInState(w *acceptance.Workspace) string {
	return w.Attributes("idnow_session.s")["id"].(string)
}

func TestAllowedEnvironments(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	allowed := `allowed_environments = ["staging"]`
	w := env.Workspace(env.Provider(allowed) + minimal("s", `environment = "live"`))
	if plan := w.Plan(); plan.ExitCode != 1 || !strings.Contains(plan.Output, "Error: Environment not allowed") {
		t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
	}
	if requests := env.Requests(); len(requests) != 0 {
		t.Errorf("%d requests were sent, the first to %s", len(requests), requests[0].Path)
	}

	// A refresh does not read an existing session there either, and moving it to
	// an allowed environment is a plan like any other.
	w.Write("main.tf", strings.Replace(readMain(t, w), allowed, "", 1))
	w.Apply()
	reads := len(env.RequestsOf(emulator.CallRead))
	w.Write("main.tf", strings.Replace(readMain(t, w), `provider "idnow" {`, "provider \"idnow\" {\n  "+allowed, 1))
	if plan := w.Plan(); plan.ExitCode != 1 || !strings.Contains(plan.Output, "Error: Environment not allowed") {
		t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
	}
	w.Write("main.tf", strings.Replace(readMain(t, w), `"live"`, `"staging"`, 1))
	if plan := w.Plan(); plan.ExitCode != 2 || !strings.Contains(plan.Output, "must be replaced") {
		t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
	}
	if got := len(env.RequestsOf(emulator.CallRead)); got != reads {
		t.Errorf("%d reads were sent to an environment that is not allowed", got-reads)
	}
}

// A session that ends within renew_before is replaced, whatever
// replace_on_status is, and one that lives longer is not.
func TestRenewBefore(t *testing.T) {
	for name, test := range map[string]struct {
		arguments []string
		want      plancheck.ResourceActionType
	}{
		"ends later":                {[]string{`renew_before = "2h"`}, plancheck.ResourceActionNoop},
		"ends within":               {[]string{`renew_before = "8h"`}, plancheck.ResourceActionReplace},
		"and no status replaces it": {[]string{`renew_before = "8h"`, `replace_on_status = []`}, plancheck.ResourceActionReplace},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{}) // whose sessions live for a day
			configuration := env.Provider() + minimal("s", test.arguments...)
			env.Run(t,
				resource.TestStep{Config: configuration},
				before(plans(configuration, test.want), func() { env.Advance(18 * time.Hour) }),
			)
		})
	}
}

// A renew_before that no session outlives is warned of; it is also refused where
// it is no duration.
func TestRenewBeforeThatIsTooLong(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	if apply := env.Workspace(env.Provider() + minimal("s", `renew_before = "24h"`)).Apply(); !strings.Contains(apply.Output, "Warning: renew_before too long") {
		t.Errorf("the apply does not warn:\n%s", apply.Output)
	}
	if plan := env.Workspace(env.Provider() + minimal("s", `renew_before = "1 day"`)).Plan(); plan.ExitCode != 1 || !strings.Contains(plan.Output, "Invalid renew_before") {
		t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
	}
}

// A local clock that is ahead of the service's replaces nothing.
func TestExpiryByTheClockOfTheService(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	env.Advance(-25 * time.Hour)
	w := env.Workspace(env.Provider() + minimal("s"))
	w.Apply()
	if plan := w.Plan(); plan.ExitCode != 0 {
		t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
	}
	env.RequireCreates(t, 1)
}
