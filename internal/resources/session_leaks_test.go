// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// Texts that must be seen neither in a log nor on the terminal. Each begins in
// a way that occurs nowhere else, so that a part of one is found as well.
const (
	plantedState  = "PlantedState-8d1f"
	plantedSDK    = "PlantedSDKToken-55c0"
	plantedPlayer = "PlantedPlayerToken-91ab"
	wrongSecret   = "PlantedWrongSecret-77aa"

	// plantedPerson is an input with a leaf of every kind, in every container.
	plantedPerson = `{
	  basicIdentity = {
	    givenName  = "PlantedGiven"
	    familyName = "PlantedFamily"
	    birthDate  = "1907-03-29"
	    email      = "planted@example.com"
	  }
	  documentImages   = { documentType = "PASSPORT", frontSide = "UGxhbnRlZEltYWdl" }
	  financialProfile = { declaredIncome = 73914682.25, priority = 9007199254741117 }
	  riskContext = {
	    list   = ["PlantedListItem"]
	    set    = toset(["PlantedSetElement", "PlantedOtherElement"])
	    map    = tomap({ key = "PlantedMapValue" })
	    nested = [[{ deep = "PlantedDeepLeaf" }], { number = 641973.0001 }]
	    empty  = null
	  }
	}`
)

// leaves are the parts of plantedPerson by which it is found. The first two
// are in all that is planted, and "emulated." begins every access token.
var (
	leaves  = []string{"Planted", "planted", "1907-03-29", "UGxhbnRlZEltYWdl", "73914682", "9007199254741117", "641973.0001"}
	secrets = []string{
		acceptance.APIKey, acceptance.ClientSecret, url.QueryEscape(acceptance.ClientSecret), url.PathEscape(acceptance.ClientSecret),
		"emulated.", plantedState, plantedSDK, plantedPlayer, wrongSecret,
	}
)

// planted is a session of the planted person, with extra lines. The
// person is separate, so that the lines that the CLI shows of a configuration
// don't hold it.
func planted(lines ...string) string {
	return `
locals {
  person = ` + plantedPerson + `
  state  = "` + plantedState + `"
}

resource "idnow_session" "s" {
  flow_id  = "` + emulatortest.DocumentCapture + `"
  input    = local.person
  metadata = { subjectId = "customer-123" }
  state    = local.state
  ` + strings.Join(lines, "\n  ") + `
}
`
}

// readBack reads the session back in every way there is.
const readBack = `
data "idnow_session" "s" {
  session_id = idnow_session.s.id
}

data "idnow_sessions" "all" {
  flow_id    = idnow_session.s.flow_id
  depends_on = [idnow_session.s]
}

data "idnow_session_datablocks" "s" {
  session_id = idnow_session.s.id
}

output "everything" {
  value     = [idnow_session.s, data.idnow_session.s, data.idnow_sessions.all, data.idnow_session_datablocks.s]
  sensitive = true
}
`

// In the body of a fault, these are placeholders for what the request contains: a
// service can quote in its response all that it was sent.
const (
	ofInput       = "OF-INPUT"
	ofCredentials = "OF-CREDENTIALS"
)

// quotes fills in what a run with one or the other credentials sends.
func quotes(client bool) *strings.Replacer {
	credentials := "Authorization: Bearer " + acceptance.APIKey
	if client {
		credentials = strings.Join([]string{acceptance.ClientSecret, "client_secret=" + url.QueryEscape(acceptance.ClientSecret)}, "; ")
	}
	return strings.NewReplacer(ofCredentials, credentials, ofInput, strings.Join([]string{
		"PlantedGiven PlantedFamily was born on 1907-03-29", "write to planted@example.com", "image UGxhbnRlZEltYWdl",
		"income 73914682.25", "priority 9007199254741117", "PlantedListItem, PlantedSetElement, PlantedOtherElement",
		"PlantedMapValue: PlantedDeepLeaf", "[641973.0001]", "state=" + plantedState, "https://player.example/player?token=" + plantedPlayer,
	}, "; "))
}

