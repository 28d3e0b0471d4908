// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package functions

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

var _ function.Function = inputSchema{}

// NewInputSchema returns the function input_schema.
func NewInputSchema() function.Function { return inputSchema{} }

type inputSchema struct{}

// openAPIParameter is the document that the functions read.
var openAPIParameter = function.StringParameter{
	Name:                "openapi_json",
	MarkdownDescription: "The flow's OpenAPI document: `openapi_json` of `idnow_flow_openapi`, or a file downloaded from the dashboard.",
}

func (inputSchema) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "input_schema"
}

func (inputSchema) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Returns the JSON Schema of a flow's input",
		MarkdownDescription: "Returns the schema of a flow's input as plain JSON Schema 2020-12: nested, with references resolved and bracketed " +
			"multipart names unfolded. The result equals `input_schema_json` of `idnow_flow_openapi`.",
		Parameters: []function.Parameter{openAPIParameter},
		Return:     function.StringReturn{},
	}
}

func (inputSchema) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var raw string
	if resp.Error = req.Arguments.Get(ctx, &raw); resp.Error != nil {
		return
	}
	document, err := flowschema.Parse(ctx, []byte(raw))
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, terminal.Sentence(err))
		return
	}
	resp.Error = resp.Result.Set(ctx, string(document.InputSchema()))
}
