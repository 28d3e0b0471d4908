// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package interop_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
)

// collection is what a Postman collection holds, as far as it matters here.
type collection struct {
	Info struct {
		Name   string
		Schema string
	}
	Variable []struct{ Key, Value string }
	Item     []entry
}

// entry is a folder of entries, or a request.
type entry struct {
	Item    []entry
	Request *postmanRequest
}

type postmanRequest struct {
	Method string
	URL    struct{ Host, Path []string }
	Auth   *struct{ Type string }
	Body   struct {
		Mode     string
		Raw      string
		Formdata []struct{ Key string }
	}
}

// requests are those of all folders.
func requests(entries []entry) []postmanRequest {
	var found []postmanRequest
	for _, e := range entries {
		if e.Request != nil {
			found = append(found, *e.Request)
		}
		found = append(found, requests(e.Item)...)
	}
	return found
}

// fields are the names that a body's JSON or form has at its top.
func (r postmanRequest) fields(t *testing.T) []string {
	t.Helper()
	var names []string
	switch r.Body.Mode {
	case "raw":
		var body map[string]any
		if err := json.Unmarshal([]byte(r.Body.Raw), &body); err != nil {
			t.Fatalf("the body is no JSON object: %v\n%s", err, r.Body.Raw)
		}
		for name := range body {
			names = append(names, name)
		}
	case "formdata":
		for _, field := range r.Body.Formdata {
			names = append(names, field.Key)
		}
	default:
		t.Fatalf("the body's mode is %q", r.Body.Mode)
	}
	slices.Sort(names)
	return names
}

func TestPostmanCollectionHasTheCreate(t *testing.T) {
	converter := nodeTool(t, "openapi2postmanv2")
	plain := []string{"input", "metadata", "redirectUrl", "state"}
	for _, test := range []struct {
		flow   publication
		fields []string
		bearer bool // the document describes the authentication
	}{
		{captureStaging, plain, true},
		{captureLive, plain, true},
		{addressCheck, plain, true},
		{instantSignature, []string{
			"input[basicIdentity][birthDate]", "input[basicIdentity][birthPlace]", "input[basicIdentity][familyName]",
			"input[basicIdentity][givenName]", "input[basicIdentity][name]", "input[documentsToSign][documents]",
			"metadata[locale]", "metadata[subjectId]", "redirectUrl", "state",
		}, false},
	} {
		t.Run(test.flow.String(), func(t *testing.T) {
			folder := test.flow.download(t, acceptance.New(t, emulator.Options{}))
			run(t, folder, nil, converter, invocationWith(t, postman, "-o")...)
			create := onlyRequest(t, filepath.Join(folder, "postman.json"))

			path := "api/v1/flows/" + test.flow.id + "/" + test.flow.environment + "/sessions"
			if got := strings.Join(create.URL.Path, "/"); create.Method != "POST" || got != path {
				t.Errorf("the request is %s %s, not POST %s", create.Method, got, path)
			}
			if diff := cmp.Diff([]string{"{{baseUrl}}"}, create.URL.Host); diff != "" {
				t.Errorf("host (-want +got):\n%s", diff)
			}
			if bearer := create.Auth != nil && create.Auth.Type == "bearer"; bearer != test.bearer {
				t.Errorf("authorization is %+v", create.Auth)
			}
			if diff := cmp.Diff(test.fields, create.fields(t)); diff != "" {
				t.Errorf("fields of the body (-want +got):\n%s", diff)
			}
		})
	}
}

// onlyRequest reads a collection, which is of version 2.1 and has one request.
func onlyRequest(t *testing.T, file string) postmanRequest {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var made collection
	if err := json.Unmarshal(raw, &made); err != nil {
		t.Fatalf("the collection is no JSON: %v\n%s", err, raw)
	}
	if made.Info.Schema != "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" {
		t.Errorf("the schema is %q", made.Info.Schema)
	}
	if diff := cmp.Diff([]struct{ Key, Value string }{{"baseUrl", "https://api.eu.platform.idnow.io"}}, made.Variable); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
	found := requests(made.Item)
	if len(found) != 1 {
		t.Fatalf("%d requests:\n%s", len(found), raw)
	}
	return found[0]
}
