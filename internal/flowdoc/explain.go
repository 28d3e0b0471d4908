// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// What a message tells of alternatives at most.
const (
	listedForms  = 5
	listedFaults = 3   // of one form
	longestFault = 200 // characters
)

// undecidable is the index of the alternative that was meant where several
// may be.
const undecidable = -1

// form is one of several alternatives that are all wrong, and what is wrong
// with it.
type form struct {
	number   int // counted from 1, as the document lists them
	schema   *jsonschema.Schema
	findings []finding
}

// contest turns alternatives that are all wrong into findings that a person
// can act on.
type contest struct {
	*judge
	rule  Rule
	forms []form
	value value.Value
	at    value.Path
}

// outcome is what all forms being wrong comes to. Of oneOf it has a word on the
// members of the form that was meant alone: what only another form declares
// does not go with it. Where several may be meant, one message is enough.
func (c contest) outcome() outcome {
	findings, meant := c.explain()
	out := outcome{findings: findings}
	for i, f := range c.forms {
		if c.rule == RuleAnyOf || meant == undecidable || meant == i {
			out.learn(outcome{known: memberNames(f.schema)})
		}
	}
	return out
}

// explain returns the findings, and the index of the alternative that was
// meant, undecidable if what is given does not tell. Listing what is wrong
// with each would drown the one thing that matters, so it looks, in this
// order, for
//
//   - a kind of value that none of them allows: the kinds that they do allow;
//   - what is wrong in every one of them: that, and the rest by itself;
//   - a member whose value none of them allows: its allowed values, joined;
//   - the one that was meant, by what is given: its findings;
//   - alternatives that miss nothing but members: the members to choose from;
//   - the one with the least to put right: its findings.
//
// What stays a tie is told form by form.
func (c contest) explain() ([]finding, int) {
	if kinds := c.commonKinds(); kinds != nil {
		return []finding{wrongKind(kinds, c.value, c.at)}, undecidable
	}
	shared, settled := c.splitShared()
	if settled {
		return shared, undecidable
	}
	if choice, ok := c.commonChoice(); ok {
		return append(shared, choice), undecidable
	}
	meant := c.meant()
	if len(meant) == 1 {
		return append(shared, meant[0].findings...), meant[0].number - 1
	}
	if choices := c.missingChoices(meant); choices != nil {
		return append(shared, c.finding("lacks something; the flow needs "+strings.Join(choices, ", or "))), undecidable
	}
	if least := best(meant, func(f form) int { return -len(f.findings) }); len(least) == 1 {
		return append(shared, least[0].findings...), undecidable
	}
	return append(shared, c.finding(c.list(meant))), undecidable
}

func (c contest) finding(message string) finding {
	return finding{Problem: Problem{Path: c.at, Rule: c.rule, Message: message}}
}

// commonKinds joins the kinds that alternatives ask for, nil unless each is
// about another kind of value.
func (c contest) commonKinds() []string {
	var kinds []string
	for _, f := range c.forms {
		first := f.findings[0]
		if first.kinds == nil || len(first.Path) != len(c.at) {
			return nil
		}
		kinds = union(kinds, first.kinds)
	}
	return kinds
}

// union returns a with what only b has behind it.
func union(a, b []string) []string {
	joined := slices.Clone(a)
	seen := map[string]bool{}
	for _, word := range a {
		seen[word] = true
	}
	for _, word := range b {
		if !seen[word] {
			seen[word] = true
			joined = append(joined, word)
		}
	}
	return joined
}

// splitShared takes out of the forms what is wrong in every one of them and
// returns it. It is settled where a form has nothing else.
func (c contest) splitShared() (shared []finding, settled bool) {
	everywhere := func(found finding) bool {
		return !slices.ContainsFunc(c.forms, func(f form) bool { return !slices.ContainsFunc(f.findings, found.same) })
	}
	shared = slices.DeleteFunc(slices.Clone(c.forms[0].findings), func(found finding) bool { return !everywhere(found) })
	if shared == nil {
		return nil, false
	}
	for i, f := range c.forms {
		c.forms[i].findings = slices.DeleteFunc(slices.Clone(f.findings), func(found finding) bool {
			return slices.ContainsFunc(shared, found.same)
		})
		settled = settled || len(c.forms[i].findings) == 0
	}
	return shared, settled
}

// commonChoice joins the allowed values of a place that is wrong in every
// alternative.
func (c contest) commonChoice() (finding, bool) {
	for _, candidate := range c.forms[0].findings {
		if candidate.allowed == nil {
			continue
		}
		allowed, everywhere := candidate.allowed, true
		for _, other := range c.forms[1:] {
			more := other.allowedAt(candidate.Path)
			everywhere = everywhere && more != nil
			allowed = union(allowed, more)
		}
		if everywhere {
			return notAllowed(RuleEnum, allowed, candidate.Path), true
		}
	}
	return finding{}, false
}

// allowedAt returns the values that f allows at a place, nil unless the one
// there is none of them.
func (f form) allowedAt(at value.Path) []string {
	for _, found := range f.findings {
		if found.allowed != nil && found.Path.Compare(at) == 0 {
			return found.allowed
		}
	}
	return nil
}

// meant returns the forms that what is given speaks for the most. A clue
// counts only where those before it do not decide.
func (c contest) meant() []form {
	meant := c.forms
	for _, clue := range []func(form) int{c.rightKind, c.rightChoices, c.namedKeys, nearMisses} {
		meant = best(meant, clue)
	}
	return meant
}

