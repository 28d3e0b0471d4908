// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

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

// A wait that fails leaves a session that is neither lost nor tainted.
func TestWaitThatFails(t *testing.T) {
	for name, test := range map[string]struct {
		faults []fault.Fault
		want   string
	}{
		"service fails": {[]fault.Fault{{Call: "read", Kind: fault.Status, Status: http.StatusInternalServerError}}, "answered 500"},
		"may not read":  {[]fault.Fault{{Call: "read", Kind: fault.Status, Status: http.StatusForbidden}}, "api.read"},
		"time is over":  {nil, "timeouts.create is over"},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			for _, f := range test.faults {
				env.Fault(f)
			}
			w := env.Workspace(env.Provider("max_retries = 0") + waiting(`timeouts = { create = "2s" }`))
			apply := w.Apply()
			output := unfold(apply.Output)
			for _, want := range []string{"Warning: Session has not ended yet", "is in state, not tainted", test.want} {
				if !strings.Contains(output, want) {
					t.Errorf("the apply does not say %q:\n%s", want, apply.Output)
				}
			}
			env.ClearFaults()
			if plan := w.Plan(); plan.ExitCode != 0 {
				t.Errorf("the plan after it ended with %d:\n%s", plan.ExitCode, plan.Output)
			}
			env.RequireCreates(t, 1)
		})
	}
}
