// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package ephemeral

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/ephemeralvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

var (
	_ ephemeral.EphemeralResourceWithConfigure        = (*sessionFile)(nil)
	_ ephemeral.EphemeralResourceWithConfigValidators = (*sessionFile)(nil)
)

// maxContent bounds a file that becomes a value, of which the CLI and the provider
// hold several copies in memory, a third larger as base64.
const maxContent = 32 << 20

// NewSessionFile returns the ephemeral resource idnow_session_file.
func NewSessionFile() ephemeral.EphemeralResource { return &sessionFile{} }

type sessionFile struct{ source }

type sessionFileModel struct {
	Environment   types.String `tfsdk:"environment"`
	FileID        types.String `tfsdk:"file_id"`
	SessionID     types.String `tfsdk:"session_id"`
	Type          types.String `tfsdk:"type"`
	ContentBase64 types.String `tfsdk:"content_base64"`
	ContentType   types.String `tfsdk:"content_type"`
	Filename      types.String `tfsdk:"filename"`
	SHA256        types.String `tfsdk:"sha256"`
	Size          types.Int64  `tfsdk:"size"`
}

func (e *sessionFile) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_session_file"
}

func (e *sessionFile) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: fmt.Sprintf("A file of a session, for example a signed document, which is stored neither in plan nor in state. "+
			"The file can have up to %d MiB. The action `idnow_download_session_files` downloads larger ones.", maxContent>>20),
		Attributes: map[string]schema.Attribute{
			"environment": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: apiread.EnvironmentDescription,
				Validators:          apiread.PathElement(),
			},
			"file_id": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "The file's ID in the vault: the `$id` of a reference in a data block. Set either this or `session_id`.",
				Validators:          apiread.PathElement(),
			},
			"session_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The ID of a session with one file, or with one file of the data block type `type`. If it has several, the error lists their IDs.",
				Validators:          apiread.PathElement(),
			},
			"type": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "With `session_id`: the type of the data block that has the file, for example `signedDocuments`.",
				Validators: []validator.String{
					stringvalidator.LengthAtLeast(1), stringvalidator.AlsoRequires(path.MatchRoot("session_id")),
				},
			},
			"content_base64": schema.StringAttribute{
				Computed: true, Sensitive: true,
				MarkdownDescription: "The content in base64.",
			},
			"content_type": computed("The media type, for example `application/pdf`; null if the storage returns none."),
			"filename": computed("The file's name, without folders and without characters that are not valid on every operating system. " +
				"If the file has none, a name made from its ID."),
			"sha256": computed("The SHA-256 of the content, in hexadecimal."),
			"size": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "The size in bytes.",
			},
		},
	}
}

func (e *sessionFile) ConfigValidators(context.Context) []ephemeral.ConfigValidator {
	return []ephemeral.ConfigValidator{ephemeralvalidator.ExactlyOneOf(path.MatchRoot("file_id"), path.MatchRoot("session_id"))}
}

func (e *sessionFile) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var model sessionFileModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	var ok bool
	if model.Environment, ok = apiread.Environment(e.data, model.Environment, &resp.Diagnostics); !ok {
		return
	}
	ctx, cancel := apiread.Within(ctx)
	defer cancel()
	if model.FileID.IsNull() {
		if model.FileID, ok = e.find(ctx, model, &resp.Diagnostics); !ok {
			return
		}
	}
	if e.read(ctx, &model, &resp.Diagnostics) {
		resp.Diagnostics.Append(resp.Result.Set(ctx, &model)...)
	}
}

// find returns the ID of the one file that the model selects.
func (e *sessionFile) find(ctx context.Context, model sessionFileModel, diags *diag.Diagnostics) (types.String, bool) {
	var chosen []string
	if !model.Type.IsNull() {
		chosen = []string{model.Type.ValueString()}
	}
	files, ok := apiread.Files(ctx, e.data, model.Environment.ValueString(), model.SessionID.ValueString(), chosen, diags)
	switch {
	case !ok:
		return types.StringNull(), false
	case len(files) > 1:
		var listed strings.Builder
		for _, file := range files {
			fmt.Fprintf(&listed, "\n  %s", file)
		}
		diags.AddAttributeError(path.Root("session_id"), "Several files found", fmt.Sprintf(
			"The session %s has %d files. Set type to the type of a data block that has one, or file_id to one of these:\n%s",
			terminal.Quote(model.SessionID.ValueString()), len(files), listed.String()))
		return types.StringNull(), false
	}
	return types.StringValue(files[0].ID), true
}

// read downloads the file of the model's ID into the model.
// API: GET /api/v1/{environment}/files/{vaultEntryId}.
func (e *sessionFile) read(ctx context.Context, model *sessionFileModel, diags *diag.Diagnostics) bool {
	id := model.FileID.ValueString()
	file, content, err := e.download(ctx, model.Environment.ValueString(), id)
	switch {
	case client.IsNotFound(err):
		diags.AddAttributeError(path.Root("file_id"), "File not found", fmt.Sprintf(
			"There is no file %s in the environment %s. Check the ID and the environment: an API client can access its own environment only.",
			terminal.Quote(id), terminal.Quote(model.Environment.ValueString())))
		return false
	case err != nil:
		diags.AddError(apiread.Error(e.data, err, "download the file "+terminal.Text(id)))
		return false
	case len(content) > maxContent:
		diags.AddError("File too large", fmt.Sprintf(
			"The file %s exceeds %d MiB, the limit for a value. Download it with the action idnow_download_session_files.",
			terminal.Text(id), maxContent>>20))
		return false
	}
	sum := sha256.Sum256(content)
	model.ContentBase64 = types.StringValue(base64.StdEncoding.EncodeToString(content))
	model.ContentType = apiread.Text(terminal.Text(file.ContentType))
	model.Filename = types.StringValue(apiread.FilenameOf(file, id))
	model.SHA256 = types.StringValue(hex.EncodeToString(sum[:]))
	model.Size = types.Int64Value(int64(len(content)))
	return true
}

// download returns a file's content, up to one byte more than maxContent.
func (e *sessionFile) download(ctx context.Context, environment, id string) (*client.File, []byte, error) {
	file, err := e.data.Client.File(ctx, environment, id)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = file.Content.Close() }()
	content, err := io.ReadAll(io.LimitReader(file.Content, maxContent+1))
	return file, content, err
}
