// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"fmt"
	"slices"
	"strings"
)

const componentSchemas = "#/components/schemas/"

// alternative is one of several schemas of a place, of which one applies.
type alternative struct {
	schema any
	// told are the values of the discriminator that mean this form, nil where
	// it has none. explicit ones are from the document's mapping.
	told     []string
	explicit bool
}

// forms returns the alternatives of a place by one of its schemas: the branches
// of oneOf or anyOf, each with the values that tell it from the others.
//
// A schema that has a discriminator and no branches is a base. It stands for
// those that extend it by allOf, so these are its alternatives.
func (t *translator) forms(keyword string, node map[string]any, stack []string) []alternative {
	branches := array(node[keyword])
	var forms []alternative
	for _, branch := range branches {
		forms = append(forms, alternative{schema: branch})
	}
	if text(object(node["discriminator"])["propertyName"]) == "" {
		return forms
	}
	if len(forms) > 0 {
		t.tellApart(forms, node)
		return forms
	}
	if keyword != "anyOf" || node["oneOf"] != nil {
		return nil
	}
	return t.heirs(node, stack)
}

// heirs returns the forms that a base schema stands for, and the base itself
// as one of them. There are none where it is one of its heirs that is looked
// at: that one has chosen already.
func (t *translator) heirs(node map[string]any, stack []string) []alternative {
	base := ""
	if len(stack) > 0 {
		base = stack[len(stack)-1]
	}
	var forms []alternative
	for _, ref := range t.source.heirs(node, base) {
		if slices.Contains(stack, ref) {
			return nil
		}
		forms = append(forms, alternative{schema: map[string]any{"$ref": ref}})
	}
	if forms == nil {
		return nil
	}
	named := t.tellApart(forms, node)
	for i := range forms {
		forms[i].explicit = false // the base itself says whether its property must be given
	}
	if told, _ := t.told(base, node, named); told != nil {
		forms = append(forms, alternative{schema: true, told: told})
	}
	return forms
}

// heirs returns references to the schemas that a base stands for: those that
// its mapping names, and those that extend it, however often removed.
func (s *source) heirs(node map[string]any, base string) []string {
	var found []string
	mapping := object(object(node["discriminator"])["mapping"])
	for _, value := range keys(mapping) {
		ref := mappedRef(mapping[value])
		if _, err := s.lookup(ref); err == nil && ref != base && !slices.Contains(found, ref) {
			found = append(found, ref)
		}
	}
	seen := map[string]bool{base: true}
	for pending := s.extending[base]; len(pending) > 0 && s.spend(); pending = pending[1:] {
		ref := pending[0]
		if seen[ref] {
			continue
		}
		seen[ref] = true
		pending = append(slices.Clip(pending), s.extending[ref]...)
		if !slices.Contains(found, ref) {
			found = append(found, ref)
		}
	}
	return found
}

// extensions returns which component schemas extend another by allOf, by
// reference.
func extensions(root map[string]any) map[string][]string {
	extending := map[string][]string{}
	schemas := object(object(root["components"])["schemas"])
	for _, name := range keys(schemas) {
		for _, part := range array(object(schemas[name])["allOf"]) {
			if base, ok := object(part)["$ref"].(string); ok {
				extending[base] = append(extending[base], componentSchemas+name)
			}
		}
	}
	return extending
}

// mappedRef returns the reference that a discriminator's mapping gives, which
// may be a schema's name only.
func mappedRef(target any) string {
	ref := text(target)
	if strings.Contains(ref, "/") {
		return ref
	}
	return componentSchemas + ref
}

// tellApart gives forms the values that mean them. It reports whether names of
// schemas are such values: a document in which one of the schemas restricts the
// property to others uses its own.
func (t *translator) tellApart(forms []alternative, node map[string]any) (named bool) {
	named = true
	for _, form := range forms {
		ref := text(object(form.schema)["$ref"])
		if told, explicit := t.told(ref, node, true); ref != "" && told == nil && !explicit {
			named = false
		}
	}
	for i := range forms {
		ref := text(object(forms[i].schema)["$ref"])
		forms[i].told, forms[i].explicit = t.told(ref, node, named)
	}
	return named
}

// meaning is what a discriminator says of a schema.
type meaning struct {
	node     map[string]any // that has the discriminator; kept, so that its identity stays its own
	told     []string
	explicit bool // the mapping says so
}

// told returns the values that mean a schema, and whether it is the mapping
// that gives them; else the schema's name is one. Values that the schema itself
// does not take mean nothing: it then speaks for itself.
func (t *translator) told(ref string, node map[string]any, named bool) (told []string, explicit bool) {
	key := fmt.Sprint(identity(node), " ", named, " ", ref)
	known, found := t.source.meanings[key]
	if !found {
		known = meaning{node: node}
		known.told, known.explicit = t.candidates(ref, node, named)
		property := text(object(node["discriminator"])["propertyName"])
		known.told = slices.DeleteFunc(known.told, func(value string) bool {
			return !t.takes(node, property, value) || !t.takes(map[string]any{"$ref": ref}, property, value)
		})
		t.source.meanings[key] = known
	}
	if len(known.told) == 0 {
		return nil, known.explicit
	}
	return known.told, known.explicit
}

// candidates returns the values that a discriminator gives a schema.
func (t *translator) candidates(ref string, node map[string]any, named bool) (values []string, explicit bool) {
	mapping := object(object(node["discriminator"])["mapping"])
	for _, value := range keys(mapping) {
		if mappedRef(mapping[value]) == ref {
			values = append(values, value)
		}
	}
	if name, ok := strings.CutPrefix(ref, componentSchemas); ok && named && values == nil {
		return []string{name}, false
	}
	return values, values != nil
}

// takes reports whether a schema takes objects whose member is the text value,
// as far as the values of the member are listed.
func (t *translator) takes(schema any, name, value string) bool {
	right := true
	t.throughout(schema, nil, func(node map[string]any) {
		t.throughout(object(node["properties"])[name], nil, func(node map[string]any) {
			types, allowed := typesOf(node), array(node["enum"])
			constant, fixed := node["const"]
			right = right && (len(types) == 0 || slices.Contains(types, "string")) &&
				(allowed == nil || slices.Contains(allowed, any(value))) && (!fixed || constant == value)
		})
	})
	return right
}

// throughout visits a schema and all that it is composed of by allOf.
func (t *translator) throughout(schema any, stack []string, visit func(node map[string]any)) {
	if !t.source.spend() {
		return
	}
	node, stack := t.expand(schema, stack)
	visit(node)
	for _, part := range array(node["allOf"]) {
		t.throughout(part, stack, visit)
	}
}

// narrow is a translated form that only the values which mean it choose. A
// mapping is deliberate, so it also asks for the property; that the names of
// schemas tell them apart is so by default, and documents forget to.
func narrow(translated any, property string, of alternative) any {
	chosen := map[string]any{"properties": map[string]any{property: map[string]any{"enum": anys(of.told)}}}
	if of.explicit {
		chosen["required"] = []any{property}
	}
	return map[string]any{"allOf": []any{translated, chosen}}
}
