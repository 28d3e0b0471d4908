// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
	"github.com/idnow/terraform-provider-idnow/internal/client"
)

type sessionModel struct {
	FlowID            types.String   `tfsdk:"flow_id"`
	Environment       types.String   `tfsdk:"environment"`
	Input             types.Dynamic  `tfsdk:"input"`
	InputWO           types.Dynamic  `tfsdk:"input_wo"`
	InputWOVersion    types.Int64    `tfsdk:"input_wo_version"`
	Metadata          types.Dynamic  `tfsdk:"metadata"`
	RedirectURL       types.String   `tfsdk:"redirect_url"`
	State             types.String   `tfsdk:"state"`
	ReplaceOnStatus   types.Set      `tfsdk:"replace_on_status"`
	RenewBefore       types.String   `tfsdk:"renew_before"`
	InputValidation   types.String   `tfsdk:"input_validation"`
	WaitForCompletion types.Bool     `tfsdk:"wait_for_completion"`
	Timeouts          timeouts.Value `tfsdk:"timeouts"`

	ID            types.String `tfsdk:"id"`
	PlayerURL     types.String `tfsdk:"player_url"`
	SDKToken      types.String `tfsdk:"sdk_token"`
	SessionStatus types.String `tfsdk:"session_status"`
	Outcome       types.String `tfsdk:"outcome"`
	FlowVersion   types.Int64  `tfsdk:"flow_version"`
	CreatedAt     types.String `tfsdk:"created_at"`
	StartedAt     types.String `tfsdk:"started_at"`
	CompletedAt   types.String `tfsdk:"completed_at"`
	ExpiresAt     types.String `tfsdk:"expires_at"`
}

// identityModel is the resource's identity: what finds the session again.
type identityModel struct {
	Environment types.String `tfsdk:"environment"`
	SessionID   types.String `tfsdk:"session_id"`
}

func (m *sessionModel) identity() identityModel {
	return identityModel{Environment: m.Environment, SessionID: m.ID}
}

// setCreated stores the response to a create. Every attribute becomes known;
// what the response lacks is null.
func (m *sessionModel) setCreated(created *client.Session) {
	m.ID = apiread.Text(created.ID)
	m.PlayerURL = apiread.Text(created.PlayerURL)
	m.SDKToken = apiread.Text(created.SDKToken)
	m.SessionStatus = apiread.Text(created.Status)
	m.FlowVersion = apiread.Integer(created.FlowVersion)
	m.CreatedAt = apiread.Text(created.CreatedAt)
	m.ExpiresAt = apiread.Text(created.ExpiresAt)
	m.Outcome = types.StringNull()
	m.StartedAt = types.StringNull()
	m.CompletedAt = types.StringNull()
}

// keepSession stores the session that there is, whose values no configuration sets.
func (m *sessionModel) keepSession(from *sessionModel) {
	m.ID, m.PlayerURL, m.SDKToken = from.ID, from.PlayerURL, from.SDKToken
	m.SessionStatus, m.Outcome, m.FlowVersion = from.SessionStatus, from.Outcome, from.FlowVersion
	m.CreatedAt, m.StartedAt, m.CompletedAt, m.ExpiresAt = from.CreatedAt, from.StartedAt, from.CompletedAt, from.ExpiresAt
}

// refresh stores what the service now returns of the session. What it omits stays
// as it was: revisions of the API differ in what they return. What was only sent,
// such as input and metadata, is never read back.
func (m *sessionModel) refresh(s *client.Session) {
	if m.FlowID.IsNull() { // after an import
		m.FlowID = apiread.Text(s.FlowID)
	}
	m.SessionStatus = textOr(s.Status, m.SessionStatus)
	if s.Outcome != client.OutcomeNone || client.IsFinal(s.Status) {
		// A running session has none. Stored, NO_OUTCOME would change an output
		// of every configuration right after the create.
		m.Outcome = textOr(s.Outcome, m.Outcome)
	}
	m.CreatedAt = textOr(s.CreatedAt, m.CreatedAt)
	m.StartedAt = textOr(s.StartedAt, m.StartedAt)
	m.CompletedAt = textOr(s.CompletedAt, m.CompletedAt)
	m.ExpiresAt = textOr(s.ExpiresAt, m.ExpiresAt)
	if v := apiread.Integer(s.FlowVersion); !v.IsNull() {
		m.FlowVersion = v
	}
}

// refreshed returns the attributes that refresh may change, for comparison.
func (m *sessionModel) refreshed() [8]attr.Value {
	return [8]attr.Value{m.FlowID, m.SessionStatus, m.Outcome, m.CreatedAt, m.StartedAt, m.CompletedAt, m.ExpiresAt, m.FlowVersion}
}

// renewBefore returns how long before its end a session is replaced, 0 for never.
func (m *sessionModel) renewBefore() time.Duration {
	d, err := time.ParseDuration(m.RenewBefore.ValueString())
	if err != nil {
		return 0 // null or unknown: anything else is refused by its validator
	}
	return d
}

// lifetime returns how long the session lives, where the service returns both times.
func (m *sessionModel) lifetime() (time.Duration, bool) {
	created, known := apiread.ParseTime(m.CreatedAt.ValueString())
	expires, alsoKnown := apiread.ParseTime(m.ExpiresAt.ValueString())
	return expires.Sub(created), known && alsoKnown
}

// replaceOn returns the statuses that make the next plan replace the session.
func (m *sessionModel) replaceOn(ctx context.Context, diags *diag.Diagnostics) []string {
	if m.ReplaceOnStatus.IsNull() || m.ReplaceOnStatus.IsUnknown() {
		return []string{client.StatusExpired}
	}
	var statuses []types.String
	diags.Append(m.ReplaceOnStatus.ElementsAs(ctx, &statuses, false)...)
	known := make([]string, 0, len(statuses))
	for _, status := range statuses {
		known = append(known, client.NormalizeStatus(status.ValueString())) // "" for unknown, which no status is
	}
	return known
}

func textOr(served string, otherwise types.String) types.String {
	if served == "" {
		return otherwise
	}
	return apiread.Text(served)
}
