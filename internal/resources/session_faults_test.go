// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// createFault is a way in which the creation of one session goes wrong.
type createFault struct {
	faults    []fault.Fault // of the create, unless they name another call
	arguments []string      // of the provider block
	lines     []string      // of the session
	client    bool          // authenticate with client credentials
	noService bool          // nobody listens at api_url, so what was sent is in the log alone

	creates  int // that arrived, or were sent to nobody
	sessions int // on the service
	stored   int // sessions in state

	message []string // what the user reads; SESSION is the ID of the session on the service
	do      string   // the word for what to do; empty only where there is nothing to do
}

// What the user reads of a create that failed, by whether a session may exist.
const (
	nothingCreated = "No session was created."
	outcomeUnknown = "Error: Session creation outcome unknown"
	notRetried     = "The request was not retried, because that could create two"
	noneListed     = "The session list contains none that was created for this subject since then."
	oneListed      = "The session list contains, for this subject and created since then: - SESSION (CREATED, created "
	howToImport    = "import it: terraform import ADDRESS staging/SESSION"
	idUnknown      = "Error: Session created, but its ID is unknown"
	withoutID      = "Warning: Session ID unknown"
	playerURLLost  = "The session SESSION is created and in state, but the response contains no player URL"
)

func status(code int, header ...string) fault.Fault {
	f := fault.Fault{Kind: fault.Status, Status: code}
	if len(header) == 2 {
		f.Header = map[string]string{header[0]: header[1]}
	}
	return f
}

func once(f fault.Fault) fault.Fault { return times(f, 1) }

func times(f fault.Fault, n int) fault.Fault {
	f.Times = n
	return f
}

func spoiled(kind fault.Kind) fault.Fault { return fault.Fault{Kind: kind} }

func slow(kind fault.Kind, by time.Duration) fault.Fault {
	return fault.Fault{Kind: kind, Delay: fault.Duration(by)}
}

const (
	retryOnce = `max_retries = 1`
	impatient = `request_timeout = "1s"`
)

