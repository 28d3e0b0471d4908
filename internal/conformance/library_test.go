// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
	google "github.com/google/jsonschema-go/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// library is a schema library that has read an exported schema.
type library struct {
	name     string
	validate func(tree any) error
}

// compile has each library read a schema. One that has another engine of patterns
// than ECMA-262's is left out where that can't compile a pattern.
func compile(schema []byte) ([]library, error) {
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseRegexpEngine(ecmaScript)
	if err := compiler.AddResource("schema.json", tree); err != nil {
		return nil, err
	}
	compiled, err := compiler.Compile("schema.json")
	if err != nil {
		return nil, err
	}
	libraries := []library{{"santhosh-tekuri/jsonschema", func(tree any) error { return compiled.Validate(tree) }}}

	var read google.Schema
	if err := json.Unmarshal(schema, &read); err != nil {
		return nil, err
	}
	resolved, err := read.Resolve(nil)
	switch {
	case err == nil:
		return append(libraries, library{"google/jsonschema-go", func(tree any) error { return resolved.Validate(asFloats(tree)) }}), nil
	case strings.Contains(err.Error(), "error parsing regexp"):
		return libraries, nil
	}
	return nil, err
}

// pattern is one in ECMA-262's syntax.
type pattern struct{ *regexp2.Regexp }

// A pattern that the engine can't compile is undecided, and matches all.
func ecmaScript(source string) (jsonschema.Regexp, error) {
	compiled, err := regexp2.Compile(source, regexp2.ECMAScript|regexp2.Unicode)
	if err != nil {
		return pattern{regexp2.MustCompile("", regexp2.None)}, nil //nolint:nilerr // see above
	}
	compiled.MatchTimeout = time.Second
	return pattern{compiled}, nil
}

func (p pattern) MatchString(text string) bool {
	matched, err := p.Regexp.MatchString(text)
	return matched || err != nil
}

// asFloats converts numbers to the one kind that the library supports.
func asFloats(tree any) any {
	var plain any
	if err := json.Unmarshal([]byte(text(tree)), &plain); err != nil {
		panic(err)
	}
	return plain
}
