// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/configured"
	"github.com/idnow/terraform-provider-idnow/internal/diagnostic"
	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/payload"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
	"github.com/idnow/terraform-provider-idnow/internal/validate"
)

// validatePlan validates what is known of a planned session against its flow's
// document. What is unknown passes here and is validated before it is sent.
func (r *session) validatePlan(ctx context.Context, plan *sessionModel, inputWO attr.Value, diags *diag.Diagnostics) {
	if r.mode(plan) == configured.ValidationOff || r.data.Client == nil ||
		plan.FlowID.IsUnknown() || plan.Environment.IsUnknown() {
		return
	}
	q := newRequest(plan, inputWO)
	document := r.document(ctx, plan, diags)
	if document != nil {
		r.validateBody(ctx, plan, q, document, diags)
	}
}

// mode is the session's input_validation, or the provider's. While it is
// unknown, problems are warnings: they may turn out to be wanted.
func (r *session) mode(m *sessionModel) string {
	switch {
	case m.InputValidation.IsUnknown():
		return configured.ValidationWarn
	case m.InputValidation.IsNull():
		return r.data.InputValidation
	}
	return m.InputValidation.ValueString()
}

// document returns the flow's document. Without one it returns nil: with an
// error where the flow is not there, since the create would fail too, and with
// a warning where the document can't be fetched or read, since the session may
// well be created without it.
func (r *session) document(ctx context.Context, m *sessionModel, diags *diag.Diagnostics) *flowschema.Document {
	flowID, environment := m.FlowID.ValueString(), m.Environment.ValueString()
	document, err := r.data.Documents.Get(ctx, environment, flowID)
	failed := diagnostic.Call{Doing: "fetch the flow's document", Policy: r.data.ServiceText}
	var unreadable *flowschema.ParseError
	switch {
	case err == nil:
		return document
	case client.IsNotFound(err):
		summary, detail := apiread.FlowNotPublished(ctx, r.data, flowID, environment)
		diags.AddAttributeError(pathFlowID, summary, detail)
	case errors.As(err, &unreadable):
		r.unvalidated(m, diags)(pathFlowID, "Input not validated",
			fmt.Sprintf("The document of flow %s in the environment %s can't be read, so the input is not validated before it is sent: %s.",
				terminal.Quote(flowID), terminal.Quote(environment), terminal.Sentence(unreadable)))
	case diagnostic.IsConfiguration(err):
		d := failed.Explain(err)
		diags.AddError(d.Summary, d.Detail())
	default:
		d := failed.Explain(err)
		r.unvalidated(m, diags)(pathFlowID, "Input not validated",
			fmt.Sprintf("The document of flow %s in the environment %s can't be fetched, so the input is not validated before it is sent. %s: %s",
				terminal.Quote(flowID), terminal.Quote(environment), d.Summary, d.Detail()))
	}
	return nil
}

// unvalidated reports that input could not be validated: an error where that is
// required.
func (r *session) unvalidated(m *sessionModel, diags *diag.Diagnostics) func(path.Path, string, string) {
	if r.mode(m) == configured.ValidationRequired {
		return diags.AddAttributeError
	}
	return diags.AddAttributeWarning
}

// validateBody reports every problem that the document finds.
func (r *session) validateBody(ctx context.Context, m *sessionModel, q *request, document *flowschema.Document, diags *diag.Diagnostics) {
	result := validate.Body(ctx, document, q.body)
	r.report(m, q, document, result.Problems, diags)
	for _, f := range r.arrange(q.faultsOf(result.Warnings)) {
		diags.AddAttributeWarning(f.at, "Value set by the service", f.message)
	}
	if result.More > 0 {
		diags.AddAttributeWarning(pathInput, "More problems", fmt.Sprintf("The input has %d more problems than those listed. Fix these first.", result.More))
	}
	if result.Incomplete {
		r.unvalidated(m, diags)(pathFlowID, "Input not fully validated",
			"The flow's document is too large or too complex to validate the whole input before it is sent. The service validates it when the session is created.")
	}
}

// validateFiles reports what is wrong with files now that they have been read.
func (r *session) validateFiles(m *sessionModel, q *request, document *flowschema.Document, body *payload.Payload, diags *diag.Diagnostics) {
	if document == nil || r.mode(m) == configured.ValidationOff {
		return
	}
	var problems []validate.Problem
	for _, file := range body.Files() {
		problems = append(problems, validate.File(document, body.ContentType, file.Path, file.Length)...)
	}
	r.report(m, q, document, problems, diags)
}

// report shows problems at their places, as errors or as warnings.
func (r *session) report(m *sessionModel, q *request, document *flowschema.Document, problems []validate.Problem, diags *diag.Diagnostics) {
	source := fmt.Sprintf("The input is validated against the flow's own document: %s, version %s, in the environment %s.",
		terminal.Quote(document.Title), terminal.Text(document.FlowVersion), terminal.Quote(m.Environment.ValueString()))
	report := diags.AddAttributeError
	if r.mode(m) == configured.ValidationWarn {
		report = diags.AddAttributeWarning
	}
	for _, f := range r.arrange(q.faultsOf(problems)) {
		report(f.at, "Invalid "+f.display, f.message+"\n\n"+source)
	}
}

// faultsOf finds the problems' places.
func (q *request) faultsOf(problems []validate.Problem) []fault {
	var faults []fault
	for _, problem := range problems {
		f := q.locate(problem.Path)
		f.message = f.display + " " + terminal.Block(problem.Explanation())
		faults = append(faults, f)
	}
	return faults
}

// arrange arranges the problems for the CLI. One that resolves deep
// paths shows the very line of each. Any other shows all of the attribute's
// lines each time, so there one diagnostic lists the problems of an attribute.
func (r *session) arrange(faults []fault) []fault {
	if r.data.DeepPaths || len(faults) < 2 {
		return r.attach(faults)
	}
	var arranged []fault
	for _, root := range []path.Path{pathInput, pathInputWO, pathMetadata, pathRedirectURL, pathState} {
		var here []fault
		for _, f := range faults {
			if f.attribute.Equal(root) {
				here = append(here, f)
			}
		}
		arranged = append(arranged, r.attach(fold(root, here))...)
	}
	return arranged
}

// attach sets the path of each problem to one that the CLI can show.
func (r *session) attach(faults []fault) []fault {
	for i := range faults {
		if !r.data.DeepPaths {
			faults[i].at = faults[i].attribute
		}
	}
	return faults
}

// fold makes one list of several problems of an attribute.
func fold(root path.Path, faults []fault) []fault {
	if len(faults) < 2 {
		return faults
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s has %d problems:\n", root, len(faults))
	for _, f := range faults {
		b.WriteString("\n  - " + f.message) // the CLI leaves indented lines as they are
	}
	return []fault{{attribute: root, at: root, display: root.String(), message: b.String()}}
}