var createFaults = map[string]createFault{
	"none": {creates: 1, sessions: 1, stored: 1, message: []string{"1 added"}},

	// The request never arrived, or was turned away: nothing was created, and
	// a transient failure is retried.
	"connection refused": {
		noService: true, arguments: []string{retryOnce}, creates: 2,
		message: []string{"Error: Service not reachable", "the connection was refused", nothingCreated}, do: "Check the provider's api_url",
	},
	"400": {
		faults:  []fault.Fault{{Kind: fault.Status, Status: 400, Body: `{"statusCode":400,"message":["the flow is paused"],"error":"Bad Request"}`}},
		creates: 1, message: []string{"Error: Request refused", "- disabled", nothingCreated}, do: "then run terraform apply again",
	},
	"401, API key": {
		faults: []fault.Fault{status(401)}, creates: 1,
		message: []string{"Error: Not authenticated", nothingCreated}, do: "Check api_key (IDNOW_API_KEY)",
	},
	"401, token revoked": {
		client: true, faults: []fault.Fault{once(spoiled(fault.RevokeTokens))},
		creates: 2, sessions: 1, stored: 1, message: []string{"1 added"},
	},
	"401, whatever the token": {
		client: true, faults: []fault.Fault{status(401)}, creates: 2,
		message: []string{"Error: Not authenticated", nothingCreated}, do: "client_id and client_secret",
	},
	"403": {faults: []fault.Fault{status(403)}, creates: 1, message: []string{"Error: Not permitted", nothingCreated}, do: "requires api.read"},
	"404": {faults: []fault.Fault{status(404)}, creates: 1, message: []string{"Error: Not found", nothingCreated}, do: "Check the ID and the environment"},
	"408": {faults: []fault.Fault{status(408)}, creates: 1, message: []string{"Error: Request timed out", nothingCreated}, do: "Run terraform apply again"},
	"409": {faults: []fault.Fault{status(409)}, creates: 1, message: []string{"Error: Request refused", nothingCreated}, do: "apply again"},
	"413": {faults: []fault.Fault{status(413)}, creates: 1, message: []string{"Error: Request too large", nothingCreated}, do: "Send smaller files"},
	"429, then free": {
		faults: []fault.Fault{once(status(429))}, creates: 2, sessions: 1, stored: 1, message: []string{"1 added"},
	},
	"429, seconds, then free": {
		faults: []fault.Fault{once(status(429, "Retry-After", "1"))}, creates: 2, sessions: 1, stored: 1, message: []string{"1 added"},
	},
	"429, date, then free": {
		faults: []fault.Fault{once(status(429, "Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT"))}, creates: 2, sessions: 1, stored: 1, message: []string{"1 added"},
	},
	"429, date beyond the time allowed": {
		faults: []fault.Fault{status(429, "Retry-After", "Fri, 31 Dec 2100 23:59:59 GMT")}, lines: []string{`timeouts = { create = "1s" }`}, creates: 1,
		message: []string{"Error: Timeout exceeded", "429 Too Many Requests", nothingCreated}, do: "Raise the value in timeouts",
	},
	"429 throughout": {
		faults: []fault.Fault{status(429, "Retry-After", "0")}, arguments: []string{retryOnce}, creates: 2,
		message: []string{"Error: Too many requests", nothingCreated}, do: "raise max_retries",
	},
	"429, for longer than the time allowed": {
		faults: []fault.Fault{status(429, "Retry-After", "99999999999999999999")}, lines: []string{`timeouts = { create = "1s" }`}, creates: 1,
		message: []string{"Error: Timeout exceeded", "429 Too Many Requests", nothingCreated}, do: "Raise the value in timeouts",
	},
	"503, seconds, then free": {
		faults: []fault.Fault{once(status(503, "Retry-After", "1"))}, creates: 2, sessions: 1, stored: 1, message: []string{"1 added"},
	},
	"503, date beyond the time allowed": {
		faults: []fault.Fault{status(503, "Retry-After", "Fri, 31 Dec 2100 23:59:59 GMT")}, lines: []string{`timeouts = { create = "1s" }`}, creates: 1,
		message: []string{"Error: Timeout exceeded", "503 Service Unavailable", nothingCreated}, do: "Raise the value in timeouts",
	},
	"503, seconds, throughout": {
		faults: []fault.Fault{status(503, "Retry-After", "0")}, arguments: []string{retryOnce}, creates: 2,
		message: []string{"Error: Service failed", nothingCreated}, do: "Try again later",
	},

	// It may have been carried out, so it is not retried.
	"redirect": {
		faults: []fault.Fault{spoiled(fault.Redirect)}, creates: 1,
		message: []string{outcomeUnknown, "307 Temporary Redirect", notRetried, noneListed}, do: "Check that api_url is the address of the API itself",
	},
	"500": {faults: []fault.Fault{status(500)}, creates: 1, message: []string{outcomeUnknown, "500 Internal Server Error", notRetried, noneListed}, do: "If there is none, run terraform apply again"},
	"502": {faults: []fault.Fault{status(502)}, creates: 1, message: []string{outcomeUnknown, "502 Bad Gateway", notRetried, noneListed}, do: "If there is none, run terraform apply again"},
	"503": {faults: []fault.Fault{status(503)}, creates: 1, message: []string{outcomeUnknown, "503 Service Unavailable", notRetried, noneListed}, do: "If there is none, run terraform apply again"},
	"504": {faults: []fault.Fault{status(504)}, creates: 1, message: []string{outcomeUnknown, "504 Gateway Timeout", notRetried, noneListed}, do: "If there is none, run terraform apply again"},
	"500, carried out": {
		faults:  []fault.Fault{{Kind: fault.Replace, Status: 500}},
		creates: 1, sessions: 1, message: []string{outcomeUnknown, notRetried, oneListed}, do: howToImport,
	},
	"500, no session list": {
		faults:  []fault.Fault{{Kind: fault.Replace, Status: 500}, {Call: "sessions", Kind: fault.Status, Status: 404}},
		creates: 1, sessions: 1, message: []string{outcomeUnknown, notRetried, "The session list can't be read to its end to find out"}, do: "look in the dashboard",
	},
	"reset before it was carried out": {
		faults: []fault.Fault{spoiled(fault.ResetBefore)}, creates: 1,
		message: []string{outcomeUnknown, "the connection was", notRetried, noneListed}, do: "If there is none, run terraform apply again",
	},
	"reset after it was carried out": {
		faults: []fault.Fault{spoiled(fault.ResetAfter)}, creates: 1, sessions: 1,
		message: []string{outcomeUnknown, "the connection was reset", notRetried, oneListed}, do: howToImport,
	},
	"hangs": {
		faults: []fault.Fault{spoiled(fault.Hang)}, arguments: []string{impatient}, creates: 1,
		message: []string{outcomeUnknown, "no complete response within the request timeout of 1s", notRetried, noneListed}, do: "If there is none, run terraform apply again",
	},
	"hangs, for longer than the time allowed": {
		faults: []fault.Fault{spoiled(fault.Hang)}, lines: []string{`timeouts = { create = "1s" }`}, creates: 1,
		message: []string{outcomeUnknown, "longer than its timeout", "Raise timeouts.create first", notRetried, noneListed}, do: "If there is none, run terraform apply again",
	},
	"slow header": {
		faults: []fault.Fault{slow(fault.SlowHeader, 200*time.Millisecond)}, creates: 1, sessions: 1, stored: 1, message: []string{"1 added"},
	},
	"too slow header": {
		faults: []fault.Fault{slow(fault.SlowHeader, time.Hour)}, arguments: []string{impatient}, creates: 1, sessions: 1,
		message: []string{outcomeUnknown, "no complete response within the request timeout of 1s", notRetried, oneListed}, do: howToImport,
	},

	// The service output that it created the session: what the response contains is
	// stored. Nothing of the session list is, which may show another run's session.
	"slow body": {
		faults: []fault.Fault{slow(fault.SlowBody, time.Millisecond)}, creates: 1, sessions: 1, stored: 1, message: []string{"1 added"},
	},
	"too slow body": {
		faults: []fault.Fault{slow(fault.SlowBody, 100*time.Millisecond)}, arguments: []string{impatient},
		creates: 1, sessions: 1, message: []string{idUnknown, oneListed}, do: howToImport,
	},
	"cut off": {
		faults: []fault.Fault{spoiled(fault.Truncated)}, creates: 1, sessions: 1, message: []string{idUnknown, oneListed}, do: howToImport,
	},
	"201, empty": {
		faults: []fault.Fault{spoiled(fault.Empty)}, creates: 1, sessions: 1, message: []string{idUnknown, oneListed}, do: howToImport,
	},
	"201, not JSON": {
		faults: []fault.Fault{spoiled(fault.NotJSON)}, creates: 1, sessions: 1, message: []string{idUnknown, oneListed}, do: howToImport,
	},
	"201, of the wrong type": {
		faults: []fault.Fault{spoiled(fault.WrongType)}, creates: 1, sessions: 1, message: []string{idUnknown, oneListed}, do: howToImport,
	},
	"201, without end": {
		faults: []fault.Fault{spoiled(fault.EndlessBody)}, creates: 1, sessions: 1, message: []string{idUnknown, oneListed}, do: howToImport,
	},
	"201, without ID": {
		faults: []fault.Fault{spoiled(fault.WithoutID)}, creates: 1, sessions: 1, stored: 1, message: []string{withoutID, oneListed}, do: howToImport,
	},
	"201, without ID, no session list": {
		faults:  []fault.Fault{spoiled(fault.WithoutID), {Call: "sessions", Kind: fault.Status, Status: 404}},
		creates: 1, sessions: 1, stored: 1, message: []string{withoutID, "The state contains what the response does contain", "The session list can't be read to its end to find out"}, do: "look in the dashboard",
	},
	"201, empty, no session list": {
		faults:  []fault.Fault{spoiled(fault.Empty), {Call: "sessions", Kind: fault.Status, Status: 404}},
		creates: 1, sessions: 1, message: []string{idUnknown, "without the import creates, and bills, another session", "The session list can't be read to its end to find out"}, do: "import it: terraform import ADDRESS staging/SESSION_ID",
	},
	"201, ID alone": {
		faults: []fault.Fault{spoiled(fault.IDOnly)}, creates: 1, sessions: 1, stored: 1, message: []string{playerURLLost},
	},
}

