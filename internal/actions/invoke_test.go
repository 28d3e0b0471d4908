// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package actions_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/provider"
	"github.com/idnow/terraform-provider-idnow/internal/server"
)

// core represents a CLI with actions: it uses the provider's protocol, so
// that these tests run whatever the CLI at hand.
type core struct {
	*emulatortest.Server

	t        *testing.T
	provider tfprotov6.ProviderServer
	schemas  map[string]*tfprotov6.ActionSchema
}

// newCore starts an emulator and a provider that is configured for it.
func newCore(t *testing.T, settings map[string]tftypes.Value, options ...provider.Option) *core {
	t.Helper()
	c := &core{
		Server: emulatortest.NewServer(t, emulator.Options{}), t: t,
		provider: server.New(provider.New("test", options...)()),
	}
	described, err := c.provider.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	c.schemas = described.ActionSchemas
	all := map[string]tftypes.Value{"api_url": text(c.URL), "api_key": text(emulator.DefaultAPIKey), "environment": text("staging")}
	for name, v := range settings {
		all[name] = v
	}
	resp, err := c.provider.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.14.0", Config: c.object(described.Provider.ValueType(), all),
	})
	if err != nil || len(resp.Diagnostics) > 0 {
		t.Fatalf("configuring the provider: %v, %v", err, resp)
	}
	return c
}

func text(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

func texts(all ...string) tftypes.Value {
	var values []tftypes.Value
	for _, s := range all {
		values = append(values, text(s))
	}
	return tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, values)
}

// object is an object of a schema's type, with null for what is omitted.
func (c *core) object(typ tftypes.Type, configured map[string]tftypes.Value) *tfprotov6.DynamicValue {
	c.t.Helper()
	all := map[string]tftypes.Value{}
	for name, attribute := range typ.(tftypes.Object).AttributeTypes {
		all[name] = tftypes.NewValue(attribute, nil)
		if v, ok := configured[name]; ok {
			all[name] = v
		}
	}
	object, err := tfprotov6.NewDynamicValue(typ, tftypes.NewValue(typ, all))
	if err != nil {
		c.t.Fatal(err)
	}
	return &object
}

// plan plans an action and returns its errors as summary and detail.
func (c *core) plan(name string, config map[string]tftypes.Value) (failures []string) {
	c.t.Helper()
	//nolint:staticcheck // the interface is there until ProviderServer has its methods
	planned, err := c.provider.(tfprotov6.ProviderServerWithActions).PlanAction(c.t.Context(), &tfprotov6.PlanActionRequest{
		ActionType: name, Config: c.object(c.schemas[name].Schema.ValueType(), config),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, d := range planned.Diagnostics {
		failures = append(failures, d.Summary+": "+d.Detail)
	}
	return failures
}

// invoke invokes an action and returns what it reported, and its errors as
// summary and detail.
func (c *core) invoke(ctx context.Context, name string, config map[string]tftypes.Value) (progress, failures []string) {
	c.t.Helper()
	schema := c.schemas[name]
	if schema == nil {
		c.t.Fatalf("there is no action %s", name)
	}
	//nolint:staticcheck // the interface is there until ProviderServer has its methods
	stream, err := c.provider.(tfprotov6.ProviderServerWithActions).InvokeAction(ctx, &tfprotov6.InvokeActionRequest{
		ActionType: name, Config: c.object(schema.Schema.ValueType(), config),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	completed := false
	for event := range stream.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress = append(progress, event.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			completed = true
			for _, d := range event.Diagnostics {
				failures = append(failures, d.Summary+": "+d.Detail)
			}
		}
	}
	if !completed {
		c.t.Error("the action did not complete")
	}
	return progress, failures
}

// document is a file that a session is created with.
type document struct{ name, content string }

// sign creates a session that signs documents, and completes it. It returns the
// session's ID.
func (c *core) sign(documents ...document) string {
	c.t.Helper()
	id := c.create(documents...)
	if err := c.SetStatus(id, emulator.Completed, emulator.Accepted); err != nil {
		c.t.Fatal(err)
	}
	return id
}

func (c *core) create(documents ...document) string {
	c.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	fields := map[string]string{
		"input[basicIdentity][givenName]": "Max", "input[basicIdentity][familyName]": "Planted-Name", "metadata[subjectId]": "customer-123",
	}
	for i := range documents {
		fields[fmt.Sprintf("input[documentsToSign][documents][%d][templateId]", i)] = "t"
	}
	for name, v := range fields {
		if err := form.WriteField(name, v); err != nil {
			c.t.Fatal(err)
		}
	}
	for i, d := range documents {
		part, err := form.CreateFormFile(fmt.Sprintf("input[documentsToSign][documents][%d][source]", i), d.name)
		if err == nil {
			_, err = io.WriteString(part, d.content)
		}
		if err != nil {
			c.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		c.t.Fatal(err)
	}
	return c.post(emulatortest.InstantSignature, form.FormDataContentType(), &body)
}

func (c *core) createWithoutFile() string {
	c.t.Helper()
	return c.post(emulatortest.DocumentCapture, "application/json", strings.NewReader(
		`{"input": {"basicIdentity": {"givenName": "Max", "familyName": "Planted-Name"}}, "metadata": {"subjectId": "customer-123"}}`))
}

func (c *core) post(flow, contentType string, body io.Reader) string {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.URL+"/api/v1/flows/"+flow+"/staging/sessions", body)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+emulator.DefaultAPIKey)
	req.Header.Set("Content-Type", contentType)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	var created struct{ SessionContext struct{ SessionID string } }
	if err := json.NewDecoder(resp.Body).Decode(&created); err != nil || resp.StatusCode != http.StatusCreated {
		c.t.Fatalf("creating a session: %s, %v", resp.Status, err)
	}
	return created.SessionContext.SessionID
}

// requireOne fails unless one error was reported that contains all parts.
func requireOne(t *testing.T, failures []string, parts ...string) {
	t.Helper()
	if len(failures) != 1 {
		t.Fatalf("%d errors: %q", len(failures), failures)
	}
	for _, part := range parts {
		if !strings.Contains(failures[0], part) {
			t.Errorf("the error lacks %q: %s", part, failures[0])
		}
	}
}
