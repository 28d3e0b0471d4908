// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"strings"
	"unicode"
)

const dialect = "https://json-schema.org/draft/2020-12/schema"

// Up to how many schemas, and to what depth, references are inlined. Beyond it
// each component stays one of $defs, so that the result is no larger than the
// document.
const (
	inlineSchemas = 4_000
	inlineDepth   = 60
)

// InputSchema returns the schema of the session's input as plain JSON Schema
// 2020-12: it is self-contained, bracketed names are nested objects, references are
// inlined save for recursive ones. The same document gives the same bytes.
func (d *Document) InputSchema() []byte { return d.Input().JSON() }

// JSON returns the schema as plain JSON Schema 2020-12 with sorted keys. What
// only OpenAPI has becomes plain JSON Schema: nullable, exclusive bounds, byte
// and binary strings, discriminators.
func (s *Schema) JSON() []byte {
	e := &exporter{names: map[*Schema]string{}, taken: map[string]int{}, defs: map[string]any{}}
	e.findDefinitions(s)
	document := map[string]any{"$schema": dialect}
	if e.defined[s] {
		document["$ref"] = e.reference(s)
	} else {
		maps.Copy(document, e.members(s))
	}
	if len(e.defs) > 0 {
		document["$defs"] = e.defs
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // < and > are common in patterns and descriptions
	if encoder.Encode(document) != nil {
		return []byte("{}") // nothing in it can fail to encode
	}
	return bytes.TrimSpace(b.Bytes())
}

// exporter writes one schema.
type exporter struct {
	defined map[*Schema]bool // those of $defs
	names   map[*Schema]string
	taken   map[string]int // how many definitions have a name
	defs    map[string]any
}

// findDefinitions decides which schemas go into $defs: those that hold
// themselves, and where all others inlined would be too much, the components.
func (e *exporter) findDefinitions(root *Schema) {
	m := &measure{state: map[*Schema]int{}, size: map[*Schema]int{}, depth: map[*Schema]int{}, loops: map[*Schema]bool{}}
	m.visit(root)
	e.defined = m.loops
	if m.size[root] <= inlineSchemas && m.depth[root] <= inlineDepth {
		return
	}
	for s := range m.state {
		if s.Name != "" && s != root {
			e.defined[s] = true
		}
	}
}

// measure finds loops, and how large schemas are with all they hold inlined.
type measure struct {
	state       map[*Schema]int // 1 while it is visited, 2 after
	size, depth map[*Schema]int
	loops       map[*Schema]bool
}

func (m *measure) visit(s *Schema) {
	m.state[s] = 1
	size, depth := 1, 0
	for _, child := range s.children() {
		switch m.state[child] {
		case 0:
			m.visit(child)
		case 1:
			m.loops[child] = true
		}
		size = min(size+m.size[child], inlineSchemas+1)
		depth = max(depth, m.depth[child])
	}
	m.state[s], m.size[s], m.depth[s] = 2, size, depth+1
}

// children are the schemas that s holds.
func (s *Schema) children() []*Schema {
	var children []*Schema
	for _, name := range keys(s.Properties) {
		children = append(children, s.Properties[name])
	}
	for _, child := range []*Schema{s.Items, s.Additional, s.Not} {
		if child != nil {
			children = append(children, child)
		}
	}
	for _, parts := range [][]*Schema{s.AllOf, s.AnyOf, s.OneOf} {
		children = append(children, parts...)
	}
	return children
}

// reference returns the reference to a schema of $defs, which it adds.
func (e *exporter) reference(s *Schema) string {
	name, known := e.names[s]
	if !known {
		name = e.free(s.Name)
		e.names[s] = name
		e.defs[name] = e.members(s)
	}
	return "#/$defs/" + name
}

// free returns a name that $defs does not have yet.
func (e *exporter) free(name string) string {
	base := strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' {
			return -1
		}
		return r
	}, name)
	if base == "" {
		base = "schema"
	}
	if e.taken[base]++; e.taken[base] > 1 {
		return fmt.Sprintf("%s.%d", base, e.taken[base])
	}
	return base
}

