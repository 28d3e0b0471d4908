// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package datasources_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/idnow/terraform-provider-idnow/examples/flows"
	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

func document(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := flows.FS.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func sha256Hex(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// block expects a data block with these fields.
func block(name string, required bool, fields ...knownvalue.Check) knownvalue.Check {
	return knownvalue.ObjectExact(map[string]knownvalue.Check{
		"name": knownvalue.StringExact(name), "required": knownvalue.Bool(required), "fields": knownvalue.ListExact(fields),
	})
}

// field expects a field of a data block, written as in "birthDate string date"
// with a star at the end if it is required.
func field(described string, maxLength int64, enum ...string) knownvalue.Check {
	words := strings.Fields(strings.TrimSuffix(described, "*"))
	want := map[string]knownvalue.Check{
		"path": knownvalue.StringExact(words[0]), "type": knownvalue.StringExact(words[1]),
		"required": knownvalue.Bool(strings.HasSuffix(described, "*")),
	}
	if len(words) > 2 {
		want["format"] = knownvalue.StringExact(words[2])
	}
	if maxLength > 0 {
		want["max_length"] = knownvalue.Int64Exact(maxLength)
	}
	if len(enum) > 0 {
		want["enum"] = texts(enum...)
	}
	return object(want, "format", "max_length", "enum")
}

// schemaHas expects JSON Schema with certain values at certain JSON paths.
func schemaHas(want map[string]any) knownvalue.Check {
	return knownvalue.StringFunc(func(schema string) error {
		var whole any
		if err := json.Unmarshal([]byte(schema), &whole); err != nil {
			return err
		}
		got := map[string]any{}
		for path := range want {
			v := whole
			for name := range strings.SplitSeq(path, "/") {
				object, _ := v.(map[string]any)
				v = object[name]
			}
			got[path] = v
		}
		if diff := cmp.Diff(want, got); diff != "" {
			return fmt.Errorf("schema (-want +got):\n%s", diff)
		}
		return nil
	})
}

func TestFlowOpenAPIOfAMultipartFlow(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	raw := document(t, "instant-signature.staging.json")
	const address = "data.idnow_flow_openapi.x"
	reads(t, env, env.Provider()+`
data "idnow_flow_openapi" "x" {
  flow_id = "`+emulatortest.InstantSignature+`"
}
`,
		known(address, knownvalue.StringExact("staging"), "environment"),
		known(address, knownvalue.StringExact(string(raw)), "openapi_json"),
		known(address, knownvalue.StringExact(sha256Hex(raw)), "sha256"),
		known(address, knownvalue.StringExact("3.0.0"), "openapi_version"),
		known(address, knownvalue.StringExact("instant_signiture_issance_with_qes"), "title"),
		known(address, knownvalue.Null(), "description"),
		known(address, knownvalue.Int64Exact(7), "flow_version"),
		known(address, texts("https://api.eu.platform.idnow.io"), "server_urls"),
		known(address, texts("multipart/form-data"), "content_types"),
		known(address, schemaHas(map[string]any{
			"$schema": "https://json-schema.org/draft/2020-12/schema",
			"properties/basicIdentity/properties/givenName/maxLength": 150.0,
			"required":                            []any{"basicIdentity", "documentsToSign"},
			"properties/basicIdentity/required":   []any{"givenName", "familyName"},
			"properties/documentsToSign/required": []any{"documents"},
			"properties/documentsToSign/properties/documents/items/required":        []any{"templateId", "source"},
			"properties/documentsToSign/properties/documents/items/properties/none": nil,
		}), "input_schema_json"),
		known(address, knownvalue.ListExact([]knownvalue.Check{
			block("basicIdentity", true,
				field("birthDate string", 0), field("birthPlace string", 150), field("familyName string*", 150),
				field("givenName string*", 150), field("name string", 150)),
			block("documentsToSign", true,
				field("documents array*", 0), field("documents[].source string binary*", 0), field("documents[].templateId string*", 0)),
		}), "data_blocks"),
	)
	for _, arrived := range env.Requests() {
		if want := "/api/v1/flows/staging/" + emulatortest.InstantSignature; arrived.Method != "GET" || arrived.Path != want {
			t.Errorf("arrived: %s %s, want GET %s alone", arrived.Method, arrived.Path, want)
		}
	}
}

func TestFlowOpenAPIOfNestedFlows(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	references, live := document(t, "address-check.staging.json"), document(t, "document-capture.live.json")
	const address, capture = "data.idnow_flow_openapi.address", "data.idnow_flow_openapi.capture"
	reads(t, env, env.Provider()+`
data "idnow_flow_openapi" "address" {
  flow_id = "`+emulatortest.AddressCheck+`"
}
data "idnow_flow_openapi" "capture" {
  flow_id     = "`+emulatortest.DocumentCapture+`"
  environment = "live"
}
`,
		known(address, knownvalue.StringExact(string(references)), "openapi_json"),
		known(address, knownvalue.StringExact("Compares an address with the proof handed in"), "description"),
		known(address, texts("application/json", "multipart/form-data"), "content_types"),
		known(address, schemaHas(map[string]any{
			"required": []any{"basicIdentity", "address"},
			"$defs/Address/properties/previous/items": map[string]any{"$ref": "#/$defs/Address"}, // refers to itself
			"$defs/Address/required":                  []any{"street", "city", "country"},
		}), "input_schema_json"),
		known(address, knownvalue.ListExact([]knownvalue.Check{
			block("address", true,
				field("city string*", 120), field("country string*", 0), field("houseNumber string", 20), field("movedIn string date", 0),
				field("postalCode string", 16), field("previous array", 0), field("street string*", 200)),
			block("basicIdentity", true, // allOf of two
				field("birthDate string date*", 0), field("familyName string*", 150), field("givenName string*", 150), field("title string", 40)),
			block("household", false,
				field("head object*", 0), field("head.adult boolean", 0), field("head.dependants array", 0),
				field("head.familyName string*", 150), field("head.givenName string*", 150), field("size integer int64", 0)),
			block("proof", false, // oneOf of two
				field("amount number", 0), field("kind string", 0, "utilityBill", "registryExtract"), field("pages array", 0),
				field("pages[].number integer int32", 0), field("pages[].scan string binary*", 0), field("provider string", 120),
				field("reference string uuid", 0)),
		}), "data_blocks"),
		known(capture, knownvalue.StringExact("live"), "environment"),
		known(capture, knownvalue.StringExact(sha256Hex(live)), "sha256"),
		known(capture, texts("application/json"), "content_types"),
		known(capture, knownvalue.StringExact("riskContext"), "data_blocks", 3, "name"),
		known(capture, knownvalue.ListSizeExact(0), "data_blocks", 3, "fields"),
	)
}

func TestFlowOpenAPINotPublished(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	fails(t, env, env.Provider()+`
data "idnow_flow_openapi" "x" {
  flow_id     = "`+emulatortest.AddressCheck+`"
  environment = "live"
}
`, []string{"Flow not published"}, emulatortest.AddressCheck, `the environment "live"`, "in the dashboard")
}

func TestFlowOpenAPINotReadable(t *testing.T) {
	for name, body := range map[string]string{
		"broken off":    `{"openapi": "3.0.0", "info": {`,
		"HTML":          "<!doctype html><title>Maintenance</title>",
		"other JSON":    `["a", 1]`,
		"without paths": `{"openapi": "3.0.0", "info": {"title": "t", "version": "1"}, "paths": {}}`,
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			serves(env, emulator.CallDocument, body)
			w := env.Workspace(env.Provider() + "data \"idnow_flow_openapi\" \"x\" {\n  flow_id = \"f\"\n}\n")
			if output := unfold(w.Apply().Output); !strings.Contains(output, "Warning: Invalid flow document") {
				t.Errorf("there is no warning:\n%s", output)
			}
			got := w.Attributes("data.idnow_flow_openapi.x")
			if got["openapi_json"] != body || got["sha256"] != sha256Hex([]byte(body)) {
				t.Errorf("the bytes are not kept: %v", got)
			}
			for _, name := range []string{"openapi_version", "title", "flow_version", "content_types", "input_schema_json", "data_blocks"} {
				if got[name] != nil {
					t.Errorf("%s is %v, want null", name, got[name])
				}
			}
			if result := w.Plan(); result.ExitCode != 0 {
				t.Errorf("the second plan is not empty:\n%s", result.Output)
			}
		})
	}
}

