// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// otherwiseRead finds what Go's regular expressions (RE2), which Terraform has,
// read otherwise than a document's (ECMA-262): \s, which knows more white space
// there, groups with names or flags, classes in words, and RE2's own escapes.
var otherwiseRead = regexp.MustCompile(`\\[sSaAzQEC]|\(\?[^:]|\[\[?:`)

// expressible reports whether regex() judges by the pattern as the document
// means it.
func expressible(pattern string) bool {
	if pattern == "" || otherwiseRead.MatchString(pattern) {
		return false
	}
	_, err := regexp.Compile(pattern)
	return err == nil
}

// matching returns texts that may match a pattern, the shortest first, then such
// as are about as long as least. It reads the pattern as RE2 does, so a few of
// them don't match as a document means it; none is returned for a pattern that
// RE2 has no word for.
func matching(pattern string, least int) []string {
	if pattern == "" {
		return nil
	}
	bare, aheads := withoutLookarounds(unicodeEscape.ReplaceAllString(pattern, `\x{$1$2}`))
	parsed, err := syntax.Parse(bare, syntax.Perl)
	if err != nil {
		return nil
	}
	var found []string
	ahead := ""
	for _, inner := range aheads {
		if parsed, err := syntax.Parse(inner, syntax.Perl); err == nil {
			ahead += (&matcher{}).match(parsed)
		}
	}
	for _, m := range matchers(parsed, least) {
		candidate := m.match(parsed)
		found = append(found, candidate)
		if ahead != "" {
			found = append(found, candidate+ahead, ahead+candidate)
		}
	}
	return found
}

// unicodeEscape is a character by its number, as ECMA-262 writes it.
var unicodeEscape = regexp.MustCompile(`\\u(?:([0-9a-fA-F]{4})|\{([0-9a-fA-F]+)\})`)

// lookaround begins a group that looks around without taking anything.
var lookaround = regexp.MustCompile(`^\(\?<?[=!]`)

// withoutLookarounds takes out of a pattern what looks around, which RE2 can't.
// It returns what is wanted around beside the rest.
func withoutLookarounds(pattern string) (rest string, wanted []string) {
	var b strings.Builder
	for pattern != "" {
		if opening := lookaround.FindString(pattern); opening != "" {
			group := len(pattern)
			if end := closing(pattern); end > 0 {
				group = end
				if strings.HasSuffix(opening, "=") {
					wanted = append(wanted, pattern[len(opening):end-1])
				}
			}
			pattern = pattern[group:]
			continue
		}
		n := 1
		if pattern[0] == '\\' {
			n = min(2, len(pattern))
		}
		b.WriteString(pattern[:n])
		pattern = pattern[n:]
	}
	return b.String(), wanted
}

// closing returns where the group that a pattern begins with ends, 0 for nowhere.
func closing(pattern string) int {
	depth, class := 0, false
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// matcher is one way through a pattern.
type matcher struct {
	branch  int // which alternative is taken
	more    int // how often more than needed what may repeat is repeated
	only    int // the one place that repeats, counted from 1; 0 for all
	letters int // which characters are taken of a class: see alphabet

	b       strings.Builder
	repeats int // places that may repeat, so far
}

// The ways that are tried, per pattern.
const (
	maxBranches = 6
	maxRepeats  = 3
	maxMore     = 12
)

// matchers returns ways through a pattern, with each choice of characters.
func matchers(parsed *syntax.Regexp, least int) []*matcher {
	plain := &matcher{}
	plain.match(parsed)
	var found []*matcher
	for letters := range numbered {
		for branch := range min(branches(parsed), maxBranches) {
			if letters > 1 { // to tell elements apart, one length will do
				found = append(found, &matcher{branch: branch, letters: letters})
				continue
			}
			for _, more := range growths(plain.repeats, least) {
				for only := range min(plain.repeats, maxRepeats) + 1 {
					found = append(found, &matcher{branch: branch, letters: letters, more: more, only: only})
				}
			}
		}
	}
	return found
}

// growths returns how much more than needed is repeated: a few times, and so often
// that a text comes to about a length.
func growths(repeats, least int) []int {
	if repeats == 0 {
		return []int{0}
	}
	var found []int
	for n := range maxMore {
		found = append(found, n)
	}
	for n := max(maxMore, least-maxMore); n <= min(least, maxText); n++ {
		found = append(found, n)
	}
	return found
}

// branches returns how many alternatives a pattern has at one place, at most.
func branches(node *syntax.Regexp) int {
	most := 1
	if node.Op == syntax.OpAlternate {
		most = len(node.Sub)
	}
	for _, part := range node.Sub {
		most = max(most, branches(part))
	}
	return most
}

// match returns the text on the way.
func (m *matcher) match(parsed *syntax.Regexp) string {
	m.write(parsed)
	return m.b.String()
}

// write writes a text that one node of a pattern takes. Assertions take none.
func (m *matcher) write(node *syntax.Regexp) {
	if m.b.Len() > maxText {
		return
	}
	switch node.Op {
	case syntax.OpLiteral:
		m.b.WriteString(string(node.Rune))
	case syntax.OpCharClass:
		m.b.WriteRune(m.memberOf(node.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		m.b.WriteRune(m.memberOf([]rune{' ', '~'}))
	case syntax.OpCapture, syntax.OpConcat:
		for _, part := range node.Sub {
			m.write(part)
		}
	case syntax.OpAlternate:
		m.write(node.Sub[m.branch%len(node.Sub)])
	case syntax.OpStar, syntax.OpQuest, syntax.OpPlus, syntax.OpRepeat:
		for range m.times(node) {
			m.write(node.Sub[0])
		}
	default: // takes nothing
	}
}

// times is how often a node is repeated.
func (m *matcher) times(node *syntax.Regexp) int {
	least, most := node.Min, node.Max
	switch node.Op {
	case syntax.OpStar:
		least, most = 0, -1
	case syntax.OpPlus:
		least, most = 1, -1
	case syntax.OpQuest:
		least, most = 0, 1
	default: // says so itself
	}
	if least == most {
		return least
	}
	m.repeats++
	if m.only > 0 && m.only != m.repeats {
		return least
	}
	if most < 0 {
		return least + m.more
	}
	return min(most, least+m.more)
}

// alphabet is what a matcher wants of a class: one and the same characters, such
// as take turns, or others each time.
func (m *matcher) alphabet() string {
	switch m.letters {
	case 0:
		return "A1a"
	case 1:
		turns := "aA1-"
		at := m.b.Len() % len(turns)
		return turns[at:] + turns[:at]
	}
	nth := func(alphabet string) string { return string(alphabet[(m.letters-1)%len(alphabet)]) }
	return nth("ABCDEFGHIJKLMNOPQRSTUVWXYZ") + nth("0123456789") + nth("abcdefghijklmnopqrstuvwxyz")
}

// memberOf returns a character of a class, which is given as pairs of first and
// last: a letter or a digit where it has one.
func (m *matcher) memberOf(class []rune) rune {
	for _, wanted := range m.alphabet() {
		for i := 0; i+1 < len(class); i += 2 {
			if class[i] <= wanted && wanted <= class[i+1] {
				return wanted
			}
		}
	}
	if len(class) == 0 {
		return 'a'
	}
	return min(class[0]+rune(m.letters), class[1]) //nolint:gosec // one of a few ways
}