// schema writes a schema in place.
func (e *exporter) schema(s *Schema) any {
	switch {
	case e.defined[s]:
		return map[string]any{"$ref": e.reference(s)}
	case s.Never:
		return false
	}
	return e.members(s)
}

func (e *exporter) members(s *Schema) map[string]any {
	out := map[string]any{}
	if s.Never {
		out["not"] = map[string]any{}
	}
	s.exportNotes(out)
	s.exportRules(out)
	if len(s.Properties) > 0 {
		properties := map[string]any{}
		for _, name := range keys(s.Properties) { // in order, since it names definitions
			properties[name] = e.schema(s.Properties[name])
		}
		out["properties"] = properties
	}
	for i, child := range []*Schema{s.Items, s.Additional, s.Not} {
		if child != nil {
			out[[]string{"items", "additionalProperties", "not"}[i]] = e.schema(child)
		}
	}
	for i, parts := range [][]*Schema{s.AllOf, s.AnyOf, s.OneOf} {
		if parts != nil {
			out[[]string{"allOf", "anyOf", "oneOf"}[i]] = e.all(parts)
		}
	}
	switch {
	case s.Closed && s.simple() && s.Additional == nil:
		out["additionalProperties"] = false
	case s.Closed && !s.simple():
		out["unevaluatedProperties"] = false
	}
	return out
}

func (e *exporter) all(parts []*Schema) []any {
	written := make([]any, len(parts))
	for i, part := range parts {
		written[i] = e.schema(part)
	}
	return written
}

// exportNotes writes what explains a schema. A key that the service sets
// should not be sent, which is no reason to refuse it, so readOnly is a note.
func (s *Schema) exportNotes(out map[string]any) {
	for keyword, note := range map[string]string{"title": s.Title, "description": s.Description} {
		if note != "" {
			out[keyword] = note
		}
	}
	for keyword, set := range map[string]bool{"deprecated": s.Deprecated, "readOnly": s.ReadOnly, "writeOnly": s.WriteOnly, "uniqueItems": s.UniqueItems} {
		if set {
			out[keyword] = true
		}
	}
	if s.Example != nil {
		out["examples"] = []any{*s.Example}
	}
	if s.Default != nil {
		out["default"] = *s.Default
	}
}

// exportRules writes the rules on single values.
func (s *Schema) exportRules(out map[string]any) {
	switch {
	case len(s.Types) == 1:
		out["type"] = s.Types[0]
	case s.Types != nil:
		out["type"] = s.Types
	}
	if s.Enum != nil {
		out["enum"] = s.Enum
	}
	if s.Required != nil {
		out["required"] = s.Required
	}
	if s.Pattern != nil {
		out["pattern"] = s.Pattern.String()
	}
	if s.Format != "" {
		out["format"] = s.Format
	}
	if s.Content() != Text {
		out["contentEncoding"] = "base64"
	}
	for keyword, limit := range map[string]*int64{
		"minLength": s.MinLength, "maxLength": s.MaxLength, "minItems": s.MinItems, "maxItems": s.MaxItems,
		"minProperties": s.MinProperties, "maxProperties": s.MaxProperties,
	} {
		if limit != nil {
			out[keyword] = *limit
		}
	}
	for keyword, limit := range map[string]*big.Rat{
		"minimum": s.Minimum, "maximum": s.Maximum, "exclusiveMinimum": s.ExclusiveMinimum,
		"exclusiveMaximum": s.ExclusiveMaximum, "multipleOf": s.MultipleOf,
	} {
		if limit != nil {
			out[keyword] = json.Number(Decimal(limit))
		}
	}
}

// Decimal writes a number of the document exactly.
func Decimal(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	digits, _ := r.FloatPrec()
	return r.FloatString(digits)
}
