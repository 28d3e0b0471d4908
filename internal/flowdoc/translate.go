// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

const (
	dialect = "https://json-schema.org/draft/2020-12/schema"

	// inlineNodes is up to how many schema nodes references are inlined.
	// Beyond it every reference stays one, so that the schema is no larger than
	// the document.
	inlineNodes = 4_000

	// maxNodes is how many schema nodes are translated at all.
	maxNodes = 10_000

	// inlineDepth and maxNesting are the same for schemas within schemas, which
	// cost a compiler more than their number.
	inlineDepth = 60
	maxNesting  = 150
)

// translator turns OpenAPI 3.0 and 3.1 schemas into plain JSON Schema 2020-12.
//
// Three things differ from a mere renaming of keywords:
//
//   - OpenAPI leaves objects open by default, but a key that the document does
//     not know is a typing error, not an intention. So an object that declares
//     properties is closed, unless it says additionalProperties itself. It is
//     closed as a whole, over all its allOf, oneOf and anyOf, never part by part.
//   - References in such a composition are always expanded in place, which ends
//     schemas that contain themselves. The schema of a member or an element is
//     inlined too, unless it holds itself; then it stands in $defs.
//   - What only OpenAPI has becomes plain JSON Schema: nullable, exclusive
//     bounds, byte and binary strings, discriminators.
type translator struct {
	source *source
	inline bool // references, as far as they do not lead back
	limit  int  // of nodes
	nodes  int
	deep   int // the limit of depth
	depth  int
	active map[definition]bool // being translated, from the root to here
	loops  map[definition]bool // found to hold themselves
	looped bool                // one of them only after it was inlined
	defs   map[string]any
	names  map[definition]string
}

// definition is a schema that may stand in $defs: a node of the document, by
// identity. It may be needed open, where its place is described by several
// schemas, and closed everywhere else.
type definition struct {
	node   uintptr
	closed bool
}

// place is what is known of the place in a body that schemas apply to.
type place struct {
	closed bool     // unknown keys are problems, here and below
	census *census  // what all of them declare
	stack  []string // references expanded for this place
}

// The members of a place that are not named: list elements, and additional
// properties of an object.
const (
	elements   = "\x00elements"
	additional = "\x00additional"
)

// schemaDocument translates one schema into a JSON Schema that stands alone.
// The error is a *ParseError.
func schemaDocument(s *source, schema any, closed bool) (map[string]any, error) {
	document, err := (&translator{source: s, inline: true, limit: inlineNodes, deep: inlineDepth}).translate(schema, closed)
	if errors.Is(err, errTooLarge) {
		return (&translator{source: s, limit: maxNodes, deep: maxNesting}).translate(schema, closed)
	}
	return document, err
}

// translate repeats the translation until it has met every schema that holds
// itself: which of them do shows only on the way.
func (t *translator) translate(schema any, closed bool) (map[string]any, error) {
	t.loops = map[definition]bool{}
	for {
		t.nodes, t.looped = 0, false
		t.active = map[definition]bool{}
		t.defs, t.names = map[string]any{}, map[definition]string{}
		translated, err := t.value(schema, closed, inputMember)
		if err != nil {
			return nil, err
		}
		if !t.looped {
			return t.document(translated), nil
		}
	}
}

func (t *translator) document(translated any) map[string]any {
	document := map[string]any{"$schema": dialect}
	if translated == false {
		document["not"] = map[string]any{}
	}
	maps.Copy(document, object(translated))
	if len(t.defs) > 0 {
		document["$defs"] = t.defs
	}
	return document
}

