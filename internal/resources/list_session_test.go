// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck/queryfilter"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
	"github.com/idnow/terraform-provider-idnow/internal/provider"
	"github.com/idnow/terraform-provider-idnow/internal/server"
)

// core is in place of a CLI that supports lists: it speaks the provider's protocol, so
// that these tests need none of that version.
type core struct {
	tfprotov6.ProviderServer
	t      *testing.T
	schema *tfprotov6.GetProviderSchemaResponse
}

// newCore starts a provider and configures it for a service.
func newCore(t *testing.T, service *emulatortest.Server, settings map[string]tftypes.Value, options ...provider.Option) *core {
	t.Helper()
	server := server.New(provider.New("test", options...)())
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	c := &core{ProviderServer: server, t: t, schema: schema}
	settings["api_url"] = text(service.URL)
	settings["api_key"] = text(emulator.DefaultAPIKey)
	if settings["environment"].IsNull() {
		settings["environment"] = text("staging")
	}
	resp, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.14.0", Config: c.object(schema.Provider.ValueType(), settings),
	})
	if err != nil || len(resp.Diagnostics) > 0 {
		t.Fatalf("configuring the provider: %v, %v", err, resp)
	}
	return c
}

func text(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

// object is an object of a schema's type, with null for what values omits.
func (c *core) object(typ tftypes.Type, values map[string]tftypes.Value) *tfprotov6.DynamicValue {
	c.t.Helper()
	all := map[string]tftypes.Value{}
	for name, attribute := range typ.(tftypes.Object).AttributeTypes {
		all[name] = tftypes.NewValue(attribute, nil)
		if v, ok := values[name]; ok {
			all[name] = v
		}
	}
	object, err := tfprotov6.NewDynamicValue(typ, tftypes.NewValue(typ, all))
	if err != nil {
		c.t.Fatal(err)
	}
	return &object
}

// list starts a list of the flow document capture.
func (c *core) list(ctx context.Context, config map[string]tftypes.Value, change func(*tfprotov6.ListResourceRequest)) *tfprotov6.ListResourceServerStream {
	c.t.Helper()
	if config["flow_id"].IsNull() {
		config["flow_id"] = text(emulatortest.DocumentCapture)
	}
	req := &tfprotov6.ListResourceRequest{
		TypeName: "idnow_session",
		Config:   c.object(c.schema.ListResourceSchemas["idnow_session"].ValueType(), config),
		Limit:    100,
	}
	if change != nil {
		change(req)
	}
	//nolint:staticcheck // the interface is there until ProviderServer has its methods
	stream, err := c.ProviderServer.(tfprotov6.ProviderServerWithListResource).ListResource(ctx, req)
	if err != nil {
		c.t.Fatal(err)
	}
	return stream
}

// found is a result, as a test compares it.
type found struct {
	Name, Environment, SessionID string
}

// all reads a list to its end. Its errors are by their summaries.
func (c *core) all(stream *tfprotov6.ListResourceServerStream) (results []found, failures []string) {
	c.t.Helper()
	for result := range stream.Results {
		for _, d := range result.Diagnostics {
			failures = append(failures, d.Summary)
		}
		if result.Identity != nil {
			results = append(results, c.identified(result))
		}
	}
	return results, failures
}

func (c *core) identified(result tfprotov6.ListResourceResult) found {
	c.t.Helper()
	typ := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"environment": tftypes.String, "session_id": tftypes.String}}
	identity := c.attributes(result.Identity.IdentityData, typ)
	f := found{Name: result.DisplayName}
	if err := identity["environment"].As(&f.Environment); err != nil {
		c.t.Fatal(err)
	}
	if err := identity["session_id"].As(&f.SessionID); err != nil {
		c.t.Fatal(err)
	}
	return f
}

func (c *core) attributes(object *tfprotov6.DynamicValue, typ tftypes.Type) map[string]tftypes.Value {
	c.t.Helper()
	v, err := object.Unmarshal(typ)
	if err != nil {
		c.t.Fatal(err)
	}
	var attributes map[string]tftypes.Value
	if err := v.As(&attributes); err != nil {
		c.t.Fatal(err)
	}
	return attributes
}

