// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package interop_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
)

// A client is generated and compiled from each document, and a program that
// uses it creates a session.
func TestOapiCodegenClientCreatesSession(t *testing.T) {
	capture := `{
		"input": {"basicIdentity": {"givenName": "Max", "familyName": "Schmidt", "birthDate": "1985-08-22"}},
		"metadata": {"subjectId": "customer-123", "locale": "de", "campaign": "spring"}
	}`
	for _, test := range []struct {
		flow    publication
		program string
		want    string // the body that the emulator got, as it decoded it
	}{
		{captureStaging, "document-capture", capture},
		{captureLive, "document-capture", capture},
		{addressCheck, "address-check", `{
			"input": {
				"basicIdentity": {"givenName": "Max", "familyName": "Schmidt", "birthDate": "1985-08-22"},
				"address": {"street": "Hauptstraße", "city": "München", "country": "DE", "previous": [
					{"street": "Long Lane", "city": "London", "country": "GB"}
				]},
				"proof": {"kind": "registryExtract", "reference": "0b5e7a0e-4d4d-4a34-9b52-0f6f6f0c8f11"}
			},
			"metadata": {"subjectId": "customer-123"}
		}`},
		{instantSignature, "instant-signature", `{
			"input": {
				"basicIdentity": {"givenName": "Max", "familyName": "Schmidt"},
				"documentsToSign": {"documents": [{"templateId": "contract", "source": {
					"filename": "contract.pdf", "contentType": "application/octet-stream", "size": 13,
					"sha256": "e4205678059ca0bf900d6e8166b859f32e57098773041d8f479abfed0ab23150"
				}}]}
			},
			"metadata": {"subjectId": "customer-123", "locale": "de"}
		}`},
	} {
		t.Run(test.flow.String(), func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			folder := test.flow.download(t, env)
			client := compileClient(t, folder, test.program)

			id := run(t, folder, []string{"IDNOW_API_URL=" + env.URL, "IDNOW_API_KEY=" + acceptance.APIKey}, client)
			create := env.RequireCreates(t, 1)[0]
			if create.SessionID == "" || strings.TrimSpace(id) != create.SessionID {
				t.Errorf("the client returned session %q, the emulator created %q", id, create.SessionID)
			}
			if path := "/api/v1/flows/" + test.flow.id + "/" + test.flow.environment + "/sessions"; create.Path != path {
				t.Errorf("the client called %s, not %s", create.Path, path)
			}
			if diff := cmp.Diff(tree(t, []byte(test.want)), decoded(t, create)); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

// compileClient generates a client beside the document, compiles it with a
// program of testdata, and returns the binary. This happens in a module
// of its own, which requires what tools/oapi-codegen does and nothing more.
func compileClient(t *testing.T, folder, program string) string {
	t.Helper()
	requirements := strings.Replace(read(t, "tools/oapi-codegen/go.mod"), "module github.com/idnow/terraform-provider-idnow/tools/oapi-codegen", "module example.com/flow", 1)
	write(t, filepath.Join(folder, "go.mod"), requirements)
	write(t, filepath.Join(folder, "go.sum"), read(t, "tools/oapi-codegen/go.sum"))
	write(t, filepath.Join(folder, "create", "main.go"), read(t, "internal/interop/testdata/"+program+"/main.go"))

	// Without a version, go runs the one that go.mod requires.
	pinned := []string{"GOWORK=off", "GOFLAGS=-mod=readonly"}
	generate := append([]string{"run", oapiCodegen}, invocationWith(t, oapiCodegen, "types,client")...)
	run(t, folder, pinned, "go", generate...)
	run(t, folder, pinned, "go", "build", "-o", "bin/", "./...")
	return filepath.Join(folder, "bin", "create")
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// decoded is the body of a create as JSON's own types.
func decoded(t *testing.T, create emulator.Recorded) any {
	t.Helper()
	raw, err := json.Marshal(create.Decoded)
	if err != nil {
		t.Fatal(err)
	}
	return tree(t, raw)
}

func tree(t *testing.T, raw []byte) any {
	t.Helper()
	var read any
	if err := json.Unmarshal(raw, &read); err != nil {
		t.Fatalf("reading JSON: %v\n%s", err, raw)
	}
	return read
}
