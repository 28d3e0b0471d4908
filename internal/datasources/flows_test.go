// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package datasources_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
)

// manyFlows is n documents of flows in staging, named Flow 0, Flow 1 and so on.
func manyFlows(t *testing.T, n int) [][]byte {
	t.Helper()
	raw := document(t, "address-check.staging.json")
	documents := make([][]byte, n)
	for i := range documents {
		id := fmt.Sprintf("5f0c1f6a-5d8e-4a7f-9a52-%012d", i)
		renamed := bytes.ReplaceAll(raw, []byte(emulatortest.AddressCheck), []byte(id))
		documents[i] = bytes.Replace(renamed, []byte(`"Address check"`), fmt.Appendf(nil, `"Flow %d"`, i), 1)
	}
	return documents
}

const allFlows = `
data "idnow_flows" "all" {
}
`

func TestFlows(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	listed := func(id, name string, description knownvalue.Check, version string) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"flow_id": knownvalue.StringExact(id), "name": knownvalue.StringExact(name), "description": description,
			"version": knownvalue.StringExact(version), "environment": knownvalue.StringExact("staging"),
		})
	}
	reads(t, env, env.Provider()+allFlows,
		known("data.idnow_flows.all", knownvalue.StringExact("staging"), "environment"),
		known("data.idnow_flows.all", knownvalue.ListExact([]knownvalue.Check{
			listed(emulatortest.AddressCheck, "Address check", knownvalue.StringExact("Compares an address with the proof handed in"), "4"),
			listed(emulatortest.DocumentCapture, "Document capture", knownvalue.StringExact("Reads an identity document and compares it with the identity given"), "2"),
			listed(emulatortest.InstantSignature, "instant_signiture_issance_with_qes", knownvalue.Null(), "7"),
		}), "flows"),
	)
}

func TestFlowsOverAllPages(t *testing.T) {
	env := acceptance.New(t, emulator.Options{Documents: manyFlows(t, 130)})
	w := env.Workspace(env.Provider() + allFlows + `
data "idnow_flow" "last" {
  name = "Flow 129"
}
output "count" {
  value = length(data.idnow_flows.all.flows)
}
output "last" {
  value = data.idnow_flow.last.flow_id
}
`)
	w.Apply()
	if got := strings.TrimSpace(w.MustRun("output", "-raw", "count").Output); got != "130" {
		t.Errorf("%s flows, want 130", got)
	}
	if got := strings.TrimSpace(w.MustRun("output", "-raw", "last").Output); got != "5f0c1f6a-5d8e-4a7f-9a52-000000000129" {
		t.Errorf("the flow by name is %s", got)
	}
	pages := map[string]int{}
	for _, arrived := range env.RequestsOf(emulator.CallFlows) {
		pages[arrived.Method+" "+arrived.Path+"?"+arrived.Query.Encode()]++
	}
	// Each of the two data sources reads both pages once: apply has planned.
	want := map[string]int{
		"GET /api/v1/flows/staging?page=1&size=100": 2,
		"GET /api/v1/flows/staging?page=2&size=100": 2,
	}
	if diff := cmp.Diff(want, pages); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if result := w.Plan(); result.ExitCode != 0 {
		t.Errorf("the second plan is not empty:\n%s", result.Output)
	}
}

