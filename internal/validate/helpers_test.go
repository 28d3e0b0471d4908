// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

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

func mustParse(t testing.TB, raw []byte) *flowschema.Document {
	t.Helper()
	doc, err := flowschema.Parse(context.Background(), raw)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// Strings for what JSON has no word for.
const (
	unknown  = "<unknown>"
	fileMark = "<file>"
)

// decoded reads a value from JSON, numbers as Terraform gives them.
func decoded(t testing.TB, text string) value.Value {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return fromTree(tree)
}

// fromTree is a value as Terraform would give it, where two strings mark what JSON
// does not have.
func fromTree(tree any) value.Value {
	return value.FromJSON(tree, func(leaf any) value.Value {
		switch leaf := leaf.(type) {
		case float64:
			return value.NewNumber(big.NewFloat(leaf))
		case json.Number:
			f, _, err := big.ParseFloat(leaf.String(), 10, 512, big.ToNearestEven)
			if err != nil {
				panic(err)
			}
			return value.NewNumber(f)
		case string:
			switch leaf {
			case unknown:
				return value.Unknown{}
			case fileMark:
				return value.File{Path: "a.pdf", SHA256: strings.Repeat("0", 64)}
			}
		}
		return nil
	})
}

// lines writes problems as a test expects them.
func lines(problems []Problem) []string {
	written := []string{}
	for _, problem := range problems {
		written = append(written, problem.String())
	}
	return written
}

// rules writes problems by place and rule alone.
func rules(problems []Problem) []string {
	written := []string{}
	for _, problem := range problems {
		written = append(written, problem.Path.String()+" "+string(problem.Rule))
	}
	return written
}

func validInput(doc *flowschema.Document, input value.Value) []Problem {
	return Input(context.Background(), doc, input).Problems
}

func validBody(doc *flowschema.Document, body value.Object) []Problem {
	return Body(context.Background(), doc, body).Problems
}
