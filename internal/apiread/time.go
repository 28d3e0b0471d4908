// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package apiread

import (
	"strings"
	"time"
)

// timeLayouts are the forms in which a moment is served, once its date and its
// time are joined by a T. Go reads a fraction of a second in all of them.
var timeLayouts = []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07", "2006-01-02T15:04:05"}

// ParseTime reads a time of the service: RFC 3339, and other variants of ISO 8601, for
// example with a space for the T or +0000 for Z.
// Without an offset it is taken for UTC. It reports false for anything else,
// which a caller treats like an omitted time.
func ParseTime(served string) (time.Time, bool) {
	date, clock, _ := strings.Cut(strings.ToUpper(strings.Join(strings.Fields(served), "T")), "T")
	// There may be a space before the offset as well.
	joined := date + "T" + strings.ReplaceAll(clock, "T", "")
	for _, layout := range timeLayouts {
		if moment, err := time.Parse(layout, joined); err == nil {
			return moment, true
		}
	}
	return time.Time{}, false
}
