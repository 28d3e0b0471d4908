// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// Alternatives in a recursive schema multiply with the depth of the value.
func TestValidateBoundsAlternatives(t *testing.T) {
	branches := strings.TrimSuffix(strings.Repeat(`{"properties":{"n":{"$ref":"#/components/schemas/N"}}},`, 10), ",")
	doc := mustParse(t, inputDocument(`{"$ref":"#/components/schemas/N"}`, `{"N":{"anyOf":[`+branches+`]}}`))
	deep := value.Value(value.Object{})
	for range 100 {
		deep = value.Object{"n": deep}
	}
	e := &evaluator{ctx: t.Context()}
	e.value(doc.Input(), deep, nil)
	if !e.exhausted || e.steps > maxSteps+1 {
		t.Errorf("%d steps, exhausted: %v", e.steps, e.exhausted)
	}
	if result := Input(t.Context(), doc, deep); !result.Incomplete || len(result.Problems) > 0 {
		t.Errorf("%+v", result)
	}
}

// A composition that has each of its parts twice doubles at every level.
func TestValidateBoundsSharedParts(t *testing.T) {
	var schemas []string
	for i := range 40 {
		schemas = append(schemas, fmt.Sprintf(`"S%d":{"allOf":[{"$ref":"#/components/schemas/S%d"},{"allOf":[{"$ref":"#/components/schemas/S%d"}]}]}`, i, i+1, i+1))
	}
	doc := mustParse(t, inputDocument(`{"$ref":"#/components/schemas/S0"}`, `{`+strings.Join(schemas, ",")+`,"S40":{"type":"object"}}`))
	if result := Input(t.Context(), doc, value.Object{}); !result.Incomplete {
		t.Errorf("%+v", result)
	}
}

// An interrupt ends a validation, which has then found what it found.
func TestValidateStopsWithItsContext(t *testing.T) {
	many := value.List{}
	for range 1_000 {
		many = append(many, value.String("x"))
	}
	doc := mustParse(t, inputDocument(field(`{"type":"array","items":{"type":"string"}}`), ""))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if result := Input(ctx, doc, value.Object{"x": many}); !result.Incomplete {
		t.Errorf("%+v", result)
	}
}

// Patterns of a document have one budget of time, however many there are and
// however often they are held against a value. What it does not cover is
// undecided.
func TestValidateStopsSlowPatterns(t *testing.T) {
	slow := `"` + strings.Repeat("a", 40) + `!"`
	var properties, input []string
	for i := range 500 {
		properties = append(properties, fmt.Sprintf(`"p%d":{"pattern":"^(a+)+%d$"}`, i, i))
		input = append(input, fmt.Sprintf(`"p%d":%s`, i, slow))
	}
	doc := mustParse(t, inputDocument(`{"properties":{`+strings.Join(properties, ",")+`}}`, ""))
	var validations sync.WaitGroup
	for range 4 {
		validations.Go(func() {
			if got := validInput(doc, decoded(t, `{`+strings.Join(input, ",")+`}`)); len(got) > 0 {
				t.Errorf("problems: %v", lines(got))
			}
		})
	}
	validations.Wait()
	last := doc.Input().Properties["p499"].Pattern
	if _, decided := last.Match("aaa499"); decided {
		t.Error("a pattern is still run after 2,000 slow matches")
	}
}

// What is undecided is so inside not, oneOf and anyOf too.
func TestUndecidedRulesRefuseNothing(t *testing.T) {
	const letters = `{"pattern":"^\\p{Letter}+$"}` // a property that the engine does not know
	for name, described := range map[string]string{
		"not":               `{"type":"string","not":` + letters + `}`,
		"oneOf":             `{"type":"string","oneOf":[` + letters + `,{"pattern":"("}]}`,
		"anyOf":             `{"anyOf":[` + letters + `,{"type":"integer"}]}`,
		"a format":          `{"type":"string","not":{"format":"made-up"}}`,
		"a keyword":         `{"not":{"contains":{"const":1}}}`,
		"a binary's length": `{"type":"string","oneOf":[{"format":"binary","maxLength":1},{"format":"binary","minLength":2}]}`,
	} {
		doc := mustParse(t, inputDocument(field(described), ""))
		for _, given := range []string{`"1234"`, `"YQ=="`} {
			if got := validInput(doc, decoded(t, `{"x":`+given+`}`)); len(got) > 0 {
				t.Errorf("%s: %s: %v", name, given, lines(got))
			}
		}
	}
}

// Of very many problems a person is shown some, and how many more there are.
func TestManyProblems(t *testing.T) {
	names := make([]string, 20_000)
	for i := range names {
		names[i] = fmt.Sprintf(`"n%d"`, i)
	}
	doc := mustParse(t, inputDocument(`{"type":"object","required":[`+strings.Join(names, ",")+`]}`, ""))
	result := Input(t.Context(), doc, value.Object{})
	if len(result.Problems) != maxProblems || result.More != len(names)-maxProblems {
		t.Errorf("%d problems and %d more", len(result.Problems), result.More)
	}
}