// quoting is a response in which a service quotes the request.
func quoting(code int, contentType, body string) fault.Fault {
	return fault.Fault{Kind: fault.Status, Status: code, Header: map[string]string{"Content-Type": contentType}, Body: body}
}

// leakScenario is a run of the CLI, or several, of which nothing may be seen.
type leakScenario struct {
	terraform, openTofu string // the least versions, if any
	options             emulator.Options
	call                emulator.Call // that the fault strikes
	fault               fault.Fault
	quoting             []emulator.Call   // that are refused with all that the service knows
	client              bool              // authenticate with client credentials
	configuration       string            // default: planted
	files               map[string]string // by name
	variables           map[string]string
	runs                [][]string // default: an apply and a plan
	message             string     // what shows that the scenario took place
	notInState          []string
}

var (
	apply = []string{"apply", "-auto-approve", "-no-color", "-input=false"}
	plan  = []string{"plan", "-no-color", "-input=false"}
)

var leakScenarios = map[string]leakScenario{
	"a session's life": {
		configuration: planted() + readBack,
		runs: [][]string{
			{"plan", "-no-color", "-input=false", "-out=plan.out"}, {"show", "-no-color", "plan.out"}, {"apply", "-no-color", "-input=false", "plan.out"},
			plan, {"apply", "-refresh-only", "-auto-approve", "-no-color"}, {"show", "-no-color"}, {"output", "-no-color"},
			{"plan", "-no-color", "-input=false", "-replace=idnow_session.s"}, {"destroy", "-auto-approve", "-no-color"},
		},
		message: "Destroy complete! Resources: 1 destroyed.",
	},
	"a token that is revoked": {
		client: true, call: emulator.CallCreate, fault: once(spoiled(fault.RevokeTokens)), configuration: planted() + readBack, message: "1 added",
	},
	"a wait for the end": {
		options:       emulator.Options{AutoComplete: map[string]time.Duration{emulatortest.DocumentCapture: time.Millisecond}},
		configuration: planted("wait_for_completion = true") + readBack, message: "1 added",
	},
	"a response with tokens": {
		call: emulator.CallCreate,
		fault: fault.Fault{Kind: fault.Replace, Status: http.StatusCreated,
			Body: `{"sessionContext":{"sessionId":"S-1","sessionStatus":"CREATED"},"playerUrl":"https://player.example/player?token=` + plantedPlayer + `","sdkToken":"` + plantedSDK + `"}`},
		message: "1 added",
	},
	"a response that breaks off": {call: emulator.CallCreate, fault: spoiled(fault.Truncated), message: "Session created, but its ID is unknown"},
	"a refusal in JSON": {
		call: emulator.CallCreate, fault: quoting(400, "application/json", `{"statusCode":400,"message":["OF-INPUT","OF-CREDENTIALS"],"error":"Bad Request"}`), message: "Request refused",
	},
	"a refusal as a problem": {
		call: emulator.CallCreate, fault: quoting(422, "application/problem+json", `{"title":"OF-CREDENTIALS","detail":"OF-INPUT","errors":[{"field":"x","message":"OF-INPUT"}]}`), message: "Request refused",
	},
	"a refusal in text":               {call: emulator.CallCreate, fault: quoting(403, "text/plain", "OF-INPUT, OF-CREDENTIALS"), message: "Not permitted"},
	"a refusal in HTML":               {call: emulator.CallCreate, fault: quoting(413, "text/html", "<html><title>OF-INPUT, OF-CREDENTIALS</title>"), message: "Request too large"},
	"a refusal with credentials":      {client: true, call: emulator.CallCreate, fault: quoting(409, "text/plain", "OF-INPUT, OF-CREDENTIALS"), message: "Request refused"},
	"an unknown outcome":              {call: emulator.CallCreate, fault: quoting(500, "application/json", `{"message":"OF-INPUT, OF-CREDENTIALS"}`), message: "Session creation outcome unknown"},
	"a document that can't be had":    {call: emulator.CallDocument, fault: quoting(400, "text/plain", ofCredentials), message: "Input not validated"},
	"an API key that is refused":      {call: emulator.CallDocument, fault: quoting(401, "text/plain", ofCredentials), message: "Not authenticated"},
	"a secret that is refused":        {client: true, call: emulator.CallToken, fault: quoting(401, "application/json", `{"error":"invalid_client","error_description":"OF-CREDENTIALS"}`), message: "Authentication failed"},
	"a token service that goes wrong": {client: true, call: emulator.CallToken, fault: quoting(200, "text/plain", ofCredentials), message: "Invalid token response"},
	"a create that quotes":            {quoting: []emulator.Call{emulator.CallCreate}, message: "Request refused"},
	"a token service that quotes":     {client: true, quoting: []emulator.Call{emulator.CallToken}, message: "Authentication failed"},
	"reads that quote": {
		quoting:       []emulator.Call{emulator.CallRead, emulator.CallSessions, emulator.CallDataBlocks},
		configuration: planted() + readBack, message: "read the data blocks of the session",
	},
	"a refresh that quotes": {quoting: []emulator.Call{emulator.CallRead}, message: "The text of the response is withheld"},
	"a wait that quotes": {
		quoting: []emulator.Call{emulator.CallRead}, configuration: planted("wait_for_completion = true"), message: "Session did not finish",
	},
	"a refresh that quotes write-only input": {
		terraform: "1.11.0", openTofu: "1.11.0",
		quoting: []emulator.Call{emulator.CallRead}, configuration: writeOnly, variables: map[string]string{"person": person}, message: "The text of the response is withheld",
	},
	"input that is refused at plan": {
		configuration: strings.NewReplacer("givenName ", "givenNam ", `"1907-03-29"`, `"Planted date"`, `"PASSPORT"`, `"PlantedType"`, "73914682.25", `"73914682 EUR"`,
			"planted@example.com", "planted, no address", "UGxhbnRlZEltYWdl", "Planted, not base64", "9007199254741117", `["9007199254741117"]`).Replace(planted()),
		runs: [][]string{plan}, message: "did you mean givenName?",
	},
	"files": {
		configuration: signing(byHand("contract.pdf")), files: map[string]string{"contract.pdf": "%PDF PlantedContent"}, message: "1 added",
		notInState: []string{"PlantedContent"},
	},
	"a file that changed": {
		configuration: signing(`{ "$file" = "contract.pdf", "$sha256" = "` + strings.Repeat("ab", 32) + `" }`),
		files:         map[string]string{"contract.pdf": "%PDF PlantedContent"}, message: "changed since the plan",
	},
	"write-only input": {
		terraform: "1.11.0", openTofu: "1.11.0",
		configuration: writeOnly, variables: map[string]string{"person": person}, message: "1 added",
		notInState: []string{"Planted"},
	},
	"ephemeral resources": {
		terraform: "1.10.0", openTofu: "1.11.0", client: true,
		configuration: planted() + `
ephemeral "idnow_access_token" "t" {}

ephemeral "idnow_session_datablocks" "s" {
  session_id = idnow_session.s.id
}
`,
		message: "1 added", notInState: []string{"emulated."},
	},
}

