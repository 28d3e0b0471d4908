// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package diagnostic

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

const (
	maxCompared = 1000 // flows that are compared with what was wanted
	maxListed   = 10   // flows that a message lists
)

// FlowNotPublished explains a 404 for a flow. Published are the flows of the
// environment, nil if they are unknown.
func FlowNotPublished(flowID, environment string, published []client.Flow) (summary, detail string) {
	what := fmt.Sprintf("There is no flow %s in the environment %s.", terminal.Quote(flowID), terminal.Quote(environment))
	const advice = "Check the ID, publish the flow to that environment in the dashboard, or set the environment that it is published to. " +
		"If api_url is set, check that it is the address of the API itself, without a path."
	named := slices.DeleteFunc(slices.Clone(published), func(f client.Flow) bool { return !strings.EqualFold(f.Name, flowID) })
	switch {
	case len(named) > 0:
		what += " It is the name of a flow; set flow_id to the flow's ID:" + ListFlows(named)
	case len(published) > 0:
		what += " The nearest flows that are published there:" + ListFlows(NearestFlows(published, flowID))
	}
	return "Flow not published", what + "\n\n" + advice
}

// NearestFlows sorts flows by the edit distance of wanted to their ID or their name,
// whichever is smaller, ignoring case.
func NearestFlows(flows []client.Flow, wanted string) []client.Flow {
	wanted = strings.ToLower(terminal.Text(wanted))
	type candidate struct {
		flow     client.Flow
		distance int
	}
	candidates := make([]candidate, 0, min(len(flows), maxCompared))
	for _, flow := range flows[:min(len(flows), maxCompared)] {
		distance := func(text string) int { return levenshtein.Distance(wanted, strings.ToLower(terminal.Text(text)), nil) }
		candidates = append(candidates, candidate{flow, min(distance(flow.ID), distance(flow.Name))})
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	sorted := make([]client.Flow, len(candidates))
	for i, c := range candidates {
		sorted[i] = c.flow
	}
	return sorted
}

// ListFlows writes a line for each flow, the first ten of them.
func ListFlows(flows []client.Flow) string {
	var b strings.Builder
	for _, flow := range flows[:min(len(flows), maxListed)] {
		fmt.Fprintf(&b, "\n  - %s, flow_id %s", terminal.Quote(flow.Name), terminal.Quote(flow.ID))
		if flow.Version != "" {
			fmt.Fprintf(&b, ", version %s", terminal.Text(string(flow.Version)))
		}
	}
	if more := len(flows) - maxListed; more > 0 {
		fmt.Fprintf(&b, "\n  - and %d more; the data source idnow_flows returns all of them", more)
	}
	return b.String()
}