// value translates the schema of a value: the whole input, a member, an
// element. Other schemas may apply to the same value only where the caller
// says so by leaving it open. A name serves where the schema has none.
func (t *translator) value(schema any, closed bool, name string) (any, error) {
	node, ref := t.settle(schema)
	if node == nil {
		return t.whole(schema, closed)
	}
	if ref != "" {
		name = ref[strings.LastIndex(ref, "/")+1:]
	}
	key := definition{reflect.ValueOf(node).Pointer(), closed}
	switch {
	case t.loops[key], ref != "" && !t.inline:
		return t.define(key, node, name)
	case t.active[key]:
		t.loops[key], t.looped = true, true
		return true, nil // the whole translation is done again
	}
	t.active[key] = true
	defer delete(t.active, key)
	return t.whole(node, closed)
}

// settle follows references that have nothing beside them. It returns the node
// that they lead to, nil if there is none, and the last reference.
func (t *translator) settle(schema any) (node map[string]any, ref string) {
	node = object(schema)
	for range maxChain {
		next, ok := node["$ref"].(string)
		if !ok || len(node) > 1 && !t.bareReferences() {
			return node, ref
		}
		target, err := t.source.lookup(next)
		if err != nil {
			return nil, ""
		}
		node, ref = object(target), next
	}
	return nil, ""
}

// bareReferences reports whether what stands beside a reference is ignored, as
// it is before OpenAPI 3.1.
func (t *translator) bareReferences() bool {
	return strings.HasPrefix(text(t.source.document["openapi"]), "3.0")
}

// define translates a schema into $defs, once, and returns the reference to it.
func (t *translator) define(key definition, node map[string]any, name string) (any, error) {
	defined, known := t.names[key]
	if !known {
		defined = t.free(name, key.closed)
		t.names[key] = defined
		t.defs[defined] = true // taken, while it is translated
		depth := t.depth
		t.depth = 0 // it stands at the top, not here
		translated, err := t.whole(node, key.closed)
		t.depth = depth
		if err != nil {
			return nil, err
		}
		t.defs[defined] = translated
	}
	return map[string]any{"$ref": "#/$defs/" + defined}, nil
}

// free returns a name that $defs does not have yet.
func (t *translator) free(name string, closed bool) string {
	base := strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' {
			return -1
		}
		return r
	}, name)
	if !closed {
		base += ".open"
	}
	chosen := base
	for i := 2; t.defs[chosen] != nil || chosen == ""; i++ {
		chosen = fmt.Sprintf("%s.%d", base, i)
	}
	return chosen
}

// whole translates all schemas of one place, and closes it.
func (t *translator) whole(schema any, closed bool) (any, error) {
	found := newCensus()
	t.survey(schema, found, nil)
	translated, err := t.part(schema, place{closed: closed, census: found})
	if err != nil || !closed {
		return translated, err
	}
	return found.close(translated), nil
}

// census is what all schemas of a place together declare.
type census struct {
	times    map[string]int  // in how many of them a member is declared
	readOnly map[string]bool // members that the service sets
	open     bool            // one of them lets members in that it does not list
}

func newCensus() *census {
	return &census{times: map[string]int{}, readOnly: map[string]bool{}}
}

// within is the census c for one alternative of its place: what only the
// alternative declares to be the service's is so for it alone.
func (c *census) within(alternative *census) *census {
	inside := *c
	inside.readOnly = maps.Clone(c.readOnly)
	maps.Copy(inside.readOnly, alternative.readOnly)
	return &inside
}

// shared reports whether more than one schema applies to the same member.
func (c *census) shared(name string) bool { return c.times[name] > 1 }

// survey adds what a schema of a place declares. The branches of one oneOf or
// anyOf are alternatives and count as one schema.
func (t *translator) survey(schema any, found *census, stack []string) {
	if !t.source.spend() {
		return // the translation itself ends with the error
	}
	node, stack := t.expand(schema, stack)
	for name, property := range object(node["properties"]) {
		found.times[name]++
		found.readOnly[name] = found.readOnly[name] || t.source.readOnly(property)
	}
	if object(node["items"]) != nil {
		found.times[elements]++
	}
	for _, keyword := range opening {
		if rest, ok := node[keyword]; ok {
			found.times[additional]++
			found.open = found.open || rest != false
		}
	}
	for _, part := range array(node["allOf"]) {
		t.survey(part, found, stack)
	}
	for _, keyword := range []string{"oneOf", "anyOf"} {
		most := map[string]int{}
		for _, branch := range array(node[keyword]) {
			inBranch := newCensus()
			t.survey(branch, inBranch, stack)
			found.open = found.open || inBranch.open
			for name, times := range inBranch.times {
				most[name] = max(most[name], times)
			}
		}
		for name, times := range most {
			found.times[name] += times
		}
	}
}

