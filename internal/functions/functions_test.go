// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package functions_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	google "github.com/google/jsonschema-go/jsonschema"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/idnow/terraform-provider-idnow/examples/flows"
	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
)

// seed is the platform's own document, as a user downloads it.
const seed = "instant-signature.staging.json"

// folder makes a folder with the seed's document and a contract, in which the
// provider runs, so that relative paths lead there.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	document, err := flows.FS.ReadFile(seed)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"flow.json": document, "contract.pdf": []byte("%PDF-1.7 contract")} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return dir
}

var contractSHA256 = func() string {
	sum := sha256.Sum256([]byte("%PDF-1.7 contract"))
	return hex.EncodeToString(sum[:])
}()

// step evaluates an expression, in which local.dir is the provider's working
// directory: the CLI's own functions start at another. Functions are found by
// the provider's name in required_providers; none needs it to be configured.
func step(t *testing.T, expression string, want knownvalue.Check) resource.TestStep {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return resource.TestStep{
		Config: fmt.Sprintf(`
terraform {
  required_providers {
    idnow = { source = "hashicorp/idnow" }
  }
}
locals {
  dir = %q
}
output "got" {
  value = %s
}
`, dir, expression),
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("got", want)},
	}
}

// failure is a step whose expression ends in an error that contains all of words,
// wherever the CLI breaks its lines.
func failure(t *testing.T, expression, words string) resource.TestStep {
	t.Helper()
	s := step(t, expression, nil)
	s.ConfigStateChecks = nil
	s.ExpectError = regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(words), " ", `\s+`))
	return s
}

// newEnv is for tests that change the working directory, which the provider of a
// test shares with its process.
func newEnv(t *testing.T) *acceptance.Env {
	t.Helper()
	env := acceptance.NewSerial(t, emulator.Options{})
	acceptance.RequireCLI(t, "1.8.0", "1.7.0")
	return env
}

func TestFile(t *testing.T) {
	env := newEnv(t)
	dir := folder(t)
	absolute := filepath.Join(dir, "contract.pdf")
	for name, test := range map[string]struct {
		expression string
		want       map[string]string
	}{
		"relative": {`provider::idnow::file("contract.pdf")`, map[string]string{"$file": "contract.pdf", "$sha256": contractSHA256}},
		"absolute": {fmt.Sprintf("provider::idnow::file(%q)", absolute), map[string]string{"$file": absolute, "$sha256": contractSHA256}},
		"merged": {
			`merge(provider::idnow::file("contract.pdf"), { "$filename" = "Vertrag.pdf", "$content_type" = "application/pdf" })`,
			map[string]string{"$file": "contract.pdf", "$sha256": contractSHA256, "$filename": "Vertrag.pdf", "$content_type": "application/pdf"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := map[string]knownvalue.Check{}
			for key, text := range test.want {
				want[key] = knownvalue.StringExact(text)
			}
			env.Run(t, step(t, test.expression, knownvalue.ObjectExact(want)))
		})
	}
}

func TestFileThatIsNone(t *testing.T) {
	env := newEnv(t)
	dir := folder(t)
	for name, test := range map[string]struct{ path, words string }{
		"missing": {"missing.pdf", `the file "missing.pdf" does not exist; a relative path is resolved from the working directory`},
		"folder":  {dir, "is a folder; it must be a file"},
		"empty":   {"", `the file "" does not exist`},
	} {
		t.Run(name, func(t *testing.T) {
			env.Run(t, failure(t, fmt.Sprintf("provider::idnow::file(%q)", test.path), test.words))
		})
	}
}

// problem expects one problem, with its path, rule and message.
func problem(path, rule, message string) knownvalue.Check {
	return knownvalue.ObjectExact(map[string]knownvalue.Check{
		"path": knownvalue.StringExact(path), "rule": knownvalue.StringExact(rule), "message": knownvalue.StringExact(message),
	})
}

func TestValidateInput(t *testing.T) {
	env := newEnv(t)
	folder(t)
	for name, test := range map[string]struct {
		input string
		want  []knownvalue.Check
	}{
		"valid": {`{
			basicIdentity   = { givenName = "Max", familyName = "Schmidt" }
			documentsToSign = { documents = [{ templateId = "t", source = provider::idnow::file("contract.pdf") }] }
		}`, nil},
		"nulls are omitted": {`{
			basicIdentity   = { givenName = "Max", familyName = "Schmidt", birthPlace = null }
			documentsToSign = { documents = [null, { templateId = "t", source = filebase64("${local.dir}/contract.pdf") }] }
			selfie          = null
		}`, nil},
		"several problems": {`{
			basicIdentity   = { givenNam = "planted", familyName = join("", [for _ in range(151) : "p"]) }
			documentsToSign = { documents = [{ templateId = true, source = "planted" }] }
		}`, []knownvalue.Check{
			problem("input.basicIdentity.familyName", "maxLength", "is 151 characters long; at most 150 are allowed"),
			problem("input.basicIdentity.givenNam", "unknown", "is not known to the flow; it knows birthDate, birthPlace, familyName, givenName and name here; did you mean givenName?"),
			problem("input.basicIdentity.givenName", "required", "is missing; the flow requires it"),
			problem("input.documentsToSign.documents[0].source", "format", `must be a file, as provider::idnow::file("PATH") returns it, or base64, as filebase64("PATH") returns it`),
			problem("input.documentsToSign.documents[0].templateId", "type", "must be a string, not a boolean"),
		}},
		"an invalid file reference": {`{
			basicIdentity   = { givenName = "Max", familyName = "Schmidt" }
			documentsToSign = { documents = [{ templateId = "t", source = { "$file" = "contract.pdf" } }] }
		}`, []knownvalue.Check{
			problem("input.documentsToSign.documents[0].source", "file",
				`is not a file reference: $sha256 must be the SHA-256 of the file in hex, as filesha256("PATH") returns it`),
		}},
		"no object": {`["planted"]`, []knownvalue.Check{problem("input", "type", "must be an object, not a list")}},
	} {
		t.Run(name, func(t *testing.T) {
			env.Run(t, step(t, `provider::idnow::validate_input(file("${local.dir}/flow.json"), `+test.input+`)`, knownvalue.ListExact(test.want)))
		})
	}
}

