// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package ephemeral_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// signSession creates a session that signs a document, completes it, and returns
// its ID.
func signSession(t *testing.T, env *acceptance.Env) string {
	t.Helper()
	const form = "--b\r\nContent-Disposition: form-data; name=\"input[basicIdentity][givenName]\"\r\n\r\nMax\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"input[basicIdentity][familyName]\"\r\n\r\nSchmidt\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"metadata[subjectId]\"\r\n\r\ncustomer-1\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"input[documentsToSign][documents][0][templateId]\"\r\n\r\nt\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"input[documentsToSign][documents][0][source]\"; filename=\"../contract.pdf\"\r\n" +
		"Content-Type: application/pdf\r\n\r\n%PDF Planted-Content\r\n--b--\r\n"
	id := post(t, env, emulatortest.InstantSignature, "multipart/form-data; boundary=b", form)
	if err := env.SetStatus(id, emulator.Completed, emulator.Accepted); err != nil {
		t.Fatal(err)
	}
	return id
}

func file(arguments string) string {
	return "ephemeral \"idnow_session_file\" \"x\" {\n  " + arguments + "\n}\n"
}

func TestSessionFile(t *testing.T) {
	env := needsEphemeral(t, emulator.Options{})
	id := signSession(t, env)
	content := knownvalue.StringFunc(func(encoded string) error {
		content, err := base64.StdEncoding.DecodeString(encoded)
		if err == nil && !regexp.MustCompile(`^%PDF Planted-Content\n% Signed by the IDnow emulator in the session \S+ at \S+\n$`).Match(content) {
			return fmt.Errorf("the content is %q", content)
		}
		return err
	})
	echoes(t, env, env.Provider()+file(fmt.Sprintf("session_id = %q\n  type = \"signedDocuments\"", id)), "idnow_session_file.x", map[string]knownvalue.Check{
		"environment": knownvalue.StringExact("staging"), "session_id": knownvalue.StringExact(id), "type": knownvalue.StringExact("signedDocuments"),
		"file_id": knownvalue.StringRegexp(regexp.MustCompile(`^[0-9a-f-]{36}$`)), "content_base64": content,
		"content_type": knownvalue.StringExact("application/pdf"), "filename": knownvalue.StringExact("contract-signed.pdf"),
		"sha256": knownvalue.StringRegexp(regexp.MustCompile(`^[0-9a-f]{64}$`)), "size": knownvalue.NotNull(),
	})
	for _, arrived := range env.RequestsOf(emulator.CallDownload) {
		if arrived.Header.Get("Authorization") != "" {
			t.Error("the token went to the storage")
		}
	}
}

// A file is chosen by its ID where a session has several.
func TestSessionFileByID(t *testing.T) {
	env := needsEphemeral(t, emulator.Options{})
	id := signSession(t, env)
	w := env.Workspace(env.Provider() + file(fmt.Sprintf("session_id = %q", id)))
	listed := regexp.MustCompile(`([0-9a-f-]{36}) \((\w+)\)`).FindAllStringSubmatch(w.Plan().Output, -1)
	if len(listed) != 3 || listed[0][2] != "documentsToSign" || listed[1][2] != "signedDocuments" || listed[2][2] != "decision" {
		t.Fatalf("listed %q", listed)
	}
	const content = "%PDF Planted-Content"
	sum := sha256.Sum256([]byte(content))
	echoes(t, env, env.Provider()+file(fmt.Sprintf("file_id = %q", listed[0][1])), "idnow_session_file.x", map[string]knownvalue.Check{
		"environment": knownvalue.StringExact("staging"), "session_id": knownvalue.Null(), "type": knownvalue.Null(),
		"file_id": knownvalue.StringExact(listed[0][1]), "content_base64": knownvalue.StringExact(base64.StdEncoding.EncodeToString([]byte(content))),
		"content_type": knownvalue.StringExact("application/pdf"), "filename": knownvalue.StringExact("contract.pdf"),
		"sha256": knownvalue.StringExact(hex.EncodeToString(sum[:])), "size": knownvalue.Int64Exact(int64(len(content))),
	})
}

