// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package ephemeral_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// needsEphemeral skips where the CLI has no ephemeral resources.
func needsEphemeral(t *testing.T, options emulator.Options) *acceptance.Env {
	t.Helper()
	env := acceptance.New(t, options)
	acceptance.RequireCLI(t, "1.10.0", "1.11.0")
	return env
}

// createSession creates a session outside of Terraform, and
// returns its ID.
func createSession(t *testing.T, env *acceptance.Env) string {
	t.Helper()
	return post(t, env, emulatortest.DocumentCapture, "application/json",
		`{"input": {"basicIdentity": {"givenName": "Max", "familyName": "Planted-Name"}}, "metadata": {"subjectId": "customer-123"}}`)
}

func post(t *testing.T, env *acceptance.Env, flow, contentType, body string) string {
	t.Helper()
	url := env.URL + "/api/v1/flows/" + flow + "/staging/sessions"
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+acceptance.APIKey)
	req.Header.Set("Content-Type", contentType)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		t.Fatalf("creating a session: %s", resp.Status)
	}
	return env.Sessions()[len(env.Sessions())-1].ID
}

// echoes runs a configuration that passes the ephemeral resource "x" of a type
// to a provider that stores its arguments in state, and checks that.
func echoes(t *testing.T, env *acceptance.Env, configuration, address string, want map[string]knownvalue.Check) {
	t.Helper()
	factories := env.Factories()
	factories["echo"] = echoprovider.NewProviderServer()
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{{
			Config: configuration + fmt.Sprintf("\nprovider \"echo\" {\n  data = ephemeral.%s\n}\nresource \"echo\" \"x\" {}\n", address),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("echo.x", tfjsonpath.New("data"), knownvalue.ObjectExact(want)),
			},
		}},
	})
}

func TestAccessTokenOfClientCredentials(t *testing.T) {
	env := needsEphemeral(t, emulator.Options{})
	echoes(t, env, env.ProviderWithClient()+"ephemeral \"idnow_access_token\" \"x\" {}\n", "idnow_access_token.x", map[string]knownvalue.Check{
		"token": knownvalue.StringFunc(func(token string) error {
			if !strings.HasPrefix(token, "emulated.") {
				return errors.New("the token is not the emulator's")
			}
			return nil
		}),
		"expires_at": knownvalue.StringFunc(func(text string) error {
			end, err := time.Parse(time.RFC3339, text)
			if left := time.Until(end); err == nil && (left < 23*time.Hour || left > 25*time.Hour) {
				return fmt.Errorf("the token ends in %s, want a day", left)
			}
			return err
		}),
	})
}

func TestAccessTokenOfAnAPIKey(t *testing.T) {
	env := needsEphemeral(t, emulator.Options{})
	echoes(t, env, env.Provider()+"ephemeral \"idnow_access_token\" \"x\" {}\n", "idnow_access_token.x", map[string]knownvalue.Check{
		"token": knownvalue.StringExact(acceptance.APIKey), "expires_at": knownvalue.Null(),
	})
	if arrived := env.Requests(); len(arrived) != 0 {
		t.Errorf("%d requests arrived, the first %s %s", len(arrived), arrived[0].Method, arrived[0].Path)
	}
}

func TestDataBlocks(t *testing.T) {
	env := needsEphemeral(t, emulator.Options{})
	id := createSession(t, env)
	configuration := env.Provider() + fmt.Sprintf(`
ephemeral "idnow_session_datablocks" "x" {
  session_id = %q
  types      = ["basicIdentity"]
}
`, id)
	echoes(t, env, configuration, "idnow_session_datablocks.x", map[string]knownvalue.Check{
		"session_id":  knownvalue.StringExact(id),
		"environment": knownvalue.StringExact("staging"),
		"types":       knownvalue.SetExact([]knownvalue.Check{knownvalue.StringExact("basicIdentity")}),
		"data_blocks": knownvalue.ListExact([]knownvalue.Check{knownvalue.ObjectExact(map[string]knownvalue.Check{
			"id": knownvalue.NotNull(), "type": knownvalue.StringExact("basicIdentity"), "step": knownvalue.StringExact("START"),
			"created_at": knownvalue.NotNull(), "status": knownvalue.StringExact("STORED"),
			"content_json": knownvalue.StringExact(`{"familyName":"Planted-Name","givenName":"Max"}`),
		})}),
	})
	for _, arrived := range env.RequestsOf(emulator.CallDataBlocks) {
		if want := "/api/v1/staging/sessions/" + id + "/datablocks"; arrived.Path != want {
			t.Errorf("arrived: %s, want %s", arrived.Path, want)
		}
	}
}

