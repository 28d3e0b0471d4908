// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/configured"
	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/payload"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

const (
	defaultCreateTimeout     = 20 * time.Minute
	createTimeoutDescription = "The time for creating the session, and for waiting where wait_for_completion is set, as a Go duration such as \"30m\". Default 20m."
)

// Create validates the input once more, now that all of it is known, sends it,
// and stores the response before anything else can fail. Where the plan continues
// a wait, it sends nothing.
func (r *session) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan sessionModel
	var inputWO types.Dynamic
	plan.load(ctx, req.Plan.Schema.Type(), req.Plan.Raw, &resp.Diagnostics)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, pathInputWO, &inputWO)...)
	if resp.Diagnostics.HasError() || !r.data.RequireClient(&resp.Diagnostics) {
		return
	}
	plan.Environment = r.data.ResolveEnvironment(plan.Environment, &resp.Diagnostics)
	timeout, diags := plan.Timeouts.Create(ctx, defaultCreateTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}

	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	waiting := r.continueWait(&plan, &resp.Diagnostics)
	if waiting != nil {
		plan.keepSession(waiting)
	} else if resp.Diagnostics.HasError() || !r.createInto(ctx, &plan, inputWO, &resp.Diagnostics) {
		return
	}
	if plan.WaitForCompletion.ValueBool() && plan.SessionID() != "" {
		if r.awaitEnd(ctx, &plan, &resp.Diagnostics); resp.Diagnostics.HasError() {
			resp.Diagnostics.Append(resp.Private.SetKey(ctx, waitKey, waitOpen)...)
			r.data.Spacing.Await(ctx, r.data.Sleep)
		}
	}
	if waiting != nil {
		plan.FlowVersion = waiting.FlowVersion // as planned
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
}

// createInto creates a session and stores the response in plan. It reports false
// where no session is known to be there, with the reason in diags.
func (r *session) createInto(ctx context.Context, plan *sessionModel, inputWO attr.Value, diags *diag.Diagnostics) bool {
	created := r.create(ctx, plan, inputWO, diags)
	if created == nil {
		return false
	}
	plan.setCreated(created)
	if lifetime, known := plan.lifetime(); known && lifetime <= plan.renewBefore() {
		diags.AddAttributeWarning(path.Root("renew_before"), "renew_before too long",
			"The new session already ends within renew_before, so every plan will replace it. Set renew_before shorter than the lifetime of a session.")
	}
	return true
}

// create sends the request and returns the response; nil where no session is
// known to be there, with the reason in diags.
func (r *session) create(ctx context.Context, plan *sessionModel, inputWO attr.Value, diags *diag.Diagnostics) *client.Session {
	q := newRequest(plan, inputWO)
	for _, f := range q.faults {
		diags.AddAttributeError(f.attribute, "Invalid "+f.display, f.display+" "+f.message+". No session was created.")
	}
	document := r.documentToSend(ctx, plan, q, diags)
	if diags.HasError() {
		return nil
	}
	sendAs := mediaType(document, q.body)
	body, err := payload.Build(ctx, q.body, sendAs, fields{document, sendAs})
	if err != nil {
		q.explainPayload(err, diags)
		return nil
	}
	if r.validateFiles(plan, q, document, body, diags); diags.HasError() {
		return nil
	}
	return r.send(ctx, attempt{plan: plan, request: q, document: document, begun: time.Now()}, body, diags)
}

// send sends the request and reports the outcome.
func (r *session) send(ctx context.Context, a attempt, body *payload.Payload, diags *diag.Diagnostics) *client.Session {
	created, err := r.data.Client.CreateSession(ctx, a.plan.FlowID.ValueString(), a.plan.Environment.ValueString(), client.Body{
		ContentType: body.ContentType,
		Length:      body.Length,
		Open:        body.Open,
	})
	if err != nil {
		a.response = created
		created = r.explainCreate(ctx, a, err, diags)
	} else {
		r.data.Creates.Add(created.ID)
	}
	if created != nil && created.ID != "" && created.PlayerURL == "" {
		diags.AddWarning("Player URL unknown",
			fmt.Sprintf("The session %s is created and in state, but the response contains no player URL, and no later request returns it. "+
				"player_url is null. To create another session that has one, run: terraform apply -replace=ADDRESS", terminal.Text(created.ID)))
	}
	return created
}

// documentToSend returns the document that decides how the input travels, or
// nil without one. What was unknown at plan is validated against it.
func (r *session) documentToSend(ctx context.Context, plan *sessionModel, q *request, diags *diag.Diagnostics) *flowschema.Document {
	if r.mode(plan) == configured.ValidationOff {
		// Validation is off, so a document that is missing is no problem.
		document, _ := r.data.Documents.Get(ctx, plan.Environment.ValueString(), plan.FlowID.ValueString())
		return document
	}
	document := r.document(ctx, plan, diags)
	if document != nil {
		r.validateBody(ctx, plan, q, document, diags)
	}
	return document
}

// mediaType is the media type of the flow's document. Without one, a body with
// files is a form and any other is JSON.
func mediaType(document *flowschema.Document, body value.Object) string {
	switch {
	case document != nil:
		return document.MediaType(body)
	case len(value.Files(body)) > 0:
		return contract.Multipart
	}
	return contract.JSON
}

// fields reports to the encoder what the document defines for the body's leaves.
type fields struct {
	document  *flowschema.Document // may be nil
	mediaType string
}

// Binary reports whether the string at path is content of a file, in base64.
func (f fields) Binary(path value.Path) bool {
	return f.document != nil && f.document.Content(f.mediaType, path) == flowschema.Binary
}

// explainPayload reports what kept the body from being built: most often a
// file that is gone or was changed since the plan.
func (q *request) explainPayload(err error, diags *diag.Diagnostics) {
	var all payload.Errors
	if !errors.As(err, &all) {
		diags.AddError("Request can't be built", terminal.Sentence(err)+". No session was created.")
	}
	for _, err := range all {
		var file *payload.FileError
		var leaf *payload.ValueError
		switch {
		case errors.As(err, &file):
			at := q.locate(file.Path)
			diags.AddAttributeError(at.attribute, "File not usable: "+at.display,
				fmt.Sprintf("%s: the file %s %s. No session was created.", at.display, terminal.Quote(file.File), terminal.Text(file.Reason)))
		case errors.As(err, &leaf):
			at := q.locate(leaf.Path)
			diags.AddAttributeError(at.attribute, "Invalid "+at.display,
				fmt.Sprintf("%s %s. No session was created.", at.display, terminal.Text(leaf.Reason)))
		}
	}
}

// attempt is a create, whose response may be incomplete or missing.
type attempt struct {
	plan     *sessionModel
	request  *request
	document *flowschema.Document // nil without one
	begun    time.Time            // by the local clock
	response *client.Session      // what it contains, if it is incomplete
}

// explainCreate reports a failed create, and whether a session may exist. It
// returns what an incomplete response contains, which is stored like a complete one.
func (r *session) explainCreate(ctx context.Context, a attempt, err error, diags *diag.Diagnostics) *client.Session {
	var unknown *client.CreateError
	var file *payload.FileError
	switch {
	case errors.As(err, &unknown) && unknown.Confirmed:
		return r.reportUnidentified(ctx, a, diags)
	case unknown != nil:
		r.reportUnknownOutcome(ctx, a, err, diags)
	case errors.As(err, &file): // it changed while it was being sent
		a.request.explainPayload(payload.Errors{file}, diags)
	default:
		d := r.explain(a, err)
		diags.AddError(d.Summary, d.Detail()+"\n\nNo session was created.")
	}
	return nil
}
