// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package settings

import "strings"

// prefix begins the name of every variable.
const prefix = "IDNOW_"

// State is what is known of a setting.
type State int

// The states.
const (
	Omitted State = iota
	Unknown       // it is set to a value that is unknown until apply
	Set           // by the configuration or by a variable
)

// Value is what a setting is set to.
type Value struct {
	State State
	Text  string // where set
}

// Source is where settings come from.
type Source struct {
	// Configured are the arguments of a configuration; those that it omits are
	// absent.
	Configured map[string]Value

	// Getenv reads a variable. An empty one counts as not set, as everywhere in
	// the Terraform world.
	Getenv func(variable string) string

	// Name is how messages call a setting, such as its variable.
	Name func(argument string) string
}

// Setting is one argument, merged with its variable.
type Setting struct {
	Value

	Argument string // as in a configuration: api_url
	Name     string // for messages
}

// Variable returns the variable of an argument: IDNOW_API_URL for api_url.
func Variable(argument string) string { return prefix + strings.ToUpper(argument) }

// Lookup returns a setting: that of the configuration, else the variable.
func (s Source) Lookup(argument string) Setting {
	found := Setting{Argument: argument, Name: s.Name(argument), Value: s.Configured[argument]}
	if found.State == Omitted {
		if text := s.Getenv(Variable(argument)); text != "" {
			found.Value = Value{State: Set, Text: text}
		}
	}
	return found
}

// Problem is what is wrong with a setting, or with several together. It holds no
// value of theirs.
type Problem struct {
	Argument string // the one to set right, "" for several
	Summary  string // "Invalid api_url"
	Detail   string // whole sentences: what is wrong, and what to do
}

// String is the problem as one line.
func (p Problem) String() string { return p.Summary + ": " + p.Detail }

// Invalid is the problem of a malformed setting. The reason completes a sentence
// that begins with the setting: "must be a duration".
func (s Setting) Invalid(reason string) Problem {
	return Problem{Argument: s.Argument, Summary: "Invalid " + s.Argument, Detail: s.Name + " " + reason + "."}
}