// best returns the forms with the highest score.
func best(forms []form, score func(form) int) []form {
	var leading []form
	highest := math.MinInt
	for _, f := range forms {
		switch reached := score(f); {
		case reached > highest:
			highest, leading = reached, []form{f}
		case reached == highest:
			leading = append(leading, f)
		}
	}
	return leading
}

// rightKind is 1 for a form of the value's kind.
func (c contest) rightKind(f form) int {
	for _, found := range f.findings {
		if found.Rule == RuleType && len(found.Path) == len(c.at) {
			return 0
		}
	}
	return 1
}

// rightChoices counts down for each value that is none of f's and that
// another form allows: a "kind" that tells forms apart.
func (c contest) rightChoices(f form) int {
	refused := 0
	for _, found := range f.findings {
		if found.allowed != nil && slices.ContainsFunc(c.forms, func(other form) bool { return c.allows(other, found.Path) }) {
			refused++
		}
	}
	return -refused
}

// allows reports whether f lists the values of a place and has the one there.
func (c contest) allows(f form, at value.Path) bool {
	if f.allowedAt(at) != nil {
		return false
	}
	lists := false
	for _, place := range reach(f.schema, at[len(c.at):]) {
		inPlace(place, func(part *jsonschema.Schema) { lists = lists || part.Enum != nil || part.Const != nil })
	}
	return lists
}

// reach returns the schemas that a path leads to from one.
func reach(s *jsonschema.Schema, path value.Path) []*jsonschema.Schema {
	places := []*jsonschema.Schema{s}
	for _, step := range path {
		places = below(places, step)
	}
	return places
}

// namedKeys counts the given keys at all levels that f declares.
func (c contest) namedKeys(f form) int {
	return c.named([]*jsonschema.Schema{f.schema}, c.value)
}

// named counts the keys in v that the schemas of its place declare.
func (j *judge) named(places []*jsonschema.Schema, v value.Value) int {
	if j.steps++; j.steps > maxSteps || len(places) == 0 {
		return 0
	}
	count := 0
	switch v := v.(type) {
	case value.List:
		for _, i := range present(v) {
			count += j.named(below(places, value.Element(i)), v[i])
		}
	case value.Object:
		for _, key := range presentKeys(v) {
			if slices.ContainsFunc(places, func(place *jsonschema.Schema) bool { return memberNames(place)[key] }) {
				count += 1 + j.named(below(places, value.Name(key)), v[key])
			}
		}
	}
	return count
}

// nearMisses counts the keys that are nearly one of f's.
func nearMisses(f form) int {
	count := 0
	for _, found := range f.findings {
		if found.Suggestion != "" {
			count++
		}
	}
	return count
}

// missingChoices returns what may be given to satisfy one form or the other,
// nil unless each lacks nothing but members.
func (c contest) missingChoices(forms []form) []string {
	var choices []string
	for _, f := range forms {
		var names []string
		for _, found := range f.findings {
			if found.Rule != RuleRequired || len(found.Path) == len(c.at) {
				return nil
			}
			names = append(names, leaves(found.Path[len(c.at):], []*jsonschema.Schema{found.member}, maxLeafDepth)...)
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

// leaves names what a missing member must hold: p.givenName and p.familyName
// for p, or the member itself where nothing of it is required.
func leaves(at value.Path, places []*jsonschema.Schema, depth int) []string {
	names := requiredBy(places...)
	if len(names) == 0 || len(names) > maxLeaves || depth == 0 {
		return []string{at.String()}
	}
	var found []string
	for _, name := range names {
		found = append(found, leaves(at.Key(name), below(places, value.Name(name)), depth-1)...)
	}
	return found
}

// list tells what each form would need, the ones with the least first.
func (c contest) list(forms []form) string {
	slices.SortStableFunc(forms, func(a, b form) int { return cmp.Compare(len(a.findings), len(b.findings)) })
	var b strings.Builder
	fmt.Fprintf(&b, "fits none of the %d forms that the flow takes here; one of these has to be put right:", len(c.forms))
	for i, f := range forms {
		if i == listedForms {
			fmt.Fprintf(&b, "\n    - and %d more", len(forms)-i)
			break
		}
		fmt.Fprintf(&b, "\n    - %s: %s", f.title(), c.faults(f))
	}
	return b.String()
}

// title names a form by its number and, if the document gives one, its title.
func (f form) title() string {
	title := ""
	always(f.schema, func(part *jsonschema.Schema) { title = cmp.Or(title, part.Title) })
	if title == "" {
		return fmt.Sprintf("form %d", f.number)
	}
	return fmt.Sprintf("form %d, %s", f.number, shorten(title, longestFault))
}

// faults writes a form's findings in one line, their paths from this place.
func (c contest) faults(f form) string {
	var written []string
	problems := arrange(f.findings)
	for i, problem := range problems {
		if i == listedFaults {
			written = append(written, fmt.Sprintf("%d more", len(problems)-i))
			break
		}
		line := problem.Explanation()
		if below := problem.Path[len(c.at):]; len(below) > 0 {
			line = below.String() + " " + line
		}
		line, _, _ = strings.Cut(line, "\n") // of forms within this form the headline
		written = append(written, shorten(strings.TrimSuffix(line, ":"), longestFault))
	}
	return strings.Join(written, "; ")
}
