// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/configured"
	"github.com/idnow/terraform-provider-idnow/internal/contract"
)

func (r *session) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "An identity verification session of a flow.\n\n" +
			"A session is created once and lives for about a day. The API can neither change nor end a session: a change of what was sent " +
			"replaces the session, and destroying it only removes it from state.\n\n" +
			"The plan after an import is an update in place, whatever the session's status. It compares the configuration with what the API returns of the " +
			"session: the flow, `subjectId`, `redirectUrl` and `state`. A difference is an error. The update stores the rest, which the API does not return, " +
			"as configured, and sends nothing. Only the plans after that update replace the session.",
		Attributes: map[string]schema.Attribute{
			"flow_id": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The ID of the flow. A change replaces the session.",
				Validators:          apiread.PathElement(),
			},
			"environment": schema.StringAttribute{
				Optional: true,
				Computed: true,
				MarkdownDescription: "The logical environment that the flow is published to, such as `staging` or `live`. " +
					"Default: the provider's `environment`. A change replaces the session.",
				Validators: apiread.PathElement(),
			},
			"input": schema.DynamicAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "The flow's input: an object of data blocks, with the API's own names as keys. The plan validates it against the flow's " +
					"own document. `null` means omitted. A file is `provider::idnow::file(PATH)`, or by hand " +
					"`{ \"$file\" = PATH, \"$sha256\" = filesha256(PATH) }`. A change of meaning replaces the session; " +
					"another notation of the same value does not.",
			},
			// No CLI shows or stores anything of a write-only attribute, so it
			// needs no mark as sensitive, which would be written into state with
			// each session and slow every write of it.
			"input_wo": schema.DynamicAttribute{
				Optional:  true,
				WriteOnly: true,
				MarkdownDescription: "Input that must reach neither plan nor state, such as personal data. It is merged into `input` and validated with it; " +
					"a leaf that both contain is an error. Since it is not stored, only `input_wo_version` shows that it has changed. " +
					"Requires Terraform 1.11 or OpenTofu 1.11.",
			},
			"input_wo_version": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "A number to raise when `input_wo` changes. A change replaces the session.",
				Validators:          []validator.Int64{int64validator.AtLeast(0)},
			},
			"metadata": schema.DynamicAttribute{
				Required: true,
				MarkdownDescription: "An object with a non-empty `subjectId`, your reference for the person to be verified. It can also contain `locale` " +
					"(`en`, `de` or `fr`) and further keys of any type. A change of meaning replaces the session.",
			},
			"redirect_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The URL to which the player redirects the person at the end. It is absolute, of any scheme, and on the API client's allowlist. " +
					"A change replaces the session.",
				Validators: []validator.String{absoluteURL{}},
			},
			"state": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: fmt.Sprintf("An opaque value that the service adds to the redirect, for example against CSRF; at most %d characters. "+
					"A change replaces the session.", contract.MaxState),
				Validators: []validator.String{stringvalidator.UTF8LengthAtMost(contract.MaxState)},
			},
			"replace_on_status": schema.SetAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "The statuses that make the next plan replace the session. Default `[\"" + client.StatusExpired + "\"]`. It also applies " +
					"once `expires_at` has passed. Set `[]` to never replace the session.",
				Validators: []validator.Set{setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))},
			},
			"renew_before": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "A Go duration, for example `\"6h\"`. A plan replaces a session whose `expires_at` is nearer than that, so that it does not expire " +
					"between an apply and its use. Keep it shorter than the lifetime of a session.",
				Validators: []validator.String{apiread.Duration()},
			},
			"input_validation": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "What to do with input that the flow's document refuses: " +
					"`required`, `strict`, `warn` or `off`. Default: the provider's `input_validation`.",
				Validators: []validator.String{stringvalidator.OneOf(configured.Validations...)},
			},
			"wait_for_completion": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to return only once the session is in a final status, with its outcome. For flows without a user step, " +
					"for example instant signature. Bounded by `timeouts.create`. A wait that runs out or is interrupted is an error: the session is in state, " +
					"and the next apply continues to wait for it without creating another, although the CLI reports it as tainted. " +
					"After `terraform untaint`, the next apply waits with an update in place. Under `create_before_destroy`, run `terraform untaint` first.",
			},
			"timeouts":       timeoutsAttribute(ctx),
			"id":             readOnly("The session's ID.", false),
			"player_url":     readOnly("The URL at which the person goes through the session. It contains the player's token. Only the response to the create contains it, so it is null after an import.", true),
			"sdk_token":      readOnly("The token to start a mobile SDK with; null unless the service returns one.", true),
			"session_status": readOnly("`CREATED`, `RUNNING`, or one of the final statuses `COMPLETED`, `ABORTED`, `EXPIRED`, `ERROR`.", false),
			"outcome":        readOnly("`accepted`, `rejected` or `NO_OUTCOME` once the session has ended; null before.", false),
			"flow_version": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "The version of the flow that the session runs.",
				PlanModifiers:       []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
			},
			"created_at":   readOnly("When the session was created, in RFC 3339.", false),
			"started_at":   readOnly("When the person started, in RFC 3339; null before.", false),
			"completed_at": readOnly("When the session ended, in RFC 3339; null before.", false),
			"expires_at":   readOnly("When the session and its player URL expire, in RFC 3339; null if the service does not return it.", false),
		},
	}
}

// readOnly is an attribute that the service sets. What state holds stays known
// in a plan; a plan that replaces the session starts without it.
func readOnly(description string, sensitive bool) schema.StringAttribute {
	return schema.StringAttribute{
		Computed:            true,
		Sensitive:           sensitive,
		MarkdownDescription: description,
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

func (r *session) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"environment": identityschema.StringAttribute{RequiredForImport: true, Description: "The logical environment of the session."},
			"session_id":  identityschema.StringAttribute{RequiredForImport: true, Description: "The session's ID."},
		},
	}
}

// The attributes by their paths, for plans and diagnostics.
var (
	pathFlowID         = path.Root("flow_id")
	pathEnvironment    = path.Root("environment")
	pathInput          = path.Root("input")
	pathInputWO        = path.Root("input_wo")
	pathInputWOVersion = path.Root("input_wo_version")
	pathMetadata       = path.Root("metadata")
	pathRedirectURL    = path.Root("redirect_url")
	pathState          = path.Root("state")
	pathSessionStatus  = path.Root("session_status")
	pathID             = path.Root("id")
	pathFlowVersion    = path.Root("flow_version")
	pathExpiresAt      = path.Root("expires_at")

	// pathsOfWait are the attributes that a wait sets.
	pathsOfWait         = path.Paths{pathSessionStatus, path.Root("outcome"), path.Root("started_at"), path.Root("completed_at"), pathExpiresAt}
	pathReplaceOnStatus = path.Root("replace_on_status")
)
