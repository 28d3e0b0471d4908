// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package apiread

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/configured"
)

// connectedTo is the data of a provider that is configured for the service at
// url. Nothing is sent by making it.
func connectedTo(t *testing.T, url string) *configured.Provider {
	t.Helper()
	api, err := client.New(client.Config{APIURL: url, Credentials: client.Credentials{APIKey: "key"}, RequestTimeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return &configured.Provider{
		Client:      api,
		Documents:   configured.NewDocumentCache(api.FlowDocument),
		Environment: types.StringValue("staging"),
	}
}

// summaries are those of diagnostics, in their order.
func summaries(diags diag.Diagnostics) []string {
	var found []string
	for _, d := range diags {
		found = append(found, d.Summary())
	}
	return found
}

func TestReadsAreBounded(t *testing.T) {
	before := readTimeout
	t.Cleanup(func() { readTimeout = before })
	readTimeout = time.Millisecond

	ended := make(chan struct{})
	service := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-ended }))
	t.Cleanup(service.Close)
	t.Cleanup(func() { close(ended) })
	data := connectedTo(t, service.URL)
	sessions := query(t, service.URL, nil)

	for name, read := range map[string]func(*diag.Diagnostics){
		"newest sessions": func(diags *diag.Diagnostics) {
			_, err := sessions.Newest(t.Context(), 0)
			sessions.Report(t.Context(), err, diags)
		},
		"each session": func(diags *diag.Diagnostics) {
			err := sessions.Each(t.Context(), func(client.Session) bool { return true })
			sessions.Report(t.Context(), err, diags)
		},
		"data blocks": func(diags *diag.Diagnostics) {
			model := DataBlocksModel{SessionID: types.StringValue("s")}
			model.Read(t.Context(), data, diags)
		},
	} {
		var diags diag.Diagnostics
		read(&diags)
		if got := summaries(diags); len(got) != 1 || got[0] != "Timeout exceeded" || !strings.Contains(diags[0].Detail(), "minutes in all. Try again") {
			t.Errorf("%s: got %v", name, diags)
		}
	}
}

func TestEnvironment(t *testing.T) {
	const nowhere = "http://127.0.0.1:1"
	for name, test := range map[string]struct {
		data       func(*configured.Provider)
		configured types.String
		want       string
		wantError  string
	}{
		"its own":                       {configured: types.StringValue("live"), want: "live"},
		"the provider's":                {configured: types.StringNull(), want: "staging"},
		"none":                          {data: func(d *configured.Provider) { d.Environment = types.StringNull() }, configured: types.StringNull(), wantError: "Missing environment"},
		"not allowed":                   {data: func(d *configured.Provider) { d.AllowedEnvironments = []string{"staging"} }, configured: types.StringValue("live"), wantError: "Environment not allowed"},
		"the provider's is not known":   {data: func(d *configured.Provider) { d.Environment = types.StringUnknown() }, configured: types.StringNull(), wantError: "Environment unknown"},
		"its own over an unknown one":   {data: func(d *configured.Provider) { d.Environment = types.StringUnknown() }, configured: types.StringValue("live"), want: "live"},
		"the credentials are not known": {data: func(d *configured.Provider) { d.Client = nil }, configured: types.StringValue("live"), wantError: "Provider settings unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			data := connectedTo(t, nowhere)
			if test.data != nil {
				test.data(data)
			}
			var diags diag.Diagnostics
			environment, ok := Environment(data, test.configured, &diags)
			if test.wantError == "" {
				if !ok || len(diags) > 0 || environment.ValueString() != test.want {
					t.Errorf("got %s, %t, %v; want %q", environment, ok, diags, test.want)
				}
				return
			}
			if got := summaries(diags); ok || len(got) != 1 || got[0] != test.wantError {
				t.Errorf("got %t with %q; want the one error %q", ok, got, test.wantError)
			}
		})
	}
}

func TestEnvironmentOfAProviderThatIsNotConfigured(t *testing.T) {
	var diags diag.Diagnostics
	if _, ok := Environment(nil, types.StringValue("live"), &diags); ok || !diags.HasError() {
		t.Errorf("got %t, %v; want an error", ok, diags)
	}
}

func TestText(t *testing.T) {
	if got := Text(""); !got.IsNull() {
		t.Errorf("an empty value is %s, want null", got)
	}
	if got := Text("x"); got.ValueString() != "x" {
		t.Errorf("got %s", got)
	}
}

func TestInteger(t *testing.T) {
	for served, want := range map[string]types.Int64{
		"7": types.Int64Value(7), "7.0": types.Int64Value(7), "9007199254740993": types.Int64Value(9007199254740993),
		"": types.Int64Null(), "1.2": types.Int64Null(), "v7": types.Int64Null(), "9223372036854775808": types.Int64Null(),
	} {
		if got := Integer(client.Number(served)); !got.Equal(want) {
			t.Errorf("%q is %s, want %s", served, got, want)
		}
	}
}

func TestJSON(t *testing.T) {
	for name, test := range map[string]struct {
		served string
		want   types.String
	}{
		"space goes, the rest stays": {"{\n \"b\": 1.50, \"a\": [ 12345678901234567890, \"x  y <\\u00e9>\" ]\n}", types.StringValue(`{"b":1.50,"a":[12345678901234567890,"x  y <\u00e9>"]}`)},
		"nothing":                    {"", types.StringNull()},
		"not JSON":                   {"{", types.StringNull()},
	} {
		t.Run(name, func(t *testing.T) {
			if got := JSON(json.RawMessage(test.served)); !got.Equal(test.want) {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestTimestamp(t *testing.T) {
	for text, valid := range map[string]bool{
		"2025-08-22T00:00:00Z":          true,
		"2025-08-22T02:00:00+02:00":     true,
		"2025-08-22T00:00:00.123456Z":   true,
		"2025-08-22":                    false,
		"2025-08-22T00:00:00":           false,
		"2025-13-22T00:00:00Z":          false,
		"22 Aug 2025 00:00 UTC":         false,
		"":                              false,
		"2025-08-22T00:00:00Z and more": false,
	} {
		var resp validator.StringResponse
		Timestamp().ValidateString(t.Context(), validator.StringRequest{ConfigValue: types.StringValue(text)}, &resp)
		if resp.Diagnostics.HasError() == valid {
			t.Errorf("%q: errors %v, want valid %t", text, resp.Diagnostics, valid)
		}
	}
	for _, open := range []types.String{types.StringNull(), types.StringUnknown()} {
		var resp validator.StringResponse
		Timestamp().ValidateString(t.Context(), validator.StringRequest{ConfigValue: open}, &resp)
		if resp.Diagnostics.HasError() {
			t.Errorf("%s is refused: %v", open, resp.Diagnostics)
		}
	}
}
