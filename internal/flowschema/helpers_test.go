// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	google "github.com/google/jsonschema-go/jsonschema"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
)

const JSON, Multipart = contract.JSON, contract.Multipart

// seed reads a document of testdata.
func seed(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// documentOf writes a document whose create-session request has the given
// content, with the given component schemas.
func documentOf(content, schemas string) []byte {
	if schemas == "" {
		schemas = "{}"
	}
	return fmt.Appendf(nil, `{"openapi":"3.0.3","info":{"title":"t","version":"1"},
		"paths":{"/api/v1/flows/f/staging/sessions":{"post":{"operationId":"createSession",
			"requestBody":{"content":%s},"responses":{}}}},
		"components":{"schemas":%s}}`, content, schemas)
}

// inputDocument writes a document that takes JSON whose input has the schema.
func inputDocument(input, schemas string) []byte {
	return documentOf(fmt.Sprintf(`{"application/json":{"schema":{"type":"object","properties":{"input":%s}}}}`, input), schemas)
}

func mustParse(t testing.TB, raw []byte) *Document {
	t.Helper()
	doc, err := Parse(context.Background(), raw)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// field is the schema of an input with the one member x.
func field(schema string) string {
	return `{"type":"object","properties":{"x":` + schema + `}}`
}

// resolve has an independent library take in an exported schema.
func resolve(t *testing.T, exported []byte) {
	t.Helper()
	var read google.Schema
	err := json.Unmarshal(exported, &read)
	if err == nil {
		_, err = read.Resolve(nil)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, exported)
	}
}
