// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
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
//     So is a member that several of these describe.
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

// definition is what may stand in $defs: a node of the document in one of its
// views, or what several nodes together know of keys.
type definition struct {
	nodes string // by identity
	view  view
}

// view is what is made of a schema.
type view string

// The views. Their texts set names in $defs apart.
const (
	closedView view = ""      // the schema, where it alone describes its place
	openView   view = ".open" // the schema, where others describe its place too
	keysView   view = ".keys" // the keys that it knows
)

// identity is a node of the document as a text.
func identity(node any) string {
	return strconv.FormatUint(uint64(reflect.ValueOf(node).Pointer()), 36)
}

// place is what is known of the place in a body that schemas apply to.
type place struct {
	closed bool     // unknown keys are problems, here and below
	census *census  // what all of them declare
	stack  []string // references expanded for this place
}

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
		return t.whole(schema, closed, "")
	}
	if ref != "" {
		name = nameOf(ref)
	}
	key := definition{identity(node), openView}
	if closed {
		key.view = closedView
	}
	return t.once(key, name, ref != "" && !t.inline, func() (any, error) { return t.whole(node, closed, ref) })
}

// once makes what stands for key: in place, or in $defs where it holds itself
// or is asked to be defined.
func (t *translator) once(key definition, name string, defined bool, translate func() (any, error)) (any, error) {
	switch {
	case t.loops[key], defined:
		return t.define(key, name, translate)
	case t.active[key]:
		t.loops[key], t.looped = true, true
		return true, nil // the whole translation is done again
	}
	t.active[key] = true
	defer delete(t.active, key)
	return translate()
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

// nameOf returns the name that a reference gives its target.
func nameOf(ref string) string { return ref[strings.LastIndex(ref, "/")+1:] }

// bareReferences reports whether what stands beside a reference is ignored, as
// it is before OpenAPI 3.1.
func (t *translator) bareReferences() bool {
	return strings.HasPrefix(text(t.source.document["openapi"]), "3.0")
}

// define translates into $defs, once, and returns the reference to it.
func (t *translator) define(key definition, name string, translate func() (any, error)) (any, error) {
	defined, known := t.names[key]
	if !known {
		defined = t.free(name, key.view)
		t.names[key] = defined
		t.defs[defined] = true // taken, while it is translated
		depth := t.depth
		t.depth = 0 // it stands at the top, not here
		translated, err := translate()
		t.depth = depth
		if err != nil {
			return nil, err
		}
		t.defs[defined] = translated
	}
	return map[string]any{"$ref": "#/$defs/" + defined}, nil
}

// free returns a name that $defs does not have yet.
func (t *translator) free(name string, of view) string {
	base := strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' {
			return -1
		}
		return r
	}, name) + string(of)
	chosen := base
	for i := 2; t.defs[chosen] != nil || chosen == ""; i++ {
		chosen = fmt.Sprintf("%s.%d", base, i)
	}
	return chosen
}

// whole translates all schemas of one place, and closes it. ref is the
// reference that led to it, "" for none.
func (t *translator) whole(schema any, closed bool, ref string) (any, error) {
	var stack []string
	if ref != "" {
		stack = []string{ref}
	}
	found := t.survey(schema, stack)
	described := []description{{schema, true}}
	if ref != "" {
		described[0].schema = map[string]any{"$ref": ref}
	}
	if closed {
		t.tellShared(described[0].schema, found)
	}
	translated, err := t.part(schema, place{closed: closed, census: found, stack: stack})
	if err != nil || !closed {
		return translated, err
	}
	if err := t.closeShared(translated, described, found); err != nil {
		return nil, err
	}
	return found.close(translated), nil
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

// enter begins a schema that is written, within the limits. leave ends it.
func (t *translator) enter() error {
	t.nodes++
	t.depth++
	if t.nodes > t.limit || t.depth > t.deep || !t.source.spend() {
		return errTooLarge
	}
	return nil
}

func (t *translator) leave() { t.depth-- }

// part translates one of the schemas of a place.
func (t *translator) part(schema any, at place) (any, error) {
	if err := t.enter(); err != nil {
		return nil, err
	}
	defer t.leave()
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
