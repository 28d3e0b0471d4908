// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

import (
	"maps"
	"slices"
)

// What else than a key a place's schemas may describe several times.
const (
	elementName = "\x00element" // a list's elements
	restName    = "\x00rest"    // the values of keys that are not declared
)

// declarations are what all schemas of a place declare for its keys.
type declarations struct {
	members  map[string]describers // by key, and elementName
	borrowed bool                  // the members are those of another place
	required map[string]bool
	readOnly map[string]bool // set by the service, whatever the alternative
	open     bool            // one of them allows keys that none declares
	named    bool            // one of them declares keys
	mapped   bool            // one beside the first describes keys that are not declared
}

// describers are the schemas of the document that describe one member.
type describers struct {
	nodes     []map[string]any
	exclusive bool // no two of them apply to the same value
}

func (d describers) with(other describers, exclusive bool) describers {
	if len(d.nodes) == 0 {
		return other
	}
	joined := describers{slices.Clone(d.nodes), true}
	for _, node := range other.nodes {
		if !slices.ContainsFunc(joined.nodes, func(n map[string]any) bool { return identity(n) == identity(node) }) {
			joined.nodes = append(joined.nodes, node)
		}
	}
	joined.exclusive = len(joined.nodes) < 2 || exclusive && d.exclusive && other.exclusive
	return joined
}

// maxDescribers is how many schemas of one member are distinguished. Beyond it the
// member is left open.
const maxDescribers = 64

// join adds what other schemas of the place declare. Those of a oneOf exclude each
// other.
func (b *builder) join(c, other *declarations, exclusive bool) error {
	switch {
	case len(c.members) == 0:
		c.members, c.borrowed = other.members, true
	case len(other.members) > 0:
		if err := b.joinMembers(c, other, exclusive); err != nil {
			return err
		}
	}
	maps.Copy(c.required, other.required)
	c.open = c.open || other.open
	c.named = c.named || other.named
	c.mapped = c.mapped || len(other.members[restName].nodes) > 0
	return nil
}

func (b *builder) joinMembers(c, other *declarations, exclusive bool) error {
	if c.borrowed {
		c.members, c.borrowed = maps.Clone(c.members), false
	}
	for name, found := range other.members {
		if err := b.source.spend(); err != nil {
			return err
		}
		if len(c.members[name].nodes) < maxDescribers {
			c.members[name] = c.members[name].with(found, exclusive)
		}
	}
	return nil
}

func newDeclarations() *declarations {
	return &declarations{members: map[string]describers{}, required: map[string]bool{}, readOnly: map[string]bool{}}
}

// survey returns the declarations of a place by one of its schemas.
func (b *builder) survey(node map[string]any) (*declarations, error) {
	if known := b.surveys[identity(node)]; known != nil {
		return known, nil // empty while it is made: a composition of itself
	}
	b.surveys[identity(node)] = newDeclarations()
	c := newDeclarations()
	if err := b.declare(c, node); err != nil {
		return nil, err
	}
	for _, part := range array(node["allOf"]) {
		found, err := b.surveyPart(c, part, false)
		if err != nil {
			return nil, err
		}
		maps.Copy(c.readOnly, found.readOnly)
	}
	for _, branch := range array(node["anyOf"]) {
		if _, err := b.surveyPart(c, branch, false); err != nil {
			return nil, err
		}
	}
	either := newDeclarations()
	for _, branch := range array(node["oneOf"]) {
		if _, err := b.surveyPart(either, branch, true); err != nil {
			return nil, err
		}
	}
	if err := b.join(c, either, false); err != nil {
		return nil, err
	}
	for _, keyword := range []string{"anyOf", "oneOf"} {
		for _, branch := range array(node[keyword]) {
			free, err := b.isFree(branch)
			if err != nil {
				return nil, err
			}
			c.open = c.open || free
		}
	}
	b.surveys[identity(node)] = c
	return c, nil
}

