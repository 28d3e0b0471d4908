// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

//go:build linux

package resources_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// soon is longer than anything takes that does not wait for what it must not
// wait for. It ends tests that fail; those that pass never last as long.
const soon = 30 * time.Second

// run is a CLI on its way, in a process group of its own as a shell makes one.
type run struct {
	cmd    *exec.Cmd
	output bytes.Buffer
	ended  chan struct{}
}

func startApply(t *testing.T, w *acceptance.Workspace) *run {
	t.Helper()
	r := &run{cmd: w.Command(t.Context(), "apply", "-auto-approve", "-no-color", "-input=false"), ended: make(chan struct{})}
	r.cmd.Stdout, r.cmd.Stderr = &r.output, &r.output
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	must(t, r.cmd.Start())
	go func() {
		_ = r.cmd.Wait() // how it ended is in its ProcessState
		close(r.ended)
	}()
	t.Cleanup(func() {
		_ = syscall.Kill(-r.cmd.Process.Pid, syscall.SIGKILL) // what is left of it
		<-r.ended
	})
	return r
}

// wait returns what the run came to.
func (r *run) wait(t *testing.T) acceptance.Result {
	t.Helper()
	select {
	case <-r.ended:
	case <-time.After(soon):
		t.Fatalf("the apply has not ended after %s", soon)
	}
	return acceptance.Result{Output: r.output.String(), ExitCode: r.cmd.ProcessState.ExitCode()}
}

// awaitRequest returns once the service has received a request of the call.
func awaitRequest(t *testing.T, env *acceptance.Env, call emulator.Call) {
	t.Helper()
	await(t, "request of the call "+string(call), func() bool { return len(env.RequestsOf(call)) > 0 })
}

// awaitSession returns once the service has carried out a create: it receives the
// request before it reads the body.
func awaitSession(t *testing.T, env *acceptance.Env) {
	t.Helper()
	await(t, "session", func() bool { return len(env.Sessions()) > 0 })
}

func await(t *testing.T, what string, arrived func() bool) {
	t.Helper()
	deadline := time.After(soon)
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for !arrived() {
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatalf("no %s is on the service after %s", what, soon)
		}
	}
}

// interrupts are the ways to stop a run.
var interrupts = map[string]func(*run) error{
	// A terminal signals all that runs in it, the provider included.
	"Ctrl-C in a terminal": func(r *run) error { return syscall.Kill(-r.cmd.Process.Pid, syscall.SIGINT) },
	"SIGINT to the CLI":    func(r *run) error { return r.cmd.Process.Signal(syscall.SIGINT) },
	"SIGTERM to the CLI":   func(r *run) error { return r.cmd.Process.Signal(syscall.SIGTERM) },
	// A supervisor ends a job as a whole.
	"SIGTERM to all": func(r *run) error { return syscall.Kill(-r.cmd.Process.Pid, syscall.SIGTERM) },
}

// A session that is being created when the run is interrupted reaches state.
func TestInterruptInFlight(t *testing.T) {
	for name, interrupt := range interrupts {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			env.Fault(fault.Fault{Call: string(emulator.CallCreate), Kind: fault.SlowHeader, Delay: fault.Duration(time.Second)})
			w := env.Workspace(env.Provider() + minimal("s"))
			apply := startApply(t, w)
			awaitRequest(t, env, emulator.CallCreate)
			must(t, interrupt(apply))
			result := apply.wait(t)
			if !strings.Contains(result.Output, "Interrupt received") {
				t.Errorf("the interrupt came too late:\n%s", result.Output)
			}
			requireStored(t, env, w, result)
			env.ClearFaults()
			if plan := w.Plan(); plan.ExitCode != 0 {
				t.Errorf("the plan after it ended with %d:\n%s", plan.ExitCode, plan.Output)
			}
		})
	}
}

// requireStored asserts that the one session on the service, made by one
// create, is whole in state.
func requireStored(t *testing.T, env *acceptance.Env, w *acceptance.Workspace, result acceptance.Result) {
	t.Helper()
	env.RequireCreates(t, 1)
	id := theSession(t, env)
	stored := storedSessions(t, w)
	if len(stored) != 1 || stored[0].Status != "" || stored[0].Attributes["id"] != id || stored[0].Attributes["player_url"] == nil {
		t.Errorf("the session %s is not whole in state:\n%s", id, result.Output)
	}
}