// newService is an emulator with n sessions in staging, a minute apart, oldest
// first. Of each three, the second is completed and of another subject.
func newService(t *testing.T, n int) *emulatortest.Server {
	t.Helper()
	service := emulatortest.NewServer(t, emulator.Options{})
	for i := range n {
		subject := "customer-123"
		if i%3 == 1 {
			subject = "customer-456"
		}
		postSession(t, service, emulator.DefaultAPIKey, subject)
		if i%3 == 1 {
			must(t, service.SetStatus(service.Sessions()[i].ID, emulator.Completed, emulator.Accepted))
		}
		service.Advance(time.Minute)
	}
	return service
}

// postSession makes a session as something else than Terraform would.
func postSession(t *testing.T, service *emulatortest.Server, key, subject string) {
	t.Helper()
	body := fmt.Sprintf(`{"input": {"basicIdentity": {"givenName": "Max", "familyName": "Schmidt"}}, "metadata": {"subjectId": %q}, "state": "s"}`, subject)
	url := service.URL + "/api/v1/flows/" + emulatortest.DocumentCapture + "/staging/sessions"
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusCreated {
		t.Fatalf("creating a session: %s\n%s", resp.Status, body)
	}
}

func TestListSessions(t *testing.T) {
	service := newService(t, 6)
	made := service.Sessions()
	statuses := tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, []tftypes.Value{text("COMPLETED"), text("OF_TOMORROW")})
	limit := func(n int64) func(*tfprotov6.ListResourceRequest) {
		return func(req *tfprotov6.ListResourceRequest) { req.Limit = n }
	}
	for name, test := range map[string]struct {
		config map[string]tftypes.Value
		change func(*tfprotov6.ListResourceRequest)
		want   []int // of the sessions made
	}{
		"all, newest first": {want: []int{5, 4, 3, 2, 1, 0}},
		"without a limit":   {change: limit(0), want: []int{5, 4, 3, 2, 1, 0}},
		"limit":             {change: limit(2), want: []int{5, 4}},
		"limit met exactly": {change: limit(6), want: []int{5, 4, 3, 2, 1, 0}},
		"statuses":          {config: map[string]tftypes.Value{"statuses": statuses}, want: []int{4, 1}},
		"limit of chosen":   {config: map[string]tftypes.Value{"statuses": statuses}, change: limit(1), want: []int{4}},
		"subject":           {config: map[string]tftypes.Value{"subject_id": text("customer-456")}, want: []int{4, 1}},
		"created after":     {config: map[string]tftypes.Value{"created_after": text(made[3].CreatedAt.Format(time.RFC3339Nano))}, want: []int{5, 4}},
		"another place":     {config: map[string]tftypes.Value{"environment": text("live")}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCore(t, service, map[string]tftypes.Value{})
			if test.config == nil {
				test.config = map[string]tftypes.Value{}
			}
			results, failures := c.all(c.list(t.Context(), test.config, test.change))
			var want []found
			for _, i := range test.want {
				s := made[i]
				want = append(want, found{
					Name:        fmt.Sprintf("%s, %s, created %s", s.SubjectID, s.Status, s.CreatedAt.UTC().Format("2006-01-02T15:04:05.000Z")),
					Environment: "staging", SessionID: s.ID,
				})
			}
			if diff := cmp.Diff(want, results); diff != "" || len(failures) > 0 {
				t.Errorf("failures %q, results (-want +got):\n%s", failures, diff)
			}
		})
	}
}

// A list returns of a session what its import and the refresh after it return:
// otherwise the first plan after an import would show differences.
func TestListedSessionIsTheImportedOne(t *testing.T) {
	service := newService(t, 3)
	c := newCore(t, service, map[string]tftypes.Value{})
	typ := c.schema.ResourceSchemas["idnow_session"].ValueType()
	seen := 0
	for result := range c.list(t.Context(), map[string]tftypes.Value{}, func(req *tfprotov6.ListResourceRequest) { req.IncludeResource = true }).Results {
		seen++
		if len(result.Diagnostics) > 0 || result.Resource == nil {
			t.Fatalf("resource %v with %v", result.Resource, result.Diagnostics)
		}
		imported, err := c.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: "idnow_session", Identity: result.Identity})
		if err != nil || len(imported.Diagnostics) > 0 {
			t.Fatalf("importing: %v, %v", err, imported)
		}
		read, err := c.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
			TypeName: "idnow_session", CurrentState: imported.ImportedResources[0].State, CurrentIdentity: result.Identity, Private: imported.ImportedResources[0].Private,
		})
		if err != nil || len(read.Diagnostics) > 0 {
			t.Fatalf("reading: %v, %v", err, read)
		}
		if diff := cmp.Diff(c.attributes(read.NewState, typ), c.attributes(result.Resource, typ)); diff != "" {
			t.Errorf("attributes (-imported +listed):\n%s", diff)
		}
	}
	if seen != 3 {
		t.Errorf("%d sessions, want 3", seen)
	}
}

