// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Alternatives that are distinguished by what is given: a block, a choice, a key
// deep inside, a near miss.
func TestExplainTheFormThatWasMeant(t *testing.T) {
	const person = `{"title":"A person","required":["person"],"properties":{"person":{"type":"object","required":["givenName"],"properties":{"givenName":{"type":"string"},"birthDate":{"type":"string","format":"date"}}}}}`
	const company = `{"required":["company"],"properties":{"company":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"seat":{"type":"string"}}}}}`
	const either = `{"type":"object","oneOf":[` + person + `,` + company + `],"properties":{"note":{"type":"string"}}}`
	const nested = `{"type":"object","oneOf":[
		{"properties":{"doc":{"type":"object","required":["head","front"],"properties":{"head":{"type":"object","properties":{"kind":{"const":"card"}}},"front":{"type":"string"}}}}},
		{"properties":{"doc":{"type":"object","required":["head","page"],"properties":{"head":{"type":"object","properties":{"kind":{"const":"book"}}},"page":{"type":"integer"}}}}}]}`
	const inLists = `{"type":"object","oneOf":[
		{"properties":{"l":{"items":{"type":"object","properties":{"a":{"type":"integer"}}}}},"required":["l","m"]},
		{"properties":{"l":{"items":{"type":"object","properties":{"b":{"type":"integer"}}}}},"required":["l","n","o"]}]}`
	const contracts = `{"type":"object","oneOf":[
		{"required":["p"],"properties":{"p":{"type":"object","required":["givenName"],"properties":{"givenName":{}}}}},
		{"required":["p"],"properties":{"p":{"type":"object","required":["companyName","register"],"properties":{"companyName":{},"register":{"type":"object","required":["court","number"]}}}}}]}`
	const dates = "must be a date in the form YYYY-MM-DD, such as 1985-08-22"
	tests := map[string]struct {
		schema, input string
		want          []string
	}{
		"by its block":                   {either, `{"person":{"givenName":"x","birthDate":"1.1.1980"}}`, []string{"input.person.birthDate " + dates}},
		"by its block, misspelt inside":  {either, `{"person":{"givenNam":"x","birthDate":"1.1.1980"}}`, []string{"input.person.birthDate " + dates, "input.person.givenNam is not known to the flow; it knows birthDate and givenName here; did you mean givenName?", "input.person.givenName is missing; the flow requires it"}},
		"by its block, another number":   {either, `{"company":{"seat":1}}`, []string{"input.company.name is missing; the flow requires it", "input.company.seat must be a string, not a number"}},
		"by its block, beside a mistake": {either, `{"person":{"birthDate":"x"},"note":1}`, []string{"input.note must be a string, not a number", "input.person.birthDate " + dates, "input.person.givenName is missing; the flow requires it"}},
		"by most of its keys":            {either, `{"person":{"birthDate":"x"},"company":{}}`, []string{"input.company is not allowed with the other keys set here", "input.person.birthDate " + dates, "input.person.givenName is missing; the flow requires it"}},
		"by an unknown block":            {either, `{"person":{"givenName":"<unknown>","birthDate":"x"}}`, []string{"input.person.birthDate " + dates}},
		"anyOf, both may be meant":       {strings.Replace(either, "oneOf", "anyOf", 1), `{"person":{"birthDate":"x"},"company":{}}`, []string{"input.person.birthDate " + dates, "input.person.givenName is missing; the flow requires it"}},
		"a misspelt block":               {either, `{"persn":{"givenName":"x"}}`, []string{"input requires either person.givenName, or company.name", "input.persn is not known to the flow; it knows company, note and person here; did you mean person?"}},
		"nothing given":                  {either, `{}`, []string{"input requires either person.givenName, or company.name"}},
		"by a choice deep inside":        {nested, `{"doc":{"head":{"kind":"book"},"front":"x"}}`, []string{"input.doc.front is not known to the flow; it knows head and page here", "input.doc.page is missing; the flow requires it"}},
		"by a key in a list":             {inLists, `{"l":[{"b":"x"}]}`, []string{"input.l[0].b must be a whole number, not a string", "input.n is missing; the flow requires it", "input.o is missing; the flow requires it"}},
		"by a near miss":                 {contracts, `{"p":{"companyNam":1}}`, []string{"input.p.companyNam is not known to the flow; it knows companyName and register here; did you mean companyName?", "input.p.companyName is missing; the flow requires it", "input.p.register is missing; the flow requires it, with court and number"}},
		"leaves to choose from":          {contracts, `{}`, []string{"input requires either p.givenName, or p.companyName, p.register.court and p.register.number"}},
		"leaves of a block to choose":    {contracts, `{"p":{}}`, []string{"input requires either p.givenName, or p.companyName, p.register.court and p.register.number"}},
		"a tie, form by form":            {field(`{"oneOf":[{"title":"Card","type":"string","minLength":3,"pattern":"^1"},{"type":"string","minLength":2,"pattern":"^2"},{"type":"integer"}]}`), `{"x":"a"}`, []string{"input.x matches none of the 3 alternatives that the flow takes here; fix one of these:\n    - alternative 1, Card: is 1 character long; at least 3 are needed; must match the pattern ^1\n    - alternative 2: is 1 character long; at least 2 are needed; must match the pattern ^2"}},
		"what every form lacks":          {`{"oneOf":[{"required":["kind","a"],"properties":{"kind":{},"a":{}}},{"required":["kind","b"],"properties":{"kind":{},"b":{}}}]}`, `{}`, []string{"input requires either a, or b", "input.kind is missing; the flow requires it"}},
		"what a form lacks in any case":  {`{"oneOf":[{"required":["kind","a"],"properties":{"kind":{},"a":{}}},{"required":["kind","b"],"properties":{"kind":{},"b":{}}}]}`, `{"b":1}`, []string{"input.kind is missing; the flow requires it"}},
		"a choice of one form is none":   {`{"oneOf":[{"required":["type"],"properties":{"type":{"enum":["ID"]},"number":{}}},{"required":["company"],"properties":{"company":{}}}]}`, `{"type":"id","number":1}`, []string{`input.type must be "ID"`}},
		"a schema that requires itself":  {`{"oneOf":[{"$ref":"#/components/schemas/R"},{"required":["b"],"properties":{"b":{}}}]}`, `{}`, []string{"input requires either r.r.r.r.r, or b"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doc := mustParse(t, inputDocument(test.schema, `{"R":{"type":"object","required":["r"],"properties":{"r":{"$ref":"#/components/schemas/R"}}}}`))
			if diff := cmp.Diff(test.want, lines(validInput(doc, decoded(t, test.input)))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Alternatives of a whole body, by bracketed names.
func TestExplainBodiesThatWereMeant(t *testing.T) {
	branches := `[
		{"properties":{"input[p][givenName]":{"type":"string"},"input[p][birthDate]":{"type":"string","format":"date"}},"required":["input[p][givenName]"]},
		{"properties":{"input[q][nick]":{"type":"string"},"input[q][site]":{"type":"string"}},"required":["input[q][nick]"]}]`
	tests := map[string]struct {
		keyword, input string
		want           []string
	}{
		"a misspelt leaf":   {"oneOf", `{"p":{"givenNam":"x"}}`, []string{"input.p.givenNam is not known to the flow; it knows birthDate and givenName here; did you mean givenName?", "input.p.givenName is missing; the flow requires it"}},
		"a wrong leaf":      {"anyOf", `{"q":{"nick":1}}`, []string{"input.q.nick must be a string, not a number"}},
		"leaves, by a name": {"anyOf", `{}`, []string{"input requires either p.givenName, or q.nick"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doc := mustParse(t, documentOf(fmt.Sprintf(`{"multipart/form-data":{"schema":{"type":"object",%q:%s}}}`, test.keyword, branches), ""))
			if diff := cmp.Diff(test.want, lines(validInput(doc, decoded(t, test.input)))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// However many forms there are, and however much is wrong, a message fits a
// terminal.
func TestExplainBoundsWhatItLists(t *testing.T) {
	var branches []string
	for i := range 40 {
		pattern := fmt.Sprintf(`{"pattern":"^%d%s$"}`, i, strings.Repeat("a", 500))
		branches = append(branches, fmt.Sprintf(`{"title":%q,"properties":{"a":%s,"b":%s,"c":%s,"d":%s}}`, strings.Repeat("t", 500), pattern, pattern, pattern, pattern))
	}
	doc := mustParse(t, inputDocument(`{"oneOf":[`+strings.Join(branches, ",")+`]}`, ""))
	got := lines(validInput(doc, decoded(t, `{"a":"x","b":"x","c":"x","d":"x"}`)))
	if len(got) != 1 || len(got[0]) > 5_000 || !strings.Contains(got[0], "; 1 more\n") || !strings.HasSuffix(got[0], "\n    - and 35 more") {
		t.Errorf("%d characters: %s", len(strings.Join(got, "")), got)
	}
}

// What the service sets should not be sent, so it is nothing to suggest.
func TestSuggestNothingThatTheServiceSets(t *testing.T) {
	doc := mustParse(t, inputDocument(`{"properties":{
		"server":{"type":"object","readOnly":true,"properties":{"node":{}}},
		"p":{"allOf":[{"properties":{"sessionId":{"type":"string"},"other":{}}},{"properties":{"sessionId":{"readOnly":true}}}]},
		"q":{"properties":{"traceId":{"readOnly":true}}}}}`, ""))
	want := []string{
		"input.p.sesionId is not known to the flow; it knows other here",
		"input.q.server is not known to the flow",
		"input.q.tracId is not known to the flow",
		"input.traceId is not known to the flow; it knows p and q here",
	}
	got := lines(validInput(doc, decoded(t, `{"traceId":1,"p":{"sesionId":1,"sessionId":"x"},"q":{"tracId":1,"server":1}}`)))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A message holds what a person needs to put the value right, all of it as far
// as a terminal can show it.
func TestMessagesSayEnoughToActOn(t *testing.T) {
	values := func(n int) []string {
		written := make([]string, n)
		for i := range written {
			written[i] = fmt.Sprintf(`"%02d"`, i)
		}
		return written
	}
	countries, too := values(100), values(150)
	pattern := "^" + strings.Repeat("[a-z]", 59) + "$"
	for schema, want := range map[string]string{
		`{"not":{"enum":["x","y",1]}}`:                         `must not be "x", "y" or 1`,
		`{"type":"string","not":{"const":"x"}}`:                `must not be "x"`,
		`{"not":{"allOf":[{"enum":["x"]},{"type":"string"}]}}`: `must not be "x"`,
		`{"not":{"minLength":1}}`:                              `matches a schema that the flow does not allow here`,
		`{"enum":[` + strings.Join(countries, ",") + `]}`:      "must be one of " + strings.Join(countries[:99], ", ") + " or " + countries[99],
		`{"enum":[` + strings.Join(too, ",") + `]}`:            "must be one of " + strings.Join(too[:100], ", ") + " or 50 more",
		`{"pattern":"` + pattern + `"}`:                        "must match the pattern " + pattern,
		`{"pattern":"^` + strings.Repeat("a", 400) + `"}`:      "must match the pattern ^" + strings.Repeat("a", 299) + "…",
	} {
		got := lines(validInput(mustParse(t, inputDocument(field(schema), "")), decoded(t, `{"x":"x"}`)))
		if diff := cmp.Diff([]string{"input.x " + want}, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", schema, diff)
		}
	}
}
