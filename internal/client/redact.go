// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// An error may quote the service, and a service may quote what it was sent, in
// any form that it has come to on the way: escaped, in another case, in base64.
// Two nets keep secrets and personal data out of it. The first blots out what
// it recognises and leaves the rest readable. The second looks at letters and
// digits alone; what it still finds withholds the whole message, since nobody
// can tell where in it the text begins and ends.

const (
	blot = "(redacted)"

	// withheld and withheldUnseen stand for a whole message.
	withheld       = "(a message that is not shown, because it repeats something secret or personal)"
	withheldUnseen = "(a message that is not shown, because it may repeat personal data)"

	// minToken is the length from which a credential is blotted out: a shorter
	// one is no secret, and its letters occur in any sentence.
	minToken = 4

	// wordLength is the length from which a text is found within other words
	// too. "Max" must go, "Maximum" may stay.
	wordLength = 6

	// partLength is how much of the beginning of a longer text gives it away.
	partLength = 16

	// maxCompared bounds what is compared of one text, in bytes: an image in
	// base64 has millions. What agrees so far is taken to agree to the end.
	maxCompared = 1 << 10

	// minEncoded is the length from which a text is looked for in what could be
	// base64. Every word could be, and shorter texts come about by chance.
	minEncoded = 3

	maxEscapes = 4 // layers of escapes that are undone

	// maxCleaned bounds what is cleaned for one error, in runes, since cleaning is
	// dear and a hostile service long-winded. cutMargin is what is left out before
	// the bound: it may be the beginning of a text that the bound cuts through.
	maxCleaned = 8 * maxMessageLength
	cutMargin  = 200
)

// discretion is what the errors of a call keep to themselves.
type discretion struct {
	texts []string // blotted out where the service's words hold them
	mute  bool     // the service's words are not told at all
}

// redactor cleans the service's words. It is made for one error, so that a call
// that succeeds pays nothing for it.
type redactor struct {
	texts  patterns // as they are written
	bare   patterns // their letters and digits alone
	silent bool
	left   int // of maxCleaned
}

// redactor returns the cleaning of everything that this call knows.
func (t *call) redactor() *redactor {
	var tokens []string
	if t.auth != nil {
		tokens = t.auth.secrets()
	}
	return newRedactor(tokens, t.discretion)
}

// newRedactor makes a redactor of credentials, and of a call's own texts. Of
// these, a file's content is not known: files are streamed from disk.
func newRedactor(tokens []string, d discretion) *redactor {
	r := &redactor{texts: patterns{}, bare: patterns{}, silent: d.mute, left: maxCleaned}
	for _, token := range tokens {
		if utf8.RuneCountInString(token) >= minToken {
			r.add(token, true)
		}
	}
	for _, text := range d.texts {
		r.add(text, false)
	}
	return r
}

func (r *redactor) add(text string, anywhere bool) {
	cut := len(text) > maxCompared
	if cut {
		text = text[:maxCompared]
	}
	text = printable(text)
	if len(text) == 1 && unicode.IsLetter(rune(text[0])) {
		return // a single letter tells nothing and stands everywhere
	}
	r.texts.add(pattern{text: fold(text), cut: cut, anywhere: anywhere || utf8.RuneCountInString(text) >= wordLength})
	for _, form := range []string{text, unescapeAll(text)} {
		if form = lettersAndDigits(form); utf8.RuneCountInString(form) >= wordLength {
			r.bare.add(pattern{text: []rune(form), cut: cut, anywhere: true})
		}
	}
}

// message returns what may be shown of the service's words.
func (r *redactor) message(text string) string {
	text = printable(text)
	if r.silent && text != "" {
		return withheldUnseen
	}
	runes := []rune(text)
	if len(runes) <= r.left {
		r.left -= len(runes)
		return r.clean(text)
	}
	shown := r.clean(string(runes[:r.left]))
	r.left = 0
	if strings.HasSuffix(shown, blot) {
		return shown
	}
	runes = []rune(shown)
	return string(runes[:max(len(runes)-cutMargin, 0)])
}

// identifier returns an ID that the service has chosen, or nothing if it is
// made of what must not be shown.
func (r *redactor) identifier(text string) string {
	text = printable(text)
	if r.clean(text) != text {
		return ""
	}
	return text
}

func (r *redactor) clean(text string) string {
	shown := r.blot(text)
	// Escapes hide a text. Where undoing them brings one to light, the words
	// are shown without them; else as they were written.
	for plain, i := shown, 0; i < maxEscapes; i++ {
		next := printable(unescape(plain))
		if next == plain {
			break
		}
		plain = r.blot(next)
		if plain != next {
			shown = plain
		}
	}
	for part := range strings.SplitSeq(shown, blot) {
		if r.bare.in(lettersAndDigits(part)) || r.bare.in(lettersAndDigits(unescapeAll(part))) {
			return withheld
		}
	}
	return shown
}