// A value that the service sets is no error, and is warned of.
func TestReadOnlyIsAWarning(t *testing.T) {
	doc := mustParse(t, inputDocument(`{"type":"object","required":["id"],"properties":{"id":{"type":"string","readOnly":true},"a":{}},"not":{"properties":{"a":{"readOnly":true}},"required":["a"],"type":"object","maxProperties":0}}`, ""))
	result := Body(t.Context(), doc, value.Object{
		contract.Input: value.Object{"id": value.String("1"), "a": value.String("1")}, contract.Metadata: value.Object{contract.SubjectID: value.String("s")},
	})
	if len(result.Problems) != 0 || strings.Join(lines(result.Warnings), "\n") != "input.id is set by the service and should not be sent; remove it" {
		t.Errorf("%v, %v", lines(result.Problems), lines(result.Warnings))
	}
	if strings.Contains(string(doc.InputSchema()), `"required":["id"]`) {
		t.Error("the exported schema refuses an input without what the service sets")
	}
}

// A document of a megabyte can have a hundred thousand problems, and names for each. What
// is not shown costs little, in each of the sessions that are validated at the same time.
func TestHostileDocumentsCostLittle(t *testing.T) {
	const bound = 24 << 20
	object := func(schema string) string { return `{"type":"object",` + schema + `}` }
	unknown, wrong := value.Object{}, value.Object{}
	for n := range 15_000 {
		wrong[fmt.Sprintf("name-%d", n)] = value.Bool(true)
	}
	for n := range 1_000 {
		unknown[fmt.Sprintf("other-%d", n)] = value.Bool(true)
	}
	elements := value.List{}
	for range 500 {
		elements = append(elements, value.String("x"))
	}
	branches := make([]string, 100)
	for n := range branches {
		branches[n] = `{"required":[` + numbered(500, fmt.Sprintf(`"n%%d-%d"`, n)) + `]}`
	}
	for name, tt := range map[string]struct {
		schema   string
		input    value.Value
		problems int
	}{
		"missing members":        {object(`"required":[` + numbered(60_000, `"name-%d"`) + `]`), value.Object{}, 60_000},
		"of missing members":     {object(`"required":[` + numbered(500, `"m%d"`) + `],"additionalProperties":{},"properties":{` + numbered(500, `"m%d":{"$ref":"#/components/schemas/N"}`) + `}`), value.Object{}, 500},
		"unknown members":        {object(`"additionalProperties":false,"properties":{"a":{}}`), wrong, 15_000},
		"unknown and many known": {object(`"additionalProperties":false,"properties":{` + numbered(25_000, `"name-%d":{}`) + `}`), unknown, 1_000},
		"wrong members":          {object(`"properties":{` + numbered(15_000, `"name-%d":{"type":"string"}`) + `}`), wrong, 15_000},
		"an enum in a list":      {object(`"properties":{"x":{"type":"array","items":{"enum":[` + numbered(60_000, `"v%d"`) + `]}}}`), value.Object{"x": elements}, 500},
		"alternatives":           {`{"anyOf":[` + strings.Join(branches, ",") + `]}`, value.Object{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			doc := mustParse(t, inputDocument(tt.schema, `{"N":`+object(`"required":[`+numbered(20_000, `"n%d"`)+`]`)+`}`))
			Input(t.Context(), doc, tt.input) // what is made once of the document is not counted
			before := allocated()
			result := Input(t.Context(), doc, tt.input)
			if cost := allocated() - before; cost > bound {
				t.Errorf("cost %d MiB", cost>>20)
			}
			if found := len(result.Problems) + result.More; len(result.Problems) > maxProblems || found == 0 || tt.problems > 0 && found != tt.problems && !result.Incomplete {
				t.Errorf("%d problems and %d more", len(result.Problems), result.More)
			}
		})
	}
}

// numbered writes a list of as many elements.
func numbered(n int, format string) string {
	written := make([]string, n)
	for i := range written {
		written[i] = strings.Replace(format, "%d", strconv.Itoa(i), 1)
	}
	return strings.Join(written, ",")
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// Names and titles of a document don't forge lines of a message.
func TestNamesDoNotBreakTheLine(t *testing.T) {
	const forged = `x\nError: forged\u001b[31m\u202e\u0085`
	doc := mustParse(t, inputDocument(`{"type":"object","additionalProperties":false,"required":["in"],"properties":{
		"`+forged+`":{"type":"string"},"in":{"type":"object","required":["`+forged+`"]},
		"p":{"type":"string","pattern":"^`+forged+`$"},
		"c":{"anyOf":[{"title":"`+forged+`","type":"object","required":["a","b"]},{"title":"`+forged+`","type":"object","required":["d"],"properties":{"d":{"enum":["`+forged+`"]}}}]}}}`, ""))
	for _, input := range []value.Object{
		{"y": value.String("v")},
		{"xError: forged": value.String("v"), "p": value.String("v"), "c": value.Object{"d": value.String("v")}},
		{"c": value.String("v"), "in": value.Object{}},
	} {
		result := Input(t.Context(), doc, input)
		if len(result.Problems) == 0 {
			t.Error("no problems")
		}
		for _, problem := range result.Problems {
			for line := range strings.Lines(problem.String()) {
				if strings.HasPrefix(strings.TrimSpace(line), "Error: forged") || strings.ContainsAny(line, "\x1b\u0085") {
					t.Errorf("%q", problem.String())
				}
			}
		}
	}
}