// opening are keywords by which a schema itself decides about keys that it
// does not list. Those of OpenAPI 3.1 that declare properties only under a
// condition are not judged, so the place stays open.
var opening = []string{
	"additionalProperties", "patternProperties", "unevaluatedProperties",
	"if", "dependentSchemas", "$dynamicRef",
}

// expand follows references in place. A reference that is being expanded
// already says nothing new and ends in nil.
func (t *translator) expand(schema any, stack []string) (map[string]any, []string) {
	node := object(schema)
	for {
		ref, ok := node["$ref"].(string)
		if !ok {
			return node, stack
		}
		target, err := t.source.lookup(ref)
		if err != nil || slices.Contains(stack, ref) {
			return nil, stack
		}
		stack = append(slices.Clip(stack), ref)
		node = t.withSiblings(object(target), node)
	}
}

// annotations are the keywords that a reference's target can be given without
// a change of what it demands.
var annotations = []string{"title", "description", "summary", "deprecated", "readOnly", "writeOnly", "default", "example", "examples"}

// withSiblings joins a reference's target with the keywords beside the
// reference, which count from OpenAPI 3.1 on.
func (t *translator) withSiblings(target, node map[string]any) map[string]any {
	if len(node) == 1 || t.bareReferences() {
		return target
	}
	siblings := maps.Clone(node)
	delete(siblings, "$ref")
	for keyword := range siblings {
		if !slices.Contains(annotations, keyword) {
			siblings["allOf"] = append([]any{target}, array(node["allOf"])...)
			return siblings
		}
	}
	joined := maps.Clone(target)
	maps.Copy(joined, siblings)
	return joined
}

// part translates one of the schemas of a place.
func (t *translator) part(schema any, at place) (any, error) {
	t.nodes++
	t.depth++
	defer func() { t.depth-- }()
	if t.nodes > t.limit || t.depth > t.deep || !t.source.spend() {
		return nil, errTooLarge
	}
	if always, ok := schema.(bool); ok {
		return always, nil
	}
	node, stack := t.expand(schema, at.stack)
	at.stack = stack
	out := map[string]any{}
	annotate(out, node)
	constrainKind(out, node)
	constrainNumber(out, node)
	constrainText(out, node)
	constrainSize(out, node)
	for _, translate := range []func(out, node map[string]any, at place) error{
		t.object, t.list, t.combine,
	} {
		if err := translate(out, node, at); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// close makes keys that no schema of the place declares a problem. A place
// whose schemas declare none takes any: that is OpenAPI's free-form object.
func (c *census) close(translated any) any {
	out := object(translated)
	named := len(c.times)
	for _, unnamed := range []string{elements, additional} {
		if c.times[unnamed] > 0 {
			named--
		}
	}
	if named == 0 || c.open || out["additionalProperties"] == false {
		return translated
	}
	properties := maps.Clone(object(out["properties"]))
	if properties == nil {
		properties = map[string]any{}
	}
	for _, name := range requiredIn(out) {
		if c.times[name] == 0 {
			properties[name] = true // required, so known, though nothing is said of it
		}
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

// requiredIn returns the members that any schema of a translated place
// requires.
func requiredIn(schema any) []string {
	node := object(schema)
	found := texts(node["required"])
	for _, keyword := range []string{"allOf", "oneOf", "anyOf"} {
		for _, part := range array(node[keyword]) {
			found = append(found, requiredIn(part)...)
		}
	}
	return found
}
