// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/validate"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// How large an example is at most. A document may refer to one schema from
// everywhere, and may demand more elements than anyone reads.
const (
	maxSamples  = 1_000
	maxElements = 10
)

// exampleFile is the file of examples: the one that is sure to be there.
const exampleFile = "README.md"

// sample is an input that shows what the flow takes.
type sample struct {
	input    value.Value
	problems map[string]string // by path: why no value could be made up there
}

// example makes the least input that the flow takes, of what the document says
// of its values and of placeholders. No rule is worked out here: where the
// provider's validation refuses a placeholder, there is none.
func example(input *schema, doc *flowschema.Document) sample {
	made := sample{(&exemplifier{}).value(input, nil), map[string]string{}}
	for _, problem := range validate.Input(context.Background(), doc, made.input).Problems {
		made.problems[problem.Path.String()] = line(problem.Explanation())
	}
	return made
}

// complete reports whether the flow takes the sample.
func (s sample) complete() bool { return len(s.problems) == 0 }

// expression writes the sample in HCL, with a comment and null where a value is
// missing from it.
func (s sample) expression() string { return s.write(s.input, value.Path{value.Name("input")}) }

// exemplifier makes values of schemas.
type exemplifier struct{ made int }

// value makes a value of s: the document's own word, else a placeholder.
func (e *exemplifier) value(s *schema, above []*schema) value.Value {
	switch e.made++; {
	case e.made > maxSamples, slices.Contains(above, s):
		return value.Null{}
	case s == nil:
		return value.String("example")
	}
	above = append(slices.Clip(above), s)
	given := slices.Concat(s.Examples, []any{s.Default}, s.choices())
	if i := slices.IndexFunc(given, func(each any) bool { return each != nil }); i >= 0 {
		return fromJSON(given[i])
	}
	if branches := s.alternatives(); len(branches) > 0 {
		return merged(e.value(branches[0], above), e.members(s, above))
	}
	switch s.kind() {
	case "object":
		return e.members(s, above)
	case "array":
		list := value.List{}
		for range min(max(s.MinItems, 1), maxElements) {
			list = append(list, e.value(s.Items, above))
		}
		return list
	case "boolean":
		return value.Bool(true)
	case "number", "integer":
		return value.Number(cmp.Or(s.Minimum.String(), "1"))
	}
	return placeholder(s)
}

// members are those that an object has to have.
func (e *exemplifier) members(s *schema, above []*schema) value.Object {
	object := value.Object{}
	for _, name := range s.Required {
		if member := s.Properties[name]; member != nil && !member.ReadOnly {
			object[name] = e.value(member, above)
		}
	}
	return object
}

// placeholders are texts of formats.
var placeholders = map[string]string{
	"date": "1985-08-22", "date-time": "2024-11-04T10:30:00Z", "time": "10:30:00Z", "email": "max@example.com", "hostname": "example.com",
	"ipv4": "192.0.2.1", "ipv6": "2001:db8::1", "uri": "https://example.com/path", "uuid": "40cbb7b3-7468-4b5d-8bb5-ff8e82510c70",
}

func placeholder(s *schema) value.Value {
	if s.isContent() {
		return value.File{Path: exampleFile}
	}
	text := cmp.Or(placeholders[s.Format], "example")
	if least := min(s.MinLength, maxText); len(text) < least && s.Format == "" {
		text = strings.Repeat(text, least/len(text)+1)[:least]
	}
	if s.MaxLength != nil && len(text) > *s.MaxLength {
		text = text[:*s.MaxLength]
	}
	return value.String(text)
}

// maxText is how long a placeholder is at most.
const maxText = 200

// merged adds the members of more to a value that is an object too.
func merged(v value.Value, more value.Object) value.Value {
	if object, ok := v.(value.Object); ok {
		maps.Copy(object, more)
	}
	return v
}

// fromJSON is a value of the document.
func fromJSON(tree any) value.Value {
	switch tree := tree.(type) {
	case bool:
		return value.Bool(tree)
	case string:
		return value.String(tree)
	case json.Number:
		return value.Number(tree)
	case []any:
		list := value.List{}
		for _, element := range tree {
			list = append(list, fromJSON(element))
		}
		return list
	case map[string]any:
		object := value.Object{}
		for name, member := range tree {
			object[name] = fromJSON(member)
		}
		return object
	}
	return value.Null{}
}

func (s sample) write(v value.Value, at value.Path) string {
	switch v := v.(type) {
	case value.Object:
		if len(v) == 0 {
			return "{}"
		}
		var b strings.Builder
		for _, name := range v.Keys() {
			written := s.write(v[name], at.Key(name))
			if problem := s.problems[at.Key(name).String()]; problem != "" {
				fmt.Fprintf(&b, "# %s\n", problem)
				written = ifHolds(v[name], written)
			}
			fmt.Fprintf(&b, "%s = %s\n", key(name), written)
		}
		return "{\n" + b.String() + "}"
	case value.List:
		elements := make([]string, 0, len(v))
		for i, element := range v {
			elements = append(elements, s.write(element, at.Index(i)))
		}
		return "[" + strings.Join(elements, ", ") + "]"
	}
	return literal(v)
}

// ifHolds is what is written of a value with a problem: of one that holds others
// the value, else null.
func ifHolds(v value.Value, written string) string {
	switch v.(type) {
	case value.Object, value.List:
		return written
	}
	return "null"
}

// literal writes a value that holds no others as an expression.
func literal(v value.Value) string {
	switch v := v.(type) {
	case value.Bool:
		return strconv.FormatBool(bool(v))
	case value.Number:
		return string(v)
	case value.String:
		return quote(string(v))
	case value.File:
		return fmt.Sprintf("{\n\"$file\" = %[1]q\n\"$sha256\" = filesha256(%[1]q)\n}", v.Path)
	}
	return "null"
}