// Whole scenarios leave no trace of a secret or of a person's data on the
// terminal, nor in the log at its highest level.
func TestNothingLeaks(t *testing.T) {
	for name, scenario := range leakScenarios {
		t.Run(name, func(t *testing.T) {
			if scenario.terraform != "" {
				acceptance.RequireCLI(t, scenario.terraform, scenario.openTofu)
			}
			env := acceptance.New(t, scenario.options)
			if scenario.call != "" {
				struck := scenario.fault
				struck.Call = string(scenario.call)
				struck.Body = quotes(scenario.client).Replace(struck.Body)
				env.Fault(struck)
			}
			for _, call := range scenario.quoting {
				env.Fault(fault.Fault{Call: string(call), Kind: fault.Quote})
			}
			w := scenario.workspace(env)
			terminal := scenario.play(w)
			log, err := os.ReadFile(filepath.Join(w.Dir, "trace.log"))
			must(t, err)
			if !strings.Contains(unfold(terminal), scenario.message) {
				t.Errorf("the scenario did not take place, which would show as %q:\n%s", scenario.message, terminal)
			}
			if !strings.Contains(string(log), "provider.terraform-provider-idnow: API request") {
				t.Error("the log has nothing of the provider")
			}
			found := append(secretsOf(env), leaves...)
			requireNone(t, "the terminal", terminal, found)
			requireNoneInLog(t, env, string(log))
			state, _ := os.ReadFile(filepath.Join(w.Dir, "terraform.tfstate")) // none where nothing was created
			requireNone(t, "the state", string(state), scenario.notInState)
		})
	}
}

