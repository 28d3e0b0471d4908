// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// maxAlternatives bounds how many combinations of oneOf and anyOf branches are
// tried for one place; past it the place is read by all branches at once.
const maxAlternatives = 64

// shaper turns the places of a multipart body into the tree that the same body
// would be in JSON. Form fields are text, so that the schema decides whether
// "12" is a number, and whether the steps 0 and 1 make a list.
type shaper struct {
	validator *validator
	problems  []problem

	// shaped are the places that have a shape, by what describes them, so that
	// alternatives within alternatives are tried once.
	shaped map[string]shaped
}

type shaped struct {
	value    any
	problems []problem
}

// shape gives n the shape that schemas, which all describe it, ask for. Where
// they leave a choice, the first branch that the value fits and that knows all
// of its members decides: a branch that says nothing of a member would read it
// as text. Where there is none it is all branches together, as for an anyOf of
// which several fit, and only then one that merely fits.
func (s *shaper) shape(n *node, schemas []*openapi3.Schema, path string) any {
	key := path
	for _, schema := range schemas {
		key += fmt.Sprintf(" %p", schema)
	}
	known, seen := s.shaped[key]
	if !seen {
		inner := &shaper{validator: s.validator, shaped: s.shaped}
		known.value = inner.choose(n, schemas, path)
		known.problems = inner.problems
		s.shaped[key] = known
	}
	s.problems = append(s.problems, known.problems...)
	return known.value
}

// choose tries the alternatives of a place.
func (s *shaper) choose(n *node, schemas []*openapi3.Schema, path string) any {
	choices := s.validator.kinds.alternatives(schemas)
	if len(choices) == 1 {
		return s.plain(n, choices[0], path)
	}
	together := slices.Concat(choices...)
	var fitting any
	for _, choice := range append(choices, together) {
		trial := &shaper{validator: s.validator, shaped: s.shaped}
		value := trial.plain(n, choice, path)
		if len(trial.problems) > 0 || !s.validator.fitsAll(value, schemas) {
			continue
		}
		if len(s.validator.beyondBelow(value, schemas, path)) == 0 {
			return value
		}
		if fitting == nil {
			fitting = value
		}
	}
	if fitting != nil {
		return fitting
	}
	return s.plain(n, together, path)
}

// plain shapes n by schemas whose compositions are already resolved.
func (s *shaper) plain(n *node, schemas []*openapi3.Schema, path string) any {
	switch {
	case n.part != nil && n.part.file != nil:
		return n.part.file
	case n.part != nil && n.part.isJSON:
		return n.part.json
	case n.part != nil:
		return fromText(n.part.text, schemas)
	}
	wantsList := wants(schemas, openapi3.TypeArray)
	wantsObject := wants(schemas, openapi3.TypeObject) || slices.ContainsFunc(schemas, func(schema *openapi3.Schema) bool {
		return len(schema.Properties) > 0
	})
	order, isList := elements(n)
	switch {
	case wantsList && !wantsObject && !isList:
		s.problems = append(s.problems, problem{path, "must be a list whose fields are numbered [0], [1] and so on without a gap"})
		return []any{}
	case isList && !wantsObject:
		return s.list(order, schemas, path)
	}
	return s.object(n, schemas, path)
}

func (s *shaper) list(order []*node, schemas []*openapi3.Schema, path string) []any {
	list := make([]any, 0, len(order))
	for i, n := range order {
		list = append(list, s.shape(n, items(schemas), element(path, i)))
	}
	return list
}

func (s *shaper) object(n *node, schemas []*openapi3.Schema, path string) map[string]any {
	object := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(n.nodes)) {
		object[name] = s.shape(n.nodes[name], described(schemas, name), below(path, name))
	}
	return object
}

// elements orders the places below n as a list, if their steps are 0 to n-1.
func elements(n *node) ([]*node, bool) {
	order := make([]*node, len(n.nodes))
	if len(order) == 0 {
		return nil, false
	}
	for step, inner := range n.nodes {
		i, ok := index(step)
		if !ok || i >= len(order) {
			return nil, false
		}
		order[i] = inner
	}
	return order, true
}

// number is a number as JSON writes it (RFC 8259, section 6).
var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// fromText reads a form field's text as the type that schemas ask for. Text
// that does not match stays text: validation then reports the problem.
func fromText(text string, schemas []*openapi3.Schema) any {
	typed := slices.ContainsFunc(schemas, func(schema *openapi3.Schema) bool { return !schema.Type.IsEmpty() })
	if scalar, listed := fromEnum(text, schemas); listed && !typed {
		return scalar
	}
	switch {
	case !typed || wants(schemas, openapi3.TypeString):
		return text
	case (wants(schemas, openapi3.TypeInteger) || wants(schemas, openapi3.TypeNumber)) && number.MatchString(text):
		return json.Number(text)
	case wants(schemas, openapi3.TypeBoolean) && (text == "true" || text == "false"):
		return text == "true"
	case wants(schemas, openapi3.TypeArray) || wants(schemas, openapi3.TypeObject):
		if tree, err := parseJSON([]byte(text)); err == nil {
			return tree
		}
	}
	return text
}

// fromEnum finds the number or boolean of an enum that a text writes, unless the
// text itself is listed as well.
func fromEnum(text string, schemas []*openapi3.Schema) (any, bool) {
	scalar, err := parseJSON([]byte(text))
	if err != nil {
		return nil, false
	}
	for _, schema := range schemas {
		lists := func(value any) bool {
			return slices.ContainsFunc(schema.Enum, func(each any) bool { return canonical(each) == canonical(value) })
		}
		if lists(scalar) && !lists(text) {
			return scalar, true
		}
	}
	return nil, false
}

func wants(schemas []*openapi3.Schema, typ string) bool {
	return slices.ContainsFunc(schemas, func(schema *openapi3.Schema) bool { return schema.Type.Includes(typ) })
}

// alternatives resolves the compositions of schemas: each alternative is what
// allOf always asks for plus one branch of every oneOf and anyOf.
func (k kinds) alternatives(schemas []*openapi3.Schema) [][]*openapi3.Schema {
	choices := [][]*openapi3.Schema{nil}
	for _, schema := range schemas {
		choices = combine(choices, k.resolve(schema, nil))
	}
	return choices
}

func (k kinds) resolve(schema *openapi3.Schema, above []*openapi3.Schema) [][]*openapi3.Schema {
	if slices.Contains(above, schema) {
		return [][]*openapi3.Schema{nil} // it refers to itself and adds nothing
	}
	above = append(slices.Clip(above), schema)
	choices := [][]*openapi3.Schema{{schema}}
	for _, ref := range schema.AllOf {
		choices = combine(choices, k.resolve(ref.Value, above))
	}
	for _, branches := range k.choices(schema, above) {
		var either [][]*openapi3.Schema
		for _, ref := range branches {
			either = append(either, k.resolve(ref.Value, above)...)
		}
		if len(either) > 0 {
			choices = combine(choices, either)
		}
	}
	return choices
}

// combine is every choice of the one with every choice of the other.
func combine(some, others [][]*openapi3.Schema) [][]*openapi3.Schema {
	if len(some)*len(others) > maxAlternatives {
		return [][]*openapi3.Schema{slices.Concat(slices.Concat(some...), slices.Concat(others...))}
	}
	var combined [][]*openapi3.Schema
	for _, one := range some {
		for _, other := range others {
			combined = append(combined, slices.Concat(one, other))
		}
	}
	return combined
}