// An input that is null lacks every block that the flow needs. OpenTofu takes a
// null without a type for unknown, and sends one with a type as no value at all.
func TestValidateInputOfNothing(t *testing.T) {
	env := newEnv(t)
	acceptance.RequireCLI(t, "1.8.0", "")
	folder(t)
	env.Run(t, step(t, `provider::idnow::validate_input(file("${local.dir}/flow.json"), null)`, knownvalue.ListExact([]knownvalue.Check{
		problem("input.basicIdentity", "required", "is missing; the flow requires it, with givenName and familyName"),
		problem("input.documentsToSign", "required", "is missing; the flow requires it, with documents"),
	})))
}

// An invalid document is an error at its argument, for both
// functions that read one.
func TestDocumentThatIsNone(t *testing.T) {
	env := newEnv(t)
	for name, test := range map[string]struct{ expression, words string }{
		"validated, not JSON":   {`provider::idnow::validate_input("planted", {})`, "the flow's OpenAPI document is not JSON"},
		"validated, no OpenAPI": {`provider::idnow::validate_input("{}", {})`, "the flow's OpenAPI document is not an OpenAPI 3 document"},
		"read, not JSON":        {`provider::idnow::input_schema("planted")`, "the flow's OpenAPI document is not JSON"},
		"read, another API's":   {`provider::idnow::input_schema(jsonencode({ openapi = "3.0.3", paths = {} }))`, "describes no create-session call"},
	} {
		t.Run(name, func(t *testing.T) {
			env.Run(t,
				failure(t, test.expression, test.words),
				failure(t, test.expression, `"openapi_json" parameter`),
			)
		})
	}
}

func TestInputSchemaIsTheDataSources(t *testing.T) {
	env := newEnv(t)
	for name, flow := range map[string]string{
		"brackets": emulatortest.InstantSignature, "nested": emulatortest.DocumentCapture, "references": emulatortest.AddressCheck,
	} {
		t.Run(name, func(t *testing.T) {
			s := step(t, `provider::idnow::input_schema(data.idnow_flow_openapi.f.openapi_json) == data.idnow_flow_openapi.f.input_schema_json`, knownvalue.Bool(true))
			s.Config += env.Provider() + `
data "idnow_flow_openapi" "f" {
  flow_id = "` + flow + `"
}
`
			env.Run(t, s)
		})
	}
}

// The schema is complete by itself: two schema libraries read it and validate
// against it.
func TestInputSchemaValidates(t *testing.T) {
	env := newEnv(t)
	folder(t)
	env.Run(t, step(t, `provider::idnow::input_schema(file("${local.dir}/flow.json"))`, knownvalue.StringFunc(func(schema string) error {
		for input, right := range map[string]bool{
			`{"basicIdentity":{"givenName":"M","familyName":"S"},"documentsToSign":{"documents":[{"templateId":"t","source":"JVBERg=="}]}}`: true,
			`{"basicIdentity":{"givenName":"M"},"documentsToSign":{"documents":[]}}`:                                                        false,
			`{"basicIdentity":{"givenName":"M","familyName":"S","nick":"m"},"documentsToSign":{"documents":[]}}`:                            false,
			`{}`: false,
		} {
			for library, validate := range map[string]func(schema, input string) (bool, error){"santhosh-tekuri": bySanthoshTekuri, "google": byGoogle} {
				got, err := validate(schema, input)
				if err != nil {
					return fmt.Errorf("%s does not read the schema: %w", library, err)
				}
				if got != right {
					return fmt.Errorf("%s validates %s as %t", library, input, got)
				}
			}
		}
		return nil
	})))
}

func bySanthoshTekuri(schema, input string) (bool, error) {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
	if err != nil {
		return false, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("flow:///input", document); err != nil {
		return false, err
	}
	compiled, err := compiler.Compile("flow:///input")
	if err != nil {
		return false, err
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(input))
	if err != nil {
		return false, err
	}
	return compiled.Validate(value) == nil, nil
}

func byGoogle(schema, input string) (bool, error) {
	var document google.Schema
	if err := json.Unmarshal([]byte(schema), &document); err != nil {
		return false, err
	}
	resolved, err := document.Resolve(nil)
	if err != nil {
		return false, err
	}
	var value any
	if err := json.Unmarshal([]byte(input), &value); err != nil {
		return false, err
	}
	return resolved.Validate(value) == nil, nil
}
