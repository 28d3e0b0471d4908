// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// What is shown of a refusal, by default and where show_service_messages is
// set.
func TestServiceMessages(t *testing.T) {
	const refusal = `{"statusCode":400,"error":"Bad Request","message":[` +
		`"givenName of Maximilian must be shorter than or equal to 64 characters",` +
		`"documentImages.documentType must be one of the following values: PASSPORT",` +
		`"redirectUrl is not on the allowlist of client 4711",` +
		`"Schmidt, born 22.08.1985, is known; token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln of ` + acceptance.APIKey + `"]}`
	for name, test := range map[string]struct {
		provider   string
		variable   string
		shows, not []string
	}{
		"by default": {
			shows: []string{
				"The response mentions: - input.basicIdentity.givenName (at most ", " characters): length",
				"- input.documentImages.documentType (", ` "PASSPORT"`, "): allowed values", "- redirect_url: allowlist",
				"The text of the response is withheld because it may contain personal data", "show_service_messages", "Fix the fields that the response mentions",
			},
			not: []string{"Maximilian", "Schmidt", "1985", "4711", "eyJ", acceptance.APIKey},
		},
		"in full": {
			provider: "show_service_messages = true",
			shows:    []string{"The response contains:", "Schmidt, born 22.08.1985, is known", "client 4711"},
			not:      []string{"eyJ", acceptance.APIKey},
		},
		"in full, by the variable": {
			variable: "true", shows: []string{"Schmidt, born 22.08.1985, is known"}, not: []string{"eyJ", acceptance.APIKey},
		},
		"the variable is overridden": {
			provider: "show_service_messages = false", variable: "true",
			shows: []string{"is withheld"}, not: []string{"Schmidt", "4711"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			env.Fault(fault.Fault{Call: string(emulator.CallCreate), Kind: fault.Status, Status: http.StatusBadRequest, Body: refusal})
			w := env.Workspace(env.Provider(test.provider) + `
variable "person" { default = { givenName = "Maximilian", familyName = "Schmidt" } }
` + strings.Replace(minimal("s"), `{ givenName = "Max", familyName = "Schmidt" }`, "var.person", 1))
			w.Setenv("IDNOW_SHOW_SERVICE_MESSAGES", test.variable)
			output := strings.Join(strings.Fields(unfold(w.Run(apply...).Output)), " ")
			requireMessages(t, output, test.shows)
			requireNone(t, "the terminal", output, test.not)
		})
	}
}

// A flow_id that is none of the flows' suggests the nearest.
func TestFlowSuggestions(t *testing.T) {
	for name, test := range map[string]struct{ flowID, message string }{
		"a typo": {strings.Replace(emulatortest.DocumentCapture, "40cb", "40bc", 1), `The nearest flows that are published there: - "Document capture", flow_id "` + emulatortest.DocumentCapture + `"`},
		"a name": {"document capture", `It is the name of a flow; set flow_id to the flow's ID: - "Document capture", flow_id "` + emulatortest.DocumentCapture + `"`},
		"empty":  {"", "The value of flow_id is not usable: the flow_id is empty."},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			w := env.Workspace(env.Provider() + strings.Replace(minimal("a"), emulatortest.DocumentCapture, test.flowID, 1) +
				strings.Replace(minimal("b"), emulatortest.DocumentCapture, test.flowID, 1))
			output := strings.Join(strings.Fields(unfold(w.Plan().Output)), " ")
			requireMessages(t, output, []string{test.message})
			if lists := len(env.RequestsOf(emulator.CallFlows)); lists > 1 {
				t.Errorf("the flows were listed %d times for two sessions", lists)
			}
		})
	}
}

// The service's messages are shown in full, credentials and tokens are not,
// whichever call quotes them.
func TestServiceMessagesShowNoToken(t *testing.T) {
	for name, test := range map[string]struct {
		client  bool
		call    emulator.Call
		message string
	}{
		"an API key":         {call: emulator.CallCreate, message: "PlantedGiven PlantedFamily was born on 1907-03-29"},
		"client credentials": {client: true, call: emulator.CallToken, message: "The response contains"},
		"an access token":    {client: true, call: emulator.CallCreate, message: "1907-03-29"},
		"a document":         {call: emulator.CallDocument, message: "1907-03-29"},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			block := env.Provider("max_retries = 0", "show_service_messages = true")
			if test.client {
				block = env.ProviderWithClient("max_retries = 0", "show_service_messages = true")
			}
			quote := quotes(test.client).Replace(ofCredentials + "; " + ofInput)
			env.Fault(fault.Fault{Call: string(test.call), Kind: fault.Status, Status: http.StatusBadRequest, Body: quote})
			output := env.Workspace(block + planted()).Run(apply...).Output
			requireMessages(t, strings.Join(strings.Fields(unfold(output)), " "), []string{test.message})
			shown := strings.ReplaceAll(output, plantedState, "") // no token, and part of the request
			requireNone(t, "the terminal", shown, secretsOf(env))
		})
	}
}
