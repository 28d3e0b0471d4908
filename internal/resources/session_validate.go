// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"context"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/configured"
	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
	"github.com/idnow/terraform-provider-idnow/internal/tfvalue"
	"github.com/idnow/terraform-provider-idnow/internal/validate"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// ValidateConfig checks what needs neither the provider nor the service, so
// that `terraform validate` finds it too.
func (r *session) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config sessionModel // only what is validated here: reading all of it costs as much as the rest
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, pathInput, &config.Input)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, pathInputWO, &config.InputWO)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, pathInputWOVersion, &config.InputWOVersion)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, pathMetadata, &config.Metadata)...)
	if resp.Diagnostics.HasError() {
		return
	}
	requireObject(pathInput, config.Input, &resp.Diagnostics)
	requireObject(pathInputWO, config.InputWO, &resp.Diagnostics)
	requireSubjectID(config.Metadata, &resp.Diagnostics)

	for _, f := range newRequest(&config, config.InputWO).faults {
		resp.Diagnostics.AddAttributeError(f.attribute, "Invalid "+f.display, f.display+" "+f.message+".")
	}
	r.warnUnknownStatuses(ctx, req, &resp.Diagnostics)
	if !config.InputWOVersion.IsNull() && config.InputWO.IsNull() {
		resp.Diagnostics.AddAttributeWarning(pathInputWOVersion, "input_wo_version without input_wo",
			"A change of this version replaces the session, but there is no input_wo that it would be the version of.")
	}
}

// warnUnknownStatuses warns of statuses in replace_on_status that the API does not
// have, as far as is known: they never replace the session.
func (r *session) warnUnknownStatuses(ctx context.Context, req resource.ValidateConfigRequest, diags *diag.Diagnostics) {
	var statuses types.Set
	diags.Append(req.Config.GetAttribute(ctx, pathReplaceOnStatus, &statuses)...)
	for _, element := range statuses.Elements() {
		status, ok := element.(types.String)
		if !ok || status.IsUnknown() || status.IsNull() || slices.Contains(client.Statuses, client.NormalizeStatus(status.ValueString())) {
			continue
		}
		detail := terminal.Quote(status.ValueString()) + " is not a status of a session, so it never replaces one. The statuses are " +
			configured.QuoteList(client.Statuses) + "."
		if near := validate.Nearest(status.ValueString(), client.Statuses); near != "" {
			detail += " Did you mean " + terminal.Quote(near) + "?"
		}
		diags.AddAttributeWarning(pathReplaceOnStatus, "Unknown status in replace_on_status", detail)
	}
}

// requireObject checks that a dynamic value, where set, is an object or a map.
func requireObject(at path.Path, v attr.Value, diags *diag.Diagnostics) {
	tree, _ := tfvalue.FromTerraform(v)
	switch tree.(type) {
	case value.Null, value.Unknown, value.Object:
		return
	}
	detail := at.String() + " is " + value.Describe(tree) + "; it must be an object, for example { key = \"value\" }."
	if text, ok := tree.(value.String); ok && json.Valid([]byte(text)) {
		detail += " The string is JSON: remove jsonencode() or file() around the object, or decode it with jsondecode()."
	}
	diags.AddAttributeError(at, "Invalid "+at.String(), detail)
}

func requireSubjectID(metadata attr.Value, diags *diag.Diagnostics) {
	requireObject(pathMetadata, metadata, diags)
	tree, _ := tfvalue.FromTerraform(metadata)
	object, ok := tree.(value.Object)
	if !ok {
		return
	}
	switch subjectID := object[contract.SubjectID].(type) {
	case value.Unknown:
	case value.String:
		if subjectID == "" {
			diags.AddAttributeError(pathMetadata, "Invalid metadata.subjectId",
				"metadata.subjectId is empty. Set it to your own reference for the person to be verified.")
		}
	case nil, value.Null:
		detail := "metadata has no subjectId."
		if near := validate.Nearest(contract.SubjectID, object.Keys()); near != "" {
			detail = "metadata has no subjectId, but has " + terminal.Quote(near) + ". Did you mean subjectId?"
		}
		diags.AddAttributeError(pathMetadata, "Missing metadata.subjectId",
			detail+" Set it to your own reference for the person to be verified, for example metadata = { subjectId = \"customer-123\" }.")
	default:
		diags.AddAttributeError(pathMetadata, "Invalid metadata.subjectId",
			"metadata.subjectId is "+value.Describe(subjectID)+"; it must be a string.")
	}
}

// hostAndPort is an address without a scheme, which parses as a URL of the scheme
// "localhost".
var hostAndPort = regexp.MustCompile(`^[A-Za-z0-9.-]+:[0-9]{1,5}(/|$)`)

// absoluteURL accepts a URL with a scheme: https, and deep links of apps.
type absoluteURL struct{}

var _ validator.String = absoluteURL{}

func (absoluteURL) Description(context.Context) string { return "an absolute URL of any scheme" }

func (v absoluteURL) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (absoluteURL) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	u, err := url.Parse(req.ConfigValue.ValueString())
	webWithoutHost := err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() == ""
	if err != nil || u.Scheme == "" || webWithoutHost || hostAndPort.MatchString(req.ConfigValue.ValueString()) {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid "+req.Path.String(),
			req.Path.String()+" must be an absolute URL with a scheme, such as https://example.com/done or myapp://done.")
	}
}