// The list is not held back until its last page, and no page is fetched for
// nothing.
func TestListStreams(t *testing.T) {
	service := newService(t, 150)
	pages := func() int { return len(service.RequestsOf(emulator.CallSessions)) }
	limit := func(req *tfprotov6.ListResourceRequest) { req.Limit = 1000 }
	c := newCore(t, service, map[string]tftypes.Value{})

	var pagesAt []int
	for range c.list(t.Context(), map[string]tftypes.Value{}, limit).Results {
		pagesAt = append(pagesAt, pages())
	}
	if len(pagesAt) != 150 || pagesAt[99] != 1 || pagesAt[100] != 2 {
		t.Errorf("%d sessions, with pages fetched at each: %v", len(pagesAt), pagesAt)
	}

	before := pages()
	for range c.list(t.Context(), map[string]tftypes.Value{}, limit).Results {
		break // as core does once it has enough
	}
	c.all(c.list(t.Context(), map[string]tftypes.Value{}, func(req *tfprotov6.ListResourceRequest) { req.Limit = 100 }))
	if got := pages() - before; got != 2 {
		t.Errorf("two lists that ended within the first page fetched %d pages", got)
	}
}

func TestListErrors(t *testing.T) {
	for name, test := range map[string]struct {
		settings map[string]tftypes.Value
		config   map[string]tftypes.Value
		fault    fault.Fault
		failure  string
		requests int
		results  int
	}{
		"environment not allowed": {
			settings: map[string]tftypes.Value{"allowed_environments": tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, []tftypes.Value{text("staging")})},
			config:   map[string]tftypes.Value{"environment": text("live")},
			failure:  "Environment not allowed",
		},
		"no list in this revision": {
			fault: fault.Fault{Kind: fault.Status, Status: http.StatusNotFound}, failure: "Session list not available", requests: 2,
		},
		"flow not published": {config: map[string]tftypes.Value{"flow_id": text("none")}, failure: "Flow not published", requests: 3},
		"not permitted":      {fault: fault.Fault{Kind: fault.Status, Status: http.StatusForbidden}, failure: "Not permitted", requests: 1},
		"the second page": {
			fault:   fault.Fault{Kind: fault.Status, Status: http.StatusForbidden, Skip: 1},
			failure: "Not permitted", requests: 2, results: 100,
		},
	} {
		t.Run(name, func(t *testing.T) {
			service := newService(t, 101)
			if test.fault.Kind != "" {
				test.fault.Call = string(emulator.CallSessions)
				service.Fault(test.fault)
			}
			before := len(service.Requests())
			for _, settings := range []*map[string]tftypes.Value{&test.settings, &test.config} {
				if *settings == nil {
					*settings = map[string]tftypes.Value{}
				}
			}
			c := newCore(t, service, test.settings)
			results, failures := c.all(c.list(t.Context(), test.config, func(req *tfprotov6.ListResourceRequest) { req.Limit = 1000 }))
			if !slices.Equal(failures, []string{test.failure}) || len(results) != test.results {
				t.Errorf("%d results and the errors %q, want %d and %q", len(results), failures, test.results, test.failure)
			}
			if got := len(service.Requests()) - before; got != test.requests {
				t.Errorf("%d requests arrived, want %d", got, test.requests)
			}
		})
	}
}

