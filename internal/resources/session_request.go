// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
	"github.com/idnow/terraform-provider-idnow/internal/tfvalue"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// request is what a configuration sends: the body as a tree, and the
// attributes that it was made of, so that a place in the body can be shown as
// the place where the user wrote it.
type request struct {
	body value.Object

	// faults are problems that need no document: malformed file references,
	// and leaves that both input and input_wo contain.
	faults []fault

	input, inputWO, metadata attr.Value
	inputWOTree              value.Value
}

// fault is a problem at a place of the configuration.
type fault struct {
	attribute path.Path // the root attribute
	at        path.Path // the very place
	display   string    // the place as the user writes it
	message   string
}

// newRequest builds the request of a configuration whose write-only input is
// a separate argument, since neither plan nor state contains it.
func newRequest(m *sessionModel, inputWO attr.Value) *request {
	q := &request{input: m.Input, inputWO: inputWO, metadata: m.Metadata}
	input := q.tree(pathInput, contract.Input, m.Input)
	q.inputWOTree = q.tree(pathInputWO, "input_wo", inputWO)
	metadata := q.tree(pathMetadata, contract.Metadata, m.Metadata)
	redirectURL, _ := tfvalue.FromTerraform(m.RedirectURL)
	state, _ := tfvalue.FromTerraform(m.State)

	q.body = value.Object{
		contract.Input:       q.merge(value.Path{value.Name(contract.Input)}, input, q.inputWOTree),
		contract.Metadata:    metadata,
		contract.RedirectURL: redirectURL,
		contract.State:       state,
	}
	return q
}

func (q *request) tree(root path.Path, name string, v attr.Value) value.Value {
	if v == nil {
		return value.Null{}
	}
	tree, malformed := tfvalue.FromTerraform(v)
	for _, m := range malformed {
		q.faults = append(q.faults, fault{
			attribute: root,
			at:        tfvalue.Path(root, v, m.Path),
			display:   display(name, m.Path),
			message:   "is not a file reference: " + m.Value.Error(),
		})
	}
	return tree
}

// merge merges the write-only input into the input. Objects are merged key by
// key; only one of them may contain anything else.
func (q *request) merge(at value.Path, input, writeOnly value.Value) value.Value {
	switch {
	case value.IsNull(writeOnly):
		return input
	case value.IsNull(input):
		return writeOnly
	case isUnknown(input) || isUnknown(writeOnly):
		return value.Unknown{}
	}
	left, isObject := input.(value.Object)
	right, isObjectToo := writeOnly.(value.Object)
	if !isObject || !isObjectToo {
		place := q.locate(at)
		place.message = "is set in both input and input_wo. Remove it from one of them"
		if isObject != isObjectToo {
			place.message = "is " + value.Describe(input) + " in input and " + value.Describe(writeOnly) + " in input_wo. Only objects are merged; write both alike"
		}
		q.faults = append(q.faults, place)
		return value.Unknown{}
	}
	merged := make(value.Object, len(left)+len(right))
	for key, member := range left {
		merged[key] = member
	}
	for _, key := range right.Keys() {
		merged[key] = q.merge(at.Key(key), left[key], right[key])
	}
	return merged
}

func isUnknown(v value.Value) bool {
	_, unknown := v.(value.Unknown)
	return unknown
}

// locate finds the place in the configuration of a place in the body.
func (q *request) locate(at value.Path) fault {
	if len(at) == 0 {
		return fault{attribute: pathInput, at: pathInput, display: contract.Input}
	}
	switch at[0] {
	case value.Name(contract.Metadata):
		return locateIn(pathMetadata, contract.Metadata, q.metadata, at[1:])
	case value.Name(contract.RedirectURL):
		return fault{attribute: pathRedirectURL, at: pathRedirectURL, display: "redirect_url"}
	case value.Name(contract.State):
		return fault{attribute: pathState, at: pathState, display: "state"}
	}
	if q.inWriteOnly(at[1:]) {
		return locateIn(pathInputWO, "input_wo", q.inputWO, at[1:])
	}
	return locateIn(pathInput, contract.Input, q.input, at[1:])
}

func locateIn(root path.Path, name string, v attr.Value, at value.Path) fault {
	return fault{
		attribute: root,
		at:        tfvalue.Path(root, v, at),
		display:   display(name, at),
	}
}

// maxPath is how many characters of a path are printed.
const maxPath = 500

// display writes a place as the user does, and so that it can be printed: the
// names in it are the user's or the flow's document's.
func display(root string, at value.Path) string {
	return terminal.Line(append(value.Path{value.Name(root)}, at...).String(), maxPath)
}

// inWriteOnly reports whether a place belongs to the write-only input: where that
// contains the place itself, or where the place is missing (as a required key is)
// and only that contains its block.
func (q *request) inWriteOnly(at value.Path) bool {
	inWO := depth(q.inputWOTree, at)
	tree, _ := tfvalue.FromTerraform(q.input)
	return inWO > depth(tree, at)
}

// depth is the number of steps of at that v has.
func depth(v value.Value, at value.Path) int {
	if value.IsNull(v) {
		return -1
	}
	for i, step := range at {
		v = child(v, step)
		if v == nil {
			return i
		}
	}
	return len(at)
}

func child(v value.Value, step value.Step) value.Value {
	switch step := step.(type) {
	case value.Name:
		if object, ok := v.(value.Object); ok {
			return object[string(step)]
		}
	case value.Element:
		if list, ok := v.(value.List); ok && int(step) < len(list) {
			return list[step]
		}
	}
	return nil
}

// texts returns all strings, numbers and file names of the body, at any depth.
// The content of files is not among them: it is streamed and never held.
func (q *request) texts() []string {
	var texts []string
	value.Walk(q.body, func(_ value.Path, v value.Value) {
		switch v := v.(type) {
		case value.String:
			texts = append(texts, string(v))
		case value.Number:
			texts = append(texts, string(v))
		case value.File:
			texts = append(texts, v.Name())
		}
	})
	return texts
}
