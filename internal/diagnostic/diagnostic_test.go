// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package diagnostic_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/diagnostic"
	"github.com/idnow/terraform-provider-idnow/internal/servicetext"
)

const requestID = "0197c55f-5af6-7e3d-af9b-f2359b104be8"

func TestExplain(t *testing.T) {
	responded := func(method string, status int) error {
		return &client.Error{Method: method, StatusCode: status, Body: []byte("redirectUrl of Max is not on the allowlist"), RequestID: requestID}
	}
	refused := func(party client.Party) error {
		return &client.Error{Party: party, Host: "auth.example.com", Reason: "the connection was refused"}
	}
	for name, test := range map[string]struct {
		err                       error
		summary, happened, advice string // parts
	}{
		"a create that is refused":   {responded(http.MethodPost, 400), "Request refused", "responded with 400 Bad Request to the attempt to do it.\n\nThe response mentions:\n  - redirect_url: allowlist\n\n", "Fix the fields"},
		"its request ID":             {responded(http.MethodPost, 400), "Request refused", "\n\nRequest ID: " + requestID, "Fix the fields"},
		"a read that is refused":     {responded(http.MethodGet, 400), "Request refused", "responded with 400 Bad Request", "Check them and the environment"},
		"a read that is too slow":    {responded(http.MethodGet, 408), "Request timed out", "responded with 408", "nothing but the IDs"},
		"a create that is too slow":  {responded(http.MethodPost, 408), "Request timed out", "responded with 408", "send smaller files"},
		"a read not permitted":       {responded(http.MethodGet, 403), "Not permitted", "responded with 403", "requires api.read"},
		"the service's failure":      {responded(http.MethodPost, 500), "Service failed", "responded with 500", "Try again later"},
		"a redirect":                 {responded(http.MethodPost, 302), "Unexpected redirect", "responded with 302", "follows no redirect"},
		"an unexpected status":       {responded(http.MethodPost, 299), "Unexpected response", "responded with 299 to", "api_url"},
		"a timeout":                  {context.DeadlineExceeded, "Timeout exceeded", "The attempt to do it took longer than its timeout.", "Raise the value"},
		"an interrupt":               {context.Canceled, "Interrupted", "The attempt to do it was interrupted.", ""},
		"no response":                {refused(client.API), "Service not reachable", "failed at auth.example.com: the connection was refused.", "api_url, platform and region"},
		"a response that is no JSON": {&client.Error{StatusCode: 200, Reason: "it is HTML"}, "Invalid response", "it is HTML.", "without a path"},
		"the storage refuses":        {&client.Error{Party: client.FileStorage, StatusCode: 403}, "File not available", "the storage of the service's files responded with 403 Forbidden.", "contact the service's support"},
		"the storage is away":        {refused(client.FileStorage), "File not available", "failed at auth.example.com, which stores the service's files: the connection was refused.", "proxy"},
		"a file that never ends":     {&client.Error{Party: client.FileStorage, StatusCode: 200, Reason: "the response is too large"}, "File not available", "The attempt to do it failed: the response is too large.", "support"},
		"a download that times out":  {context.DeadlineExceeded, "Timeout exceeded", "longer than its timeout", "Raise"},
		"wrong credentials":          {&client.Error{Party: client.TokenService, StatusCode: 401}, "Authentication failed", "The token service responded with 401 Unauthorized.", "client_id"},
		"no grant":                   {&client.Error{Party: client.TokenService, StatusCode: 400, Code: "unauthorized_client"}, "Authentication failed", "(unauthorized_client)", "permissions"},
		"too many token requests":    {&client.Error{Party: client.TokenService, StatusCode: 429, Code: "invalid_client"}, "Too many token requests", "429", "Wait a few minutes"},
		"no token service there":     {&client.Error{Party: client.TokenService, StatusCode: 404}, "Authentication failed", "404", "no token service at that address. Check the provider's auth_url"},
		"no token in the response":   {&client.Error{Party: client.TokenService, StatusCode: 200, Reason: "it is not a valid token response"}, "Invalid token response", "is not a valid token response", "auth_url"},
		"the token service fails":    {&client.Error{Party: client.TokenService, StatusCode: 502}, "Token service failed", "502", "Try again later"},
		"the token service is away":  {refused(client.TokenService), "Token service not reachable", "at auth.example.com: the connection was refused", "auth_url (IDNOW_AUTH_URL)"},
		"anything else":              {errors.New("the flow ID is empty"), "Request not sent", "The attempt to do it failed: The flow ID is empty.", ""},
	} {
		t.Run(name, func(t *testing.T) {
			call := diagnostic.Call{Doing: "do it", Request: servicetext.Request{Fields: servicetext.Contract}}
			d := call.Explain(test.err)
			if d.Summary != test.summary || !strings.Contains(d.Happened, test.happened) || !strings.Contains(d.Advice, test.advice) || (d.Advice == "") != (test.advice == "") {
				t.Errorf("got %+v", d)
			}
			if strings.Contains(d.Detail(), "Max") {
				t.Errorf("%q shows what the service was sent", d.Detail())
			}
			// What happened is shown where the advice would be wrong.
			for _, word := range []string{"again", "Check", "Fix"} {
				if strings.Contains(d.Happened, word) {
					t.Errorf("%q advises", d.Happened)
				}
			}
			if strings.HasSuffix(d.Summary, ".") {
				t.Errorf("the summary %q ends in a full stop", d.Summary)
			}
		})
	}
}

