// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	google "github.com/google/jsonschema-go/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// The schema that users get must agree with the package. So random schemas are
// held against random values three times: by the package, and by two libraries
// from the schema that it exports.
func TestValidatesAsSchemaLibrariesDo(t *testing.T) {
	right, wrong := 0, 0
	for seed := range uint64(400) {
		g := generator{rand.New(rand.NewPCG(seed, 1))}
		raw := inputDocument(g.text(g.schema(4)), g.text(map[string]any{"R": g.schema(3), "S": g.schema(3)}))
		doc, err := flowschema.Parse(context.Background(), raw)
		if err != nil {
			t.Fatalf("%s\n%s", err, raw)
		}
		independent := resolve(t, doc.InputSchema())
		compiled := compile(t, doc.InputSchema())
		for range 20 {
			tree := g.value(4)
			ours := len(validInput(doc, fromTree(tree))) == 0
			plain := normalised(t, tree)
			if theirs := compiled.Validate(plain) == nil; theirs != ours {
				t.Fatalf("the package says %v, one library %v\ndocument %s\nschema %s\nvalue %s", ours, theirs, raw, doc.InputSchema(), g.text(tree))
			}
			if theirs := independent.Validate(withFloats(t, plain)) == nil; theirs != ours {
				t.Fatalf("the package says %v, the other library %v\ndocument %s\nschema %s\nvalue %s", ours, theirs, raw, doc.InputSchema(), g.text(tree))
			}
			if ours {
				right++
			} else {
				wrong++
			}
		}
	}
	if right < 1_000 || wrong < 1_000 {
		t.Errorf("the values are too one-sided to show anything: %d right, %d wrong", right, wrong)
	}
}

// What is found while parts are unknown must still be found when they are
// known, whatever they turn out to be: a value, or null.
func TestUnknownsNeverMakeAProblem(t *testing.T) {
	found := 0
	for seed := range uint64(700) {
		g := generator{rand.New(rand.NewPCG(seed, 2))}
		doc, err := flowschema.Parse(context.Background(), inputDocument(g.text(g.schema(4)), g.text(map[string]any{"R": g.schema(3), "S": g.schema(3)})))
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			tree := g.value(4)
			hidden := g.hide(tree)
			early := validInput(doc, fromTree(hidden))
			if len(early) == 0 {
				continue
			}
			found++
			if late := validInput(doc, fromTree(tree)); len(late) == 0 && !aboutUnknownKey(early, fromTree(hidden)) {
				t.Fatalf("found %v with unknowns, nothing without\nschema %s\nvalue %s\nhidden %s", lines(early), doc.InputSchema(), g.text(tree), g.text(hidden))
			}
		}
	}
	if found < 500 {
		t.Errorf("only %d values had a problem beside an unknown", found)
	}
}

// aboutUnknownKey reports whether a problem is that a key is where none is
// allowed while its value is unknown. It could turn out null and be left out,
// but a person has typed the key, and a typing error must not wait for apply.
func aboutUnknownKey(problems []Problem, v value.Value) bool {
	for _, problem := range problems {
		at := v
		for _, step := range problem.Path[1:] {
			switch step := step.(type) {
			case value.Name:
				object, _ := at.(value.Object)
				at = object[string(step)]
			case value.Element:
				at = at.(value.List)[step]
			}
		}
		if _, ok := at.(value.Unknown); ok && (problem.Rule == RuleUnknown || problem.Rule == RuleReadOnly) {
			return true
		}
	}
	return false
}

