// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package datasources

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

var _ datasource.DataSourceWithConfigure = (*flowOpenAPI)(nil)

// NewFlowOpenAPI returns the data source idnow_flow_openapi.
func NewFlowOpenAPI() datasource.DataSource { return &flowOpenAPI{} }

type flowOpenAPI struct{ source }

type flowOpenAPIModel struct {
	FlowID          types.String     `tfsdk:"flow_id"`
	Environment     types.String     `tfsdk:"environment"`
	OpenAPIJSON     types.String     `tfsdk:"openapi_json"`
	SHA256          types.String     `tfsdk:"sha256"`
	OpenAPIVersion  types.String     `tfsdk:"openapi_version"`
	Title           types.String     `tfsdk:"title"`
	Description     types.String     `tfsdk:"description"`
	FlowVersion     types.Int64      `tfsdk:"flow_version"`
	ServerURLs      []string         `tfsdk:"server_urls"`
	ContentTypes    []string         `tfsdk:"content_types"`
	InputSchemaJSON types.String     `tfsdk:"input_schema_json"`
	DataBlocks      []dataBlockModel `tfsdk:"data_blocks"`
}

type dataBlockModel struct {
	Name     string       `tfsdk:"name"`
	Required bool         `tfsdk:"required"`
	Fields   []fieldModel `tfsdk:"fields"`
}

type fieldModel struct {
	Path      string       `tfsdk:"path"`
	Type      types.String `tfsdk:"type"`
	Format    types.String `tfsdk:"format"`
	Required  bool         `tfsdk:"required"`
	Enum      []string     `tfsdk:"enum"`
	MaxLength types.Int64  `tfsdk:"max_length"`
}

func (d *flowOpenAPI) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_flow_openapi"
}

func (d *flowOpenAPI) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A flow's own OpenAPI document: the exact request that creates a session of it, for client generators, Postman and " +
			"contract tests, and to look up the `input` that the flow accepts.",
		Attributes: map[string]schema.Attribute{
			"flow_id":         requiredID("The ID of the flow."),
			"environment":     environmentAttribute(),
			"openapi_json":    computed("The document, byte for byte as the service returns it."),
			"sha256":          computed("The SHA-256 of `openapi_json` in hex, to detect a change of the flow's contract."),
			"openapi_version": computed("The OpenAPI version of the document, such as `3.0.0`."),
			"title":           computed("The flow's name."),
			"description":     computed("The flow's description."),
			"flow_version": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "The version of the flow that is published.",
			},
			"server_urls": schema.ListAttribute{
				Computed:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "The addresses of the service that the document lists.",
			},
			"content_types": schema.ListAttribute{
				Computed:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "The media types that the flow accepts: `application/json`, `multipart/form-data` or both.",
			},
			"input_schema_json": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The flow's input as plain JSON Schema 2020-12: nested, with references resolved and bracketed multipart names unfolded. " +
					"`idnow_session` validates `input` against this schema.",
			},
			"data_blocks": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The data blocks of `input`.",
				NestedObject:        schema.NestedAttributeObject{Attributes: dataBlockAttributes()},
			},
		},
	}
}

func dataBlockAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"name":     computed("The block's key in `input`."),
		"required": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the flow requires the block."},
		"fields": schema.ListNestedAttribute{
			Computed:            true,
			MarkdownDescription: "The block's fields, including nested ones.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"path":       computed("The path below the block, such as `documents[].source`."),
				"type":       computed("The JSON type."),
				"format":     computed("The format, such as `date` or `binary`; null if there is none."),
				"required":   schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the field is required where its parent is set."},
				"enum":       schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "The allowed values; null if any value is allowed."},
				"max_length": schema.Int64Attribute{Computed: true, MarkdownDescription: "The maximum length in characters; null if there is none."},
			}},
		},
	}
}

func (d *flowOpenAPI) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model flowOpenAPIModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	var ok bool
	if model.Environment, ok = apiread.Environment(d.data, model.Environment, &resp.Diagnostics); !ok {
		return
	}
	environment, flowID := model.Environment.ValueString(), model.FlowID.ValueString()
	ctx, cancel := apiread.Within(ctx)
	defer cancel()
	raw, err := d.data.Documents.Raw(ctx, environment, flowID)
	if err != nil {
		d.reportError(ctx, err, environment, flowID, &resp.Diagnostics)
		return
	}
	model.setRaw(raw, &resp.Diagnostics)
	document, err := d.data.Documents.Get(ctx, environment, flowID)
	if err != nil {
		// The bytes are still useful, to see what is wrong with them.
		resp.Diagnostics.AddAttributeWarning(path.Root("flow_id"), "Invalid flow document",
			fmt.Sprintf("The document of flow %s in the environment %s is not usable: %s. Only openapi_json and sha256 are set.",
				terminal.Quote(flowID), terminal.Quote(environment), terminal.Sentence(err)))
	} else {
		model.setDocument(document)
	}
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
	}
}

func (d *flowOpenAPI) reportError(ctx context.Context, err error, environment, flowID string, diags *diag.Diagnostics) {
	if client.IsNotFound(err) {
		summary, detail := apiread.FlowNotPublished(ctx, d.data, flowID, environment)
		diags.AddAttributeError(path.Root("flow_id"), summary, detail)
		return
	}
	diags.AddError(apiread.Error(d.data, err, "fetch the flow's document"))
}

func (m *flowOpenAPIModel) setRaw(raw []byte, diags *diag.Diagnostics) {
	if !utf8.Valid(raw) {
		diags.AddAttributeError(path.Root("flow_id"), "Invalid flow document",
			"The response is not UTF-8 text, so it is no OpenAPI document. Check that api_url is the address of the API itself.")
		return
	}
	sum := sha256.Sum256(raw)
	m.OpenAPIJSON = types.StringValue(string(raw))
	m.SHA256 = types.StringValue(hex.EncodeToString(sum[:]))
}

func (m *flowOpenAPIModel) setDocument(document *flowschema.Document) {
	m.OpenAPIVersion = apiread.Text(document.OpenAPIVersion)
	m.Title = apiread.Text(document.Title)
	m.Description = apiread.Text(document.Description)
	m.FlowVersion = apiread.Integer(client.Number(document.FlowVersion))
	m.ServerURLs = append([]string{}, document.ServerURLs...)
	m.ContentTypes = append([]string{}, document.ContentTypes...)
	m.InputSchemaJSON = types.StringValue(string(document.InputSchema()))
	m.DataBlocks = []dataBlockModel{}
	for _, block := range document.DataBlocks() {
		m.DataBlocks = append(m.DataBlocks, newDataBlock(block))
	}
}

func newDataBlock(block flowschema.DataBlock) dataBlockModel {
	model := dataBlockModel{Name: block.Name, Required: block.Required, Fields: []fieldModel{}}
	for _, field := range block.Fields {
		model.Fields = append(model.Fields, fieldModel{
			Path:      field.Path,
			Type:      apiread.Text(field.Type),
			Format:    apiread.Text(field.Format),
			Required:  field.Required,
			Enum:      field.Enum,
			MaxLength: types.Int64PointerValue(field.MaxLength),
		})
	}
	return model
}