// surveyPart joins the declarations of one of a place's schemas, and returns it.
func (b *builder) surveyPart(c *declarations, schema any, exclusive bool) (*declarations, error) {
	node, _, _, err := b.settle(schema)
	if err != nil || node == nil {
		return newDeclarations(), err
	}
	found, err := b.survey(node)
	if err != nil {
		return nil, err
	}
	return found, b.join(c, found, exclusive)
}

// declare adds what a node itself declares.
func (b *builder) declare(c *declarations, node map[string]any) error {
	c.named = len(object(node["properties"])) > 0
	for name, member := range object(node["properties"]) {
		if err := b.describe(c, name, member); err != nil {
			return err
		}
	}
	if items, ok := node["items"]; ok && array(items) == nil {
		if err := b.describe(c, elementName, items); err != nil {
			return err
		}
	}
	for _, name := range texts(node["required"]) {
		c.required[name] = true
	}
	rest, declared := node["additionalProperties"]
	c.open = c.open || declared && rest != false
	if object(rest) != nil {
		if err := b.describe(c, restName, rest); err != nil {
			return err
		}
	}
	rest, declared = node["unevaluatedProperties"]
	c.open = c.open || declared && rest != false
	for _, keyword := range ofKeys {
		_, used := node[keyword]
		c.open = c.open || used
	}
	return nil
}

// nothing describes a member of which a boolean schema alone speaks.
var nothing = map[string]any{}

func (b *builder) describe(c *declarations, name string, schema any) error {
	node, _, _, err := b.settle(schema)
	if err != nil {
		return err
	}
	if node == nil {
		node = nothing
	}
	c.members[name] = c.members[name].with(describers{[]map[string]any{node}, true}, false)
	readOnly, err := b.source.readOnly(schema)
	if readOnly {
		c.readOnly[name] = true
	}
	return err
}

// isFree reports whether a branch allows objects of any keys.
func (b *builder) isFree(schema any) (bool, error) {
	node, _, always, err := b.settle(schema)
	if err != nil || node == nil {
		return always, err
	}
	for keyword := range node {
		if keyword != "type" && keyword != "nullable" && !isAnnotation(keyword) {
			return false, nil
		}
	}
	types := typesOf(node)
	return len(types) == 0 || slices.Contains(types, "object"), nil
}

// bases finds for each member with several schemas the one that stays closed,
// since all others refine it; 0 where there is none, so that all are open.
func (b *builder) bases(c *declarations) (map[string]uintptr, error) {
	bases := map[string]uintptr{}
	for name, found := range c.members {
		if !c.mapped && (len(found.nodes) < 2 || found.exclusive) {
			continue
		}
		if bases[name] = 0; c.mapped {
			continue
		}
		for _, candidate := range found.nodes {
			refined, err := b.isRefinedByAll(candidate, found.nodes)
			if err != nil {
				return nil, err
			}
			if refined {
				bases[name] = identity(candidate)
				break
			}
		}
	}
	return bases, nil
}

func (b *builder) isRefinedByAll(candidate map[string]any, nodes []map[string]any) (bool, error) {
	for _, node := range nodes {
		if identity(node) == identity(candidate) {
			continue
		}
		refines, err := b.refines(node, candidate, maxRefinement)
		if err != nil || !refines {
			return false, err
		}
	}
	return true, nil
}

// maxRefinement is how deep a schema is compared with the one it refines.
const maxRefinement = 16

// refines reports whether a schema names no key that base does not declare, at
// any depth. What base takes is then all that both take.
func (b *builder) refines(node, base map[string]any, depth int) (bool, error) {
	if err := b.source.spend(); err != nil || depth == 0 {
		return false, err
	}
	own, err := b.survey(node)
	if err != nil {
		return false, err
	}
	theirs, err := b.survey(base)
	if err != nil || own.open {
		return false, err
	}
	for name := range own.required {
		if _, declared := theirs.members[name]; !declared {
			return false, nil
		}
	}
	for name, member := range own.members {
		declared := theirs.members[name]
		if len(declared.nodes) != 1 {
			return false, nil
		}
		for _, describer := range member.nodes {
			refines, err := b.refines(describer, declared.nodes[0], depth-1)
			if err != nil || !refines {
				return false, err
			}
		}
	}
	return true, nil
}
