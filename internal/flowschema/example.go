// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

// maxExampleDepth ends the example of a schema that requires itself.
const maxExampleDepth = 32

// ExampleInput returns an input of what the document itself shows: its
// examples, defaults and allowed values, for the input as a whole or for each
// required member. It reports false where one of them has none.
func (d *Document) ExampleInput() (any, bool) { return d.Input().example(maxExampleDepth) }

func (s *Schema) example(depth int) (any, bool) {
	if depth == 0 {
		return nil, false
	}
	var own any
	s.Always(func(part *Schema) {
		switch {
		case own != nil:
		case part.Example != nil:
			own = *part.Example
		case part.Default != nil:
			own = *part.Default
		case len(part.Enum) > 0:
			own = part.Enum[0]
		}
	})
	if own != nil {
		return own, true
	}
	if items := s.Elements(); len(items) > 0 {
		element, ok := items[0].example(depth - 1)
		return []any{element}, ok
	}
	return s.exampleObject(depth)
}

// exampleObject shows the required members. A value of which nothing is
// required is shown by nobody, save for an object, which may be empty.
func (s *Schema) exampleObject(depth int) (any, bool) {
	required := s.RequiredNames()
	if len(required) == 0 {
		return map[string]any{}, kindOf([]*Schema{s}) == "object"
	}
	shown := map[string]any{}
	for _, name := range required {
		members := s.Member(name)
		if len(members) == 0 {
			return nil, false
		}
		example, ok := members[0].example(depth - 1)
		if !ok {
			return nil, false
		}
		shown[name] = example
	}
	return shown, true
}