func TestSessionFileErrors(t *testing.T) {
	for name, test := range map[string]struct {
		arguments string // with %s for the session's ID
		fault     fault.Fault
		summary   string
	}{
		"several files":      {arguments: `session_id = "%s"`, summary: "Several files found"},
		"no file":            {arguments: "session_id = \"%s\"\n  type = \"basicIdentity\"", summary: "No file found"},
		"no session":         {arguments: "session_id = \"gone\"\n  environment = \"staging\" # %s", summary: "Session not found"},
		"no such file":       {arguments: `file_id = "gone" # %s`, summary: "File not found"},
		"nothing chosen":     {arguments: `# %s`, summary: "Missing Attribute Configuration"},
		"chosen twice":       {arguments: "session_id = \"%s\"\n  file_id = \"f\"", summary: "Invalid Attribute Combination"},
		"type without":       {arguments: "file_id = \"f\" # %s\n  type = \"t\"", summary: "Invalid Attribute Combination"},
		"endless":            {fault: fault.Fault{Kind: fault.EndlessBody}, summary: "File too large"},
		"refused":            {fault: fault.Fault{Kind: fault.Status, Status: 403}, summary: "File not available"},
		"broken off":         {fault: fault.Fault{Kind: fault.Truncated}, summary: "File not available"},
		"refused once":       {fault: fault.Fault{Kind: fault.Status, Status: 403, Times: 1}},
		"environment denied": {arguments: "session_id = \"%s\"\n  environment = \"live\"", summary: "Environment not allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			env := needsEphemeral(t, emulator.Options{})
			arguments := test.arguments
			if test.fault.Kind != "" {
				test.fault.Call = string(emulator.CallDownload)
				env.Fault(test.fault)
				arguments = "session_id = \"%s\"\n  type = \"signedDocuments\""
			}
			configuration := file(fmt.Sprintf(arguments, signSession(t, env)))
			result := env.Workspace(env.Provider(`allowed_environments = ["staging"]`) + configuration).Plan()
			switch {
			case test.summary == "" && (result.ExitCode == 1 || strings.Contains(result.Output, "Error: ")):
				t.Errorf("exit code %d:\n%s", result.ExitCode, result.Output)
			case test.summary != "" && (result.ExitCode != 1 || strings.Count(result.Output, "Error: ") != 1 || !strings.Contains(result.Output, "Error: "+test.summary)):
				t.Errorf("exit code %d, want the one error %q:\n%s", result.ExitCode, test.summary, result.Output)
			}
			if strings.Contains(result.Output, "signature=") || strings.Contains(result.Output, acceptance.APIKey) {
				t.Errorf("a secret is printed:\n%s", result.Output)
			}
		})
	}
}

// A file becomes the input of another session, and is then in nothing that the
// CLI has written.
func TestSessionFileReachesNeitherPlanNorState(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	acceptance.RequireCLI(t, "1.11.0", "1.11.0") // write-only arguments
	id := signSession(t, env)
	w := env.Workspace(env.Provider() + file(fmt.Sprintf("session_id = %q\n  type = \"signedDocuments\"", id)) + fmt.Sprintf(`
resource "idnow_session" "again" {
  flow_id          = %q
  input            = { basicIdentity = { givenName = "Max", familyName = "Schmidt" } }
  input_wo         = { documentsToSign = { documents = [{ templateId = "t", source = ephemeral.idnow_session_file.x.content_base64 }] } }
  input_wo_version = 1
  metadata         = { subjectId = "customer-123" }
}
`, emulatortest.InstantSignature))
	w.MustRun("plan", "-input=false", "-no-color", "-out=plan.out")
	w.MustRun("apply", "-input=false", "-no-color", "plan.out")
	creates := env.RequireCreates(t, 2)
	if !strings.Contains(string(creates[1].Body), "%PDF Planted-Content\n% Signed by") {
		t.Errorf("the file did not arrive: %s", creates[1].Body)
	}
	requireNowhere(t, w.Dir, "Planted-Content", base64.StdEncoding.EncodeToString([]byte("%PDF Planted-Content"))[:24])
}
