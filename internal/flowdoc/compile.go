// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowdoc

import (
	"bytes"
	"encoding/json"
	"errors"
	"sync/atomic"
	"time"

	"github.com/dlclark/regexp2"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

const (
	maxPattern   = 2_000 // characters
	matchTimeout = 100 * time.Millisecond
	maxTimeouts  = 5 // of one document's patterns together
)

// standalone is a JSON Schema as users get it, and the same compiled.
type standalone struct {
	source   []byte
	compiled *jsonschema.Schema
}

// compile checks a translated schema against JSON Schema's own schema and
// compiles it. Its patterns share the document's patience. The error is a
// *ParseError.
func compile(document map[string]any, shared *patience) (standalone, error) {
	const place = "flow:///schema"
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.AssertFormat()
	compiler.UseRegexpEngine(func(expression string) (jsonschema.Regexp, error) {
		compiled, err := compilePattern(expression)
		if err != nil {
			return nil, err
		}
		compiled.patience = shared
		return compiled, nil
	})
	compiler.UseLoader(noLoader{})
	registerFormats(compiler, document)
	invalid := &ParseError{"has a schema that is not valid"}
	if err := compiler.AddResource(place, document); err != nil {
		return standalone{}, invalid
	}
	compiled, err := compiler.Compile(place)
	if err != nil {
		return standalone{}, invalid
	}
	source, err := encode(document)
	if err != nil {
		return standalone{}, invalid
	}
	return standalone{source, compiled}, nil
}

// encode writes a schema with sorted keys, so that the same document always
// gives the same bytes.
func encode(document map[string]any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // < and > are common in patterns and descriptions
	if err := encoder.Encode(document); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// noLoader keeps the compiler from reading files: a schema stands alone.
type noLoader struct{}

func (noLoader) Load(string) (any, error) { return nil, errors.New("a schema stands alone") }

// registerFormats has the compiler keep every format that a schema names. The
// judging is done by this package's own tables; a format that is in none of
// them is described, not judged.
func registerFormats(compiler *jsonschema.Compiler, node any) {
	switch node := node.(type) {
	case map[string]any:
		if name, ok := node["format"].(string); ok {
			compiler.RegisterFormat(&jsonschema.Format{Name: name, Validate: func(any) error { return nil }})
		}
		for _, member := range node {
			registerFormats(compiler, member)
		}
	case []any:
		for _, element := range node {
			registerFormats(compiler, element)
		}
	}
}

// patience bounds what all patterns of a document may cost for as long as it
// lives: each match that takes too long uses some of it up. It may be used
// from several goroutines.
type patience struct{ timeouts atomic.Int32 }

// left reports whether patterns are still judged.
func (p *patience) left() bool { return p.timeouts.Load() < maxTimeouts }

// pattern is a regular expression of ECMA 262, which OpenAPI prescribes and
// Go's own package can't match: it has no lookaheads, for example.
type pattern struct {
	expression *regexp2.Regexp
	patience   *patience
	givenUp    atomic.Bool // a match has taken too long; the next would too
}

// compilePattern compiles an expression. An expression that is longer than a
// person writes is an error.
func compilePattern(expression string) (*pattern, error) {
	if len(expression) > maxPattern {
		return nil, errors.New("the pattern is too long")
	}
	compiled, err := regexp2.Compile(expression, regexp2.ECMAScript|regexp2.Unicode)
	if err != nil {
		return nil, err
	}
	compiled.MatchTimeout = matchTimeout
	return &pattern{expression: compiled, patience: &patience{}}, nil
}

func (p *pattern) String() string { return p.expression.String() }

// MatchString reports whether the expression matches anywhere in s. What takes
// too long to tell is given the benefit of the doubt, now and from then on: the
// service decides.
func (p *pattern) MatchString(s string) bool {
	if p.givenUp.Load() || !p.patience.left() {
		return true
	}
	matched, err := p.expression.MatchString(s)
	if err != nil {
		p.givenUp.Store(true)
		p.patience.timeouts.Add(1)
	}
	return matched || err != nil
}
