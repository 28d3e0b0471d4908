// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

// Delete takes the session out of state. The API has no call that ends one, so
// whoever destroys a session that still lives is told how long it will.
func (r *session) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state sessionModel
	state.load(ctx, req.State.Schema.Type(), req.State.Raw, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || client.IsFinal(state.SessionStatus.ValueString()) {
		return
	}
	if state.isWaitedFor() && r.data != nil {
		r.data.Handover.Offer(&state)
	}
	end := "its lifetime in the account's settings is over (24 hours, unless changed)"
	if expiresAt := state.ExpiresAt.ValueString(); expiresAt != "" {
		end = terminal.Text(expiresAt)
	}
	what := "The session " + terminal.Text(state.ID.ValueString())
	if state.ID.IsNull() { // its answer never told it
		what = "A session whose ID is not known"
	}
	// One summary for all: the CLI then folds the warnings of many sessions.
	resp.Diagnostics.AddWarning("Session lives on",
		fmt.Sprintf("%s has left the state, but the API can't end it: it and its player URL live until %s.", what, end))
}