func (s *leakScenario) workspace(env *acceptance.Env) *acceptance.Workspace {
	block, configuration := env.Provider("max_retries = 0"), s.configuration
	if s.client {
		block = env.ProviderWithClient("max_retries = 0")
	}
	if configuration == "" {
		configuration = planted()
	}
	w := env.Workspace(block + configuration)
	for name, content := range s.files {
		w.Write(name, content)
	}
	for name, v := range s.variables {
		w.Setenv("TF_VAR_"+name, v)
	}
	w.Setenv("TF_LOG", "TRACE")
	w.Setenv("TF_LOG_PATH", filepath.Join(w.Dir, "trace.log"))
	return w
}

// play runs the scenario and returns the terminal's text.
func (s *leakScenario) play(w *acceptance.Workspace) string {
	runs := s.runs
	if runs == nil {
		runs = [][]string{apply, plan}
	}
	var terminal strings.Builder
	for _, arguments := range runs {
		terminal.WriteString(w.Run(arguments...).Output)
	}
	return terminal.String()
}

// secretsOf are the secrets of all scenarios and those that the service made.
func secretsOf(env *acceptance.Env) []string {
	found := append([]string{}, secrets...)
	for _, s := range env.Sessions() {
		found = append(found, s.PlayerToken)
	}
	return found
}

// dynamicState is a message by which the CLI itself, not the provider, writes
// every dynamic attribute that it reads from a state to its log at DEBUG. No
// provider can keep it from that; personal data in input_wo is never in state.
var dynamicState = regexp.MustCompile(`^\S+ \[DEBUG\] UpgradeResourceState: ignoring dynamic block: `)

func requireNoneInLog(t *testing.T, env *acceptance.Env, log string) {
	t.Helper()
	var provider, itsOwn strings.Builder
	for line := range strings.Lines(log) {
		if dynamicState.MatchString(line) {
			itsOwn.WriteString(line)
		} else {
			provider.WriteString(line)
		}
	}
	requireNone(t, "the log", provider.String(), append(secretsOf(env), leaves...))
	requireNone(t, "the CLI's message about dynamic attributes", itsOwn.String(), secretsOf(env))
}

// requireNone fails for everything planted that a text contains, and shows
// the first line in which it does.
func requireNone(t *testing.T, where, text string, planted []string) {
	t.Helper()
	for _, p := range planted {
		for line := range strings.Lines(text) {
			if at := strings.Index(line, p); at >= 0 {
				t.Errorf("%s contains %q: …%s", where, p, line[max(0, at-200):min(len(line), at+100)])
				break
			}
		}
	}
}

// A redirect is not followed, by no call: the credentials would go with it.
func TestRedirectsAreNotFollowed(t *testing.T) {
	for _, call := range []emulator.Call{
		emulator.CallToken, emulator.CallDocument, emulator.CallCreate, emulator.CallRead, emulator.CallSessions, emulator.CallDataBlocks,
	} {
		t.Run(string(call), func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			env.Fault(fault.Fault{Call: string(call), Kind: fault.Redirect, Status: http.StatusPermanentRedirect})
			w := env.Workspace(env.ProviderWithClient("max_retries = 0") + planted() + readBack)
			w.Run(apply...)
			w.Run(plan...)
			if len(env.RequestsOf(call)) == 0 {
				t.Error("the call was not made")
			}
			for _, stray := range env.RequestsOf(emulator.CallUnknown) {
				t.Errorf("%s %s was requested, with Authorization %q", stray.Method, stray.Path, stray.Header.Get("Authorization"))
			}
		})
	}
}
