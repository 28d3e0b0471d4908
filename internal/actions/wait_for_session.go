// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package actions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

var (
	_ action.ActionWithConfigure  = (*waitForSession)(nil)
	_ action.ActionWithModifyPlan = (*waitForSession)(nil)
)

const (
	defaultWaitTimeout = 20 * time.Minute

	// reportInterval is how often a wait without a change of status reports progress:
	// Terraform itself shows nothing of an action's time.
	reportInterval = 30 * time.Second
)

// NewWaitForSession returns the action idnow_wait_for_session.
func NewWaitForSession() action.Action { return &waitForSession{} }

type waitForSession struct{ base }

type waitModel struct {
	SessionID   types.String `tfsdk:"session_id"`
	Environment types.String `tfsdk:"environment"`
	Timeout     types.String `tfsdk:"timeout"`
}

func (a *waitForSession) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_wait_for_session"
}

func (a *waitForSession) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	attributes := sessionAttributes()
	attributes["timeout"] = schema.StringAttribute{
		Optional:            true,
		MarkdownDescription: fmt.Sprintf("How long to wait, as a Go duration, for example `30m`. Default `%gm`.", defaultWaitTimeout.Minutes()),
		Validators:          []validator.String{apiread.Duration()},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Waits until a session is completed.\n\n" +
			"The action fails if the session ends without being completed (`ABORTED`, `EXPIRED` or `ERROR`), or if the timeout is exceeded. " +
			"A completed session may have any outcome, including `rejected`. Use the action for flows without a user step: " +
			"an apply that waits for a person holds the lock of the state.",
		Attributes: attributes,
	}
}

func (a *waitForSession) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var model waitModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	environment, ok := apiread.Environment(a.data, model.Environment, &resp.Diagnostics)
	if !ok {
		return
	}
	timeout, err := time.ParseDuration(cmp.Or(model.Timeout.ValueString(), defaultWaitTimeout.String()))
	if err != nil {
		return // the validator has reported it
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	w := wait{waitForSession: a, report: progressOf(resp), begun: a.data.Now()}
	err = a.data.AwaitFinal(ctx, environment.ValueString(), model.SessionID.ValueString(), w.see)
	w.end(err, environment.ValueString(), model.SessionID.ValueString(), &resp.Diagnostics)
}

// wait is one invocation.
type wait struct {
	*waitForSession
	report       progress
	begun        time.Time
	reported     time.Time
	last, status string // as last reported, and as last read
	outcome      string
}

// see reports a new status at once, and an unchanged one at intervals.
func (w *wait) see(session *client.Session) {
	w.status, w.outcome = terminal.Text(session.Status), terminal.Text(session.Outcome)
	now := w.data.Now()
	if w.status == w.last && now.Sub(w.reported) < reportInterval {
		return
	}
	w.last, w.reported = w.status, now
	elapsed := now.Sub(w.begun).Round(time.Second)
	if client.IsFinal(session.Status) {
		w.report("The session is %s after %s, with the outcome %s", w.status, elapsed, cmp.Or(w.outcome, client.OutcomeNone))
		return
	}
	w.report("The session is %s after %s", cmp.Or(w.status, "in no known status"), elapsed)
}

// end reports the result of a wait that ended with err.
func (w *wait) end(err error, environment, sessionID string, diags *diag.Diagnostics) {
	attribute := path.Root("session_id")
	session := "The session " + terminal.Quote(sessionID)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		diags.AddAttributeError(path.Root("timeout"), "Session did not finish", fmt.Sprintf(
			"%s was still %s when the timeout was exceeded. Apply again to continue to wait, or raise timeout.", session, cmp.Or(w.status, "not readable")))
	case errors.Is(err, context.Canceled):
		diags.AddAttributeError(attribute, "Interrupted", fmt.Sprintf(
			"The wait for %s was interrupted. Apply again to continue to wait.", terminal.Quote(sessionID)))
	case err != nil:
		apiread.ReportSession(w.data, err, environment, sessionID, "read the session "+terminal.Text(sessionID), diags)
	case w.status != client.StatusCompleted:
		diags.AddAttributeError(attribute, "Session did not complete", fmt.Sprintf(
			"%s is %s and stays in that status. It has no results: create another one, for example with terraform apply -replace.", session, w.status))
	}
}
