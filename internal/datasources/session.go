// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package datasources

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

var _ datasource.DataSourceWithConfigure = (*session)(nil)

// NewSession returns the data source idnow_session.
func NewSession() datasource.DataSource { return &session{} }

type session struct{ source }

// sessionModel is one session, as idnow_session and as an element of
// idnow_sessions. What the response omits is null.
type sessionModel struct {
	SessionID     types.String   `tfsdk:"session_id"`
	Environment   types.String   `tfsdk:"environment"`
	FlowID        types.String   `tfsdk:"flow_id"`
	FlowVersion   types.Int64    `tfsdk:"flow_version"`
	SubjectID     types.String   `tfsdk:"subject_id"`
	SessionStatus types.String   `tfsdk:"session_status"`
	Outcome       types.String   `tfsdk:"outcome"`
	CreatedAt     types.String   `tfsdk:"created_at"`
	StartedAt     types.String   `tfsdk:"started_at"`
	UpdatedAt     types.String   `tfsdk:"updated_at"`
	CompletedAt   types.String   `tfsdk:"completed_at"`
	ExpiresAt     types.String   `tfsdk:"expires_at"`
	RedirectURL   types.String   `tfsdk:"redirect_url"`
	State         types.String   `tfsdk:"state"`
	LastStep      *lastStepModel `tfsdk:"last_step"`
	ResultsJSON   types.String   `tfsdk:"results_json"`
}

type lastStepModel struct {
	StepID      types.String `tfsdk:"step_id"`
	Description types.String `tfsdk:"description"`
	Type        types.String `tfsdk:"type"`
	Verdict     types.String `tfsdk:"verdict"`
}

func (d *session) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_session"
}

func (d *session) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := sessionAttributes()
	attributes["session_id"] = requiredID(apiread.SessionIDDescription)
	attributes["environment"] = environmentAttribute()
	resp.Schema = schema.Schema{
		MarkdownDescription: "The status, the outcome and all other data that the service returns for one session, whether Terraform created it or not.",
		Attributes:          attributes,
	}
}

// sessionAttributes are those of one session, all from the service.
func sessionAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"session_id":     computed("The session's ID."),
		"environment":    computed("The logical environment of the session."),
		"flow_id":        computed("The ID of the flow that the session runs."),
		"flow_version":   schema.Int64Attribute{Computed: true, MarkdownDescription: "The version of the flow that the session runs."},
		"subject_id":     computed("Your reference for the person, as in `metadata.subjectId`."),
		"session_status": computed("`CREATED`, `RUNNING`, or one of the final statuses `COMPLETED`, `ABORTED`, `EXPIRED`, `ERROR`. The service may return others."),
		"outcome":        computed("`accepted`, `rejected` or `NO_OUTCOME`; null before the service returns one."),
		"created_at":     computed("When the session was created, in RFC 3339."),
		"started_at":     computed("When the person started, in RFC 3339; null before."),
		"updated_at":     computed("When the session last changed, in RFC 3339."),
		"completed_at":   computed("When the session ended, in RFC 3339; null before."),
		"expires_at":     computed("When the session and its player URL expire, in RFC 3339; null if the service does not return it."),
		"redirect_url":   computed("Where the player redirects the person at the end; null if none was set."),
		"state": schema.StringAttribute{
			Computed: true, Sensitive: true,
			MarkdownDescription: "The opaque value that the redirect returns; null if none was set.",
		},
		"last_step": schema.SingleNestedAttribute{
			Computed:            true,
			MarkdownDescription: "The last step of the flow that the session reached; null before the first.",
			Attributes: map[string]schema.Attribute{
				"step_id":     computed("The step's ID."),
				"description": computed("The step's description."),
				"type":        computed("The kind of step; null if the service does not return it."),
				"verdict":     computed("The verdict of the step; null before it ends."),
			},
		},
		"results_json": schema.StringAttribute{
			Computed: true, Sensitive: true,
			MarkdownDescription: "The results as JSON, for `jsondecode`, with references to the data blocks that the session produced; null until the session has ended.",
		},
	}
}

func (d *session) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model sessionModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	var ok bool
	if model.Environment, ok = apiread.Environment(d.data, model.Environment, &resp.Diagnostics); !ok {
		return
	}
	environment, sessionID := model.Environment.ValueString(), model.SessionID.ValueString()
	ctx, cancel := apiread.Within(ctx)
	defer cancel()
	current, err := d.data.Client.Session(ctx, environment, sessionID)
	if err != nil {
		apiread.ReportSession(d.data, err, environment, sessionID, "read the session "+terminal.Text(sessionID), &resp.Diagnostics)
		return
	}
	found := newSession(current, model.Environment)
	found.SessionID = model.SessionID // a configured value may not change
	resp.Diagnostics.Append(resp.State.Set(ctx, &found)...)
}

// newSession takes the environment of the request, in which the session is,
// whether or not the response contains it.
func newSession(s *client.Session, environment types.String) sessionModel {
	return sessionModel{
		SessionID:     apiread.Text(s.ID),
		Environment:   environment,
		FlowID:        apiread.Text(s.FlowID),
		FlowVersion:   apiread.Integer(s.FlowVersion),
		SubjectID:     apiread.Text(s.SubjectID),
		SessionStatus: apiread.Text(s.Status),
		Outcome:       apiread.Text(s.Outcome),
		CreatedAt:     apiread.Text(s.CreatedAt),
		StartedAt:     apiread.Text(s.StartedAt),
		UpdatedAt:     apiread.Text(s.UpdatedAt),
		CompletedAt:   apiread.Text(s.CompletedAt),
		ExpiresAt:     apiread.Text(s.ExpiresAt),
		RedirectURL:   apiread.Text(s.RedirectURL),
		State:         apiread.Text(s.State),
		LastStep:      newLastStep(s.LastStep),
		ResultsJSON:   apiread.JSON(s.Results),
	}
}

func newLastStep(step *client.LastStep) *lastStepModel {
	if step == nil {
		return nil
	}
	return &lastStepModel{
		StepID:      apiread.Text(step.StepID),
		Description: apiread.Text(step.Description),
		Type:        apiread.Text(step.Type),
		Verdict:     apiread.Text(step.Verdict),
	}
}
