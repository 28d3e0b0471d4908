// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
)

// builder makes the tree. A schema of the document becomes up to two of the
// tree: one that is closed, and one that is open all the way down.
type builder struct {
	source     *source
	patterns   *atomic.Int64
	places     map[placeKey]*Schema
	parts      map[partKey]*Schema
	schemas    int
	surveys    map[uintptr]*declarations
	normalized map[uintptr]map[string]any
}

type placeKey struct {
	node   uintptr
	closed bool
}

// partKey is a schema in a composition whose members no other schema describes:
// whichever that is, it comes out alike.
type partKey struct {
	node                uintptr
	closed, named, open bool
}

func newBuilder(s *source, patterns *atomic.Int64) *builder {
	return &builder{
		source: s, patterns: patterns, places: map[placeKey]*Schema{}, parts: map[partKey]*Schema{},
		surveys: map[uintptr]*declarations{}, normalized: map[uintptr]map[string]any{},
	}
}

// newSchema counts the schemas of the tree.
func (b *builder) newSchema(name string) (*Schema, error) {
	if b.schemas++; b.schemas > maxSchemas {
		return nil, errTooComplex
	}
	return &Schema{Name: name}, nil
}

// identity distinguishes nodes of the document.
func identity(node any) uintptr { return reflect.ValueOf(node).Pointer() }

// settle returns the node that a schema is or refers to, with the name that
// the reference gives it. The node is nil for a boolean schema, which always
// says, and for none at all.
func (b *builder) settle(schema any) (node map[string]any, name string, always bool, err error) {
	if err := b.source.spend(); err != nil {
		return nil, "", false, err
	}
	target, ref, err := b.source.follow(schema)
	if err != nil {
		return nil, "", false, err
	}
	if decided, ok := target.(bool); ok {
		return nil, "", decided, nil
	}
	node = object(target)
	if node == nil {
		return nil, "", true, b.source.check(target)
	}
	return b.normalize(node), ref[strings.LastIndex(ref, "/")+1:], true, nil
}

// normalize writes what is beside a reference, which counts from OpenAPI
// 3.1 on, as a composition of both.
func (b *builder) normalize(node map[string]any) map[string]any {
	ref, ok := node["$ref"].(string)
	if !ok {
		return node
	}
	if known := b.normalized[identity(node)]; known != nil {
		return known
	}
	composed := maps.Clone(node)
	delete(composed, "$ref")
	composed["allOf"] = append([]any{map[string]any{"$ref": ref}}, array(node["allOf"])...)
	b.normalized[identity(node)] = composed
	return composed
}

// constant is the schema true or false.
func constant(always bool) *Schema { return &Schema{Never: !always} }

// place builds the schema of a value: the whole body, a member, an element.
// Where it is closed, a key that none of its schemas declares is a problem, and
// so it goes on below.
func (b *builder) place(schema any, closed bool) (*Schema, error) {
	node, name, always, err := b.settle(schema)
	if err != nil || node == nil {
		return constant(always), err
	}
	base, err := b.isBase(node, name, maxRefinement)
	if err != nil {
		return nil, err
	}
	closed = closed && !base
	key := placeKey{identity(node), closed}
	if known := b.places[key]; known != nil {
		return known, nil // also while it is built: a schema that holds itself
	}
	s, err := b.newSchema(name)
	if err != nil {
		return nil, err
	}
	b.places[key] = s
	c, err := b.compose(node, closed)
	if err != nil {
		return nil, err
	}
	if err := b.fill(s, node, c); err != nil {
		return nil, err
	}
	if c.closes || node["unevaluatedProperties"] == false && !c.all.open {
		b.close(s, c.all)
	}
	return s, nil
}

// close makes keys that no schema of the place declares a problem. A key that
// is required is known, though nothing is declared for it.
func (b *builder) close(s *Schema, c *declarations) {
	s.Closed = true
	for _, name := range keys(c.required) {
		if _, declared := c.members[name]; !declared && !c.readOnly[name] {
			if s.Properties == nil {
				s.Properties = map[string]*Schema{}
			}
			s.Properties[name] = &Schema{}
		}
	}
}

// composition is a place whose schemas are being built, all of one value.
type composition struct {
	closed bool               // members and elements are closed, as far as bases allow
	closes bool               // the place is
	all    *declarations      // of all its schemas
	bases  map[string]uintptr // of a member with several schemas the one that stays closed, 0 for none
	parts  map[uintptr]*Schema
	active map[uintptr]bool // being built: one of them again declares nothing new
}

func (b *builder) compose(node map[string]any, closed bool) (*composition, error) {
	found, err := b.survey(node)
	if err != nil {
		return nil, err
	}
	c := &composition{closed: closed, all: found, parts: map[uintptr]*Schema{}, active: map[uintptr]bool{identity(node): true}}
	if !closed {
		return c, nil
	}
	if c.bases, err = b.bases(found); err != nil {
		return nil, err
	}
	c.closes = found.named && !found.open
	return c, nil
}

