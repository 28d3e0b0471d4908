// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"maps"
	"slices"
	"strings"
)

// A member that several schemas of its place describe, as a base and what
// refines it, has the keys that any of them knows. None of them can be closed
// by itself, so each is translated open, and beside them stands one schema more
// that says nothing but which keys are known there, on all levels:
//
//	{"properties": {"p": {"additionalProperties": false, "properties": {"givenName": true, …}}}}
//
// It knows the keys of all alternatives. Which of them go together is for the
// alternatives themselves to say; here it could refuse what the flow takes.

// description is one of the schemas that describe the same value.
type description struct {
	schema any  // a node of the document
	always bool // it counts whatever the alternative
}

func (d description) identity() string {
	if d.always {
		return identity(d.schema) + "!"
	}
	return identity(d.schema)
}

// tellShared finds members that several schemas describe without sharing them:
// no two that hold at once say which keys the member has, and what the others
// ask for is known to those that do. A base refined by what it requires is such
// a one, and remains as exact as it would be alone.
func (t *translator) tellShared(schema any, found *census) {
	found.apart = map[string]bool{}
	for _, name := range append(slices.Sorted(maps.Keys(found.times)), unlisted, elements) {
		if found.count(name) > 1 {
			found.apart[name] = t.speakers(schema, name, nil) <= 1 &&
				t.knowsAsked(t.below([]description{{schema, true}}, name))
		}
	}
}

// speakers returns how many of the schemas that describe a member, and hold at
// once, say which keys it has.
func (t *translator) speakers(schema any, name string, stack []string) int {
	if !t.source.spend() {
		return 0
	}
	node, stack := t.expand(schema, stack)
	count := 0
	if own := ownDescription(node, name); own != nil && t.survey(own, nil).speaks {
		count = 1
	}
	for _, part := range array(node["allOf"]) {
		count += t.speakers(part, name, stack)
	}
	for _, keyword := range []string{"oneOf", "anyOf"} {
		most := 0
		for _, form := range t.forms(keyword, node, stack) {
			most = max(most, t.speakers(form.schema, name, stack))
		}
		count += most
	}
	return count
}

// knowsAsked reports whether each schema that says which keys a value has knows
// those that the others require.
func (t *translator) knowsAsked(described []description) bool {
	asked := map[string]bool{}
	var speaking []*census
	for _, each := range described {
		if declared := t.survey(each.schema, nil); declared.speaks {
			speaking = append(speaking, declared)
		} else {
			maps.Copy(asked, declared.required)
		}
	}
	for _, declared := range speaking {
		for name := range asked {
			if _, listed := declared.times[name]; !listed {
				return false
			}
		}
	}
	return true
}

// closeShared adds to a translated place which keys its shared members know.
func (t *translator) closeShared(translated any, described []description, found *census) error {
	out := object(translated)
	if out == nil || found.obscure {
		return nil
	}
	known, err := t.knownBelow(described, found, found.shared)
	if err == nil && len(known) > 0 {
		out["allOf"] = append(array(out["allOf"]), known)
	}
	return err
}

// known returns the schema of the keys that a value may have by all that
// describes it, true where it may have any.
func (t *translator) known(described []description, name string) (any, error) {
	found := newCensus()
	for _, each := range described {
		declared := t.survey(each.schema, nil)
		declared.named = declared.named && each.always
		found.and(declared)
	}
	if !found.speaks || found.obscure {
		return true, nil
	}
	if sole := t.sole(described); sole != nil {
		return t.value(sole, true, name)
	}
	var nodes []string
	referred := false
	for _, each := range described {
		nodes = append(nodes, each.identity())
		if _, ref := t.settle(each.schema); ref != "" && !referred {
			name, referred = nameOf(ref), true
		}
	}
	slices.Sort(nodes)
	key := definition{strings.Join(nodes, " "), keysView}
	return t.once(key, name, referred && !t.inline, func() (any, error) { return t.knownHere(described, found) })
}

// sole returns the one schema that always says which keys a value has, if it
// says so by alternatives; nil for none. It is more exact than all their keys.
func (t *translator) sole(described []description) any {
	var sole any
	for _, each := range described {
		declared := t.survey(each.schema, nil)
		if !declared.speaks {
			continue
		}
		if sole != nil || !each.always || !declared.chooses {
			return nil
		}
		sole = each.schema
	}
	if sole == nil || !t.knowsAsked(described) {
		return nil
	}
	return sole
}