func TestFlowsOfOtherRevisions(t *testing.T) {
	one := func(attributes map[string]knownvalue.Check) []knownvalue.Check {
		attributes["environment"] = knownvalue.StringExact("staging")
		return []knownvalue.Check{object(attributes, "flow_id", "name", "description", "version")}
	}
	for name, test := range map[string]struct {
		served string
		want   []knownvalue.Check
	}{
		"without page": {`{"content": [{"id": "a", "name": "A", "version": "2025-1"}]}`, one(map[string]knownvalue.Check{
			"flow_id": knownvalue.StringExact("a"), "name": knownvalue.StringExact("A"), "version": knownvalue.StringExact("2025-1"),
		})},
		"a bare list":        {`[{"id": "a"}]`, one(map[string]knownvalue.Check{"flow_id": knownvalue.StringExact("a")})},
		"nulls":              {`{"content": [{"id": "a", "name": null, "description": null, "version": null, "environment": null}], "page": null}`, one(map[string]knownvalue.Check{"flow_id": knownvalue.StringExact("a")})},
		"of the wrong types": {`{"content": [{"id": "a", "name": {"en": "A"}, "version": [1]}, "a", null]}`, one(map[string]knownvalue.Check{"flow_id": knownvalue.StringExact("a")})},
		"without ID":         {`{"content": [{"name": "A"}]}`, one(map[string]knownvalue.Check{"name": knownvalue.StringExact("A")})},
		"none":               {`{"content": [], "page": {"totalPages": 0}}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			serves(env, emulator.CallFlows, test.served)
			reads(t, env, env.Provider()+allFlows, known("data.idnow_flows.all", knownvalue.ListExact(test.want), "flows"))
		})
	}
}

func TestFlowsOfAnEnvironmentThatIsNotThere(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	fails(t, env, env.Provider(`environment = "moon"`)+allFlows, []string{"Not found"}, `"moon"`)
}

func TestFlow(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	byName, byID := "data.idnow_flow.by_name", "data.idnow_flow.by_id"
	reads(t, env, env.Provider()+`
data "idnow_flow" "by_name" {
  name        = "Document capture"
  environment = "live"
}
data "idnow_flow" "by_id" {
  flow_id = "`+emulatortest.InstantSignature+`"
}
`,
		known(byName, knownvalue.StringExact(emulatortest.DocumentCapture), "flow_id"),
		known(byName, knownvalue.StringExact("Document capture"), "name"),
		known(byName, knownvalue.StringExact("Reads an identity document and compares it with the identity given"), "description"),
		known(byName, knownvalue.StringExact("2"), "version"),
		known(byName, knownvalue.StringExact("live"), "environment"),
		known(byID, knownvalue.StringExact(emulatortest.InstantSignature), "flow_id"),
		known(byID, knownvalue.StringExact("instant_signiture_issance_with_qes"), "name"),
		known(byID, knownvalue.Null(), "description"),
		known(byID, knownvalue.StringExact("staging"), "environment"),
	)
}

func TestFlowNotFound(t *testing.T) {
	const twins = `{"content": [{"id": "one", "name": "Twin", "version": 1}, {"id": "two", "name": "Twin"}, {"id": "three", "name": "twin"}]}`
	for name, test := range map[string]struct {
		served   string // instead of the example flows
		argument string
		summary  string
		parts    []string
		absent   string
	}{
		"several by name": {
			served: twins, argument: `name = "Twin"`, summary: "Flow not unique",
			parts:  []string{`2 flows`, `the name "Twin"`, `flow_id "one", version 1`, `flow_id "two"`, "Select one of them by flow_id"},
			absent: "three",
		},
		"none by name": {
			argument: `name = "address chek"`, summary: "Flow not found",
			parts: []string{`the name "address chek"`, `"staging"`, `- "Address check", flow_id "` + emulatortest.AddressCheck + `", version 4`, "Document capture"},
		},
		"none by ID": {
			argument: `flow_id = "5f0c1f6a"`, summary: "Flow not found",
			parts: []string{`the flow_id "5f0c1f6a"`, emulatortest.AddressCheck, emulatortest.InstantSignature},
		},
		"none at all": {
			served: `{"content": []}`, argument: `name = "x"`, summary: "Flow not found", parts: []string{"No flow is published"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			if test.served != "" {
				serves(env, emulator.CallFlows, test.served)
			}
			configuration := env.Provider() + "data \"idnow_flow\" \"x\" {\n  " + test.argument + "\n}\n"
			fails(t, env, configuration, []string{test.summary}, test.parts...)
			if output := env.Workspace(configuration).Plan().Output; test.absent != "" && strings.Contains(output, test.absent) {
				t.Errorf("the output has %q:\n%s", test.absent, output)
			}
		})
	}
}

func TestFlowNotFoundAmongMany(t *testing.T) {
	env := acceptance.New(t, emulator.Options{Documents: manyFlows(t, 30)})
	output := env.Workspace(env.Provider() + "data \"idnow_flow\" \"x\" {\n  name = \"flow 2x\"\n}\n").Plan().Output
	if got := strings.Count(output, "flow_id \""); got != 10 {
		t.Errorf("%d flows are listed, want 10:\n%s", got, output)
	}
	if !strings.Contains(output, "and 20 more") || !strings.Contains(output, `"Flow 2",`) || strings.Contains(output, `"Flow 11"`) {
		t.Errorf("the nearest flows are not those listed:\n%s", output)
	}
}