// resolve reads a schema with the other library.
func resolve(t *testing.T, source []byte) *google.Resolved {
	t.Helper()
	var schema google.Schema
	if err := json.Unmarshal(source, &schema); err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	resolved, err := schema.Resolve(nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	return resolved
}

// normalised writes a tree as it would be sent: without nulls.
func normalised(t *testing.T, tree any) any {
	t.Helper()
	written, err := json.Marshal(withoutNulls(tree))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := jsonschema.UnmarshalJSON(bytes.NewReader(written))
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func withoutNulls(tree any) any {
	switch tree := tree.(type) {
	case []any:
		kept := []any{}
		for _, element := range tree {
			if element != nil {
				kept = append(kept, withoutNulls(element))
			}
		}
		return kept
	case map[string]any:
		kept := map[string]any{}
		for key, member := range tree {
			if member != nil {
				kept[key] = withoutNulls(member)
			}
		}
		return kept
	case nil:
		return map[string]any{} // an input that is not given
	}
	return tree
}

// withFloats gives the other library the numbers it knows.
func withFloats(t *testing.T, tree any) any {
	t.Helper()
	written, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(written, &plain); err != nil {
		t.Fatal(err)
	}
	return plain
}

// generator makes schemas and values of few names and small numbers, so that
// they meet often.
type generator struct{ *rand.Rand }

func (g generator) text(tree any) string {
	written, err := json.Marshal(tree)
	if err != nil {
		panic(err)
	}
	return string(written)
}

func (g generator) name() string { return string(rune('a' + g.IntN(4))) }

func (g generator) schema(depth int) map[string]any {
	if depth == 0 || g.IntN(5) == 0 {
		return g.leaf()
	}
	switch g.IntN(8) {
	case 0:
		return map[string]any{"$ref": "#/components/schemas/" + []string{"R", "S"}[g.IntN(2)]}
	case 1:
		return map[string]any{"type": "array", "items": g.schema(depth - 1), "maxItems": json.Number(fmt.Sprint(1 + g.IntN(3))), "uniqueItems": g.IntN(2) == 0}
	case 2:
		return map[string]any{[]string{"oneOf", "anyOf", "allOf"}[g.IntN(3)]: []any{g.schema(depth - 1), g.schema(depth - 1)}}
	case 3:
		composed := g.object(depth)
		composed[[]string{"oneOf", "anyOf", "allOf"}[g.IntN(3)]] = []any{g.object(depth - 1), g.schema(depth - 1)}
		return composed
	case 4:
		composed := g.object(depth)
		composed["not"] = g.schema(depth - 1)
		return composed
	}
	return g.object(depth)
}

func (g generator) object(depth int) map[string]any {
	properties := map[string]any{}
	for range g.IntN(4) {
		properties[g.name()] = g.schema(max(0, depth-1))
	}
	object := map[string]any{"type": "object", "properties": properties}
	if g.IntN(2) == 0 {
		object["required"] = []string{g.name()}
	}
	switch g.IntN(8) {
	case 0:
		object["additionalProperties"] = g.IntN(2) == 0
	case 1:
		object["additionalProperties"] = g.schema(0)
	case 2:
		object["maxProperties"] = 1 + g.IntN(3)
	}
	return object
}

func (g generator) leaf() map[string]any {
	switch g.IntN(7) {
	case 0:
		return map[string]any{"type": "string", "maxLength": g.IntN(3)}
	case 1:
		return map[string]any{"type": "integer", "minimum": g.IntN(3), "exclusiveMinimum": g.IntN(2) == 0}
	case 2:
		return map[string]any{"type": "number", "multipleOf": 0.5, "maximum": g.IntN(3)}
	case 3:
		return map[string]any{"enum": []any{"a", 1, []any{}, map[string]any{"a": 1}}}
	case 4:
		return map[string]any{"type": "boolean"}
	case 5:
		return map[string]any{"type": "string", "pattern": "^[a-b]+$"}
	}
	return map[string]any{}
}

// value makes a tree of JSON, most often an object.
func (g generator) value(depth int) any {
	kind := g.IntN(10)
	if depth == 0 {
		kind = g.IntN(6)
	}
	switch kind {
	case 0:
		return nil
	case 1:
		return g.IntN(2) == 0
	case 2:
		return json.Number([]string{"0", "1", "2", "0.5", "1.0", "7"}[g.IntN(6)])
	case 3, 4:
		return []string{"", "a", "ab", "abc", "1"}[g.IntN(5)]
	case 5:
		return map[string]any{}
	case 6:
		list := []any{}
		for range g.IntN(4) {
			list = append(list, g.value(depth-1))
		}
		return list
	}
	object := map[string]any{}
	for range g.IntN(4) {
		object[g.name()] = g.value(depth - 1)
	}
	return object
}

// hide replaces parts of a tree by unknown ones.
func (g generator) hide(tree any) any {
	if g.IntN(5) == 0 {
		return unknown
	}
	switch tree := tree.(type) {
	case []any:
		hidden := make([]any, len(tree))
		for i, element := range tree {
			hidden[i] = g.hide(element)
		}
		return hidden
	case map[string]any:
		hidden := map[string]any{}
		for key, member := range tree {
			hidden[key] = g.hide(member)
		}
		return hidden
	}
	return tree
}

// compile has a library that knows all of JSON Schema 2020-12 read a schema.
func compile(t testing.TB, exported []byte) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(exported))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("flow:///input", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("flow:///input")
	if err != nil {
		t.Fatalf("%v\n%s", err, exported)
	}
	return compiled
}
