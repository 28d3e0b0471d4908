// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

import (
	"sync/atomic"
	"time"

	"github.com/dlclark/regexp2"
)

const (
	maxPattern   = 2_000                  // characters of an expression that is run
	maxMatch     = 100 * time.Millisecond // for one match
	maxMatches   = time.Second            // for all matches of a document's patterns, as long as it lives
	longPatterns = 10                     // milliseconds from which a match counts
)

// Pattern is a regular expression of ECMA 262, which OpenAPI prescribes and
// Go's own package can't match: it has no lookaheads, for example.
type Pattern struct {
	text     string
	compiled *regexp2.Regexp // nil for one that is not run
	spent    *atomic.Int64   // nanoseconds, by all patterns of the document
}

// newPattern never fails: an expression that the engine lacks, or that is
// longer than a person writes, is kept for the reader and not run.
func newPattern(expression string, spent *atomic.Int64) *Pattern {
	p := &Pattern{text: expression, spent: spent}
	if len(expression) > maxPattern {
		return p
	}
	if compiled, err := regexp2.Compile(expression, regexp2.ECMAScript|regexp2.Unicode); err == nil {
		compiled.MatchTimeout = maxMatch
		p.compiled = compiled
	}
	return p
}

func (p *Pattern) String() string { return p.text }

// Match reports whether the expression matches anywhere in s. It is not
// decided where the engine lacks the expression, where a match takes too long,
// or where the document's patterns together have taken too long.
func (p *Pattern) Match(s string) (matched, decided bool) {
	if p.compiled == nil || p.spent.Load() > int64(maxMatches) {
		return false, false
	}
	begun := time.Now()
	matched, err := p.compiled.MatchString(s)
	if took := time.Since(begun); took > longPatterns*time.Millisecond {
		p.spent.Add(int64(took))
	}
	return matched, err == nil
}