// part builds one more schema of a place, nil for one that declares nothing new.
func (b *builder) part(schema any, c *composition) (*Schema, error) {
	node, name, always, err := b.settle(schema)
	if err != nil || node == nil {
		return constant(always), err
	}
	id := identity(node)
	if c.active[id] {
		return nil, nil
	}
	key, alike := partKey{id, c.closed, c.all.named, c.all.open}, len(c.bases) == 0 && len(c.all.readOnly) == 0
	if known := c.parts[id]; known != nil {
		return known, nil
	}
	if known := b.parts[key]; known != nil && alike {
		return known, nil
	}
	s, err := b.newSchema(name)
	if err != nil {
		return nil, err
	}
	c.active[id] = true
	defer delete(c.active, id)
	c.parts[id] = s
	if alike {
		b.parts[key] = s
	}
	return s, b.fill(s, node, c)
}

// fill reads a node's keywords into s.
func (b *builder) fill(s *Schema, node map[string]any, c *composition) error {
	if err := checkKinds(node); err != nil {
		return err
	}
	annotate(s, node)
	constrain(s, node)
	if expression := text(node["pattern"]); expression != "" {
		s.Pattern = newPattern(expression, b.patterns)
	}
	for keyword := range node {
		s.Undecided = s.Undecided || slices.Contains(unsupported, keyword)
	}
	rest, declared := node["unevaluatedProperties"]
	s.Undecided = s.Undecided || declared && (rest != false || c.all.open)
	for _, fill := range []func(*Schema, map[string]any, *composition) error{b.members, b.elements, b.combine} {
		if err := fill(s, node, c); err != nil {
			return err
		}
	}
	return nil
}

// staysClosed reports whether the schema of a member is closed, where the
// place is: it is the only one of the member, or the one that others refine.
func (b *builder) staysClosed(name string, schema any, c *composition) (bool, error) {
	base, shared := c.bases[name]
	if !c.closed || !shared {
		return c.closed, nil
	}
	node, _, _, err := b.settle(schema)
	return err == nil && node != nil && identity(node) == base, err
}

func (b *builder) members(s *Schema, node map[string]any, c *composition) error {
	declared := object(node["properties"])
	if len(declared) > 0 {
		s.Properties = make(map[string]*Schema, len(declared))
	}
	for _, name := range keys(declared) {
		closed, err := b.staysClosed(name, declared[name], c)
		if err != nil {
			return err
		}
		if s.Properties[name], err = b.place(declared[name], closed); err != nil {
			return err
		}
	}
	for _, name := range texts(node["required"]) {
		readOnly, err := b.source.readOnly(declared[name])
		if err != nil {
			return err
		}
		if !readOnly && !c.all.readOnly[name] {
			s.Required = append(s.Required, name) // what the service sets is not the user's to give
		}
	}
	rest, ok := node["additionalProperties"]
	if !ok || node["patternProperties"] != nil { // which are not evaluated, so that no key is known to be another
		return nil
	}
	closed, err := b.staysClosed(restName, rest, c)
	if err == nil {
		// It may also describe what another schema of the place declares.
		s.Additional, err = b.place(rest, closed && !c.all.named)
	}
	return err
}

func (b *builder) elements(s *Schema, node map[string]any, c *composition) error {
	items, ok := node["items"]
	if !ok || array(items) != nil || node["prefixItems"] != nil {
		return nil
	}
	closed, err := b.staysClosed(elementName, items, c)
	if err == nil {
		s.Items, err = b.place(items, closed)
	}
	return err
}

// combine builds allOf, anyOf, oneOf and not. What is under not is open:
// closing it would let more values through.
func (b *builder) combine(s *Schema, node map[string]any, c *composition) error {
	var err error
	if s.AllOf, err = b.partsOf(array(node["allOf"]), c); err != nil {
		return err
	}
	for keyword, parts := range map[string]*[]*Schema{"anyOf": &s.AnyOf, "oneOf": &s.OneOf} {
		if *parts, err = b.partsOf(array(node[keyword]), c); err != nil {
			return err
		}
		if len(*parts) == len(array(node[keyword])) {
			narrow(s, *parts, array(node[keyword]), node)
		}
	}
	if negated, ok := node["not"]; ok {
		s.Not, err = b.negated(negated, c)
	}
	return err
}

// negated builds a schema of the same value that must not hold, nil for one
// that is being built.
func (b *builder) negated(schema any, c *composition) (*Schema, error) {
	node, name, always, err := b.settle(schema)
	if err != nil || node == nil {
		return constant(always), err
	}
	id := identity(node)
	if c.active[id] {
		return nil, nil
	}
	open, err := b.compose(node, false)
	if err != nil {
		return nil, err
	}
	open.active = c.active
	c.active[id] = true
	defer delete(c.active, id)
	s, err := b.newSchema(name)
	if err != nil {
		return nil, err
	}
	return s, b.fill(s, node, open)
}

func (b *builder) partsOf(schemas []any, c *composition) ([]*Schema, error) {
	var parts []*Schema
	for _, schema := range schemas {
		part, err := b.part(schema, c)
		if err != nil {
			return nil, err
		}
		if part != nil {
			parts = append(parts, part)
		}
	}
	return parts, nil
}

// check refuses an invalid schema.
func (s *source) check(node any) error {
	if node == nil {
		return nil
	}
	return &ParseError{"is not valid OpenAPI 3: a schema is neither an object nor a boolean"}
}

// wrongKind is a keyword whose value can't be one of it.
func wrongKind(keyword string) error {
	return &ParseError{fmt.Sprintf("is not valid OpenAPI 3: a value of %q has the wrong type", keyword)}
}
