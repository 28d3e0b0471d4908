// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package agreement

import (
	"context"
	_ "embed" // for a file that a table can name
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/validate"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// difference is something that the provider and the emulator validate
// differently, and neither is wrong. An example shows it: a flow whose input
// has the field x, its value, and the result of each side.
type difference struct {
	name, reason string

	mediaType    string
	x            node
	example      value.Value
	right, taken bool

	// accounts reports whether this is why an exchange went as it did.
	accounts func(exchange) bool
}

// differences are all known ones, the particular before the general.
var differences = []difference{
	{
		name:      "a key that is no name",
		reason:    "Readers of forms disagree on how brackets and quotes within a name are written, so the encoder refuses them.",
		mediaType: contract.Multipart, x: node{},
		example: value.Object{"a[b]": value.Bool(true)}, right: true,
		accounts: func(e exchange) bool {
			return e.right() && e.refused != nil && refusesOnly(e.refused, "a key that a multipart request can't represent")
		},
	},
	{
		name:      "text and content under one name",
		reason:    "Where one alternative has text at a place and another has content, the encoder takes a string there for content, which is base64: sending content as text would ruin a file.",
		mediaType: contract.Multipart, x: node{"anyOf": []any{node{"type": "string", "maxLength": 3}, node{"type": "string", "format": "binary"}}},
		example: value.String("abc"), right: true,
		accounts: func(e exchange) bool {
			return e.right() && e.refused != nil && refusesOnly(e.refused, "is not base64 text")
		},
	},
	{
		name:      "what is empty is not in a form",
		reason:    "A form has a part for each leaf, and what is empty has none. The provider finds it missing where the flow requires it, and elsewhere validates the configured value; the service validates the rest.",
		mediaType: contract.Multipart, x: node{"type": "object", "properties": node{"a": node{"type": "array", "items": node{}, "minItems": 1}, "b": node{}}},
		example: value.Object{"a": value.List{}, "b": value.Bool(true)}, taken: true,
		accounts: func(e exchange) bool { return e.form() && e.validates(withoutEmpty(e.body)) == e.taken() },
	},
	{
		name:      "a form has no types",
		reason:    "In a form a number is text. The provider requires the type in the document, which the service can't see.",
		mediaType: contract.Multipart, x: node{"type": "string"},
		example: value.Number("12"), taken: true,
		accounts: func(e exchange) bool {
			return e.form() && e.received != nil && e.validates(tree(e.received.Body)) == e.taken()
		},
	},
	{
		name:      "in JSON a file is text",
		reason:    "A file is sent as base64 in JSON, where the service can't distinguish it from text. The provider knows that it is a file.",
		mediaType: contract.JSON, x: node{"type": "string"},
		example: someFile, taken: true,
		accounts: func(e exchange) bool {
			return !e.form() && len(value.Files(e.body)) > 0 && e.received != nil && e.validates(tree(e.received.Body)) == e.taken()
		},
	},
	{
		name:      "formats that the emulator does not validate",
		reason:    "OpenAPI leaves formats open, and the emulator's are those that flows use.",
		mediaType: contract.JSON, x: node{"type": "string", "format": "hostname"},
		example: value.String("-a-"), taken: true,
		accounts: func(e exchange) bool {
			return e.taken() && !slices.ContainsFunc(e.problems, func(p validate.Problem) bool {
				return p.Rule != validate.RuleFormat || !strings.Contains(p.Message, "host name") && !strings.Contains(p.Message, "must be a time ")
			})
		},
	},
}

//go:embed doc.go
var docGo []byte

// someFile is a file that a table can name before any test has run.
var someFile = value.File{Path: "doc.go", SHA256: sum(docGo)}

// Every known difference is one, and no other accounts for it.
func TestDifferences(t *testing.T) {
	for _, d := range differences {
		t.Run(d.name, func(t *testing.T) {
			c := parse(t, inputDocument(d.mediaType, node{
				"type": "object", "required": []string{"x"}, "properties": node{"x": d.x},
			}))
			e := c.exchange(t, value.Object{
				"input":    value.Object{"x": d.example},
				"metadata": value.Object{"subjectId": value.String("customer-123")},
			})
			if e.right() != d.right || e.taken() != d.taken {
				t.Errorf("%s\n%s", d.reason, e)
			}
			if known := explain(e); known != d.name {
				t.Errorf("it is explained as %q", known)
			}
		})
	}
}

// The API bounds state and redirectUrl whatever the flow says. The provider
// validates them as separate attributes, before there is a body.
func TestContractIsNotTheDocuments(t *testing.T) {
	c := parse(t, inputDocument(contract.JSON, node{"type": "object"}))
	for member, text := range map[string]string{"state": strings.Repeat("s", 2049), "redirectUrl": "not absolute"} {
		e := c.exchange(t, value.Object{"metadata": value.Object{"subjectId": value.String("c")}, member: value.String(text)})
		if !e.right() || e.taken() {
			t.Errorf("%s: %s", member, e)
		}
	}
}

// validates reports whether the provider accepts another body.
func (c bothDocuments) validates(body value.Value) bool {
	object, ok := body.(value.Object)
	return ok && len(validate.Body(context.Background(), c.ours, object).Problems) == 0
}

// refusesOnly reports whether each line of an error has the text.
func refusesOnly(err error, text string) bool {
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if !strings.Contains(line, text) {
			return false
		}
	}
	return true
}

// withoutEmpty is v without what has no leaf.
func withoutEmpty(v value.Value) value.Value {
	return change(v, func(v value.Value) value.Value {
		switch v := v.(type) {
		case value.List:
			if kept := slices.DeleteFunc(slices.Clone(v), value.IsNull); len(kept) > 0 {
				return kept
			}
			return value.Null{}
		case value.Object:
			kept := maps.Clone(v)
			maps.DeleteFunc(kept, func(_ string, member value.Value) bool { return value.IsNull(member) })
			if len(kept) > 0 {
				return kept
			}
			return value.Null{}
		}
		return v
	})
}

// change applies to every part of v, inner parts first.
func change(v value.Value, to func(value.Value) value.Value) value.Value {
	switch parts := v.(type) {
	case value.List:
		changed := make(value.List, len(parts))
		for i, element := range parts {
			changed[i] = change(element, to)
		}
		return to(changed)
	case value.Object:
		changed := value.Object{}
		for key, member := range parts {
			changed[key] = change(member, to)
		}
		return to(changed)
	}
	return to(v)
}
