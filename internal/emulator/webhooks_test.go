// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/webhook"
)

// hear starts a receiver that passes on what arrives.
func hear(t *testing.T) (address string, arrivals <-chan string) {
	t.Helper()
	heard := make(chan string, 100)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		heard <- string(body)
	}))
	t.Cleanup(server.Close)
	return server.URL, heard
}

// next waits for a webhook and verifies it by the emulator's key set.
func (c *caller) next(arrivals <-chan string) map[string]any {
	c.t.Helper()
	var jwt string
	select {
	case jwt = <-arrivals:
	case <-time.After(20 * time.Second):
		c.t.Fatal("no webhook arrives")
	}
	var set jose.JSONWebKeySet
	if err := json.Unmarshal([]byte(c.anonymous().get("/oidc/.well-known/jwks.json").body), &set); err != nil {
		c.t.Fatal(err)
	}
	signed, err := jose.ParseSignedCompact(jwt, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		c.t.Fatal(err)
	}
	raw, err := signed.Verify(set)
	if err != nil {
		c.t.Fatal(err)
	}
	claims := map[string]any{}
	if err := json.Unmarshal(raw, &claims); err != nil {
		c.t.Fatal(err)
	}
	return claims
}

func (c *caller) wantEvent(arrivals <-chan string, event, sessionID string) {
	c.t.Helper()
	claims := c.next(arrivals)
	data, _ := claims["data"].(map[string]any)
	payload, _ := data["payload"].(map[string]any)
	if data["eventName"] != event || payload["sessionId"] != sessionID || "session."+strings.ToLower(fmt.Sprint(payload["sessionStatus"])) != event || claims["iss"] != c.URL {
		c.t.Errorf("want %s of %s, got %v", event, sessionID, claims)
	}
}

func TestWebhooksOfDecisions(t *testing.T) {
	address, arrivals := hear(t)
	c := start(t, emulator.Options{Webhooks: []webhook.Hook{{FlowID: emulatortest.DocumentCapture, URL: address}}})
	for decision, event := range map[string]string{"accept": "session.completed", "reject": "session.completed", "abort": "session.aborted"} {
		p := c.person("")
		c.wantEvent(arrivals, "session.created", p.id)
		p.open()
		p.decide(decision)
		c.wantEvent(arrivals, event, p.id)
	}
	failed := c.createID("")
	c.wantEvent(arrivals, "session.created", failed)
	c.mustControl("POST", "sessions/"+failed, `{"status":"ERROR"}`)
	c.wantEvent(arrivals, "session.error", failed)
}

// TestWebhooksOfTime is about what happens although nobody looks.
func TestWebhooksOfTime(t *testing.T) {
	address, arrivals := hear(t)
	clock := newManual()
	c := start(t, emulator.Options{
		Clock: clock.Now, SessionTTL: time.Hour, Webhooks: []webhook.Hook{{URL: address}},
		AutoComplete: map[string]time.Duration{emulatortest.InstantSignature: 2 * time.Second},
	})
	expiring := c.createID("")
	c.wantEvent(arrivals, "session.created", expiring)
	signed := c.do(http.MethodPost, "/api/v1/flows/"+emulatortest.InstantSignature+"/staging/sessions", "multipart/form-data; boundary=b", signatureForm).text(t, "sessionContext.sessionId")
	c.wantEvent(arrivals, "session.created", signed)
	clock.forward(2 * time.Second)
	c.wantEvent(arrivals, "session.completed", signed)
	c.mustControl("POST", "clock", `{"advance":"1h"}`)
	c.wantEvent(arrivals, "session.expired", expiring)
}

func TestWebhooksInTheControlInterface(t *testing.T) {
	address, arrivals := hear(t)
	c := start(t, emulator.Options{})
	c.mustControl("PUT", "webhooks", `{"url":"`+address+`?key=secret","headers":{"Authorization":"planted"}}`)
	if got := c.control("GET", "webhooks", ""); got.body != `{"webhooks":[{"url":"`+address+`?[redacted]","headers":{"Authorization":"[redacted]"}}]}` {
		t.Error(got.body)
	}
	c.mustControl("POST", "faults", `{"call":"webhook","kind":"bad-signature","times":1}`)
	if got := c.control("GET", "faults", ""); got.body != `{"faults":[{"call":"webhook","kind":"bad-signature","times":1}]}` {
		t.Error(got.body)
	}
	id := c.createID("")
	<-arrivals // forged
	var listed struct {
		Deliveries []webhook.Delivery `json:"deliveries"`
	}
	for len(listed.Deliveries) != 1 || listed.Deliveries[0].State != webhook.Delivered {
		if err := json.Unmarshal([]byte(c.control("GET", "deliveries?sessionId="+id, "").body), &listed); err != nil {
			t.Fatal(err)
		}
	}
	c.mustControl("POST", "deliveries/"+listed.Deliveries[0].ID+"/redeliver", "")
	c.wantEvent(arrivals, "session.created", id)
	if got := c.control("GET", "deliveries?sessionId=other", ""); got.body != `{"deliveries":[]}` {
		t.Error(got.body)
	}
	c.mustControl("POST", "keys", "")
	if got := strings.Count(c.get("/oidc/.well-known/jwks.json").body, `"kid"`); got != 2 {
		t.Errorf("%d keys after a rotation", got)
	}
	c.mustControl("DELETE", "keys", "")
	if got := c.get("/oidc/.well-known/jwks.json").body; strings.Count(got, `"kid"`) != 1 || strings.Contains(got, `"d"`) {
		t.Errorf("keys %s", got)
	}
	c.mustControl("DELETE", "webhooks", "")
	for path, body := range map[string]string{"POST deliveries/none/redeliver": "404", "PUT webhooks": "400", "POST faults": "400"} {
		method, path, _ := strings.Cut(path, " ")
		if got := c.control(method, path, `{"url":"x","kind":"hang","call":"webhook"}`); got.Status[:3] != body {
			t.Errorf("%s: %s", path, got.Status)
		}
	}
}

func TestWebhookOfAFlowThatIsNone(t *testing.T) {
	_, err := emulator.New(emulator.Options{Documents: [][]byte{readExample(t, "document-capture.live.json")}, Webhooks: []webhook.Hook{{FlowID: "x", URL: "http://localhost"}}})
	if err == nil || !strings.Contains(err.Error(), `no flow document has the ID "x"`) {
		t.Errorf("%v", err)
	}
}
