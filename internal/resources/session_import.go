// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// ImportState takes ENVIRONMENT/SESSION_ID, or the identity of the same two.
// What was sent to create the session stays null: Read never brings it back,
// and the plan after the import adopts it from the configuration.
func (r *session) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	var id identityModel
	if req.ID != "" {
		environment, sessionID, ok := strings.Cut(req.ID, "/")
		if !ok || environment == "" || sessionID == "" || strings.Contains(sessionID, "/") {
			resp.Diagnostics.AddError("Invalid import ID",
				fmt.Sprintf("The import ID %q is not of the form ENVIRONMENT/SESSION_ID, such as staging/0197c55f-5af6-7e3d-af9b-f2359b104be8.", req.ID))
			return
		}
		id = identityModel{Environment: types.StringValue(environment), SessionID: types.StringValue(sessionID)}
	} else {
		resp.Diagnostics.Append(req.Identity.Get(ctx, &id)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	r.data.ResolveEnvironment(id.Environment, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, pathEnvironment, id.Environment)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), id.SessionID)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, id)...)
}
