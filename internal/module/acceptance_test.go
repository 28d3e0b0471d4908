// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/module"
)

// The documents that modules are made of.
const (
	addressCheck     = "address-check.staging.json"
	everyRule        = "every-rule.json"
	documentCapture  = "document-capture.staging.json"
	instantSignature = "instant-signature.staging.json"
)

// caller is a configuration that calls a generated module in the folder session
// beside it.
const caller = `
module "session" {
  source = "./session"

  subject_id   = "customer-123"
  redirect_url = "https://example.com/done"
  input        = %INPUT%
}

output "outcome" {
  value = module.session.outcome
}
`

const scan = "%PDF-1.7"

// serve starts an emulator with one document.
func serve(t *testing.T, name string) *acceptance.Env {
	t.Helper()
	requireModules(t)
	return acceptance.New(t, emulator.Options{Flows: fstest.MapFS{name: {Data: document(t, name)}}})
}

// workspace generates the module of a document, and a configuration that calls
// it with an input, both initialised.
func workspace(t *testing.T, env *acceptance.Env, raw []byte, input string) *acceptance.Workspace {
	t.Helper()
	return workspaceOf(t, env, generate(t, raw, module.Options{}), input)
}

func workspaceOf(t *testing.T, env *acceptance.Env, files []module.File, input string) *acceptance.Workspace {
	t.Helper()
	dir := t.TempDir()
	if _, err := module.Write(dir+"/session", files); err != nil {
		t.Fatal(err)
	}
	w := env.CopyWorkspace(dir)
	w.Write("main.tf", strings.ReplaceAll(caller, "%INPUT%", input))
	w.Write("scan.pdf", scan)
	w.MustRun("init", "-input=false")
	return w
}

// requireModules skips where the CLI is older than the modules are for.
func requireModules(t *testing.T) {
	t.Helper()
	if os.Getenv("TF_ACC") != "" {
		acceptance.RequireCLI(t, "1.3.0", "1.6.0")
	}
}

// files are the places of the scan in a request: its name and content type.
var files = regexp.MustCompile(`@(\S+) (\S+)@`)

// part is how the emulator records a part that contains the scan.
var part = fmt.Sprintf(`{"filename": "$1", "contentType": "$2", "size": %d, "sha256": "%x"}`, len(scan), sha256.Sum256([]byte(scan)))