// Sessions as another revision returns them: one without ID can't be imported.
func TestListOfOtherRevisions(t *testing.T) {
	service := newService(t, 0)
	service.Fault(fault.Fault{Call: string(emulator.CallSessions), Kind: fault.Replace, Status: http.StatusOK, Body: `[
  {"sessionStatus": "RUNNING"},
  {"sessionId": "bare", "createdAt": null},
  {"sessionContext": {"sessionId": "nested", "sessionStatus": "ON_HOLD"}, "metadata": {"subjectId": "customer-123"}}
]`})
	c := newCore(t, service, map[string]tftypes.Value{})
	var results []found
	for result := range c.list(t.Context(), map[string]tftypes.Value{}, func(req *tfprotov6.ListResourceRequest) { req.IncludeResource = true }).Results {
		if len(result.Diagnostics) > 0 {
			t.Fatal(result.Diagnostics[0])
		}
		results = append(results, c.identified(result))
		attributes := c.attributes(result.Resource, c.schema.ResourceSchemas["idnow_session"].ValueType())
		if flow := attributes["flow_id"]; !flow.Equal(text(emulatortest.DocumentCapture)) {
			t.Errorf("flow_id is %s where the service does not return it, want the one of the request", flow)
		}
	}
	want := []found{{"bare", "staging", "bare"}, {"customer-123, ON_HOLD", "staging", "nested"}}
	if diff := cmp.Diff(want, results); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}

func TestListRefusesWhatMakesNoSense(t *testing.T) {
	c := newCore(t, newService(t, 0), map[string]tftypes.Value{})
	typ := c.schema.ListResourceSchemas["idnow_session"].ValueType()
	list := func(elements ...tftypes.Value) tftypes.Value {
		return tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, elements)
	}
	for name, config := range map[string]map[string]tftypes.Value{
		"flow_id empty":        {"flow_id": text("")},
		"flow_id of steps":     {"flow_id": text("../f")},
		"created_after a date": {"flow_id": text("f"), "created_after": text("2025-08-22")},
		"statuses empty":       {"flow_id": text("f"), "statuses": list()},
		"statuses with null":   {"flow_id": text("f"), "statuses": list(tftypes.NewValue(tftypes.String, nil))},
	} {
		t.Run(name, func(t *testing.T) {
			//nolint:staticcheck // the interface is there until ProviderServer has its methods
			resp, err := c.ProviderServer.(tfprotov6.ProviderServerWithListResource).ValidateListResourceConfig(t.Context(),
				&tfprotov6.ValidateListResourceConfigRequest{TypeName: "idnow_session", Config: c.object(typ, config)})
			if err != nil || len(resp.Diagnostics) != 1 {
				t.Errorf("got %v, %v; want one error", err, resp)
			}
		})
	}
}

// A CLI that supports lists finds sessions by terraform query.
func TestQuery(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	acceptance.RequireCLI(t, "1.14.0", "")
	postSession(t, env.Server, acceptance.APIKey, "customer-123")
	env.Advance(time.Minute)
	postSession(t, env.Server, acceptance.APIKey, "customer-456")
	made := env.Sessions()
	second := map[string]knownvalue.Check{"environment": knownvalue.StringExact("staging"), "session_id": knownvalue.StringExact(made[1].ID)}
	env.Run(t,
		resource.TestStep{Config: env.Provider() + "data \"idnow_flows\" \"all\" {}\n"}, // a query takes the provider of the configuration beside it
		resource.TestStep{
			Query: true,
			Config: fmt.Sprintf(`
list "idnow_session" "all" {
  provider         = idnow
  include_resource = true
  config {
    flow_id  = %[1]q
    statuses = ["CREATED"]
  }
}
list "idnow_session" "newest" {
  provider = idnow
  limit    = 1
  config {
    flow_id = %[1]q
  }
}
`, emulatortest.DocumentCapture),
			QueryResultChecks: []querycheck.QueryResultCheck{
				querycheck.ExpectLength("idnow_session.all", 2),
				querycheck.ExpectLength("idnow_session.newest", 1),
				querycheck.ExpectIdentity("idnow_session.newest", second),
				querycheck.ExpectResourceKnownValues("idnow_session.all", queryfilter.ByResourceIdentity(second), []querycheck.KnownValueCheck{
					{Path: tfjsonpath.New("session_status"), KnownValue: knownvalue.StringExact("CREATED")},
					{Path: tfjsonpath.New("flow_id"), KnownValue: knownvalue.StringExact(emulatortest.DocumentCapture)},
				}),
			},
		},
	)
}