var (
	urlQuery  = regexp.MustCompile(`(\b[a-zA-Z][a-zA-Z0-9+.-]*://[^\s?#"'<>]*)[?#][^\s"'<>]*`)
	jwt       = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{5,}(\.[A-Za-z0-9_-]*)*`)
	base64Run = regexp.MustCompile(`[A-Za-z0-9+/_-]{4,}={0,2}`)
)

// blot blots out texts, runs of base64 that hold one, queries of URLs and JSON
// Web Tokens.
func (r *redactor) blot(text string) string {
	text = r.texts.blot(text)
	text = base64Run.ReplaceAllStringFunc(text, func(run string) string {
		if r.inBase64(run) {
			return blot
		}
		return run
	})
	text = urlQuery.ReplaceAllString(text, "$1")
	return jwt.ReplaceAllString(text, blot)
}

var toStandardBase64 = strings.NewReplacer("-", "+", "_", "/")

// inBase64 reports whether a run of base64 holds a text. What stands before it
// may be part of the run, so it may begin at any of four characters.
func (r *redactor) inBase64(run string) bool {
	run = toStandardBase64.Replace(strings.TrimRight(run, "="))
	for from := 0; from < 4 && from < len(run); from++ {
		digits := run[from:]
		if len(digits)%4 == 1 { // a single digit is less than a byte
			digits = digits[:len(digits)-1]
		}
		raw, err := base64.RawStdEncoding.DecodeString(digits)
		if err != nil {
			continue
		}
		decoded := unescapeAll(printable(string(raw)))
		if r.texts.longest(decoded) >= minEncoded || r.bare.in(lettersAndDigits(decoded)) {
			return true
		}
	}
	return false
}

// pattern is a text that is looked for, folded.
type pattern struct {
	text     []rune
	cut      bool // it is the beginning of a longer text
	anywhere bool // within words too
}

// patterns are kept by their first runes, as many as wordLength, so that what a
// search costs does not grow with their number.
type patterns map[string][]pattern

func (ps patterns) add(p pattern) {
	if len(p.text) > 0 {
		key := string(p.text[:min(len(p.text), wordLength)])
		ps[key] = append(ps[key], p)
	}
}

// at returns how many runes of the folded text, from i on, are one of ps.
func (ps patterns) at(text []rune, i int) int {
	longest := 0
	for n := 1; n <= wordLength && i+n <= len(text); n++ {
		for _, p := range ps[string(text[i:i+n])] {
			longest = max(longest, p.at(text, i))
		}
	}
	return longest
}

// at returns how many runes of the folded text, from i on, are p or so much of
// its beginning that it is given away.
func (p pattern) at(text []rune, i int) int {
	n := 0
	for n < len(p.text) && i+n < len(text) && p.text[n] == text[i+n] {
		n++
	}
	switch {
	case n < min(len(p.text), partLength):
		return 0
	case n == len(p.text) && p.cut:
		return len(text) - i
	case !p.anywhere && (i > 0 && joined(text[i-1], text[i]) || i+n < len(text) && joined(text[i+n-1], text[i+n])):
		return 0
	}
	return n
}

// joined reports whether two runes side by side belong to one word. Scripts
// that put no spaces between words tell it of no two runes.
func joined(a, b rune) bool {
	if unicode.In(a, unspaced...) || unicode.In(b, unspaced...) {
		return false
	}
	return unicode.IsLetter(a) && unicode.IsLetter(b) || unicode.IsDigit(a) && unicode.IsDigit(b)
}

var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

// blot blots out every part of text that is one of ps, where two overlap both.
func (ps patterns) blot(text string) string {
	folded := fold(text)
	var b strings.Builder
	end := 0 // of what is blotted out so far
	for i, r := range []rune(text) {
		if n := ps.at(folded, i); n > 0 {
			if i >= end {
				b.WriteString(blot)
			}
			end = max(end, i+n)
		}
		if i >= end {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// longest returns the length of the longest part of text that is one of ps.
func (ps patterns) longest(text string) int {
	folded, longest := fold(text), 0
	for i := range folded {
		longest = max(longest, ps.at(folded, i))
	}
	return longest
}

func (ps patterns) in(text string) bool { return ps.longest(text) > 0 }

// fold makes letters that differ in case alone the same, rune by rune.
func fold(text string) []rune {
	runes := []rune(text)
	for i, r := range runes {
		runes[i] = unicode.ToLower(unicode.ToUpper(r))
	}
	return runes
}

// lettersAndDigits returns what is left of a text without case, accents, space,
// punctuation and the many ways to write one letter: of 73,914,682.250 as of
// 7.391468225E7 the same digits.
func lettersAndDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return r
	}, strings.ReplaceAll(string(fold(norm.NFKD.String(text))), "ß", "ss"))
}

var (
	jsonEscapes    = regexp.MustCompile(`(?:\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt]))+`)
	spaceAsPlus    = regexp.MustCompile(`(\S)\+(\S)`)
	percentEscapes = regexp.MustCompile(`(?:%[0-9a-fA-F]{2})+`)
)

// unescape undoes one layer of the escapes of JSON, URLs and HTML.
func unescape(text string) string {
	text = jsonEscapes.ReplaceAllStringFunc(text, func(run string) string {
		var plain string
		if json.Unmarshal([]byte(`"`+run+`"`), &plain) != nil {
			return run
		}
		return plain
	})
	text = spaceAsPlus.ReplaceAllString(text, "$1 $2") // before a %2B becomes a plus
	text = percentEscapes.ReplaceAllStringFunc(text, func(run string) string {
		plain, err := url.PathUnescape(run)
		if err != nil || !utf8.ValidString(plain) {
			return run
		}
		return plain
	})
	return html.UnescapeString(text)
}

// unescapeAll undoes all layers that there are, within reason.
func unescapeAll(text string) string {
	for range maxEscapes {
		text = unescape(text)
	}
	return text
}