// Whatever goes wrong with a create, there is at most one session, and either
// it is in state or the message reports the outcome and what to do.
func TestCreateFaults(t *testing.T) {
	for name, test := range createFaults {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			for _, f := range test.faults {
				if f.Call == "" {
					f.Call = string(emulator.CallCreate)
				}
				env.Fault(f)
			}
			w := env.Workspace(test.configuration(t, env))
			if test.noService {
				w.Setenv("TF_LOG_PROVIDER", "DEBUG")
				w.Setenv("TF_LOG_PATH", filepath.Join(w.Dir, "debug.log"))
			}
			test.check(t, env, w, w.Run("apply", "-auto-approve", "-no-color", "-input=false"))
		})
	}
}

func (c createFault) configuration(t *testing.T, env *acceptance.Env) string {
	t.Helper()
	block := env.Provider(c.arguments...)
	if c.client {
		block = env.ProviderWithClient(c.arguments...)
	}
	if c.noService {
		block = strings.ReplaceAll(block, env.URL, closedAddress(t))
	}
	return block + minimal("s", c.lines...)
}

// check asserts what the service saw, what state holds and what the user read.
func (c createFault) check(t *testing.T, env *acceptance.Env, w *acceptance.Workspace, apply acceptance.Result) {
	t.Helper()
	onService := env.Sessions()
	if len(onService) != c.sessions {
		t.Errorf("%d sessions on the service, want %d", len(onService), c.sessions)
	}
	creates := len(env.Creates())
	if c.noService {
		creates = loggedCreates(t, w)
	}
	if creates != c.creates {
		t.Errorf("%d creates, want %d", creates, c.creates)
	}
	stored := storedSessions(t, w)
	if len(stored) != c.stored {
		t.Errorf("%d sessions in state, want %d", len(stored), c.stored)
	}
	for _, s := range stored {
		if s.Status != "" {
			t.Errorf("the session in state is %s: the next apply would create another one", s.Status)
		}
	}
	wantExit := 1
	if c.stored > 0 {
		wantExit = 0
	}
	if apply.ExitCode != wantExit {
		t.Errorf("the apply ended with %d, want %d", apply.ExitCode, wantExit)
	}
	if strays := env.RequestsOf(emulator.CallUnknown); len(strays) > 0 {
		t.Errorf("a request went to %s", strays[0].Path)
	}
	messages := append([]string{c.do}, c.message...)
	if wantExit == 1 && c.do == "" {
		t.Error("the table names nothing to do about this error")
	}
	output := strings.Join(strings.Fields(unfold(apply.Output)), " ")
	for _, want := range messages {
		if len(onService) == 1 {
			want = placeholder.ReplaceAllString(want, onService[0].ID)
		}
		if !strings.Contains(output, want) {
			t.Errorf("the apply does not contain %q", want)
		}
	}
	// To try again is no advice where a session may exist already.
	for summary, advice := range map[string]string{outcomeUnknown: "ry again", idUnknown: "pply again"} {
		if strings.Contains(output, summary) && strings.Contains(output, advice) {
			t.Errorf("the apply reports %q, and then %q", summary, advice)
		}
	}
	if t.Failed() {
		t.Log(apply.Output)
	}
}

