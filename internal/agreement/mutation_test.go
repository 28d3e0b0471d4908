// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package agreement

import (
	"maps"
	"slices"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// mistake changes one place of a body as a person might get it wrong. It
// reports false for a place where it can't be made.
type mistake struct {
	name string
	make func(w *writer, v value.Value) (value.Value, bool)
}

var mistakes = []mistake{
	{"a misspelled key", misspelled},
	{"a missing key", missing},
	{"an extra key", extra},
	{"null", func(*writer, value.Value) (value.Value, bool) { return value.Null{}, true }},
	{"another kind", func(w *writer, _ value.Value) (value.Value, bool) { return w.anyKind(), true }},
	{"a character more", onString(func(_ *writer, s string) string { return s + "ß" })},
	{"too long", onString(func(_ *writer, s string) string { return s + strings.Repeat("x", 300) })},
	{"too short", onString(func(*writer, string) string { return "" })},
	{"another text", onString((*writer).oddText)},
	{"another number", otherNumber},
	{"a repeated element", onList(func(_ *writer, l value.List) value.List { return append(slices.Clip(l), l[0]) })},
	{"too many elements", onList(func(_ *writer, l value.List) value.List { return slices.Repeat(l, 8) })},
	{"an element that is null", onList(func(_ *writer, l value.List) value.List { return append(value.List{value.Null{}}, l...) })},
	{"no elements", onList(func(*writer, value.List) value.List { return value.List{} })},
	{"no members", func(_ *writer, v value.Value) (value.Value, bool) {
		_, ok := v.(value.Object)
		return value.Object{}, ok
	}},
}

func misspelled(w *writer, v value.Value) (value.Value, bool) {
	object, ok := v.(value.Object)
	if !ok || len(object) == 0 {
		return nil, false
	}
	key := object.Keys()[w.IntN(len(object))]
	changed := maps.Clone(object)
	delete(changed, key)
	changed[key+"s"] = object[key]
	return changed, true
}

func missing(w *writer, v value.Value) (value.Value, bool) {
	object, ok := v.(value.Object)
	if !ok || len(object) == 0 {
		return nil, false
	}
	changed := maps.Clone(object)
	delete(changed, object.Keys()[w.IntN(len(object))])
	return changed, true
}

// extra adds a key that another object of the flow may well have.
func extra(w *writer, v value.Value) (value.Value, bool) {
	object, ok := v.(value.Object)
	if !ok {
		return nil, false
	}
	changed := maps.Clone(object)
	changed[[]string{"a", "b", "größe", "kind", "set", "scan", "templateId", "state"}[w.IntN(8)]] = w.anyKind()
	return changed, true
}

func otherNumber(w *writer, v value.Value) (value.Value, bool) {
	_, ok := v.(value.Number)
	numbers := []value.Number{"0", "-1", "0.5", "0.3", "1001", "2147483648", "-2147483649", "9223372036854775808", "9007199254740993.5", "1e+300", "4"}
	return numbers[w.IntN(len(numbers))], ok
}

func onString(change func(*writer, string) string) func(*writer, value.Value) (value.Value, bool) {
	return func(w *writer, v value.Value) (value.Value, bool) {
		s, ok := v.(value.String)
		if !ok {
			return nil, false
		}
		return value.String(change(w, string(s))), true
	}
}

func onList(change func(*writer, value.List) value.List) func(*writer, value.Value) (value.Value, bool) {
	return func(w *writer, v value.Value) (value.Value, bool) {
		l, ok := v.(value.List)
		if !ok || len(l) == 0 {
			return nil, false
		}
		return change(w, l), true
	}
}

// oddText is text that is nearly a date, a number, an address.
func (w *writer) oddText(string) string {
	texts := []string{
		"2001-02-29", "1985-8-22", "22.08.1985", "1985-08-22T10:30:00Z", "2016-12-31T23:59:60Z", "2024-11-04T24:00:00Z",
		"max@", "Max <max@example.com>", "40cbb7b374684b5d8bb5ff8e82510c70", "{40cbb7b3-7468-4b5d-8bb5-ff8e82510c70}",
		"/path", "https://example.com/a b", "https://example.com/{id}", "//example.com", "mailto:max@example.com",
		"256.0.0.1", "192.0.2.1", "fe80::1%eth0", "::ffff:192.0.2.1", "YQ=", "YR==", "Y Q==", "YQ==", "YQ==\n",
		"12", "1.0", "true", "null", "[]", "{}", " ", "DE", "de", "DEU", "00", "01", "Äs", "abc", "x", "größer", "kind 0",
	}
	return texts[w.IntN(len(texts))]
}

// anyKind is a value of any kind.
func (w *writer) anyKind() value.Value {
	return []value.Value{
		value.Bool(true), value.Number("1"), value.Number("0.5"), value.String("1"), value.String("text"), value.String("true"),
		value.List{}, value.List{value.String("a")}, value.Object{}, value.Object{"a": value.Number("1")}, w.files[w.IntN(len(w.files))],
	}[w.IntN(11)]
}

// mutate makes mistakes in a copy of a body and returns it with their names.
func (w *writer) mutate(body value.Object, count int) (value.Object, []string) {
	var made []string
	for range count {
		for range 20 {
			root := value.Name([]string{"input", "input", "input", "metadata"}[w.IntN(4)])
			m := mistakes[w.IntN(len(mistakes))]
			mutated, ok := w.mutateOne(body[string(root)], m)
			if !ok {
				continue
			}
			body = maps.Clone(body)
			body[string(root)] = mutated
			made = append(made, m.name)
			break
		}
	}
	return body, made
}

// mutateOne makes a mistake at a random place of v.
func (w *writer) mutateOne(v value.Value, m mistake) (value.Value, bool) {
	var places []value.Path
	value.Walk(v, func(below value.Path, _ value.Value) { places = append(places, below) })
	place := places[w.IntN(len(places))]
	if len(place) == 0 && value.IsNull(v) {
		return nil, false
	}
	return w.replaced(v, place, m)
}

func (w *writer) replaced(v value.Value, place value.Path, m mistake) (value.Value, bool) {
	if len(place) == 0 {
		return m.make(w, v)
	}
	switch step := place[0].(type) {
	case value.Name:
		changed := maps.Clone(v.(value.Object))
		member, ok := w.replaced(changed[string(step)], place[1:], m)
		changed[string(step)] = member
		return changed, ok
	case value.Element:
		changed := slices.Clone(v.(value.List))
		element, ok := w.replaced(changed[step], place[1:], m)
		changed[step] = element
		return changed, ok
	}
	return nil, false
}