// An interrupt ends a wait in which nothing is on its way.
func TestInterruptBetweenAttempts(t *testing.T) {
	for name, refusal := range map[string]fault.Fault{
		"429": status(429, "Retry-After", "60"),
		"503": status(503, "Retry-After", "60"),
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			refusal.Call = string(emulator.CallCreate)
			env.Fault(refusal)
			w := env.Workspace(env.Provider() + minimal("s"))
			apply := startApply(t, w)
			awaitRequest(t, env, emulator.CallCreate)
			must(t, interrupts["Ctrl-C in a terminal"](apply))
			result := apply.wait(t)
			// The interrupt may be faster than the response on its way, which is
			// then what the user reads about.
			createFault{creates: 1, message: []string{name}, do: nothingCreated}.check(t, env, w, result)
		})
	}
}

// A wait for the end that is interrupted leaves the session in state, whole.
func TestInterruptWhileWaitingForCompletion(t *testing.T) {
	for _, name := range []string{"Ctrl-C in a terminal", "SIGTERM to all"} {
		t.Run(name, func(t *testing.T) { testInterruptedWait(t, interrupts[name]) })
	}
}

func testInterruptedWait(t *testing.T, interrupt func(*run) error) {
	env := acceptance.New(t, emulator.Options{})
	w := env.Workspace(env.Provider() + waiting())
	apply := startApply(t, w)
	awaitRequest(t, env, emulator.CallRead)
	must(t, interrupt(apply))
	result := apply.wait(t)
	for _, want := range []string{"Error: Session did not finish", "was interrupted"} {
		if !strings.Contains(unfold(result.Output), want) {
			t.Errorf("the apply does not contain %q:\n%s", want, result.Output)
		}
	}
	env.RequireCreates(t, 1)
	id := theSession(t, env)
	if stored := storedSessions(t, w); len(stored) != 1 || stored[0].Attributes["id"] != id || stored[0].Attributes["player_url"] == nil {
		t.Errorf("the session %s is not whole in state:\n%s", id, result.Output)
	}
	must(t, env.SetStatus(id, emulator.Completed, emulator.Accepted))
	w.Apply()
	env.RequireCreates(t, 1)
}

// Nobody can store a session whose provider is killed while it is created. The
// session is on the service once, the run fails, and an import takes the
// session over without another create.
func TestProviderKilledInFlight(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	env.Fault(fault.Fault{Call: string(emulator.CallCreate), Kind: fault.SlowHeader, Delay: fault.Duration(time.Hour)})
	w := env.Workspace(env.Provider() + minimal("s"))
	apply := startApply(t, w)
	awaitSession(t, env)
	killProvider(t, w.Dir)
	result := apply.wait(t)
	if result.ExitCode != 1 || !pluginGone.MatchString(unfold(result.Output)) {
		t.Errorf("the apply ended with %d, and not because the provider was gone:\n%s", result.ExitCode, result.Output)
	}
	if stored := storedSessions(t, w); len(stored) != 0 {
		t.Errorf("%d sessions in state, want none", len(stored))
	}
	env.ClearFaults()

	// The next apply would create another one: nothing is left of the first.
	if plan := w.Plan(); plan.ExitCode != 2 || !strings.Contains(plan.Output, "Plan: 1 to add, 0 to change, 0 to destroy.") {
		t.Errorf("the plan after it ended with %d:\n%s", plan.ExitCode, plan.Output)
	}
	w.MustRun("import", "-input=false", "idnow_session.s", "staging/"+theSession(t, env))
	w.Apply()
	if plan := w.Plan(); plan.ExitCode != 0 {
		t.Errorf("the plan after the import ended with %d:\n%s", plan.ExitCode, plan.Output)
	}
	env.RequireCreates(t, 1)
}

// pluginGone is what a CLI reports of a provider that ended amid a create: one or
// the other, by what it notices first.
var pluginGone = regexp.MustCompile(`Error: (Plugin did not respond|Request cancelled)\s[^:]*\.ApplyResourceChange `)

// killProvider kills the provider process that works in dir, which is the
// test's own folder.
func killProvider(t *testing.T, dir string) {
	t.Helper()
	const name = "terraform-provi" // as much as the kernel keeps of it
	processes, err := filepath.Glob("/proc/[0-9]*")
	must(t, err)
	killed := 0
	for _, process := range processes {
		working, _ := os.Readlink(filepath.Join(process, "cwd")) // not of one that has just ended
		comm, _ := os.ReadFile(filepath.Join(process, "comm"))
		if working != dir || strings.TrimSpace(string(comm)) != name {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(process))
		must(t, err)
		must(t, syscall.Kill(pid, syscall.SIGKILL))
		killed++
	}
	if killed != 1 {
		t.Fatalf("%d provider processes were killed, want 1", killed)
	}
}