// loggedCreates counts the attempts to create a session in the provider's log.
func loggedCreates(t *testing.T, w *acceptance.Workspace) int {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(w.Dir, "debug.log"))
	must(t, err)
	// Only a create is a POST with an API key; the line's fields are in any order.
	return len(regexp.MustCompile(`(?m)API request: .*\bmethod=POST\b`).FindAll(log, -1))
}

// placeholder is where the table means the ID of the session on the service;
// SESSION_ID is a word of the message itself.
var placeholder = regexp.MustCompile(`\bSESSION\b`)

// storedSession is a session as the state file has it.
type storedSession struct {
	Status     string // "tainted", or empty
	Attributes map[string]any
}

// storedSessions reads the sessions from a workspace's state file, which shows
// more than the CLI shows and costs no run of it.
func storedSessions(t *testing.T, w *acceptance.Workspace) []storedSession {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(w.Dir, "terraform.tfstate"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	must(t, err)
	var state struct {
		Resources []struct {
			Mode, Type string
			Instances  []storedSession
		}
	}
	must(t, json.Unmarshal(raw, &state))
	var found []storedSession
	for _, r := range state.Resources {
		if r.Mode == "managed" && r.Type == "idnow_session" {
			found = append(found, r.Instances...)
		}
	}
	return found
}

// closedAddress is the URL of a port on which nobody listens.
func closedAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	must(t, listener.Close())
	return "http://" + listener.Addr().String()
}