func TestFlowOpenAPINotText(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	env.Fault(fault.Fault{Call: string(emulator.CallDocument), Kind: fault.Replace, Body: string([]byte{0xff, 0xfe, 0x00})})
	fails(t, env, env.Provider()+"data \"idnow_flow_openapi\" \"x\" {\n  flow_id = \"f\"\n}\n", []string{"Invalid flow document"}, "api_url")
}

func TestFlowOpenAPIOfAFlowThatIsNotKnownYet(t *testing.T) {
	acceptance.RequireCLI(t, "1.4.0", "1.6.0") // for terraform_data
	env := acceptance.New(t, emulator.Options{})
	configuration := env.Provider() + `
resource "terraform_data" "flow" {
  input = "` + emulatortest.AddressCheck + `"
}
data "idnow_flow_openapi" "x" {
  flow_id = terraform_data.flow.output
}
`
	const address = "data.idnow_flow_openapi.x"
	env.Run(t,
		resource.TestStep{
			Config: configuration,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionRead),
			}},
			ConfigStateChecks: []statecheck.StateCheck{known(address, knownvalue.StringExact("Address check"), "title")},
		},
		resource.TestStep{Config: configuration, ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
		}},
	)
}

// A flow that is published again is read again, and its hash changes.
func TestFlowOpenAPIChanges(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	configuration := env.Provider() + "data \"idnow_flow_openapi\" \"x\" {\n  flow_id = \"" + emulatortest.AddressCheck + "\"\n}\n"
	newer := bytes.Replace(document(t, "address-check.staging.json"), []byte(`"x-flow-version": 4`), []byte(`"x-flow-version": 5`), 1)
	env.Run(t,
		resource.TestStep{Config: configuration},
		resource.TestStep{
			PreConfig: func() {
				if err := env.SetDocument(newer); err != nil {
					t.Fatal(err)
				}
			},
			Config: configuration,
			ConfigStateChecks: []statecheck.StateCheck{
				known("data.idnow_flow_openapi.x", knownvalue.Int64Exact(5), "flow_version"),
				known("data.idnow_flow_openapi.x", knownvalue.StringExact(sha256Hex(newer)), "sha256"),
			},
		},
	)
}
