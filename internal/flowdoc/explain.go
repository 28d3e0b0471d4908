// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// explain turns the outcomes of alternatives that are all wrong into findings
// that a person can act on. Listing what is wrong with each would drown the
// one thing that matters, so it looks, in this order, for
//
//   - a kind of value that none of them allows: the kinds that they do allow;
//   - a member whose value none of them allows: its allowed values, joined;
//   - alternatives that miss nothing but members: the members to choose from;
//   - the one alternative that was clearly meant: its findings.
func explain(rule Rule, outcomes []outcome, v value.Value, at value.Path) []finding {
	if kinds := commonKinds(outcomes, at); kinds != nil {
		return []finding{wrongKind(kinds, v, at)}
	}
	if found, ok := commonChoice(outcomes); ok {
		return []finding{found}
	}
	switch choices := missingChoices(outcomes, at); len(choices) {
	case 0:
	case 1:
		return outcomes[0].findings
	default:
		message := "lacks something; the flow needs " + strings.Join(choices, ", or ")
		return []finding{{Problem: Problem{Path: at, Rule: rule, Message: message}}}
	}
	if meant := closest(outcomes, at); meant >= 0 {
		return outcomes[meant].findings
	}
	message := fmt.Sprintf("fits none of the %d forms that the flow takes here", len(outcomes))
	return []finding{{Problem: Problem{Path: at, Rule: rule, Message: message}}}
}

// commonKinds joins the kinds that alternatives ask for, nil unless each is
// about another kind of value.
func commonKinds(outcomes []outcome, at value.Path) []string {
	var kinds []string
	for _, o := range outcomes {
		first := o.findings[0]
		if first.kinds == nil || len(first.Path) != len(at) {
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

// commonChoice joins the allowed values of a place that is wrong in every
// alternative.
func commonChoice(outcomes []outcome) (finding, bool) {
	for _, candidate := range outcomes[0].findings {
		if candidate.allowed == nil {
			continue
		}
		allowed, everywhere := candidate.allowed, true
		for _, other := range outcomes[1:] {
			more := allowedAt(other, candidate.Path)
			everywhere = everywhere && more != nil
			allowed = union(allowed, more)
		}
		if everywhere {
			return notAllowed(RuleEnum, allowed, candidate.Path), true
		}
	}
	return finding{}, false
}

func allowedAt(o outcome, at value.Path) []string {
	for _, found := range o.findings {
		if found.allowed != nil && found.Path.Compare(at) == 0 {
			return found.allowed
		}
	}
	return nil
}

// closest returns the alternative that was meant, -1 if several may be. One of
// another kind is farthest, then one that another value of a direct member
// selects; among the rest the one with the fewest findings counts.
func closest(outcomes []outcome, at value.Path) int {
	best, lowest, tied := -1, math.MaxInt, false
	for i, o := range outcomes {
		distance := len(o.findings)
		for _, found := range o.findings {
			switch depth := len(found.Path) - len(at); {
			case depth == 0 && (found.Rule == RuleType || found.Rule == RuleFile):
				distance += 1_000_000
			case depth == 1 && found.allowed != nil:
				distance += 1_000
			}
		}
		switch {
		case distance < lowest:
			best, lowest, tied = i, distance, false
		case distance == lowest:
			tied = true
		}
	}
	if tied {
		return -1
	}
	return best
}

// missingChoices returns what may be given to satisfy one alternative or the
// other, nil unless each lacks nothing but members of this place.
func missingChoices(outcomes []outcome, at value.Path) []string {
	var choices []string
	for _, o := range outcomes {
		var names []string
		for _, found := range o.findings {
			if found.Rule != RuleRequired || len(found.Path) != len(at)+1 {
				return nil
			}
			names = append(names, found.Path[len(at):].String())
		}
		choices = union(choices, []string{enumerate(names, "and")})
	}
	return choices
}