// Credentials are not what to check where nobody has looked at them.
func TestUnreachableTokenServiceIsNotAboutCredentials(t *testing.T) {
	d := diagnostic.Call{}.Explain(&client.Error{Party: client.TokenService, Reason: "the connection was refused"})
	if strings.Contains(d.Detail(), "client_id") {
		t.Errorf("got %q", d.Detail())
	}
}

// Hosts and certificates are from outside.
func TestTextFromOutsideIsPrintable(t *testing.T) {
	const hostile = "x\x1b[31m\n\nError: forged\u202e"
	for _, err := range []error{
		&client.Error{Host: hostile, Reason: hostile},
		&client.Error{StatusCode: 200, Path: hostile, Reason: hostile},
		&client.Error{Party: client.TokenService, Host: hostile, Reason: hostile},
		&client.Error{StatusCode: 400, Body: []byte(hostile), RequestID: hostile},
		errors.New(hostile),
	} {
		for _, verbatim := range []bool{false, true} {
			policy := servicetext.Policy{Verbatim: verbatim, Secrets: func() []string { return nil }}
			detail := diagnostic.Call{Doing: "do it", Policy: policy}.Explain(err).Detail()
			if strings.ContainsAny(detail, "\x1b\u202e") || strings.Contains(detail, "\nError") {
				t.Errorf("%T: %q", err, detail)
			}
		}
	}
}

func TestFlowNotPublished(t *testing.T) {
	published := []client.Flow{{ID: "aaaa-1", Name: "Signature"}, {ID: "bbbb-2", Name: "Document\x1b[31m\ncapture", Version: "3"}}
	for wanted, want := range map[string]string{
		"aaaa-2":    `published there:` + "\n" + `  - "Signature", flow_id "aaaa-1"` + "\n" + `  - "Document\x1b[31m\ncapture", flow_id "bbbb-2", version 3`,
		"signature": `It is the name of a flow; set flow_id to the flow's ID:` + "\n" + `  - "Signature", flow_id "aaaa-1"` + "\n\n",
	} {
		summary, detail := diagnostic.FlowNotPublished(wanted, "staging", published)
		if summary != "Flow not published" || !strings.Contains(detail, want) || !strings.Contains(detail, "api_url") {
			t.Errorf("%s: %s", wanted, detail)
		}
	}
	if _, detail := diagnostic.FlowNotPublished("a", "b", nil); strings.Contains(detail, "nearest") {
		t.Errorf("suggests nothing: %s", detail)
	}
	many := make([]client.Flow, 50_000)
	for i := range many {
		many[i] = client.Flow{ID: strings.Repeat("x", 1000), Name: strings.Repeat("y", 1000)}
	}
	if _, detail := diagnostic.FlowNotPublished("a", "b", many); len(detail) > 10_000 {
		t.Errorf("%d bytes", len(detail))
	}
}
