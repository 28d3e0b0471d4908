// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package explain_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/explain"
)

func TestCall(t *testing.T) {
	answered := func(method string, status int) error {
		return &client.Error{Method: method, StatusCode: status, Messages: []string{"its words"}, RequestID: "r-1"}
	}
	for name, test := range map[string]struct {
		err                       error
		summary, happened, advice string // parts
	}{
		"a create that is refused":  {answered(http.MethodPost, 400), "Request refused", "answered 400 Bad Request when asked to do it. It says:\n  - its words\n\nRequest ID: r-1", "Mend what the service names"},
		"a read that is refused":    {answered(http.MethodGet, 400), "Request refused", "answered 400 Bad Request", "Check them and the environment"},
		"a read that is too slow":   {answered(http.MethodGet, 408), "Request too slow", "answered 408", "Nothing was sent but the IDs"},
		"a create that is too slow": {answered(http.MethodPost, 408), "Request too slow", "answered 408", "send smaller files"},
		"a read not permitted":      {answered(http.MethodGet, 403), "Not permitted", "answered 403", "needs the permissions"},
		"the service's fault":       {answered(http.MethodPost, 500), "Service failed", "answered 500", "Try again later"},
		"a status of another world": {answered(http.MethodPost, 299), "Unexpected answer", "answered 299", "api_url"},
		"time":                      {context.DeadlineExceeded, "Time ran out", "The attempt to do it took longer than allowed.", "Allow more time"},
		"an interrupt":              {context.Canceled, "Interrupted", "The attempt to do it was interrupted.", ""},
		"no answer":                 {&client.ConnectionError{Host: "h", Reason: "it broke"}, "Service not reached", "failed at h: it broke.", "api_url, platform and region"},
		"an answer of another kind": {&client.AnswerError{StatusCode: 200, Reason: "it is HTML"}, "Answer not understood", "it is HTML.", "without a path"},
		"credentials":               {&client.AuthError{StatusCode: 401}, "Authentication failed", "401 Unauthorized", "client_id"},
		"anything else":             {fmt.Errorf("the flow ID is empty"), "Request not sent", "The attempt to do it failed: the flow ID is empty.", ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := explain.Call(test.err, "do it")
			if e.Summary != test.summary || !strings.Contains(e.Happened, test.happened) || !strings.Contains(e.Advice, test.advice) || (e.Advice == "") != (test.advice == "") {
				t.Errorf("got %+v", e)
			}
			// What happened is told where the advice would be wrong.
			for _, word := range []string{"again", "Check", "Mend"} {
				if strings.Contains(e.Happened, word) {
					t.Errorf("%q advises", e.Happened)
				}
			}
			summary, detail := explain.Error(test.err, "do it")
			if summary != e.Summary || !strings.HasPrefix(detail, e.Happened) || !strings.HasSuffix(detail, e.Advice) {
				t.Errorf("got %q, %q", summary, detail)
			}
		})
	}
}
