// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// Whatever the bytes, Parse ends with a document or a ParseError, and a
// document validates and describes without a panic.
func FuzzValidate(f *testing.F) {
	f.Add(seed(f, "instant-signature-flow.openapi.json"), `{"basicIdentity":{"givenName":"Max"}}`)
	f.Add(inputDocument(`{"$ref":"#/components/schemas/A"}`, `{"A":{"allOf":[{"$ref":"#/components/schemas/A"},{"properties":{"a":{"$ref":"#/components/schemas/A"}}}]}}`), `{"a":{"a":1}}`)
	f.Add(inputDocument(`{"$ref":"#/components/schemas/A"}`, `{"A":{"$ref":"#/components/schemas/B"},"B":{"$ref":"#/components/schemas/A"}}`), `{}`)
	f.Add(inputDocument(field(`{"type":"string","pattern":"^(a+)+$","format":"date"}`), ""), `{"x":"aaaaaaaaaaaaaaaaaaaaaaab"}`)
	f.Add(inputDocument(`{"oneOf":[{"type":"object","required":["a"]},{"not":{"type":"object"}}],"discriminator":{"propertyName":"k","mapping":{"a":"A"}}}`, `{"A":{"type":"array","items":{"enum":[1,null,{}]}}}`), `{"k":"<unknown>"}`)
	f.Add(documentOf(`{"multipart/form-data":{"schema":{"oneOf":[{"properties":{"input[a][0][b]":{"type":"string"}},"required":["input[a][0][b]"]}]}}}`, ""), `{"a":[{"b":"<file>"}]}`)
	f.Add(inputDocument(field(`{"type":"integer","minimum":1e400,"multipleOf":0.1,"enum":[1e-400]}`), ""), `{"x":1e30}`)
	f.Fuzz(func(t *testing.T, raw []byte, input string) {
		doc, err := flowschema.Parse(t.Context(), raw)
		if err != nil {
			var parseError *flowschema.ParseError
			if !errors.As(err, &parseError) {
				t.Fatalf("not a flowschema.ParseError: %v", err)
			}
			return
		}
		if !json.Valid(doc.InputSchema()) {
			t.Fatalf("the schema is not JSON: %s", doc.InputSchema())
		}
		doc.DataBlocks()
		var tree any
		if json.Unmarshal([]byte(input), &tree) != nil {
			return
		}
		given := fromTree(tree)
		for _, problem := range validBody(doc, value.Object{"input": given, "metadata": given}) {
			if len(problem.Path) == 0 || problem.Rule == "" || problem.Message == "" {
				t.Fatalf("an empty problem: %+v", problem)
			}
		}
		value.Walk(given, func(path value.Path, _ value.Value) {
			doc.Content(doc.MediaType(given), append(value.Path{value.Name("input")}, path...))
		})
	})
}
