// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/webhook"
)

// output is a buffer that several write to.
type output struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buffer.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buffer.String()
}

// TestLogHoldsNothingOfAPerson plants secrets and personal data in every request
// and looks for them in the log.
func TestLogHoldsNothingOfAPerson(t *testing.T) {
	address, arrivals := hear(t)
	var log output
	c := start(t, emulator.Options{
		APIKey: "planted-key", ClientSecret: "planted-secret", Log: slog.New(slog.NewTextHandler(&log, nil)),
		Webhooks: []webhook.Hook{{URL: address + "?planted-query", Headers: map[string]string{"A": "planted-header"}}},
	})
	c.bearer = "planted-key"
	p := c.person(`,"state":"planted-state","redirectUrl":"https://planted.example/"`)
	c.next(arrivals)
	p.open()
	c.Fault(fault.Fault{Call: "read", Kind: fault.Quote, Times: 1})
	c.session(p.id)
	c.do(http.MethodPost, "/oidc/token", formType, "grant_type=client_credentials&client_id=emulator-client&client_secret=planted-secret")
	c.do(http.MethodPost, captureSessions, "application/json", `{"input":{"basicIdentity":{"givenName":7,"planted-name":1}},"metadata":{}}`)
	c.get("/" + strings.Repeat("long", 1000))

	for !strings.Contains(log.String(), "msg=webhook") {
		time.Sleep(time.Millisecond) // it is logged once its receiver has responded
	}
	got := log.String()
	for _, planted := range []string{"planted", p.token, "Schmidt", "customer-1"} {
		if strings.Contains(got, planted) {
			t.Errorf("%q is in the log:\n%s", planted, got)
		}
	}
	for _, want := range []string{
		"msg=request call=create method=POST path=/api/v1/flows/" + emulatortest.DocumentCapture + "/staging/sessions status=201 duration=",
		"session=" + p.id, "call=read method=GET path=/api/v1/staging/sessions/" + p.id + " status=400", "fault=quote", "call=player method=GET path=/player status=200",
		"msg=webhook event=session.created session=" + p.id,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the log does not say %q:\n%s", want, got)
		}
	}
	for line := range strings.Lines(got) {
		if len(line) > 600 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
}
