// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package actions_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
	"github.com/idnow/terraform-provider-idnow/internal/provider"
)

const waitForSession = "idnow_wait_for_session"

// newWaitingCore is a core whose waits take no time, but on its own clock and the
// emulator's. Pause is called in each of them with the time that has passed.
func newWaitingCore(t *testing.T, pause func(c *core, passed time.Duration)) *core {
	t.Helper()
	var c *core
	var passed time.Duration
	begin := time.Now()
	c = newCore(t, nil,
		provider.WithClock(func() time.Time { return begin.Add(passed) }),
		provider.WithSleep(func(ctx context.Context, d time.Duration) error {
			passed += d
			c.Advance(d)
			if pause != nil {
				pause(c, passed)
			}
			return ctx.Err()
		}))
	return c
}

func (c *core) wait(id string, timeout string) (progress, failures []string) {
	c.t.Helper()
	config := map[string]tftypes.Value{"session_id": text(id)}
	if timeout != "" {
		config["timeout"] = text(timeout)
	}
	return c.invoke(c.t.Context(), waitForSession, config)
}

func TestWait(t *testing.T) {
	var id string
	c := newWaitingCore(t, func(c *core, passed time.Duration) {
		switch {
		case passed >= 2*time.Minute:
			_ = c.SetStatus(id, emulator.Completed, emulator.Accepted)
		case passed >= time.Second:
			_ = c.SetStatus(id, emulator.Running, "")
		}
	})
	id = c.createWithoutFile()
	progress, failures := c.wait(id, "")
	if len(failures) > 0 {
		t.Fatal(failures)
	}
	if diff := cmp.Diff([]string{
		"The session is CREATED after 0s",
		"The session is RUNNING after 1s",
		"The session is RUNNING after 35s",
		"The session is RUNNING after 1m5s",
		"The session is RUNNING after 1m35s",
		"The session is COMPLETED after 2m5s, with the outcome accepted",
	}, progress); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
	if reads := len(c.RequestsOf(emulator.CallRead)); reads > 20 {
		t.Errorf("%d reads", reads)
	}
}

func TestWaitForASessionThatHasEnded(t *testing.T) {
	for status, want := range map[emulator.Status]string{
		emulator.Completed: "",
		emulator.Aborted:   "is ABORTED and stays in that status",
		emulator.Expired:   "is EXPIRED and stays in that status",
		emulator.Errored:   "is ERROR and stays in that status",
	} {
		t.Run(string(status), func(t *testing.T) {
			c := newWaitingCore(t, nil)
			id := c.createWithoutFile()
			if err := c.SetStatus(id, status, emulator.Rejected); err != nil {
				t.Fatal(err)
			}
			_, failures := c.wait(id, "1m")
			if reads := len(c.RequestsOf(emulator.CallRead)); reads != 1 {
				t.Errorf("%d reads", reads)
			}
			if want == "" {
				if len(failures) > 0 {
					t.Error(failures)
				}
				return
			}
			requireOne(t, failures, "Session did not complete: ", want)
		})
	}
}

func TestWaitFails(t *testing.T) {
	for name, test := range map[string]struct {
		fault   fault.Fault
		timeout string
		want    []string
	}{
		"timeout":       {timeout: "50ms", want: []string{"Session did not finish: ", "was still CREATED when the timeout was exceeded"}},
		"never there":   {fault: fault.Fault{Kind: fault.Status, Status: http.StatusNotFound}, want: []string{"Session not found: "}},
		"not permitted": {fault: fault.Fault{Kind: fault.Status, Status: http.StatusForbidden}, want: []string{"Not permitted: "}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newWaitingCore(t, nil)
			id := c.createWithoutFile()
			if test.fault.Kind != "" {
				test.fault.Call = string(emulator.CallRead)
				c.Fault(test.fault)
			}
			_, failures := c.wait(id, test.timeout)
			requireOne(t, failures, test.want...)
		})
	}
}

// A session may be missing at first, where it has just been created.
func TestWaitForASessionThatAppears(t *testing.T) {
	c := newWaitingCore(t, nil)
	id := c.sign(document{"contract.pdf", "content"})
	c.Fault(fault.Fault{Call: string(emulator.CallRead), Kind: fault.Status, Status: http.StatusNotFound, Times: 3})
	if _, failures := c.wait(id, ""); len(failures) > 0 {
		t.Error(failures)
	}
}

func TestWaitIsInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	c := newWaitingCore(t, func(*core, time.Duration) { interrupt() })
	progress, failures := c.invoke(ctx, waitForSession, map[string]tftypes.Value{"session_id": text(c.createWithoutFile())})
	requireOne(t, failures, "Interrupted: ", "Apply again")
	if got := strings.Join(progress, "\n"); got != "The session is CREATED after 0s" {
		t.Errorf("progress %q", got)
	}
}