// The values of ephemeral resources go through a second provider's credentials
// and a write-only argument, and is then looked for in everything that the CLI
// has written.
func TestNothingReachesPlanOrState(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	acceptance.RequireCLI(t, "1.11.0", "1.11.0") // write-only arguments
	id := createSession(t, env)
	w := env.Workspace(env.ProviderWithClient() + fmt.Sprintf(`
ephemeral "idnow_access_token" "first" {}

ephemeral "idnow_session_datablocks" "first" {
  session_id = %q
  types      = ["basicIdentity"]
}

provider "idnow" {
  alias       = "second"
  api_url     = %q
  api_key     = ephemeral.idnow_access_token.first.token
  environment = "staging"
}

resource "idnow_session" "again" {
  provider         = idnow.second
  flow_id          = %q
  input_wo         = { basicIdentity = jsondecode(ephemeral.idnow_session_datablocks.first.data_blocks[0].content_json) }
  input_wo_version = 1
  metadata         = { subjectId = "customer-123" }
}
`, id, env.URL, emulatortest.DocumentCapture))
	w.MustRun("plan", "-input=false", "-no-color", "-out=plan.out")
	w.MustRun("apply", "-input=false", "-no-color", "plan.out")

	creates := env.RequireCreates(t, 2) // the one above, and the one that took its data
	if !bytes.Contains(creates[1].Body, []byte("Planted-Name")) {
		t.Errorf("the person's data did not arrive: %s", creates[1].Body)
	}
	if result := w.Plan(); result.ExitCode != 0 {
		t.Errorf("the second plan is not empty:\n%s", result.Output)
	}
	if got := w.Attributes("idnow_session.again")["id"]; got == nil {
		t.Error("the session is not in state")
	}
	requireNowhere(t, w.Dir, "Planted-Name", "emulated.")
}

// requireNowhere fails if a file that the CLI has written holds one of texts. A
// plan is an archive, whose files are searched one by one.
func requireNowhere(t *testing.T, dir string, texts ...string) {
	t.Helper()
	searched := map[string]bool{}
	search := func(name string, content []byte) {
		searched[filepath.Base(name)] = true
		for _, text := range texts {
			if bytes.Contains(content, []byte(text)) {
				t.Errorf("%s holds %q", name, text)
			}
		}
	}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		search(path, content)
		if filepath.Base(path) == "plan.out" {
			return eachOf(content, search)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"terraform.tfstate", "plan.out", "tfplan", "tfstate"} {
		if !searched[name] {
			t.Errorf("%s was not searched", name)
		}
	}
}

func eachOf(archive []byte, visit func(name string, content []byte)) error {
	files, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return err
	}
	for _, file := range files.File {
		opened, err := file.Open()
		if err != nil {
			return err
		}
		content, err := io.ReadAll(opened)
		if err != nil {
			return err
		}
		visit(file.Name, content)
	}
	return nil
}

func TestNothingGoesToAnEnvironmentThatIsNotAllowed(t *testing.T) {
	env := needsEphemeral(t, emulator.Options{})
	result := env.Workspace(env.Provider(`allowed_environments = ["staging"]`) + `
ephemeral "idnow_session_datablocks" "x" {
  session_id  = "s"
  environment = "live"
}
`).Plan()
	if result.ExitCode != 1 || strings.Count(result.Output, "Error: Environment not allowed") != 1 {
		t.Errorf("exit code %d:\n%s", result.ExitCode, result.Output)
	}
	if arrived := env.Requests(); len(arrived) != 0 {
		t.Errorf("%d requests arrived, the first %s %s", len(arrived), arrived[0].Method, arrived[0].Path)
	}
}

func TestErrors(t *testing.T) {
	const token = "ephemeral \"idnow_access_token\" \"x\" {}\n"
	blocks := func(lines string) string {
		return "ephemeral \"idnow_session_datablocks\" \"x\" {\n  " + lines + "\n}\n"
	}
	for name, test := range map[string]struct {
		fault         fault.Fault
		configuration string
		summary       string
	}{
		"credentials refused": {
			fault:         fault.Fault{Call: string(emulator.CallToken), Kind: fault.Status, Status: 401, Body: `{"error": "invalid_client"}`},
			configuration: token, summary: "Authentication failed",
		},
		"session not found": {configuration: blocks(`session_id = "gone"`), summary: "Session not found"},
		"forbidden": {
			fault:         fault.Fault{Call: string(emulator.CallDataBlocks), Kind: fault.Status, Status: 403},
			configuration: blocks(`session_id = "s"`), summary: "Not permitted",
		},
		"no types": {configuration: blocks("session_id = \"s\"\n  types = []"), summary: "Invalid Attribute Value"},
		"no ID":    {configuration: blocks(`session_id = ""`), summary: "Invalid session_id"},
	} {
		t.Run(name, func(t *testing.T) {
			env := needsEphemeral(t, emulator.Options{})
			if test.fault.Kind != "" {
				env.Fault(test.fault)
			}
			result := env.Workspace(env.ProviderWithClient() + test.configuration).Plan()
			if result.ExitCode != 1 || strings.Count(result.Output, "Error: ") != 1 || !strings.Contains(result.Output, "Error: "+test.summary) {
				t.Errorf("exit code %d, want the one error %q:\n%s", result.ExitCode, test.summary, result.Output)
			}
		})
	}
}
