// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package functions

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
	"github.com/idnow/terraform-provider-idnow/internal/tfvalue"
	"github.com/idnow/terraform-provider-idnow/internal/validate"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

var _ function.Function = validateInput{}

// NewValidateInput returns the function validate_input.
func NewValidateInput() function.Function { return validateInput{} }

type validateInput struct{}

// problem is the type of an element of the result.
var problem = types.ObjectType{AttrTypes: map[string]attr.Type{
	"path":    types.StringType,
	"rule":    types.StringType,
	"message": types.StringType,
}}

func (validateInput) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "validate_input"
}

func (validateInput) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Validates an input against a flow's document",
		MarkdownDescription: "Validates an input against a flow's OpenAPI document, as `idnow_session` does at plan, and returns the problems: a list of objects with " +
			"`path` (such as `input.basicIdentity.birthDate`), `rule` (such as `required` or `maxLength`) and `message`. " +
			"The list is empty if the input is valid. " +
			"A problem never contains the value.",
		Parameters: []function.Parameter{
			openAPIParameter,
			function.DynamicParameter{
				Name:                "input",
				MarkdownDescription: "The input: an object of data blocks, as in `idnow_session`.",
				AllowNullValue:      true,
			},
		},
		Return: function.ListReturn{ElementType: problem},
	}
}

func (validateInput) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var raw string
	var input types.Dynamic
	if resp.Error = req.Arguments.Get(ctx, &raw, &input); resp.Error != nil {
		return
	}
	document, err := flowschema.Parse(ctx, []byte(raw))
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, terminal.Sentence(err))
		return
	}
	list, diags := types.ListValue(problem, problems(ctx, document, input))
	if resp.Error = function.FuncErrorFromDiags(ctx, diags); resp.Error != nil {
		return
	}
	resp.Error = resp.Result.Set(ctx, list)
}

// problems validates the input alone: there is no metadata that could be missing.
func problems(ctx context.Context, document *flowschema.Document, input attr.Value) []attr.Value {
	tree, malformed := tfvalue.FromTerraform(input)
	found := []attr.Value{}
	add := func(path value.Path, rule, message string) {
		found = append(found, types.ObjectValueMust(problem.AttrTypes, map[string]attr.Value{
			"path":    types.StringValue(path.String()),
			"rule":    types.StringValue(rule),
			"message": types.StringValue(message),
		}))
	}
	for _, m := range malformed {
		add(append(value.Path{value.Name(contract.Input)}, m.Path...), string(validate.RuleFile), "is not a file reference: "+m.Value.Error())
	}
	for _, p := range validate.Input(ctx, document, tree).Problems {
		add(p.Path, string(p.Rule), terminal.Block(p.Explanation()))
	}
	return found
}
