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

// Delete removes the session from state. The API has no call that ends one, so a
// warning reports until when a session that is not final stays valid, unless its
// replacement continues to wait for it.
func (r *session) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state sessionModel
	state.load(ctx, req.State.Schema.Type(), req.State.Raw, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || client.IsFinal(state.SessionStatus.ValueString()) {
		return
	}
	if state.isWaitedFor() && r.data != nil {
		r.data.Handover.OfferDeleted(&state)
		if state.isTakenOver(ctx, req.Private, &resp.Diagnostics) {
			return
		}
	}
	end := "its lifetime ends, by default after 24 hours"
	if expiresAt := state.ExpiresAt.ValueString(); expiresAt != "" {
		end = terminal.Text(expiresAt)
	}
	what := "The session " + terminal.Text(state.ID.ValueString())
	if state.ID.IsNull() { // the response to its create lacked it
		what = "A session whose ID is unknown"
	}
	// One summary for all: the CLI then folds the warnings of many sessions.
	resp.Diagnostics.AddWarning("Session not ended",
		fmt.Sprintf("%s is removed from state. The API has no request that ends a session, so it and its player URL stay valid until %s.", what, end))
}
