// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package actions

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
	"github.com/idnow/terraform-provider-idnow/internal/diagnostic"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

var (
	_ action.ActionWithConfigure  = (*downloadSessionFiles)(nil)
	_ action.ActionWithModifyPlan = (*downloadSessionFiles)(nil)
)

// Bounds of one invocation. The client bounds each file to 1 GiB.
const (
	downloadTimeout       = time.Hour
	maxDownloaded   int64 = 4 << 30 // bytes of all files
)

// NewDownloadSessionFiles returns the action idnow_download_session_files.
func NewDownloadSessionFiles() action.Action { return &downloadSessionFiles{} }

type downloadSessionFiles struct{ base }

type downloadModel struct {
	SessionID   types.String `tfsdk:"session_id"`
	Environment types.String `tfsdk:"environment"`
	Folder      types.String `tfsdk:"folder"`
	Types       []string     `tfsdk:"types"`
}

func (a *downloadSessionFiles) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_download_session_files"
}

func (a *downloadSessionFiles) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	attributes := sessionAttributes()
	attributes["folder"] = schema.StringAttribute{
		Required: true,
		MarkdownDescription: "The folder to store the files in, relative to the working directory. A missing folder is created and can be opened only by its owner. " +
			"Use one folder for each session: files of two sessions may have the same name.",
		Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
	}
	attributes["types"] = schema.SetAttribute{
		Optional:    true,
		ElementType: types.StringType,
		MarkdownDescription: "Only files of data blocks of these types, for example `signedDocuments`. " +
			"Omit it for all files, including those of the session's input.",
		Validators: apiread.Choice(),
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Downloads the files of a session, for example its signed documents, to a folder.\n\n" +
			"A file has the name that the service returns, without folders and without characters that are not valid on every operating system; " +
			"a second file of that name gets a number. Only its owner can read it (mode 0600). It is written atomically. " +
			"The action never overwrites a file: it keeps one with the same content, and fails if the content differs. " +
			"It also fails if the session has no such file.",
		Attributes: attributes,
	}
}

func (a *downloadSessionFiles) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var model downloadModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	environment, ok := apiread.Environment(a.data, model.Environment, &resp.Diagnostics)
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, downloadTimeout)
	defer cancel()
	files, ok := apiread.Files(ctx, a.data, environment.ValueString(), model.SessionID.ValueString(), model.Types, &resp.Diagnostics)
	if !ok {
		return
	}
	to, err := openFolder(model.Folder.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("folder"), "Folder not usable", fmt.Sprintf(
			"The folder can't be opened or created: %s. Check that it is a folder, and its permissions.", fileReason(err)))
		return
	}
	defer to.close()
	d := download{downloadSessionFiles: a, environment: environment.ValueString(), to: to, left: maxDownloaded}
	d.all(ctx, files, progressOf(resp), &resp.Diagnostics)
}

// download is one invocation.
type download struct {
	*downloadSessionFiles
	environment string
	to          *folder
	left        int64 // bytes that may still come
}

// all stores files in order until one fails. Stored files stay, and the next
// invocation stores the others.
func (d *download) all(ctx context.Context, files []apiread.File, report progress, diags *diag.Diagnostics) {
	for i, file := range files {
		report("Downloading file %d of %d: %s", i+1, len(files), file)
		size, err := d.one(ctx, file)
		if err != nil {
			d.fail(file, err, diags)
			return
		}
		report("Stored file %d of %d: %s, %d bytes", i+1, len(files), file, size)
	}
}

// one downloads a file and returns its size.
// API: GET /api/v1/{environment}/files/{vaultEntryId}.
func (d *download) one(ctx context.Context, file apiread.File) (int64, error) {
	served, err := d.data.Client.File(ctx, d.environment, file.ID)
	if err != nil {
		return 0, err
	}
	defer func() { _ = served.Content.Close() }()
	name := d.to.unused(apiread.FilenameOf(served, file.ID))
	return d.to.store(name, served.Length, &bounded{served.Content, &d.left})
}

var errTooMuch = errors.New("too many bytes")

// bounded reads until left is used up.
type bounded struct {
	io.Reader
	left *int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if *b.left -= int64(n); *b.left < 0 {
		return n, errTooMuch
	}
	return n, err
}

const summaryNotStored = "File not stored"

// fail explains why a file is not stored.
func (d *download) fail(file apiread.File, err error, diags *diag.Diagnostics) {
	attribute := path.Root("folder")
	switch {
	case errors.Is(err, errExists):
		diags.AddAttributeError(attribute, "File exists already", fmt.Sprintf(
			"The folder already has a file with the name of %s and with other content. It was not overwritten. "+
				"Use a folder for each session, or move the file.", file))
	case errors.Is(err, errTooMuch):
		diags.AddAttributeError(path.Root("session_id"), summaryNotStored, fmt.Sprintf(
			"With %s, the files of the session exceed %d GiB. Choose some of them with types.", file, maxDownloaded>>30))
	case errors.Is(err, errWrongSize):
		diags.AddError(summaryNotStored, fmt.Sprintf("The download of %s returned another number of bytes than announced. Apply again.", file))
	case isFileError(err):
		diags.AddAttributeError(attribute, summaryNotStored, fmt.Sprintf(
			"The file %s can't be written to the folder: %s. Check the folder's permissions and the space on its disk.", file, fileReason(err)))
	default:
		explained := diagnostic.Call{Doing: "download the file " + terminal.Text(file.ID), Policy: d.data.ServiceText}.Explain(err)
		if errors.Is(err, context.DeadlineExceeded) {
			explained.Advice = fmt.Sprintf("A download may take %g minutes in all. Apply again: files that are stored are kept.", downloadTimeout.Minutes())
		}
		diags.AddError(explained.Summary, explained.Detail())
	}
}
