// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package validate

import "testing"

// A oneOf of the whole body is one of the input where nothing else distinguishes
// its branches. Where something does, two may be right for the input.
func TestOneOfTheWholeBody(t *testing.T) {
	const p, q = `"required":["input[p]"]`, `"required":["input[q]"]`
	tests := map[string]struct {
		branches string
		both     bool // p and q may be given together
	}{
		"input alone":                    {`{` + p + `,"description":"P"},{"type":"object",` + q + `}`, false},
		"anyOf":                          {`{"anyOf":[{` + p + `},{` + q + `}]}`, true},
		"the metadata, which is unknown": {`{"allOf":[{` + p + `},{"required":["metadata[tenant]"]}]},{"allOf":[{` + q + `},{"required":["metadata[tenant]"]}]}`, true},
		"another member":                 {`{"required":["input[p]","redirectUrl"]},{` + q + `}`, true},
		"another member, by its rules":   {`{` + p + `,"properties":{"state":{"maxLength":1}}},{` + q + `}`, true},
		"another member, if required":    {`{"properties":{"state":{}},"required":["input[p]","state"]},{"properties":{"state":{}},` + q + `}`, true},
		"what nobody can give":           {`{"required":["input[p]","legacy"]},{` + q + `}`, true},
		"what is asked of the body":      {`{` + p + `,"not":{"required":["input[q]"]}},{"required":["input[p]","input[q]"]}`, true},
		"so deep inside":                 {`{` + p + `,"anyOf":[{"additionalProperties":false}]},{` + q + `}`, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doc := mustParse(t, documentOf(`{"multipart/form-data":{"schema":{"properties":{"input[p]":{},"input[q]":{}},"oneOf":[`+test.branches+`]}}}`, ""))
			if problems := validInput(doc, decoded(t, `{"p":"1","q":"2"}`)); (len(problems) == 0) != test.both {
				t.Errorf("both: %v", lines(problems))
			}
			if problems := validInput(doc, decoded(t, `{"p":"1"}`)); len(problems) > 0 {
				t.Errorf("one: %v", lines(problems))
			}
			if problems := validInput(doc, decoded(t, `{}`)); len(problems) == 0 {
				t.Error("none: no problem")
			}
		})
	}
}
