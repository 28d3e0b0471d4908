// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// The most that a message contains about alternatives.
const (
	listedAlternatives = 5
	listedFindings     = 3   // of one alternative
	longestFinding     = 200 // characters
)

// alternative is a branch of anyOf or oneOf that is wrong.
type alternative struct {
	number   int // counted from 1, as the document lists them
	schema   *flowschema.Schema
	findings []finding
}

// explanation turns alternatives that are all wrong into findings that a
// person can act on: those of the one that was meant, as far as that shows.
type explanation struct {
	rule  Rule
	from  []alternative
	value value.Value
	at    value.Path
}

// outcome knows the keys of the alternatives that may be meant, so that they
// are not called unknown beside what is wrong with them.
func (e explanation) outcome() outcome {
	findings, meant := e.explain()
	if e.rule == RuleAnyOf {
		meant = e.from // the keys of several may go together
	}
	out := outcome{findings: findings}
	for _, a := range meant {
		a.schema.InPlace(func(part *flowschema.Schema) { out.applied = append(out.applied, part) })
	}
	return out
}

func (e explanation) explain() (findings []finding, meant []alternative) {
	meant = e.notNull()
	if kinds := e.commonKinds(meant); kinds != nil {
		return []finding{wrongKind(kinds, e.value, e.at)}, e.from
	}
	meant = keep(meant, e.hasRightKind)
	if choice, ok := commonChoice(meant); ok {
		return []finding{choice}, e.from
	}
	for _, clue := range []func(alternative) int{e.rightChoices, e.knownKeys, nearMisses} {
		meant = best(meant, clue) // counts only where those before it do not decide
	}
	shared, rest := split(meant)
	if slices.ContainsFunc(rest, func(a alternative) bool { return len(a.findings) == 0 }) {
		return shared, meant
	}
	if choices := e.missingChoices(rest); len(rest) > 1 && choices != nil {
		return append(shared, e.finding("requires either "+strings.Join(choices, ", or "))), meant
	}
	if least := best(rest, func(a alternative) int { return -len(a.findings) }); len(least) == 1 {
		return append(shared, least[0].findings...), least
	}
	return append(shared, e.finding(e.list(rest))), e.from
}

func (e explanation) finding(message string) finding {
	return finding{Problem: Problem{Path: atInput(e.at), Rule: e.rule, Message: message}}
}

// keep returns the alternatives of which something holds, all where it holds
// of none.
func keep(from []alternative, holds func(alternative) bool) []alternative {
	kept := slices.DeleteFunc(slices.Clone(from), func(a alternative) bool { return !holds(a) })
	if len(kept) == 0 {
		return from
	}
	return kept
}

// best returns the alternatives with the highest score.
func best(from []alternative, score func(alternative) int) []alternative {
	var leading []alternative
	highest := 0 // of the leading ones
	for _, a := range from {
		switch reached := score(a); {
		case leading == nil || reached > highest:
			highest, leading = reached, []alternative{a}
		case reached == highest:
			leading = append(leading, a)
		}
	}
	return leading
}

// notNull leaves out alternatives that only null matches: that is another way
// to give nothing.
func (e explanation) notNull() []alternative {
	return keep(e.from, func(a alternative) bool { return !slices.Equal(a.schema.Types, []string{"null"}) })
}

// typeFinding is the finding of a value of the wrong kind at this place.
func (e explanation) typeFinding(a alternative) (finding, bool) {
	for _, found := range a.findings {
		if found.Rule == RuleType && len(found.Path) == len(e.at) {
			return found, true
		}
	}
	return finding{}, false
}

func (e explanation) hasRightKind(a alternative) bool {
	_, wrong := e.typeFinding(a)
	return !wrong
}

// commonKinds joins the kinds that alternatives ask for, nil unless each is
// about another kind of value.
func (e explanation) commonKinds(from []alternative) []string {
	var kinds []string
	for _, a := range from {
		found, wrong := e.typeFinding(a)
		if !wrong {
			return nil
		}
		kinds = union(kinds, found.kinds)
	}
	return kinds
}

// commonChoice joins the allowed values of a place that is wrong in every
// alternative, such as a "kind" that is none of theirs.
func commonChoice(from []alternative) (finding, bool) {
	for _, candidate := range from[0].findings {
		allowed := candidate.allowed
		for _, other := range from[1:] {
			more := other.allowedAt(candidate.Path)
			if more == nil {
				allowed = nil
				break
			}
			allowed = union(allowed, more)
		}
		if allowed != nil && candidate.allowed != nil {
			return notAllowed(allowed, candidate.Path), true
		}
	}
	return finding{}, false
}

// allowedAt returns the values that an alternative allows at a place, nil
// unless the one there is none of them.
func (a alternative) allowedAt(at value.Path) []string {
	for _, found := range a.findings {
		if found.allowed != nil && found.Path.Compare(at) == 0 {
			return found.allowed
		}
	}
	return nil
}

// rightChoices counts down for each value that an alternative does not list and
// another one does: a "kind" distinguishes alternatives most of all.
func (e explanation) rightChoices(a alternative) int {
	refused := 0
	for _, found := range a.findings {
		if found.allowed != nil && slices.ContainsFunc(e.from, func(other alternative) bool { return e.lists(other, found.Path) }) {
			refused++
		}
	}
	return -refused
}

