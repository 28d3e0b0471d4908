// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// field is the schema of an input with one field, x.
func field(schema string) string {
	return `{"type":"object","properties":{"x":` + schema + `}}`
}

func TestValidateInputLeaves(t *testing.T) {
	tests := map[string]struct {
		schema string   // of the field x
		right  []string // values without a problem
		wrong  map[string]string
	}{
		"string": {
			schema: `{"type":"string"}`,
			right:  []string{`""`, `"a"`, `"<unknown>"`, `null`},
			wrong: map[string]string{
				`1`:        "must be a string, not a number",
				`true`:     "must be a string, not a boolean",
				`[]`:       "must be a string, not a list",
				`{}`:       "must be a string, not an object",
				`"<file>"`: "takes text, not a file",
			},
		},
		"boolean": {
			schema: `{"type":"boolean"}`,
			right:  []string{`true`, `false`},
			wrong:  map[string]string{`"true"`: "must be a boolean, not a string", `"<file>"`: "must be a boolean, not a file"},
		},
		"integer": {
			schema: `{"type":"integer"}`,
			right:  []string{`1`, `1.0`, `9007199254740993`, `-5`, `123456789012345678901234567890`},
			wrong:  map[string]string{`1.5`: "must be a whole number", `"1"`: "must be a whole number, not a string"},
		},
		"number":                          {schema: `{"type":"number"}`, right: []string{`1`, `0.1`, `1e30`}, wrong: map[string]string{`"1"`: "must be a number, not a string"}},
		"two types of OpenAPI 3.1":        {schema: `{"type":["string","integer","null"]}`, right: []string{`"a"`, `1`}, wrong: map[string]string{`true`: "must be a whole number or a string, not a boolean"}},
		"a type that nobody knows":        {schema: `{"type":"text"}`, right: []string{`"a"`, `1`, `{"a":[]}`}},
		"the file type before 3.0":        {schema: `{"type":"file"}`, right: []string{`"<file>"`, `"YQ=="`}, wrong: map[string]string{`1`: "must be a string, not a number"}},
		"no type at all takes a file":     {schema: `{}`, right: []string{`"<file>"`, `1`, `{"a":1}`}},
		"nullable":                        {schema: `{"type":"string","nullable":true,"enum":["a"]}`, right: []string{`null`, `"a"`}, wrong: map[string]string{`"b"`: `must be "a"`}},
		"enum":                            {schema: `{"enum":["a","B",3,{"k":[1.0]}]}`, right: []string{`"a"`, `3`, `3.0`, `{"k":[1]}`, `{"k":[1],"n":null}`, `{"k":["<unknown>"]}`}, wrong: map[string]string{`"b"`: `must be one of "a", "B", 3 or {"k":[1.0]}`, `{"k":[2]}`: `must be one of "a", "B", 3 or {"k":[1.0]}`, `{"j":"<unknown>"}`: `must be one of "a", "B", 3 or {"k":[1.0]}`}},
		"enum past float64":               {schema: `{"enum":[9007199254740993]}`, right: []string{`9007199254740993`}, wrong: map[string]string{`9007199254740992`: "must be 9007199254740993"}},
		"const":                           {schema: `{"const":"v1"}`, right: []string{`"v1"`}, wrong: map[string]string{`"v2"`: `must be "v1"`}},
		"minLength":                       {schema: `{"type":"string","minLength":2}`, right: []string{`"ab"`, `"😀😀"`}, wrong: map[string]string{`""`: "must not be empty", `"a"`: "is 1 character long; at least 2 are needed", `"😀"`: "is 1 character long; at least 2 are needed"}},
		"maxLength":                       {schema: `{"type":"string","maxLength":2}`, right: []string{`"ab"`, `"éé"`, `"😀😀"`}, wrong: map[string]string{`"abc"`: "is 3 characters long; at most 2 are allowed"}},
		"pattern matches anywhere":        {schema: `{"type":"string","pattern":"[A-Z]{2}"}`, right: []string{`"xDEx"`}, wrong: map[string]string{`"de"`: "must match the pattern [A-Z]{2}"}},
		"pattern with a lookahead":        {schema: `{"type":"string","pattern":"^(?!0)[0-9]+$"}`, right: []string{`"10"`}, wrong: map[string]string{`"01"`: "must match the pattern ^(?!0)[0-9]+$", `"1\n"`: "must match the pattern ^(?!0)[0-9]+$"}},
		"pattern with unicode classes":    {schema: `{"type":"string","pattern":"^\\p{L}+$"}`, right: []string{`"Jürgen"`}, wrong: map[string]string{`"R2"`: `must match the pattern ^\p{L}+$`}},
		"digits are ASCII digits":         {schema: `{"type":"string","pattern":"^\\d$"}`, right: []string{`"1"`}, wrong: map[string]string{`"١"`: `must match the pattern ^\d$`}},
		"pattern that is none":            {schema: `{"type":"string","pattern":"(["}`, right: []string{`"a"`}},
		"pattern that never ends":         {schema: `{"type":"string","pattern":"^(a+)+$"}`, right: []string{`"` + strings.Repeat("a", 40) + `b"`}},
		"date":                            {schema: `{"type":"string","format":"date"}`, right: []string{`"1985-08-22"`, `"2024-02-29"`}, wrong: map[string]string{`"22.08.1985"`: "must be a date in the form YYYY-MM-DD, such as 1985-08-22", `"2023-02-29"`: "must be a date in the form YYYY-MM-DD, such as 1985-08-22", `"1985-8-22"`: "must be a date in the form YYYY-MM-DD, such as 1985-08-22"}},
		"minimum":                         {schema: `{"type":"number","minimum":0.1}`, right: []string{`0.1`, `1`}, wrong: map[string]string{`0.09999999999999999999`: "must be at least 0.1"}},
		"exclusive minimum":               {schema: `{"type":"number","minimum":1,"exclusiveMinimum":true}`, right: []string{`1.5`}, wrong: map[string]string{`1`: "must be greater than 1"}},
		"exclusive minimum, switched off": {schema: `{"type":"number","minimum":1,"exclusiveMinimum":false}`, right: []string{`1`}, wrong: map[string]string{`0`: "must be at least 1"}},
		"exclusive maximum of 3.1":        {schema: `{"type":"number","exclusiveMaximum":1}`, right: []string{`0.5`}, wrong: map[string]string{`1`: "must be less than 1"}},
		"maximum past float64":            {schema: `{"type":"integer","maximum":9007199254740992}`, right: []string{`9007199254740992`}, wrong: map[string]string{`9007199254740993`: "must be at most 9007199254740992"}},
		"multipleOf":                      {schema: `{"type":"number","multipleOf":0.01}`, right: []string{`19.99`, `4.35`}, wrong: map[string]string{`0.001`: "must be a multiple of 0.01"}},
		"int32":                           {schema: `{"type":"integer","format":"int32"}`, right: []string{`2147483647`, `-2147483648`}, wrong: map[string]string{`2147483648`: "must fit in 32 bits: from -2147483648 to 2147483647"}},
		"int64":                           {schema: `{"type":"integer","format":"int64"}`, right: []string{`9223372036854775807`}, wrong: map[string]string{`9223372036854775808`: "must fit in 64 bits: from -9223372036854775808 to 9223372036854775807"}},
		"a format that nobody knows":      {schema: `{"type":"string","format":"phone"}`, right: []string{`"x"`}},
		"byte":                            {schema: `{"type":"string","format":"byte"}`, right: []string{`"YQ=="`, `""`, `"<file>"`}, wrong: map[string]string{`"YQ"`: notBase64, `"a.pdf"`: notBase64, `"YQ==\n"`: notBase64}},
		"binary has no length of text":    {schema: `{"type":"string","format":"binary","maxLength":3}`, right: []string{`"YWFh"`, `"<file>"`}, wrong: map[string]string{`"é"`: notBase64, `{}`: "must be a string, not an object"}},
		"binary said in two places":       {schema: `{"allOf":[{"type":"string"},{"format":"binary"}]}`, right: []string{`"<file>"`}},
		"binary of OpenAPI 3.1":           {schema: `{"type":"string","contentMediaType":"application/octet-stream"}`, right: []string{`"<file>"`}},
		"base64 of OpenAPI 3.1":           {schema: `{"type":"string","contentEncoding":"base64"}`, right: []string{`"<file>"`}, wrong: map[string]string{`"a.pdf"`: notBase64}},
		"default is no value":             {schema: `{"type":"string","default":1}`, right: []string{`null`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doc := mustParse(t, inputDocument(field(test.schema), ""))
			for _, right := range test.right {
				if problems := validInput(doc, decoded(t, `{"x":`+right+`}`)); len(problems) > 0 {
					t.Errorf("%s: unexpected problems: %v", right, lines(problems))
				}
			}
			for wrong, message := range test.wrong {
				got := lines(validInput(doc, decoded(t, `{"x":`+wrong+`}`)))
				if diff := cmp.Diff([]string{"input.x " + message}, got); diff != "" {
					t.Errorf("%s: (-want +got)\n%s", wrong, diff)
				}
			}
		})
	}
}

