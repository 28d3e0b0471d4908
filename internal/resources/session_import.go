// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
	"github.com/idnow/terraform-provider-idnow/internal/tfvalue"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// ImportState takes ENVIRONMENT/SESSION_ID, or the identity of the same two.
// Of what was sent to create the session, the read that follows stores what the
// service returns. The plan after the import compares the configuration with it,
// and adopts the rest from the configuration.
func (r *session) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	var id identityModel
	importID := req.ID
	if importID != "" {
		environment, sessionID, _ := strings.Cut(importID, "/")
		id = identityModel{Environment: types.StringValue(environment), SessionID: types.StringValue(sessionID)}
	} else {
		resp.Diagnostics.Append(req.Identity.Get(ctx, &id)...)
		importID = id.Environment.ValueString() + "/" + id.SessionID.ValueString()
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if !isPlain(id.Environment) || !isPlain(id.SessionID) {
		resp.Diagnostics.AddError("Invalid import ID",
			fmt.Sprintf("The import ID %s is not of the form ENVIRONMENT/SESSION_ID, such as staging/0197c55f-5af6-7e3d-af9b-f2359b104be8.", terminal.Quote(importID)))
		return
	}
	r.data.ResolveEnvironment(id.Environment, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, pathEnvironment, id.Environment)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, pathID, id.SessionID)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, id)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, importKey, importedUnread)...)
}

// isPlain reports whether a part of an import ID can be one. A slash, or a space
// at an end, comes from copying and not from the service.
func isPlain(part types.String) bool {
	text := part.ValueString()
	return client.CheckElement("part", text) == nil && !strings.Contains(text, "/") && strings.TrimSpace(text) == text
}

// An import leaves a mark in private state, which the update that adopts the
// configuration removes. No attribute could be the mark: under
// ignore_changes any of them may stay null for good.
const importKey = "import"

// The values of the mark.
var (
	importedUnread = []byte(`"unread"`) // the import itself has not read the session yet
	importedRead   = []byte(`"read"`)
)

// privateState is what the provider stores with a session in state and no CLI
// shows. The framework has no public name for it.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, v []byte) diag.Diagnostics
}

// isImported reports whether the session was imported by a configuration that
// has not been applied yet: what was sent to create it is then unknown.
func isImported(ctx context.Context, private privateState, diags *diag.Diagnostics) bool {
	mark, problems := private.GetKey(ctx, importKey)
	diags.Append(problems...)
	return mark != nil
}

// isBeingImported reports whether a read is the import's own, and notes that it
// has taken place.
func isBeingImported(ctx context.Context, private privateState, diags *diag.Diagnostics) bool {
	mark, problems := private.GetKey(ctx, importKey)
	diags.Append(problems...)
	if !bytes.Equal(mark, importedUnread) {
		return false
	}
	diags.Append(private.SetKey(ctx, importKey, importedRead)...)
	return true
}

// endImport removes the mark.
func endImport(ctx context.Context, private privateState, diags *diag.Diagnostics) {
	diags.Append(private.SetKey(ctx, importKey, nil)...)
}

// adopt stores what the service returns of what was sent to create an imported
// session, so that a configuration can be compared with it, and generated from
// it. Revisions of the API differ in what that is.
func (m *sessionModel) adopt(s *client.Session) {
	if subject := apiread.Text(s.SubjectID); m.Metadata.IsNull() && !subject.IsNull() {
		m.Metadata = types.DynamicValue(types.ObjectValueMust(
			map[string]attr.Type{contract.SubjectID: types.StringType}, map[string]attr.Value{contract.SubjectID: subject}))
	}
	m.RedirectURL = textOr(s.RedirectURL, m.RedirectURL)
	m.State = textOr(s.State, m.State)
}

// requireImported reports where the configuration differs from what the service
// returns of the imported session. A replacement would leave behind the
// session that was to be imported, so each difference is an error. No message
// contains a value, which may be a person's.
func (m *sessionModel) requireImported(state *sessionModel, diags *diag.Diagnostics) {
	compare := func(at path.Path, name string, planned, read types.String) {
		if read.IsNull() || planned.IsUnknown() || apiread.Text(planned.ValueString()).Equal(read) {
			return
		}
		diags.AddAttributeError(at, "Imported session differs",
			fmt.Sprintf("%s in the configuration is not %s of the imported session %s. "+
				"Import the session that this configuration describes, or set %s to what the session was created with.",
				at, name, terminal.Text(state.ID.ValueString()), at))
	}
	compare(pathFlowID, contract.FlowID, m.FlowID, state.FlowID)
	compare(pathEnvironment, "environment", m.Environment, state.Environment)
	compare(pathRedirectURL, contract.RedirectURL, m.RedirectURL, state.RedirectURL)
	if !m.State.IsNull() { // the CLI leaves what is sensitive out of a configuration that it generates
		compare(pathState, contract.State, m.State, state.State)
	}
	compare(pathMetadata, contract.SubjectID, subjectID(m.Metadata), subjectID(state.Metadata))
}

// subjectID returns the subjectId of metadata, null where there is none.
func subjectID(metadata types.Dynamic) types.String {
	tree, _ := tfvalue.FromTerraform(metadata)
	if _, unknown := tree.(value.Unknown); unknown {
		return types.StringUnknown()
	}
	object, _ := tree.(value.Object)
	switch id := object[contract.SubjectID].(type) {
	case value.String:
		return types.StringValue(string(id))
	case value.Unknown:
		return types.StringUnknown()
	}
	return types.StringNull()
}
