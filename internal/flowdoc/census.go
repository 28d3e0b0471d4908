// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"maps"
	"slices"
)

// census is what all schemas of a place together declare. Of alternatives the
// most that one of them declares counts.
type census struct {
	times    map[string]int  // how many of them describe a member, by name
	unlisted int             // how many describe the members that they do not list
	elements int             // how many describe a list's elements
	apart    map[string]bool // what several describe, but no two at once say which keys it has
	required map[string]bool // members that one of them asks for
	readOnly map[string]bool // members that the service sets
	named    bool            // whatever the alternative, one of them lists its members
	open     bool            // one of them lets members in that it does not list
	obscure  bool            // one of them describes members in a way that is not read
	tuple    bool            // one of them describes elements one by one
	speaks   bool            // one of them says anything of members or elements
	chooses  bool            // one of them has alternatives
}

// unlisted stands for the members that a schema does not list, and elements for
// those of a list. No member has such a name.
const (
	unlisted = "\x00unlisted"
	elements = "\x00elements"
)

func newCensus() *census {
	return &census{times: map[string]int{}, required: map[string]bool{}, readOnly: map[string]bool{}}
}

// within is the census c for one alternative of its place: what only the
// alternative declares to be the service's is so for it alone.
func (c *census) within(alternative *census) *census {
	inside := *c
	inside.readOnly = maps.Clone(c.readOnly)
	maps.Copy(inside.readOnly, alternative.readOnly)
	return &inside
}

// count returns how many schemas describe a member.
func (c *census) count(name string) int {
	if n, listed := c.times[name]; listed {
		return n
	}
	if name == elements {
		return c.elements
	}
	return c.unlisted
}

// shared reports whether several schemas together say which keys a member has,
// so that none of them can be closed by itself.
func (c *census) shared(name string) bool { return c.count(name) > 1 && !c.apart[name] }

// alone reports whether one schema, which lists properties, is the only one to
// say which keys the members have that it does not list.
func (c *census) alone(properties map[string]any) bool {
	for name := range c.times {
		if _, listed := properties[name]; !listed && c.shared(name) {
			return false
		}
	}
	return !c.shared(unlisted)
}

// opening are keywords by which a schema itself decides about keys that it
// does not list.
var opening = []string{"additionalProperties", "unevaluatedProperties"}

// obscuring are keywords of OpenAPI 3.1 by which a schema describes members
// under a condition. They are not judged, so they leave the place open.
var obscuring = []string{"patternProperties", "if", "dependentSchemas", "$dynamicRef"}

// declare adds what one schema says itself.
func (c *census) declare(s *source, node map[string]any) {
	for name, property := range object(node["properties"]) {
		c.times[name] = 1
		c.named = true
		if s.readOnly(property) {
			c.readOnly[name] = true
		}
	}
	for _, name := range texts(node["required"]) {
		c.required[name] = true
	}
	if object(node["additionalProperties"]) != nil {
		c.unlisted = 1
	}
	c.tuple = array(node["prefixItems"]) != nil
	if object(node["items"]) != nil {
		c.elements = 1
	}
	c.speaks = c.named || c.tuple || c.elements > 0
	for _, keyword := range opening {
		rest, decides := node[keyword]
		c.open = c.open || decides && rest != false
		c.named = c.named || rest == false
		c.speaks = c.speaks || decides
	}
	c.obscure = slices.ContainsFunc(obscuring, func(keyword string) bool {
		_, used := node[keyword]
		return used
	})
	c.open = c.open || c.obscure
	c.speaks = c.speaks || c.obscure
}

// join adds what other schemas declare. counts makes one count of two.
func (c *census) join(other *census, counts func(a, b int) int) {
	times := map[string]int{}
	for _, names := range []map[string]int{c.times, other.times} {
		for name := range names {
			times[name] = counts(c.count(name), other.count(name))
		}
	}
	c.times = times
	c.unlisted = counts(c.unlisted, other.unlisted)
	c.elements = counts(c.elements, other.elements)
	maps.Copy(c.required, other.required)
	c.open = c.open || other.open
	c.obscure = c.obscure || other.obscure
	c.tuple = c.tuple || other.tuple
	c.speaks = c.speaks || other.speaks
	c.chooses = c.chooses || other.chooses
}

// and adds what a schema declares that holds too.
func (c *census) and(other *census) {
	c.join(other, func(a, b int) int { return a + b })
	maps.Copy(c.readOnly, other.readOnly)
	c.named = c.named || other.named
}

// survey returns what the schemas of a place declare. A document that costs
// too much is passed over: its translation ends with the error.
func (t *translator) survey(schema any, stack []string) *census {
	found := newCensus()
	if !t.source.spend() {
		return found
	}
	node, stack := t.expand(schema, stack)
	found.declare(t.source, node)
	for _, part := range array(node["allOf"]) {
		found.and(t.survey(part, stack))
	}
	for _, keyword := range []string{"oneOf", "anyOf"} {
		forms := t.forms(keyword, node, stack)
		if len(forms) == 0 {
			continue
		}
		either := newCensus()
		either.named, either.chooses = true, true
		for _, form := range forms {
			inBranch := t.survey(form.schema, stack)
			either.join(inBranch, func(a, b int) int { return max(a, b) })
			either.named = either.named && inBranch.named
		}
		found.and(either)
	}
	return found
}

// close makes keys that no schema of the place declares a problem. A place
// whose schemas declare none takes any: that is OpenAPI's free-form object.
func (c *census) close(translated any) any {
	out := object(translated)
	if len(c.times) == 0 || c.open || out["additionalProperties"] == false {
		return translated
	}
	properties := maps.Clone(object(out["properties"]))
	if properties == nil {
		properties = map[string]any{}
	}
	for _, name := range c.askedFor() {
		properties[name] = true // required, so known, though nothing is said of it
	}
	if len(properties) > 0 {
		out["properties"] = properties
	}
	if out["allOf"] != nil || out["oneOf"] != nil || out["anyOf"] != nil {
		out["unevaluatedProperties"] = false
	} else {
		out["additionalProperties"] = false
	}
	return out
}

// askedFor returns the members that a schema requires and none describes.
func (c *census) askedFor() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(c.required)) {
		if _, listed := c.times[name]; !listed {
			names = append(names, name)
		}
	}
	return names
}