func TestValidateInputTrees(t *testing.T) {
	const person = `{"type":"object","required":["givenName","familyName"],"properties":{"givenName":{"type":"string"},"familyName":{"type":"string"},"birthDate":{"type":"string","format":"date"}}}`
	const card = `{"type":"object","required":["kind","number"],"properties":{"kind":{"type":"string","enum":["card"]},"number":{"type":"string","maxLength":4}}}`
	const iban = `{"type":"object","required":["kind","iban"],"properties":{"kind":{"type":"string","enum":["iban"]},"iban":{"type":"string"},"bic":{"type":"string"}}}`
	tests := map[string]struct {
		schema  string // of the input
		schemas string // components
		input   string
		want    []string
	}{
		"all problems at once, in order": {
			schema: `{"type":"object","properties":{"b":` + person + `,"a":{"type":"integer"}}}`,
			input:  `{"b":{"givenNam":"Max","birthDate":"x"},"a":"1"}`,
			want: []string{
				"input.a must be a whole number, not a string",
				"input.b.birthDate must be a date in the form YYYY-MM-DD, such as 1985-08-22",
				"input.b.familyName is missing; the flow requires it",
				"input.b.givenNam is not known to the flow; it knows birthDate, familyName and givenName here; did you mean givenName?",
				"input.b.givenName is missing; the flow requires it",
			},
		},
		"a missing block names its fields":            {schema: `{"type":"object","required":["p"],"properties":{"p":` + person + `}}`, input: `{}`, want: []string{"input.p is missing; the flow requires it, with givenName and familyName"}},
		"no input at all is an empty one":             {schema: `{"type":"object","required":["p"],"properties":{"p":` + person + `}}`, input: `null`, want: []string{"input.p is missing; the flow requires it, with givenName and familyName"}},
		"an unknown input is passed":                  {schema: `{"type":"object","required":["p"],"properties":{"p":` + person + `}}`, input: `"<unknown>"`},
		"a required null is missing":                  {schema: person, input: `{"givenName":null,"familyName":"S"}`, want: []string{"input.givenName is missing; the flow requires it"}},
		"a required unknown is given":                 {schema: person, input: `{"givenName":"<unknown>","familyName":"S"}`},
		"known parts beside an unknown":               {schema: person, input: `{"givenName":"<unknown>","familyName":7}`, want: []string{"input.familyName must be a string, not a number"}},
		"an unknown under an unknown key":             {schema: person, input: `{"givenName":"a","familyName":"b","birthday":"<unknown>"}`, want: []string{"input.birthday is not known to the flow; it knows birthDate, familyName and givenName here; did you mean birthDate?"}},
		"case is no difference to a person":           {schema: person, input: `{"GIVENNAME":"a","familyName":"b","givenName":"c"}`, want: []string{"input.GIVENNAME is not known to the flow; it knows birthDate, familyName and givenName here"}},
		"a key that belongs elsewhere":                {schema: `{"type":"object","properties":{"p":` + person + `}}`, input: `{"birthDate":"1985-08-22"}`, want: []string{"input.birthDate is not known to the flow; it knows p here; did you mean input.p.birthDate?"}},
		"a free-form object takes any key":            {schema: `{"type":"object"}`, input: `{"anything":{"at":["all"]}}`},
		"additionalProperties true":                   {schema: `{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":true}`, input: `{"b":1}`},
		"additionalProperties with a schema":          {schema: `{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":{"type":"integer"}}`, input: `{"b":1,"c":"x"}`, want: []string{"input.c must be a whole number, not a string"}},
		"additionalProperties false":                  {schema: `{"type":"object","additionalProperties":false}`, input: `{"b":1}`, want: []string{"input.b is not known to the flow, which takes no input"}},
		"a map of objects is closed within":           {schema: `{"type":"object","additionalProperties":` + person + `}`, input: `{"k":{"givenName":"a","familyName":"b","x":1}}`, want: []string{"input.k.x is not known to the flow; it knows birthDate, familyName and givenName here"}},
		"required, though nothing is said":            {schema: `{"type":"object","required":["b"],"properties":{"a":{"type":"string"}}}`, input: `{"b":[1]}`},
		"minProperties":                               {schema: `{"type":"object","minProperties":2}`, input: `{"a":1,"b":null}`, want: []string{"input has 1 key; at least 2 are needed"}},
		"minProperties, with an unknown":              {schema: `{"type":"object","minProperties":2}`, input: `{"a":1,"b":"<unknown>"}`},
		"maxProperties":                               {schema: `{"type":"object","maxProperties":1}`, input: `{"a":1,"b":1}`, want: []string{"input has 2 keys; at most 1 are allowed"}},
		"maxProperties, one may be null":              {schema: `{"type":"object","maxProperties":1}`, input: `{"a":1,"b":"<unknown>"}`},
		"readOnly is the service's":                   {schema: `{"type":"object","required":["id"],"properties":{"id":{"type":"string","readOnly":true},"a":{"type":"string"}}}`, input: `{"id":"1"}`},
		"a readOnly member is not required":           {schema: `{"type":"object","required":["id"],"properties":{"id":{"type":"string","readOnly":true},"a":{"type":"string"}}}`, input: `{}`},
		"readOnly beside a reference":                 {schema: `{"required":["id"],"properties":{"id":{"allOf":[{"$ref":"#/components/schemas/I"},{"readOnly":true}]}}}`, schemas: `{"I":{"type":"string"}}`, input: `{}`},
		"readOnly and required in a branch":           {schema: `{"anyOf":[{"properties":{"id":{"type":"string","readOnly":true},"a":{"type":"string"}},"required":["id"]},{"properties":{"b":{"type":"string"}},"required":["b"]}]}`, input: `{"a":"x"}`},
		"readOnly in one branch, required in another": {schema: `{"oneOf":[{"properties":{"id":{"type":"string","readOnly":true},"k":{"enum":["a"]}}},{"properties":{"id":{"type":"string"},"k":{"enum":["b"]}},"required":["id"]}]}`, input: `{"k":"b"}`, want: []string{"input.id is missing; the flow requires it"}},
		"readOnly in one part, required in another":   {schema: `{"allOf":[{"properties":{"id":{"type":"string","readOnly":true}}},{"required":["id"]}]}`, input: `{}`},
		"writeOnly is fine":                           {schema: field(`{"type":"string","writeOnly":true}`), input: `{"x":"a"}`},

		"elements keep the user's index": {schema: field(`{"type":"array","items":{"type":"string"}}`), input: `{"x":[null,"a",null,1]}`, want: []string{"input.x[3] must be a string, not a number"}},
		"null elements do not count":     {schema: field(`{"type":"array","minItems":2}`), input: `{"x":[null,1]}`, want: []string{"input.x has 1 element; at least 2 are needed"}},
		"unknown elements count":         {schema: field(`{"type":"array","minItems":2}`), input: `{"x":[1,"<unknown>"]}`},
		"too few, even with the unknown": {schema: field(`{"type":"array","minItems":3}`), input: `{"x":[1,"<unknown>"]}`, want: []string{"input.x has 2 elements; at least 3 are needed"}},
		"maxItems":                       {schema: field(`{"type":"array","maxItems":1}`), input: `{"x":[1,2]}`, want: []string{"input.x has 2 elements; at most 1 are allowed"}},
		"maxItems, one may be null":      {schema: field(`{"type":"array","maxItems":1}`), input: `{"x":[1,"<unknown>"]}`},
		"uniqueItems":                    {schema: field(`{"type":"array","uniqueItems":true}`), input: `{"x":[{"a":1},null,{"a":1.0,"b":null},"1",1]}`, want: []string{"input.x[2] equals element 0 of the list; its elements must differ"}},
		"uniqueItems passes unknowns":    {schema: field(`{"type":"array","uniqueItems":true}`), input: `{"x":["<unknown>","<unknown>"]}`},
		"elements of a list are closed":  {schema: field(`{"type":"array","items":` + person + `}`), input: `{"x":[{"givenName":"a","familyName":"b","c":1}]}`, want: []string{"input.x[0].c is not known to the flow; it knows birthDate, familyName and givenName here"}},
		"files in a list":                {schema: field(`{"type":"array","items":{"type":"string","format":"binary"}}`), input: `{"x":["<file>",1]}`, want: []string{"input.x[1] must be a string, not a number"}},

		"allOf knows the keys of all parts": {schema: `{"allOf":[{"$ref":"#/components/schemas/P"},{"properties":{"c":{"type":"string"}}}]}`, schemas: `{"P":` + person + `}`, input: `{"givenName":"a","c":"c","d":1}`, want: []string{
			"input.d is not known to the flow; it knows birthDate, c, familyName and givenName here",
			"input.familyName is missing; the flow requires it",
		}},
		"a member described twice has the keys of both":        {schema: `{"allOf":[{"properties":{"a":{"type":"object","properties":{"x":{"type":"string"}}}}},{"properties":{"a":{"type":"object","properties":{"y":{"type":"string"}}}}}]}`, input: `{"a":{"x":"1","y":"2"}}`},
		"elements described twice have the keys of both":       {schema: field(`{"allOf":[{"items":{"properties":{"a":{}}}},{"items":{"properties":{"b":{}}}}]}`), input: `{"x":[{"a":1,"b":2}]}`},
		"map values described twice have the keys of both":     {schema: `{"allOf":[{"additionalProperties":{"properties":{"a":{}}}},{"additionalProperties":{"properties":{"b":{}}}}]}`, input: `{"k":{"a":1,"b":2}}`},
		"a recursion is open here and closed there":            {schema: `{"allOf":[{"properties":{"shared":{"$ref":"#/components/schemas/N"},"alone":{"$ref":"#/components/schemas/N"}}},{"properties":{"shared":{"properties":{"more":{}}}}}]}`, schemas: `{"N":{"type":"object","properties":{"n":{"$ref":"#/components/schemas/N"}}}}`, input: `{"shared":{"n":{},"more":1},"alone":{"n":{},"more":1}}`, want: []string{"input.alone.more is not known to the flow; it knows n here; did you mean input.shared.more?"}},
		"oneOf, meant by its kind of value":                    {schema: field(`{"oneOf":[{"type":"string"},` + person + `]}`), input: `{"x":{}}`, want: []string{"input.x.familyName is missing; the flow requires it", "input.x.givenName is missing; the flow requires it"}},
		"oneOf, meant by its choice":                           {schema: field(`{"oneOf":[` + iban + `,{"type":"object","required":["kind","a","b","c"],"properties":{"kind":{"enum":["abc"]}}}]}`), input: `{"x":{"kind":"abc","iban":"x"}}`, want: []string{"input.x.a is missing; the flow requires it", "input.x.b is missing; the flow requires it", "input.x.c is missing; the flow requires it", "input.x.iban is not allowed with the other keys set here"}},
		"additionalProperties false in a branch opens nothing": {schema: `{"anyOf":[{"properties":{"a":{}}},{"properties":{"b":{}},"additionalProperties":false}]}`, input: `{"z":1}`, want: []string{"input.z is not known to the flow; it knows a and b here"}},
		"additionalProperties false in a part of allOf counts": {schema: `{"allOf":[{"properties":{"a":{}},"additionalProperties":false},{"properties":{"b":{}}}]}`, input: `{"a":1,"b":2}`, want: []string{"input.b is not known to the flow; it knows a here"}},
		"a part that takes any key opens the whole":            {schema: `{"allOf":[{"properties":{"a":{}}},{"additionalProperties":true}]}`, input: `{"b":2}`},
		"the same problem in two parts is one":                 {schema: `{"allOf":[{"required":["a"]},{"required":["a"],"properties":{"a":{"type":"object","required":["k"]}}}]}`, input: `{}`, want: []string{"input.a is missing; the flow requires it, with k"}},

		"oneOf, the branch that was meant":   {schema: field(`{"oneOf":[` + card + `,` + iban + `]}`), input: `{"x":{"kind":"card","number":"12345"}}`, want: []string{"input.x.number is 5 characters long; at most 4 are allowed"}},
		"oneOf, keys of the matching branch": {schema: field(`{"oneOf":[` + card + `,` + iban + `]}`), input: `{"x":{"kind":"card","number":"1","bic":"x"}}`, want: []string{"input.x.bic is not allowed with the other keys set here"}},
		"oneOf, a choice that nobody has":    {schema: field(`{"oneOf":[` + card + `,` + iban + `]}`), input: `{"x":{"kind":"cash"}}`, want: []string{`input.x.kind must be one of "card" or "iban"`}},
		"oneOf, a typing error in a branch":  {schema: field(`{"oneOf":[` + card + `,` + iban + `]}`), input: `{"x":{"kind":"iban","iban":"x","numbr":"x"}}`, want: []string{"input.x.numbr is not known to the flow; it knows bic, iban, kind and number here; did you mean number?"}},
		"oneOf, undecided":                   {schema: field(`{"oneOf":[` + card + `,` + iban + `]}`), input: `{"x":{"kind":"<unknown>","number":"1"}}`},
		"oneOf, wrong whatever comes":        {schema: field(`{"oneOf":[` + card + `,` + iban + `]}`), input: `{"x":{"kind":"<unknown>","number":"12345","iban":1}}`, want: []string{"input.x matches none of the 2 alternatives that the flow takes here; fix one of these:\n    - alternative 1: number is 5 characters long; at most 4 are allowed\n    - alternative 2: iban must be a string, not a number"}},
		"oneOf, an unknown for the whole":    {schema: field(`{"oneOf":[` + card + `,` + iban + `]}`), input: `{"x":"<unknown>"}`},
		"oneOf, more than one":               {schema: field(`{"oneOf":[{"type":"string"},{"maxLength":3}]}`), input: `{"x":"a"}`, want: []string{"input.x matches more than one alternative; exactly one must match"}},
		"oneOf of kinds":                     {schema: field(`{"oneOf":[{"type":"string"},{"type":"integer"}]}`), input: `{"x":[]}`, want: []string{"input.x must be a string or a whole number, not a list"}},
		"oneOf that takes a file":            {schema: field(`{"oneOf":[{"type":"string","format":"binary"},{"type":"object","properties":{"url":{"type":"string"}}}]}`), input: `{"x":"<file>"}`},
		"oneOf with any object":              {schema: field(`{"oneOf":[{"type":"object","required":["a"],"properties":{"a":{"type":"string"}}},{"type":"object"}]}`), input: `{"x":{"b":1}}`},
		"anyOf, either is enough":            {schema: `{"properties":{"mail":{"type":"string"},"phone":{"type":"string"},"cc":{"type":"string"}},"anyOf":[{"required":["mail"]},{"required":["phone","cc"]}]}`, input: `{"mail":"a"}`},
		"anyOf, neither":                     {schema: `{"properties":{"mail":{"type":"string"},"phone":{"type":"string"},"cc":{"type":"string"}},"anyOf":[{"required":["mail"]},{"required":["phone","cc"]}]}`, input: `{}`, want: []string{"input requires either mail, or phone and cc"}},
		"anyOf, one may come":                {schema: `{"properties":{"mail":{"type":"string"},"phone":{"type":"string"}},"anyOf":[{"required":["mail"]},{"required":["phone"]}]}`, input: `{"phone":"<unknown>"}`},
		"not":                                {schema: field(`{"not":{"type":"string"}}`), input: `{"x":"a"}`, want: []string{"input.x matches a schema that the flow does not allow here"}},
		"not, right":                         {schema: field(`{"not":{"type":"string"}}`), input: `{"x":1}`},
		"not, undecided":                     {schema: `{"type":"object","not":{"required":["a"]}}`, input: `{"a":"<unknown>"}`},
		"not, undecided between one and two": {schema: `{"properties":{"a":{},"b":{}},"not":{"oneOf":[{"required":["a"]},{"required":["b"]}]}}`, input: `{"a":1,"b":"<unknown>"}`},
		"not leaves objects open":            {schema: `{"properties":{"a":{}},"not":{"properties":{"a":{"properties":{"k":{"enum":[1]}},"required":["k"]}},"required":["a"]}}`, input: `{"a":{"k":1,"more":2}}`, want: []string{"input matches a schema that the flow does not allow here"}},
		"not looks at what is named only":    {schema: `{"properties":{"a":{},"b":{}},"not":{"properties":{"a":{"enum":[1]}},"required":["a"]}}`, input: `{"a":1,"b":2}`, want: []string{"input matches a schema that the flow does not allow here"}},
		"a mapped discriminator decides":     {schema: field(`{"oneOf":[{"$ref":"#/components/schemas/A"},{"$ref":"#/components/schemas/B"}],"discriminator":{"propertyName":"k","mapping":{"a":"#/components/schemas/A","b":"B"}}}`), schemas: `{"A":{"type":"object","properties":{"k":{"type":"string"},"v":{"type":"string"}}},"B":{"type":"object","properties":{"k":{"type":"string"},"v":{"type":"string"}}}}`, input: `{"x":{"k":"b","v":1}}`, want: []string{"input.x.v must be a string, not a number"}},
		"a discriminator's values":           {schema: field(`{"oneOf":[{"$ref":"#/components/schemas/A"},{"$ref":"#/components/schemas/B"}],"discriminator":{"propertyName":"k","mapping":{"a":"#/components/schemas/A","b":"B"}}}`), schemas: `{"A":{"type":"object","properties":{"k":{"type":"string"}}},"B":{"type":"object","properties":{"k":{"type":"string"}}}}`, input: `{"x":{"k":"c"}}`, want: []string{`input.x.k must be one of "a" or "b"`}},

		"recursion, deep inside": {schema: `{"$ref":"#/components/schemas/N"}`, schemas: `{"N":{"type":"object","properties":{"v":{"type":"integer"},"n":{"$ref":"#/components/schemas/N"}}}}`, input: `{"n":{"n":{"n":{"v":"x","w":1}}}}`, want: []string{
			"input.n.n.n.v must be a whole number, not a string",
			"input.n.n.n.w is not known to the flow; it knows n and v here",
		}},
		"recursion through a list":       {schema: `{"$ref":"#/components/schemas/T"}`, schemas: `{"T":{"type":"object","required":["v"],"properties":{"v":{},"c":{"type":"array","items":{"$ref":"#/components/schemas/T"}}}}}`, input: `{"v":1,"c":[{"v":1},{"c":[]}]}`, want: []string{"input.c[1].v is missing; the flow requires it"}},
		"allOf that contains itself":     {schema: `{"$ref":"#/components/schemas/S"}`, schemas: `{"S":{"allOf":[{"$ref":"#/components/schemas/S"},{"properties":{"a":{"type":"string"}}}]}}`, input: `{"a":1,"b":1}`, want: []string{"input.a must be a string, not a number", "input.b is not known to the flow; it knows a here"}},
		"allOf that goes in a circle":    {schema: `{"$ref":"#/components/schemas/A"}`, schemas: `{"A":{"allOf":[{"$ref":"#/components/schemas/B"}],"properties":{"a":{"type":"string"}}},"B":{"allOf":[{"$ref":"#/components/schemas/A"}],"properties":{"b":{"type":"string"}}}}`, input: `{"a":"1","b":2}`, want: []string{"input.b must be a string, not a number"}},
		"a key that is no identifier":    {schema: field(`{}`), input: `{"odd key":1}`, want: []string{`input["odd key"] is not known to the flow; it knows x here`}},
		"a list where an object belongs": {schema: `{"type":"object"}`, input: `[]`, want: []string{"input must be an object, not a list"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doc := mustParse(t, inputDocument(test.schema, test.schemas))
			if test.want == nil {
				test.want = []string{}
			}
			if diff := cmp.Diff(test.want, lines(validInput(doc, decoded(t, test.input)))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestTextFormats(t *testing.T) {
	tests := map[string]struct{ right, wrong []string }{
		"date":      {[]string{"2000-02-29"}, []string{"", "2001-02-29", "2000-1-1", "2000-01-01T00:00:00Z"}},
		"date-time": {[]string{"2024-11-04T10:30:00Z", "2024-11-04t10:30:00.123456789012+05:30", "2016-12-31T23:59:60Z"}, []string{"2024-11-04T10:30:00+24:00", "2024-11-04", "2024-11-04 10:30:00Z", "2024-11-04T10:30:00", "2024-11-04T24:00:00Z", "2024-11-04T10:30:00,5Z"}},
		"time":      {[]string{"10:30:00Z", "10:30:00.5-01:00"}, []string{"10:30", "25:00:00Z", "10:30:00"}},
		"email":     {[]string{"max@example.com", "m+x@sub.example", `"max m"@example.com`, "max@[IPv6:2001:db8::1]", "max@[192.0.2.1]"}, []string{"max@[IPv6:x]", "max", "Max <max@example.com>", "max@", "@example.com"}},
		"uuid":      {[]string{"40cbb7b3-7468-4b5d-8bb5-ff8e82510c70", "40CBB7B3-7468-4B5D-8BB5-FF8E82510C70"}, []string{"40cbb7b374684b5d8bb5ff8e82510c70", "{40cbb7b3-7468-4b5d-8bb5-ff8e82510c70}", "40cbb7b3-7468-4b5d-8bb5-ff8e82510c7g"}},
		"uri":       {[]string{"https://example.com/a?b=c", "myapp://done", "urn:isbn:1"}, []string{"/path", "example.com", "https://example.com/a b", ""}},
		"hostname":  {[]string{"example.com", "a"}, []string{"", "-a.com", "a..b", "a_b"}},
		"ipv4":      {[]string{"192.0.2.1"}, []string{"192.0.2", "::1", "256.0.0.1"}},
		"ipv6":      {[]string{"2001:db8::1"}, []string{"192.0.2.1", "fe80::1%eth0"}},
		"byte":      {[]string{"", "YQ==", "YR=="}, []string{"YQ=", "Y Q=="}},
	}
	for name, test := range tests {
		for _, s := range test.right {
			if !textFormats[name].valid(s) {
				t.Errorf("%s: %q was refused", name, s)
			}
		}
		for _, s := range test.wrong {
			if textFormats[name].valid(s) {
				t.Errorf("%s: %q was accepted", name, s)
			}
		}
	}
}

// No message may hold what the user gave: it may be a person's data.
func TestProblemsNeverShowTheValue(t *testing.T) {
	const secret = "S3CRET"
	doc := mustParse(t, inputDocument(`{"type":"object","properties":{
		"a":{"type":"string","maxLength":1,"pattern":"^a$","format":"date","enum":["x"]},
		"b":{"type":"integer"},"c":{"oneOf":[{"type":"string","enum":["x"]},{"type":"integer"}]},
		"d":{"type":"array","uniqueItems":true,"items":{"type":"string","format":"byte"}},
		"e":{"not":{"type":"string"}}}}`, ""))
	problems := validInput(doc, decoded(t, strings.ReplaceAll(`{"a":"S","b":"S","c":"S","d":["S","S"],"e":"S"}`, "S", secret)))
	if len(problems) < 9 {
		t.Errorf("only %d problems: %v", len(problems), lines(problems))
	}
	for _, problem := range problems {
		if strings.Contains(problem.String(), secret) {
			t.Errorf("the value is shown: %s", problem)
		}
	}
}

func TestValidateBody(t *testing.T) {
	plain := inputDocument(`{"type":"object","properties":{"a":{"type":"string"}}}`, "")
	described := documentOf(`{"application/json":{"schema":{"type":"object","required":["redirectUrl","metadata"],"properties":{
		"metadata":{"type":"object","required":["subjectId","tenant"],"properties":{"subjectId":{"type":"string","maxLength":5},"tenant":{"type":"object","properties":{"id":{"type":"integer"}}}}},
		"redirectUrl":{"type":"string","format":"uri"},"state":{"type":"string","maxLength":3}}}}}`, "")
	strict := documentOf(`{"application/json":{"schema":{"type":"object","properties":{
		"metadata":{"type":"object","additionalProperties":false,"properties":{"subjectId":{"type":"string"}}}}}}}`, "")
	tests := map[string]struct {
		raw  []byte
		body string
		want []string
	}{
		"right":                           {plain, `{"input":{"a":"x"},"metadata":{"subjectId":"s","locale":"de","any":[1,{"k":true}]}}`, nil},
		"no metadata":                     {plain, `{}`, []string{"metadata.subjectId required"}},
		"null subject":                    {plain, `{"metadata":{"subjectId":null}}`, []string{"metadata.subjectId required"}},
		"empty subject":                   {plain, `{"metadata":{"subjectId":""}}`, []string{"metadata.subjectId minLength"}},
		"subject of another kind":         {plain, `{"metadata":{"subjectId":7}}`, []string{"metadata.subjectId type"}},
		"unknown subject":                 {plain, `{"metadata":{"subjectId":"<unknown>"}}`, nil},
		"unknown metadata":                {plain, `{"metadata":"<unknown>"}`, nil},
		"another locale":                  {plain, `{"metadata":{"subjectId":"s","locale":"it"}}`, []string{"metadata.locale enum"}},
		"unknown locale":                  {plain, `{"metadata":{"subjectId":"s","locale":"<unknown>"}}`, nil},
		"the document's own metadata":     {described, `{"redirectUrl":"https://x","metadata":{"subjectId":"longer","tenant":{"id":"1","more":1},"any":1}}`, []string{"metadata.subjectId maxLength", "metadata.tenant.id type"}},
		"a member that must be given":     {described, `{"metadata":{"subjectId":"s","tenant":{}}}`, []string{"redirectUrl required"}},
		"redirectUrl and state":           {described, `{"redirectUrl":"x","state":"long","metadata":{"subjectId":"s","tenant":{}}}`, []string{"redirectUrl format", "state maxLength"}},
		"an unlisted key that is refused": {strict, `{"metadata":{"subjectId":"s","locale":"de"}}`, []string{"metadata.locale unknown"}},
		"a flow without input":            {strict, `{"input":{"a":1},"metadata":{"subjectId":"s"}}`, []string{"input.a unknown"}},
		"a flow without input, none":      {strict, `{"input":{},"metadata":{"subjectId":"s"}}`, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			body := decoded(t, test.body).(value.Object)
			if test.want == nil {
				test.want = []string{}
			}
			if diff := cmp.Diff(test.want, rules(validBody(mustParse(t, test.raw), body))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
