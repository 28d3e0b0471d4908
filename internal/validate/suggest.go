// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// How many names an unknown one is compared with, and all of one validation: a
// comparison is the slowest step there is, and a hundred problems are shown.
const (
	maxCompared    = 1_000
	maxComparisons = 20_000
)

// knownNames returns the keys that may be set at a place, sorted. They are collected once
// for all unknown keys of a validation.
func (e *evaluator) knownNames(s *flowschema.Schema) []string {
	names, found := e.names[s]
	if !found {
		names = slices.DeleteFunc(s.PropertyNames(), func(name string) bool {
			return slices.ContainsFunc(s.Member(name), (*flowschema.Schema).IsReadOnly) // nothing to suggest
		})
		if e.names == nil {
			e.names = map[*flowschema.Schema][]string{}
		}
		e.names[s] = names
	}
	return names
}

// unknownKey is the finding of a member that no schema of its place knows.
func (e *evaluator) unknownKey(s *flowschema.Schema, v value.Object, key string, at value.Path) finding {
	known := e.knownNames(s)
	most := min(maxCompared, maxComparisons-e.comparisons)
	var free []string // what is set already is not what was meant
	for _, name := range known {
		if len(free) == most {
			break
		}
		if value.IsNull(v[name]) {
			free = append(free, name)
		}
	}
	e.comparisons += len(free)
	message := "is not known to the flow"
	switch {
	case isIn(known, key):
		message = "is not allowed with the other keys set here"
	case len(known) > 0:
		message += "; it knows " + enumerate(known, "and") + " here"
	case len(at) == 1 && at[0] == value.Name(contract.Input):
		message = "is not known to the flow, which takes no input"
	}
	return finding{Problem: Problem{Path: at.Key(key), Rule: RuleUnknown, Message: message, Suggestion: Nearest(key, free)}}
}

func isIn(sorted []string, name string) bool {
	_, found := slices.BinarySearch(sorted, name)
	return found
}

// Nearest returns the name that key was probably meant to be, "" if none is
// near: at most a third of its letters may differ, or one of a short name,
// case aside.
func Nearest(key string, names []string) string {
	best, lowest := "", min(len(key), max(1, len(key)/3)+1)
	folded := strings.ToLower(key)
	for _, name := range names {
		if longer := len(name) - len(key); longer/utf8.UTFMax >= lowest {
			continue // in letters too
		}
		distance := levenshtein.Distance(folded, strings.ToLower(name), nil)
		if distance < lowest {
			best, lowest = name, distance
		}
	}
	return best
}

// suggestElsewhere completes unknown names that are known at one other place
// of the input: givenName beside basicIdentity instead of in it.
func suggestElsewhere(problems []Problem, describe func() []flowschema.DataBlock) {
	var places map[string][]string
	for i, problem := range problems {
		if problem.Rule != RuleUnknown || problem.Suggestion != "" || problem.Path[0] != value.Name(contract.Input) {
			continue
		}
		if places == nil {
			places = placesByName(describe())
		}
		key, parent := problem.Path[len(problem.Path)-1], problem.Path[:len(problem.Path)-1].String()
		name, _ := key.(value.Name)
		found := places[strings.ToLower(string(name))]
		if len(found) == 1 && found[0] != parent+found[0][strings.LastIndex(found[0], "."):] {
			problems[i].Suggestion = found[0]
		}
	}
}

// placesByName lists where in the input each name is known, by name in lower
// case.
func placesByName(blocks []flowschema.DataBlock) map[string][]string {
	places := map[string][]string{}
	add := func(path string) {
		name := strings.ToLower(path[strings.LastIndex(path, ".")+1:])
		places[name] = append(places[name], path)
	}
	for _, block := range blocks {
		if block.ReadOnly {
			continue // nothing to suggest
		}
		root := contract.Input + "." + block.Name
		add(root)
		for _, field := range block.Fields {
			if field.Path != "" && !field.ReadOnly && !strings.HasSuffix(field.Path, "[]") {
				add(root + "." + field.Path)
			}
		}
	}
	return places
}
