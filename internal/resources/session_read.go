// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/diagnostic"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

const (
	defaultReadTimeout     = 5 * time.Minute
	readTimeoutDescription = "The time for reading the session's status, as a Go duration such as \"1m\". Default 5m."
)

// Read brings status and times up to date. After an error, state stays
// as it is, unless the service reports that there is no such session.
func (r *session) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state sessionModel
	state.load(ctx, req.State.Schema.Type(), req.State.Raw, &resp.Diagnostics)
	importing := isBeingImported(ctx, resp.Private, &resp.Diagnostics)
	// A state that an older CLI wrote has no identity, so each refresh sets it.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	if resp.Diagnostics.HasError() || !r.canRead(ctx, &state, &resp.Diagnostics) {
		return
	}
	timeout, diags := state.Timeouts.Read(ctx, defaultReadTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	current, err := r.data.Client.Session(ctx, state.Environment.ValueString(), state.ID.ValueString())
	switch {
	case err == nil && r.offerWait(ctx, &state, resp.Private, &resp.Diagnostics):
		// State stays as it is: a deletion recognizes by a status that is not final
		// that the wait continues.
	case err == nil:
		before := state.refreshed()
		state.refresh(current)
		if importing {
			state.adopt(current)
		}
		if importing || state.refreshed() != before {
			resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
		}
	case client.IsNotFound(err):
		if !importing { // otherwise the CLI reports that there is no such object
			resp.Diagnostics.AddWarning("Session is gone",
				fmt.Sprintf("The service no longer has the session %s in the environment %s. It is removed from state, and the next apply creates a new one.",
					terminal.Text(state.ID.ValueString()), terminal.Quote(state.Environment.ValueString())))
		}
		resp.State.RemoveResource(ctx)
	case client.IsForbidden(err):
		resp.Diagnostics.AddWarning("Session can't be read",
			fmt.Sprintf("The API client may not read the session %s, so its status was not refreshed. "+
				"Grant the client the permission %s.", terminal.Text(state.ID.ValueString()), contract.PermissionRead))
	default:
		d := diagnostic.Call{Doing: "read the session " + terminal.Text(state.ID.ValueString()), Policy: r.data.ServiceText}.Explain(err)
		resp.Diagnostics.AddError(d.Summary, d.Detail())
	}
}

// canRead reports whether the session can be read at all. Where it can't, state
// stays as it is.
func (r *session) canRead(ctx context.Context, state *sessionModel, diags *diag.Diagnostics) bool {
	switch {
	case r.data == nil || r.data.Client == nil:
		tflog.Info(ctx, "session is not refreshed: the provider's settings are unknown until apply")
		return false
	case state.ID.ValueString() == "":
		diags.AddWarning("Session can't be read",
			"The state does not contain the session's ID, so its status can't be refreshed.")
		return false
	case !r.data.Allows(state.Environment.ValueString()):
		diags.AddWarning("Session not refreshed",
			fmt.Sprintf("The session %s is in the environment %s, which is not one of the provider's allowed_environments. Nothing was sent there.",
				terminal.Text(state.ID.ValueString()), terminal.Quote(state.Environment.ValueString())))
		return false
	}
	return true
}
