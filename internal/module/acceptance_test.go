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
	rulesTogether    = "rules-together.json"
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
	dir := t.TempDir()
	if _, err := module.Write(dir+"/session", generate(t, raw)); err != nil {
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

// part is how the emulator tells of a part that holds the scan.
var part = fmt.Sprintf(`{"filename": "$1", "contentType": "$2", "size": %d, "sha256": "%x"}`, len(scan), sha256.Sum256([]byte(scan)))

func TestModuleCreatesTheSession(t *testing.T) {
	cases := map[string]struct {
		document, input string
		want            string // the input that arrived, as JSON; @ stands for the scan
	}{
		"JSON, with a file": {
			documentCapture,
			`{
				basicIdentity  = { givenName = "Max", familyName = "Schmidt", birthDate = "1985-08-22" }
				documentImages = { documentType = "ID", frontSide = { path = "scan.pdf" } }
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
					{ templateId = "a", source = { path = "scan.pdf", filename = "contract.pdf" } },
					{ templateId = "b", source = { path = "scan.pdf", content_type = "application/x-pdf" } },
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
					rows = [[{ at = 1, scan = { path = "scan.pdf" } }, { at = 1.5 }], null, []], mixed = [1, "a", { b = null }]
				}
				files = { a = { path = "scan.pdf" }, b = null }
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

// Whatever a rule refuses is refused by the module itself, in the plan, with the
// rule as the message.
func TestModuleRefuses(t *testing.T) {
	const identity = `basicIdentity = { givenName = "Max", familyName = "Schmidt" }`
	cases := map[string]struct {
		document, input string
		want            []string
	}{
		"every rule, broken": {
			everyRule,
			`{
				texts = {
					code = "planted", one = "", several = "👨‍👩‍👧x👨‍👩‍👧y👨‍👩‍👧z", choice = "planted", date = "2023-02-29", moment = "planted", email = "planted"
					uuid = "planted", uri = "planted", either = "planted"
				}
				numbers = { whole = -5.5, between = 0, step = 12, choice = 2 }
				lists = { few = ["a", "b", "planted"], different = [1.5, 1.5], rows = [[], [{ at = 0.5 }]] }
				labels = { x = "planted" }
				proof = {}
			}`,
			[]string{
				"input.texts.code must match the pattern", "input.texts.one must not be empty", "input.texts.several must have 3 to 5 characters",
				`input.texts.choice must be one of "%{if}" or "${b}"`, "input.texts.date must be a date", "input.texts.moment must be a date and time",
				"input.texts.email must be an email address", "input.texts.uuid must be a UUID", "input.texts.uri must be an absolute URI",
				"input.texts.either must have at most 3 characters", "input.numbers.whole must be a whole number", "input.numbers.whole must be at least -5",
				"input.numbers.between must be greater than 0", "input.numbers.step must be a multiple of 5", "input.numbers.choice must be one of 1 or 2.5",
				"input.lists.few must have at most 2 elements", "input.lists.few[*] must have at most 3 characters",
				"input.lists.different must not hold the same element twice", "input.lists.different[*] must be a whole number",
				"input.lists.rows[*][*].at must be at least 1", "input.labels[*] must have at most 3 characters",
			},
		},
		"the other side of bounds": {
			everyRule,
			`{
				texts = { code = "AB-123", one = "1", several = "ab" }
				numbers = { whole = 123456789012345678901234567891, between = 1 }
				lists = { few = [null] }
				proof = {}
			}`,
			[]string{
				"input.texts.several must have 3 to 5 characters", "input.numbers.whole must be at most 123456789012345678901234567890",
				"input.numbers.between must be less than 1", "input.lists.few must have at least 1 element",
			},
		},
		"a block that is missing": {documentCapture, `{}`, []string{`attribute "basicIdentity" is required`}},
		"a key that is missing":   {documentCapture, `{ basicIdentity = { givenName = "Max" } }`, []string{`attribute "familyName" is required`}},
		"a wrong type":            {documentCapture, `{ ` + identity + `, financialProfile = { priority = "planted" } }`, []string{"a number is required"}},
		"a file as text":          {documentCapture, `{ ` + identity + `, documentImages = { documentType = "ID", frontSide = "planted" } }`, []string{"object required"}},
		"nothing":                 {documentCapture, `null`, []string{"required"}},
		"what only the provider finds": {
			addressCheck,
			`{ basicIdentity = { givenName = "Max", familyName = null, birthDate = "1985-08-22" }, address = { street = "A", city = "B", country = "DE", previous = [{ stret = "planted" }] } }`,
			[]string{"basicIdentity.familyName is missing", "stret is not known"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			env := serve(t, c.document)
			plan := workspace(t, env, document(t, c.document), c.input).Plan()
			if plan.ExitCode != 1 {
				t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
			}
			text := spaces.ReplaceAllString(plan.Output, " ")
			if acceptance.DetectCLI(t).OpenTofu {
				c.want = c.want[:1] // it shows one broken rule of a variable at a time
			}
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is missing", want)
				}
			}
			if t.Failed() {
				t.Log(plan.Output)
			}
			env.RequireCreates(t, 0)
		})
	}
}

// spaces are where the CLI breaks lines, and draws beside them.
var spaces = regexp.MustCompile(`[\s│]+`)

// The input is a person's data: no message about it quotes it, not even from
// the CLIs that print sensitive values which a condition refers to.
func TestModuleKeepsValuesToItself(t *testing.T) {
	env := serve(t, everyRule)
	w := workspace(t, env, document(t, everyRule), "null").In("session")
	w.Setenv("TF_VAR_subject_id", "customer-123")
	w.Setenv("TF_VAR_state", "planted"+strings.Repeat("x", 2048))
	w.Setenv("TF_VAR_input", `{
		texts = { code = "planted", one = "planted", choice = "planted", date = "planted", either = "planted" }
		numbers = { whole = -424242 }
		lists = { few = ["planted", "planted", "planted"], different = [424242, 424242], rows = [[{ at = -424242 }]] }
		labels = { x = "planted" }
		proof = {}
	}`)
	w.MustRun("init", "-input=false")
	plan := w.Plan()
	if plan.ExitCode != 1 || !strings.Contains(plan.Output, "input.texts.code must match the pattern") {
		t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
	}
	if strings.Contains(plan.Output, "planted") || strings.Contains(plan.Output, "424242") {
		t.Errorf("a value is told:\n%s", plan.Output)
	}
}

// Rules are judged once a value is known, which may be after the plan.
func TestModuleTakesUnknownValues(t *testing.T) {
	env := serve(t, instantSignature)
	w := workspace(t, env, document(t, instantSignature), `{
		basicIdentity   = { givenName = terraform_data.later.output, familyName = "Schmidt" }
		documentsToSign = { documents = [for id in [terraform_data.later.output, "b"] : { templateId = id, source = { path = "scan.pdf" } }] }
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
		documentsToSign = { documents = [{ templateId = "a", source = { path = "scan.pdf" } }] }
	}

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
	if plan := w.Plan(); !strings.Contains(plan.Output, "must be replaced") {
		t.Errorf("the session is not replaced:\n%s", plan.Output)
	}
}

// A user's first steps: format, validate and test in the folder itself, then the
// call that the README shows, whose input the emulator judges with a library of
// its own.
func TestModuleStandsAlone(t *testing.T) {
	for _, name := range []string{addressCheck, documentCapture, everyRule, instantSignature, rulesTogether} {
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
			caller.Write("main.tf", usage(t, w))
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