// knownHere is known, in place. found is what the descriptions declare.
func (t *translator) knownHere(described []description, found *census) (any, error) {
	if err := t.enter(); err != nil {
		return nil, err
	}
	defer t.leave()
	out, err := t.knownBelow(described, found, func(string) bool { return true })
	if err != nil {
		return nil, err
	}
	if found.named && !found.open {
		listAll(out, slices.Concat(slices.Collect(maps.Keys(found.times)), found.askedFor()))
		out["additionalProperties"] = false
	}
	if len(out) == 0 {
		return true, nil
	}
	return out, nil
}

// knownBelow returns the schema of the keys that members and elements may have.
// wanted picks them by name.
func (t *translator) knownBelow(described []description, found *census, wanted func(name string) bool) (map[string]any, error) {
	names := slices.Sorted(maps.Keys(found.times))
	places := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !wanted(name) })
	if len(places) > 0 || wanted(unlisted) { // a wanted member may be one that another schema does not list
		places = append(places, unlisted)
	}
	if wanted(elements) && !found.tuple {
		places = append(places, elements)
	}
	below := map[string]any{}
	for _, name := range places {
		known, err := t.known(t.below(described, name), name)
		if err != nil {
			return nil, err
		}
		if known != true {
			below[name] = known
		}
	}
	out := map[string]any{}
	if items := below[elements]; items != nil {
		out["items"] = items
	}
	if more := below[unlisted]; more != nil {
		out["additionalProperties"] = more
		listAll(out, names)
	}
	delete(below, elements)
	delete(below, unlisted)
	if len(below) > 0 {
		listAll(out, nil)
		maps.Copy(object(out["properties"]), below)
	}
	return out, nil
}

// listAll adds names to the properties of a schema.
func listAll(out map[string]any, names []string) {
	properties := object(out["properties"])
	if properties == nil {
		properties = map[string]any{}
	}
	for _, name := range names {
		if properties[name] == nil {
			properties[name] = true
		}
	}
	out["properties"] = properties
}

// below returns what describes a member of the value that is described, or its
// elements, each node once.
func (t *translator) below(described []description, name string) []description {
	var found []description
	for _, each := range described {
		for _, below := range t.describing(each.schema, name, nil) {
			below.always = below.always && each.always
			at := slices.IndexFunc(found, func(d description) bool { return identity(d.schema) == identity(below.schema) })
			if at < 0 {
				found = append(found, below)
			} else {
				found[at].always = found[at].always || below.always
			}
		}
	}
	return found
}

// describing returns what describes a member by one schema of a place and all
// that it is composed of.
func (t *translator) describing(schema any, name string, stack []string) []description {
	if !t.source.spend() {
		return nil
	}
	node, stack := t.expand(schema, stack)
	var found []description
	if own := ownDescription(node, name); own != nil {
		found = append(found, description{own, true})
	}
	for _, part := range array(node["allOf"]) {
		found = append(found, t.describing(part, name, stack)...)
	}
	for _, keyword := range []string{"oneOf", "anyOf"} {
		found = append(found, t.describingEither(t.forms(keyword, node, stack), name, stack)...)
	}
	return found
}

// describingEither returns what describes a member by alternatives. It counts
// whatever the alternative if each of them lists the member's own.
func (t *translator) describingEither(forms []alternative, name string, stack []string) []description {
	var found []description
	everywhere := true
	for _, form := range forms {
		inForm := t.describing(form.schema, name, stack)
		everywhere = everywhere && slices.ContainsFunc(inForm, func(d description) bool {
			return d.always && t.survey(d.schema, nil).named
		})
		found = append(found, inForm...)
	}
	for i := range found {
		found[i].always = found[i].always && everywhere
	}
	return found
}

// ownDescription returns what a schema itself says of a member, nil for nothing.
func ownDescription(node map[string]any, name string) map[string]any {
	if name == elements {
		return object(node["items"])
	}
	if property, listed := object(node["properties"])[name]; listed {
		return object(property)
	}
	return object(node["additionalProperties"])
}