func TestModuleCreatesTheSession(t *testing.T) {
	cases := map[string]struct {
		document, input string
		want            string // the input that arrived, as JSON; @ is replaced by the scan
	}{
		"JSON, with a file": {
			documentCapture,
			`{
				basicIdentity  = { givenName = "Max", familyName = "Schmidt", birthDate = "1985-08-22" }
				documentImages = { documentType = "ID", frontSide = { "$file" = "scan.pdf", "$sha256" = filesha256("scan.pdf") } }
				financialProfile = { priority = 9007199254740993, sourcesOfFunds = ["salary", "rent"] }
				riskContext    = { score = 0.1, tags = [], nested = { a = [1, "b"] } }
			}`,
			`{
				"basicIdentity": {"givenName": "Max", "familyName": "Schmidt", "birthDate": "1985-08-22"},
				"documentImages": {"documentType": "ID", "frontSide": "JVBERi0xLjc="},
				"financialProfile": {"priority": 9007199254740993, "sourcesOfFunds": ["salary", "rent"]},
				"riskContext": {"score": 0.1, "tags": [], "nested": {"a": [1, "b"]}}
			}`,
		},
		"JSON, the least": {
			documentCapture,
			`{ basicIdentity = { givenName = "Max", familyName = "Schmidt", email = null }, documentImages = null }`,
			`{"basicIdentity": {"givenName": "Max", "familyName": "Schmidt"}}`,
		},
		"multipart": {
			instantSignature,
			`{
				basicIdentity   = { givenName = "Max", familyName = "Schmidt" }
				documentsToSign = { documents = [
					{ templateId = "a", source = { "$file" = "scan.pdf", "$sha256" = filesha256("scan.pdf"), "$filename" = "contract.pdf" } },
					{ templateId = "b", source = { "$file" = "scan.pdf", "$sha256" = filesha256("scan.pdf"), "$content_type" = "application/x-pdf" } },
				] }
			}`,
			`{
				"basicIdentity": {"givenName": "Max", "familyName": "Schmidt"},
				"documentsToSign": {"documents": [
					{"templateId": "a", "source": @contract.pdf application/pdf@},
					{"templateId": "b", "source": @scan.pdf application/x-pdf@}
				]}
			}`,
		},
		"both, without a file": {
			addressCheck,
			`{
				basicIdentity = { givenName = "Max", familyName = "Schmidt", birthDate = "1985-08-22" }
				address = { street = "A", city = "B", country = "DE", previous = [
					{ street = "C", city = "D", country = "DE", previous = [{ street = "E", city = "F", country = "FR" }] },
					{ street = "G", city = "H", country = "DE" },
				] }
				household = { head = { givenName = "Max", familyName = "Schmidt", adult = true } }
			}`,
			`{
				"basicIdentity": {"givenName": "Max", "familyName": "Schmidt", "birthDate": "1985-08-22"},
				"address": {"street": "A", "city": "B", "country": "DE", "previous": [
					{"street": "C", "city": "D", "country": "DE", "previous": [{"street": "E", "city": "F", "country": "FR"}]},
					{"street": "G", "city": "H", "country": "DE"}
				]},
				"household": {"head": {"givenName": "Max", "familyName": "Schmidt", "adult": true}}
			}`,
		},
		"every rule, kept": {
			everyRule,
			`{
				texts = {
					code = "AB-123x", one = "1", several = "äöü", choice = "${"$"}{b}", date = "2024-02-29", moment = "2024-11-04t10:30:00.5z"
					email = "m@example.com", uuid = "40CBB7B3-7468-4b5d-8bb5-ff8e82510c70", uri = "myapp://done?a=b"
					spaced = "a b", either = "abc"
				}
				numbers = { whole = 123456789012345678901234567890, between = 0.5, step = 10, tenth = 0.3, choice = 2.5, yes = true }
				lists = {
					few = ["abc", null, "d", null], different = [9007199254740992, 9007199254740993, null, null]
					rows = [[{ at = 1, scan = { "$file" = "scan.pdf", "$sha256" = filesha256("scan.pdf") } }, { at = 1.5 }], null, []], mixed = [1, "a", { b = null }]
				}
				files = { a = { "$file" = "scan.pdf", "$sha256" = filesha256("scan.pdf") }, b = null }
				labels = { x = "abc", y = null }
				open = { other = 1 }, odd = { "two words" = "x" }, nothing = {}, narrowed = { b = "b" }
				proof = { number = 1 }
			}`,
			`{
				"texts": {
					"code": "AB-123x", "one": "1", "several": "äöü", "choice": "${b}", "date": "2024-02-29", "moment": "2024-11-04t10:30:00.5z",
					"email": "m@example.com", "uuid": "40CBB7B3-7468-4b5d-8bb5-ff8e82510c70", "uri": "myapp://done?a=b",
					"spaced": "a b", "either": "abc"
				},
				"numbers": {"whole": 123456789012345678901234567890, "between": 0.5, "step": 10, "tenth": 0.3, "choice": 2.5, "yes": true},
				"lists": {
					"few": ["abc", "d"], "different": [9007199254740992, 9007199254740993],
					"rows": [[{"at": 1, "scan": "JVBERi0xLjc="}, {"at": 1.5}], []], "mixed": [1, "a", {}]
				},
				"files": {"a": "JVBERi0xLjc="}, "labels": {"x": "abc"},
				"open": {"other": 1}, "odd": {"two words": "x"}, "nothing": {}, "narrowed": {"b": "b"},
				"proof": {"number": 1}
			}`,
		},
		"both, with a file in an alternative": {
			addressCheck,
			`{
				basicIdentity = { givenName = "Max", familyName = "Schmidt", birthDate = "1985-08-22" }
				address = { street = "A", city = "B", country = "DE" }
				proof = { kind = "utilityBill", provider = "P", amount = 12.5, pages = [
					{ number = 1, scan = { "$file" = "scan.pdf", "$sha256" = filesha256("scan.pdf") } },
				] }
			}`,
			`{
				"basicIdentity": {"givenName": "Max", "familyName": "Schmidt", "birthDate": "1985-08-22"},
				"address": {"street": "A", "city": "B", "country": "DE"},
				"proof": {"kind": "utilityBill", "provider": "P", "amount": 12.5, "pages": [
					{"number": 1, "scan": @scan.pdf application/pdf@}
				]}
			}`,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			env := serve(t, c.document)
			w := workspace(t, env, document(t, c.document), c.input)
			w.MustRun("validate")
			w.Apply()
			got := decode(t, encode(t, env.RequireCreates(t, 1)[0].Decoded))
			want := decode(t, `{"input": `+files.ReplaceAllString(c.want, part)+`,
				"metadata": {"subjectId": "customer-123"}, "redirectUrl": "https://example.com/done"}`)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the request (-want +got):\n%s", diff)
			}
			if plan := w.Plan(); plan.ExitCode != 0 {
				t.Errorf("the second plan ended with %d:\n%s", plan.ExitCode, plan.Output)
			}
		})
	}
}

