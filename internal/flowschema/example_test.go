// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExampleInput(t *testing.T) {
	tests := map[string]struct{ input, want string }{
		"of the whole":            {`{"type":"object","example":{"a":1},"required":["b"]}`, `{"a":1}`},
		"of each required member": {`{"type":"object","required":["p"],"properties":{"p":{"type":"object","required":["n","c"],"properties":{"n":{"type":"string","example":"Max"},"c":{"enum":["DE"]},"o":{"example":"x"}}}}}`, `{"p":{"c":"DE","n":"Max"}}`},
		"a default in allOf":      {`{"type":"object","required":["l"],"properties":{"l":{"items":{"allOf":[{"default":2}]}}}}`, `{"l":[2]}`},
		"nothing required":        {`{"type":"object","properties":{"a":{}}}`, `{}`},
		"a member without one":    {`{"type":"object","required":["a"],"properties":{"a":{"type":"string"}}}`, ``},
		"a schema of itself":      {`{"$ref":"#/components/schemas/N"}`, ``},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			example, ok := mustParse(t, inputDocument(test.input, `{"N":{"required":["n"],"properties":{"n":{"$ref":"#/components/schemas/N"}}}}`)).ExampleInput()
			if ok != (test.want != "") {
				t.Fatalf("got %v, %v", example, ok)
			}
			written, err := json.Marshal(example)
			if diff := cmp.Diff(test.want, string(written)); ok && (diff != "" || err != nil) {
				t.Errorf("%v (-want +got)\n%s", err, diff)
			}
		})
	}
}