// lists reports whether an alternative lists the values of a place and has the
// one there.
func (e explanation) lists(a alternative, at value.Path) bool {
	return a.allowedAt(at) == nil && slices.ContainsFunc(a.schema.At(at[len(e.at):]), func(place *flowschema.Schema) bool {
		lists := false
		place.InPlace(func(part *flowschema.Schema) { lists = lists || part.Enum != nil })
		return lists
	})
}

// nearMisses counts the keys that are nearly one of an alternative's.
func nearMisses(a alternative) int {
	count := 0
	for _, found := range a.findings {
		if found.Suggestion != "" {
			count++
		}
	}
	return count
}

// countedLevels is how deep the keys of the input are counted.
const countedLevels = 4

// knownKeys counts the keys of the input that an alternative declares.
func (e explanation) knownKeys(a alternative) int { return knownKeys(a.schema, e.value, countedLevels) }

func knownKeys(s *flowschema.Schema, v value.Value, levels int) int {
	count := 0
	if levels == 0 {
		return 0
	}
	switch v := v.(type) {
	case value.List:
		for _, element := range s.Elements() {
			for _, i := range present(v) {
				count += knownKeys(element, v[i], levels-1)
			}
		}
	case value.Object:
		for _, key := range presentKeys(v) {
			for i, member := range s.Member(key) {
				if i == 0 {
					count++
				}
				count += knownKeys(member, v[key], levels-1)
			}
		}
	}
	return count
}

// split takes out of the alternatives what is wrong in every one of them.
func split(from []alternative) (shared []finding, rest []alternative) {
	if len(from) < 2 {
		return nil, from
	}
	everywhere := func(found finding) bool {
		return !slices.ContainsFunc(from, func(a alternative) bool { return !slices.ContainsFunc(a.findings, found.same) })
	}
	for _, found := range from[0].findings {
		if everywhere(found) {
			shared = append(shared, found)
		}
	}
	for _, a := range from {
		a.findings = slices.DeleteFunc(slices.Clone(a.findings), func(found finding) bool { return slices.ContainsFunc(shared, found.same) })
		rest = append(rest, a)
	}
	return shared, rest
}

// missingChoices returns what may be set to match one alternative or the
// other, nil unless each lacks nothing but members.
func (e explanation) missingChoices(from []alternative) []string {
	var choices []string
	for _, a := range from {
		var names []string
		for _, found := range a.findings {
			if found.Rule != RuleRequired || len(found.Path) == len(e.at) {
				return nil
			}
			below := found.Path[len(e.at):]
			if len(e.at) == 0 && below[0] == value.Name(contract.Input) && len(below) > 1 {
				below = below[1:] // of a whole body the input is what is spoken of
			}
			names = append(names, requiredLeaves(below, found.member, maxLeafDepth)...)
		}
		choices = union(choices, []string{enumerate(names, "and")})
	}
	return choices
}

// What the name of a missing leaf costs at most: a schema may require itself.
const (
	maxLeafDepth = 4
	maxLeaves    = 5 // of one member; with more it is named itself
)

// requiredLeaves names what a missing member must hold: p.givenName and
// p.familyName for p, or the member itself where nothing of it is required.
func requiredLeaves(at value.Path, member *flowschema.Schema, depth int) []string {
	names := member.RequiredNames()
	if len(names) == 0 || len(names) > maxLeaves || depth == 0 {
		return []string{at.String()}
	}
	var found []string
	for _, name := range names {
		var below *flowschema.Schema
		if members := member.Member(name); len(members) > 0 {
			below = members[0]
		}
		found = append(found, requiredLeaves(at.Key(name), below, depth-1)...)
	}
	return found
}

// list writes what each alternative would require, the ones with the least first.
func (e explanation) list(from []alternative) string {
	slices.SortStableFunc(from, func(a, b alternative) int { return cmp.Compare(len(a.findings), len(b.findings)) })
	var b strings.Builder
	fmt.Fprintf(&b, "matches none of the %d alternatives that the flow takes here; fix one of these:", len(e.from))
	for i, a := range from {
		if i == listedAlternatives {
			fmt.Fprintf(&b, "\n    - and %d more", len(from)-i)
			break
		}
		fmt.Fprintf(&b, "\n    - %s: %s", a.title(), e.lines(a))
	}
	return b.String()
}

// title names an alternative by its number and, if the document gives one, its
// title.
func (a alternative) title() string {
	title := ""
	a.schema.Always(func(part *flowschema.Schema) { title = cmp.Or(title, part.Title) })
	if title == "" {
		return fmt.Sprintf("alternative %d", a.number)
	}
	return fmt.Sprintf("alternative %d, %s", a.number, printable(shorten(title, longestFinding)))
}

// lines writes an alternative's findings in one line, their paths from this
// place.
func (e explanation) lines(a alternative) string {
	var written []string
	problems := arrange(a.findings)
	for i, problem := range problems {
		if i == listedFindings {
			written = append(written, fmt.Sprintf("%d more", len(problems)-i))
			break
		}
		line := problem.Explanation()
		if below := problem.Path[len(e.at):]; len(below) > 0 {
			line = below.String() + " " + line
		}
		line, _, _ = strings.Cut(line, "\n") // of alternatives within this one the headline
		written = append(written, shorten(strings.TrimSuffix(line, ":"), longestFinding))
	}
	return strings.Join(written, "; ")
}