func encode(t *testing.T, tree any) string {
	t.Helper()
	raw, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// decode keeps numbers as they are written.
func decode(t *testing.T, raw string) any {
	t.Helper()
	var tree any
	decoder := json.NewDecoder(strings.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

// The caller's value reaches the provider, which suggests the correct key; a wrong
// type is an error without the provider.
func TestModuleRefuses(t *testing.T) {
	const identity = `basicIdentity = { givenName = "Max", familyName = "Schmidt" }`
	cases := map[string]struct {
		input string
		want  []string
	}{
		"a misspelled key":          {`{ basicIdentity = { givenName = "Max", familyName = "Schmidt", birhtDate = "1985-08-22" } }`, []string{"input.basicIdentity.birhtDate is not known", "did you mean birthDate?"}},
		"a misspelled block":        {`{ ` + identity + `, financialProfil = { priority = 1 } }`, []string{"input.financialProfil is not known", "did you mean financialProfile?"}},
		"a misspelled needed block": {`{ basicIdentiy = { givenName = "Max", familyName = "Schmidt" } }`, []string{"did you mean basicIdentity?"}},
		"a block that is missing":   {`{}`, []string{`attribute "basicIdentity" is required`, "input.basicIdentity is missing"}},
		"a key that is missing":     {`{ basicIdentity = { givenName = "Max" } }`, []string{`attribute "familyName" is required`, "input.basicIdentity.familyName is missing"}},
		"a wrong type":              {`{ ` + identity + `, financialProfile = { priority = "planted" } }`, []string{"a number is required", "input.financialProfile.priority must be a whole number"}},
		"a wrong value":             {`{ ` + identity + `, financialProfile = { priority = -1, currency = "planted" } }`, []string{"input.financialProfile.priority must be at least 0", "input.financialProfile.currency must be one of"}},
		"nothing":                   {`null`, []string{"required"}},
		"metadata of the module's": {`{ ` + identity + ` }
			metadata = { locale = "en" }`, []string{"subjectId and locale have variables of their own"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			env := serve(t, documentCapture)
			plan := workspace(t, env, document(t, documentCapture), c.input).Plan()
			if plan.ExitCode != 1 || strings.Contains(plan.Output, "planted") {
				t.Errorf("the plan ended with %d, or quotes a value:\n%s", plan.ExitCode, plan.Output)
			}
			text := spaces.ReplaceAllString(plan.Output, " ")
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is missing in\n%s", want, plan.Output)
				}
			}
			env.RequireCreates(t, 0)
		})
	}
}

// Where the service is not reachable, wrong types are still errors.
func TestModuleRefusesTypesOffline(t *testing.T) {
	env := serve(t, documentCapture)
	w := workspace(t, env, document(t, documentCapture), `{ basicIdentity = { givenName = "Max", familyName = ["Schmidt"] } }
		input_validation = "off"`)
	plan := w.Plan()
	if text := spaces.ReplaceAllString(plan.Output, " "); plan.ExitCode != 1 || !strings.Contains(text, "string required") {
		t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
	}
}

// Input that reaches neither plan nor state, from an ephemeral value.
func TestModuleTakesWriteOnlyInput(t *testing.T) {
	acceptance.RequireCLI(t, "1.11.0", "1.11.0")
	env := serve(t, documentCapture)
	w := workspaceOf(t, env, generate(t, document(t, documentCapture), module.Options{WriteOnly: true}), `{ basicIdentity = { familyName = "Schmidt" } }
		input_wo         = { basicIdentity = { givenName = var.name } }
		input_wo_version = 1`)
	w.Write("name.tf", `
variable "name" {
  type      = string
  default   = "planted"
  ephemeral = true
}
`)
	w.MustRun("validate")
	w.Apply()
	if request := encode(t, env.RequireCreates(t, 1)[0].Decoded); !strings.Contains(request, `"givenName":"planted"`) || !strings.Contains(request, `"familyName":"Schmidt"`) {
		t.Error(request)
	}
	state, err := os.ReadFile(filepath.Join(w.Dir, "terraform.tfstate"))
	if err != nil || strings.Contains(string(state), "planted") {
		t.Errorf("the state: %v\n%s", err, state)
	}
	if plan := w.Plan(); plan.ExitCode != 0 {
		t.Errorf("the second plan ended with %d:\n%s", plan.ExitCode, plan.Output)
	}
	w.Write("main.tf", strings.ReplaceAll(caller, "%INPUT%", `{ basicIdentity = { familyName = "Schmidt" } }
		input_wo         = { basicIdentity = { givenNam = var.name } }
		input_wo_version = 2`))
	if plan := w.Plan(); plan.ExitCode != 1 || !strings.Contains(spaces.ReplaceAllString(plan.Output, " "), "did you mean givenName?") {
		t.Errorf("a misspelled key ended with %d:\n%s", plan.ExitCode, plan.Output)
	}
}

// spaces are where the CLI breaks lines, and draws beside them.
var spaces = regexp.MustCompile(`[\s│]+`)

// Rules are validated once a value is known, which may be after the plan.
func TestModuleTakesUnknownValues(t *testing.T) {
	env := serve(t, instantSignature)
	w := workspace(t, env, document(t, instantSignature), `{
		basicIdentity   = { givenName = terraform_data.later.output, familyName = "Schmidt" }
		documentsToSign = { documents = [for id in [terraform_data.later.output, "b"] : { templateId = id, source = { "$file" = "scan.pdf", "$sha256" = filesha256("scan.pdf") } }] }
	}`)
	w.Write("later.tf", `resource "terraform_data" "later" {
		input = "Max"
	}`)
	w.Apply()
	request := encode(t, env.RequireCreates(t, 1)[0].Decoded)
	if !strings.Contains(request, `"givenName":"Max"`) || !strings.Contains(request, `"templateId":"Max"`) {
		t.Error(request)
	}
}

// What the provider takes beside the input reaches it.
func TestModulePassesArgumentsOn(t *testing.T) {
	requireModules(t)
	raw := document(t, instantSignature)
	env := acceptance.New(t, emulator.Options{
		Flows: fstest.MapFS{instantSignature: {Data: raw}}, AutoComplete: map[string]time.Duration{emulatortest.InstantSignature: 0},
	})
	w := workspace(t, env, raw, `{
		basicIdentity   = { givenName = "Max", familyName = "Schmidt" }
		documentsToSign = { documents = [{ templateId = "a", source = { "$file" = "scan.pdf", "$sha256" = filesha256("scan.pdf") } }] }
	}

	metadata            = { tier = 3, tags = ["a"], nested = { b = true } }
	locale              = "de"
	input_validation    = "warn"
	wait_for_completion = true
	timeouts            = { create = var.timeout }
	replace_on_status   = ["COMPLETED"]`)
	w.Write("more.tf", `
variable "timeout" {
  type    = string
  default = "5m"
}

output "status" {
  value = module.session.session_status
}

output "token" {
  value     = module.session.sdk_token
  sensitive = true
}
`)
	if plan := w.Run("plan", "-no-color", "-var=timeout=soon"); !strings.Contains(plan.Output, "timeouts.create must be a duration") {
		t.Errorf("the timeout is not passed on:\n%s", plan.Output)
	}
	if apply := w.Apply(); !strings.Contains(apply.Output, `status = "COMPLETED"`) {
		t.Errorf("the apply did not wait:\n%s", apply.Output)
	}
	request := encode(t, env.RequireCreates(t, 1)[0].Decoded)
	if want := `"metadata":{"locale":"de","nested":{"b":"true"},"subjectId":"customer-123","tags":["a"],"tier":"3"}`; !strings.Contains(request, want) {
		t.Errorf("the metadata of %s", request)
	}
	if plan := w.Plan(); !strings.Contains(plan.Output, "must be replaced") {
		t.Errorf("the session is not replaced:\n%s", plan.Output)
	}
}

// A user's first steps: format, validate and test in the folder itself, then the
// call that the README shows, where it is complete.
func TestModuleStandsAlone(t *testing.T) {
	for _, name := range []string{addressCheck, documentCapture, everyRule, instantSignature} {
		t.Run(name, func(t *testing.T) {
			env := serve(t, name)
			caller := workspace(t, env, document(t, name), "null")
			w := caller.In("session")
			w.MustRun("fmt", "-check", "-diff", "-recursive")
			w.MustRun("init", "-input=false")
			w.MustRun("validate")
			if cli := acceptance.DetectCLI(t); cli.AtLeast("1.7.0", "1.8.0") {
				w.MustRun("test")
			}
			env.RequireCreates(t, 0)
			call := usage(t, w)
			if strings.Contains(call, "= null") {
				return // the document has no example of that
			}
			caller.Write("main.tf", call)
			caller.Write("README.md", "A file that the example may name.")
			caller.Apply()
			env.RequireCreates(t, 1)
		})
	}
}

// usage returns the call that a module's README shows.
func usage(t *testing.T, w *acceptance.Workspace) string {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(w.Dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, call, found := strings.Cut(string(readme), "```hcl\n")
	call, _, ended := strings.Cut(call, "```\n")
	if !found || !ended {
		t.Fatalf("the README shows no call:\n%s", readme)
	}
	return strings.Replace(call, "./path/to/this/folder", "./session", 1)
}
