// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package revision

import (
	"maps"
	"slices"
)

// MetadataProblems lists what the revision does not take of a create's metadata,
// each with its place.
func (r Revision) MetadataProblems(metadata map[string]any) []string {
	var problems []string
	for _, name := range slices.Sorted(maps.Keys(metadata)) {
		_, isText := metadata[name].(string)
		switch {
		case r.Metadata == "closed" && name != "subjectId" && name != "locale":
			problems = append(problems, "metadata."+name+" is not taken: metadata is subjectId and locale alone")
		case r.Metadata == "strings" && !isText:
			problems = append(problems, "metadata."+name+" must be a string")
		}
	}
	return problems
}

// StartsAtOnce reports whether a create's response has the status RUNNING already.
func (r Revision) StartsAtOnce() bool { return r.StatusAfterwards == "RUNNING" }

// RunsOnRead reports whether a session that was created is running by the time
// it is read, as if the person were fast.
func (r Revision) RunsOnRead() bool { return r.StatusAfterwards == "RUNNING_ON_READ" }
