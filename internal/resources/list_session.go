// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

var _ list.ListResourceWithConfigure = (*session)(nil)

// NewSessionList returns the list resource idnow_session, with which terraform
// query finds sessions and writes their import blocks. It is named and
// configured like the resource that it lists.
func NewSessionList() list.ListResource { return &session{} }

// ListResourceConfigSchema has a list where the data source has a set: list
// blocks know no sets.
func (r *session) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	notEmpty := []validator.String{stringvalidator.LengthAtLeast(1)}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds the sessions of a flow, newest first, to bring them under Terraform's management. " +
			"Not every revision of the API has the list of sessions.",
		Attributes: map[string]schema.Attribute{
			"flow_id":     schema.StringAttribute{Required: true, MarkdownDescription: apiread.FlowIDDescription, Validators: apiread.PathElement()},
			"environment": schema.StringAttribute{Optional: true, MarkdownDescription: apiread.EnvironmentDescription, Validators: apiread.PathElement()},
			"subject_id":  schema.StringAttribute{Optional: true, MarkdownDescription: apiread.SubjectIDDescription, Validators: notEmpty},
			"statuses": schema.ListAttribute{
				Optional:            true,
				ElementType:         types.StringType,
				MarkdownDescription: apiread.StatusesDescription,
				Validators: []validator.List{
					listvalidator.SizeAtLeast(1),
					listvalidator.NoNullValues(),
					listvalidator.ValueStringsAre(notEmpty...),
				},
			},
			"created_after": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: apiread.CreatedAfterDescription,
				Validators:          []validator.String{apiread.Timestamp()},
			},
		},
	}
}

// List returns each session as soon as its page has arrived.
func (r *session) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var config apiread.SessionsModel
	diags := req.Config.Get(ctx, &config)
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	query, ok := config.Query(r.data, &diags)
	if !ok {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		var pushed int64
		err := query.Each(ctx, func(s client.Session) bool {
			if s.ID == "" {
				return true // it could be neither identified nor imported
			}
			pushed++
			return push(listed(ctx, req, &config, &s)) && pushed != req.Limit
		})
		if err != nil {
			var diags diag.Diagnostics
			query.Report(ctx, err, &diags)
			push(list.ListResult{Diagnostics: diags})
		}
	}
}

// listed is a session as terraform query shows it. Its attributes, where the
// request includes them, are those that an import and the refresh after it store.
func listed(ctx context.Context, req list.ListRequest, config *apiread.SessionsModel, s *client.Session) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = displayName(s)
	identity := identityModel{Environment: config.Environment, SessionID: types.StringValue(s.ID)}
	result.Diagnostics.Append(result.Identity.Set(ctx, identity)...)
	if !req.IncludeResource {
		return result
	}
	result.Diagnostics.Append(result.Resource.SetAttribute(ctx, pathEnvironment, identity.Environment)...)
	result.Diagnostics.Append(result.Resource.SetAttribute(ctx, pathID, identity.SessionID)...)
	var model sessionModel
	result.Diagnostics.Append(result.Resource.Get(ctx, &model)...)
	model.FlowID = config.FlowID
	model.refresh(s)
	model.adopt(s)
	result.Diagnostics.Append(result.Resource.Set(ctx, &model)...)
	return result
}

// displayName distinguishes sessions for a person, by what the service returns.
func displayName(s *client.Session) string {
	name := s.SubjectID
	if name == "" {
		name = s.ID
	}
	parts := []string{name}
	if s.Status != "" {
		parts = append(parts, s.Status)
	}
	if s.CreatedAt != "" {
		parts = append(parts, "created "+s.CreatedAt)
	}
	return terminal.Text(strings.Join(parts, ", "))
}
