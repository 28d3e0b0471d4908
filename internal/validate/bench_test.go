// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// large writes a document of 50 blocks with 10 fields each, and an input that
// fills them all.
func large() ([]byte, value.Object) {
	var properties, required strings.Builder
	input := value.Object{}
	for b := range 50 {
		block := value.Object{}
		for f := range 10 {
			name := fmt.Sprintf("input[block%d][field%d]", b, f)
			fmt.Fprintf(&properties, `%q:{"type":"string","maxLength":150,"pattern":"^[A-Za-z]+$"},`, name)
			fmt.Fprintf(&required, "%q,", name)
			block[fmt.Sprintf("field%d", f)] = value.String("Schmidt")
		}
		input[fmt.Sprintf("block%d", b)] = block
	}
	body := fmt.Sprintf(`{"type":"object","properties":{%s"state":{"type":"string"}},"required":[%s"state"]}`, properties.String(), required.String())
	return documentOf(`{"multipart/form-data":{"schema":`+body+`}}`, ""), input
}

func BenchmarkParse500Fields(b *testing.B) {
	raw, _ := large()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := flowschema.Parse(context.Background(), raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkValidate500Fields(b *testing.B) {
	raw, input := large()
	doc := mustParse(b, raw)
	b.ReportAllocs()
	for b.Loop() {
		if problems := validInput(doc, input); len(problems) > 0 {
			b.Fatal(lines(problems))
		}
	}
}

func BenchmarkValidateSeed(b *testing.B) {
	doc := mustParse(b, seed(b, "instant-signature-flow.openapi.json"))
	body := value.Object{
		"input": value.Object{
			"basicIdentity":   value.Object{"givenName": value.String("Max"), "familyName": value.String("Schmidt")},
			"documentsToSign": value.Object{"documents": value.List{value.Object{"templateId": value.String("t"), "source": value.String("YQ==")}}},
		},
		"metadata": value.Object{"subjectId": value.String("customer-1")},
	}
	b.ReportAllocs()
	for b.Loop() {
		if problems := validBody(doc, body); len(problems) > 0 {
			b.Fatal(lines(problems))
		}
	}
}
