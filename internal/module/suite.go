// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import "github.com/hashicorp/hcl/v2/hclwrite"

// exampleSubject is the person of examples.
const exampleSubject = "customer-123"

// noExample says that an example was looked for, in the README too.
const noExample = "No input was found that keeps all rules of the flow."

// test writes tests/session.tftest.hcl, which a user runs by terraform test.
func (s *source) test() ([]byte, error) {
	file := hclwrite.NewEmptyFile()
	body := file.Body()
	comment(body, s.header()...)
	body.AppendNewline()
	if s.example == nil {
		comment(body, noExample, "So nothing is run here: write a test with an input of your own beside this file.")
		return formatted(file), nil
	}
	comment(body, "The provider is mocked: this needs no account and creates no session.",
		"It needs Terraform 1.7 or OpenTofu 1.8.")
	body.AppendNewBlock("mock_provider", []string{"idnow"})
	body.AppendNewline()
	variables := body.AppendNewBlock("variables", nil).Body()
	setText(variables, "subject_id", exampleSubject)
	if err := setExpression(variables, "input", s.example.expression()); err != nil {
		return nil, err
	}
	for _, r := range s.runs() {
		body.AppendNewline()
		if err := r.write(body.AppendNewBlock("run", []string{r.name}).Body()); err != nil {
			return nil, err
		}
	}
	return formatted(file), nil
}

// run is a run block: one that holds what is asserted, or one that a variable
// refuses.
type run struct {
	name, assertion, failure string
	refusing, value          string // a variable, and what it refuses
}

func (s *source) runs() []run {
	return []run{
		{
			name:      "creates_the_session",
			assertion: "idnow_session.this.flow_id == " + quote(s.flow.ID) + " && idnow_session.this.metadata.subjectId == var.subject_id",
			failure:   "The session is of another flow, or for another person.",
		},
		{name: "refuses_an_empty_subject", refusing: "subject_id", value: ""},
		{name: "refuses_a_language_that_the_player_lacks", refusing: "locale", value: "english"},
	}
}

func (r run) write(body *hclwrite.Body) error {
	if r.refusing == "" {
		assert := body.AppendNewBlock("assert", nil).Body()
		if err := setExpression(assert, "condition", r.assertion); err != nil {
			return err
		}
		setText(assert, "error_message", r.failure)
		return nil
	}
	if err := setExpression(body, "command", "plan"); err != nil {
		return err
	}
	body.AppendNewline()
	setText(body.AppendNewBlock("variables", nil).Body(), r.refusing, r.value)
	body.AppendNewline()
	return setExpression(body, "expect_failures", "[var."+r.refusing+"]")
}
