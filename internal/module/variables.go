// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"cmp"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// inputAccess is the expression of the module's input.
const inputAccess = "var.input"

// variable is a variable that every flow has.
type variable struct {
	name        string
	constraint  string // its type; "" is string
	word        string // its type in a table; "" is the constraint
	description string
	initial     cty.Value // cty.NilVal where one must be given
	nullable    bool
	sensitive   bool
	checks      []check
}

// contract are the variables beside the input, by the API's own contract.
func (s *source) contract() []variable {
	null := cty.NullVal(cty.String)
	return []variable{
		{
			name: "subject_id", description: "Your own reference for the person to be verified.",
			initial: cty.NilVal, checks: lengthChecks(&schema{MinLength: "1"}),
		},
		{
			name: "environment", description: "The logical environment that the flow is published to.",
			initial: cty.StringVal(s.flow.Environment), checks: lengthChecks(&schema{MinLength: "1"}),
		},
		{
			name: "locale", description: "The player's language: en, de or fr. Default: the flow's.",
			initial: null, nullable: true, checks: []check{oneOfTexts([]string{"en", "de", "fr"})},
		},
		{
			name: "redirect_url", description: "Where the player sends the person afterwards: an absolute URL on the API client's allowlist.",
			initial: null, nullable: true, checks: []check{formats["uri"]},
		},
		{
			// Its length is left to the provider: Terraform up to 1.11 would print a
			// secret that a condition of its own refuses.
			name: "state", description: "An opaque value that comes back in the redirect, for example against CSRF; at most 2048 characters.",
			initial: null, nullable: true, sensitive: true,
		},
		// The provider's own arguments, which it checks and has defaults for.
		{
			name: "wait_for_completion", constraint: "bool",
			description: "Whether apply returns only once the session has ended, for flows without a user step. Default: it does not wait.",
			initial:     null, nullable: true,
		},
		{
			name: "timeouts", constraint: "object({\ncreate = optional(string)\nread = optional(string)\n})", word: "object",
			description: "How long creating and reading may take, as Go durations: { create = \"30m\", read = \"1m\" }. Default: the provider's.",
			initial:     null, nullable: true,
		},
		{
			name: "replace_on_status", constraint: "set(string)", word: "set of string",
			description: "The statuses that make the next plan replace the session. Default: EXPIRED alone; [] for never.",
			initial:     null, nullable: true,
		},
	}
}

// variables writes variables.tf.
func (s *source) variables() ([]byte, error) {
	file := hclwrite.NewEmptyFile()
	comment(file.Body(), s.header()...)
	file.Body().AppendNewline()
	if err := s.inputVariable(file.Body().AppendNewBlock("variable", []string{"input"}).Body()); err != nil {
		return nil, err
	}
	for _, v := range s.contract() {
		file.Body().AppendNewline()
		if err := v.write(file.Body().AppendNewBlock("variable", []string{v.name}).Body()); err != nil {
			return nil, err
		}
	}
	return formatted(file), nil
}

func (v variable) write(body *hclwrite.Body) error {
	setText(body, "description", v.description)
	if err := setExpression(body, "type", cmp.Or(v.constraint, "string")); err != nil {
		return err
	}
	if v.initial != cty.NilVal {
		body.SetAttributeValue("default", v.initial)
	}
	if !v.nullable {
		body.SetAttributeValue("nullable", cty.False)
	}
	if v.sensitive {
		body.SetAttributeValue("sensitive", cty.True)
	}
	access := "var." + v.name
	for _, c := range v.checks {
		condition := c.condition(access)
		if v.nullable {
			condition = unlessNull(access, condition)
		}
		if err := writeValidation(body, validation{condition, v.name + " " + c.demand + "."}); err != nil {
			return err
		}
	}
	return nil
}

// inputVariable writes the flow's input. It is a person's data, so Terraform is
// not to print it, which it does for values that break a rule.
func (s *source) inputVariable(body *hclwrite.Body) error {
	setText(body, "description", "What the flow "+s.name()+" takes, as the README lists it. Null means not given.")
	if err := setExpression(body, "type", typeOf(s.input)); err != nil {
		return err
	}
	if s.input.optional() {
		body.SetAttributeValue("default", cty.EmptyObjectVal)
	}
	body.SetAttributeValue("nullable", cty.False)
	body.SetAttributeValue("sensitive", cty.True)
	for _, v := range validations(s.input) {
		if err := writeValidation(body, v); err != nil {
			return err
		}
	}
	return nil
}

// optional reports whether an object may be empty.
func (s *shape) optional() bool {
	for _, m := range s.members {
		if m.required {
			return false
		}
	}
	return s.kind == object || s.kind == untyped && !anyRequired(s.parts)
}

func anyRequired(parts []*schema) bool {
	for _, part := range parts {
		if part.Required != nil {
			return true
		}
	}
	return false
}

func writeValidation(body *hclwrite.Body, v validation) error {
	body.AppendNewline()
	block := body.AppendNewBlock("validation", nil).Body()
	if err := setExpression(block, "condition", v.condition); err != nil {
		return err
	}
	setText(block, "error_message", v.message)
	return nil
}

// fileType is the type of a value that is a file's content.
const fileType = `object({
  path         = string
  filename     = optional(string)
  content_type = optional(string)
})`

// typeOf writes a type constraint, with the document's descriptions as comments.
func typeOf(s *shape) string {
	switch s.kind {
	case text:
		return "string"
	case number:
		return "number"
	case boolean:
		return "bool"
	case file:
		return fileType
	case list:
		return "list(" + typeOf(s.element) + ")"
	case mapping:
		return "map(" + typeOf(s.element) + ")"
	case object:
		return objectType(s.members)
	case untyped:
	}
	return "any"
}

func objectType(members []member) string {
	if len(members) == 0 {
		return "object({})"
	}
	var b strings.Builder
	b.WriteString("object({\n")
	for _, m := range members {
		for _, remark := range m.remarks() {
			b.WriteString("# " + remark + "\n")
		}
		constraint := typeOf(m.shape)
		if !m.required {
			constraint = "optional(" + constraint + ")"
		}
		b.WriteString(m.name + " = " + constraint + "\n")
	}
	b.WriteString("})")
	return b.String()
}

// remarks are what a reader of a type is told of a value.
func (s *shape) remarks() []string {
	var remarks []string
	if s.description != "" {
		remarks = append(remarks, s.description)
	}
	if s.kind == untyped {
		remarks = append(remarks, "Not typed: "+s.note+".")
	}
	return remarks
}
