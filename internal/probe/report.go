// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package probe

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
)

// WriteTable writes the findings for a person, one line each.
func (r Report) WriteTable(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(cells ...any) { _, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", cells...) } // Flush reports
	line("QUESTION", "ASSUMED", "SEEN", "VERDICT", "DECIDED BY")
	for _, f := range r.Findings {
		line(f.Name, f.Assumed, f.Seen, f.Verdict, f.DecidedBy)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	counts := map[Verdict]int{}
	for _, f := range r.Findings {
		counts[f.Verdict]++
	}
	_, err := fmt.Fprintf(w, "\n%d agree, %d differ and are accepted, %d differ, %d are unknown. Sessions created: %d.\n",
		counts[Agrees], counts[Accepted], counts[Differs], counts[Unknown], r.Created)
	return err
}

// WriteJSON writes the report as JSON, to be attached to an issue.
func (r Report) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}
