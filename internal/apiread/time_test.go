// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package apiread

import (
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	noon := time.Date(2025, 8, 22, 12, 0, 0, 0, time.UTC)
	for served, want := range map[string]time.Time{
		"2025-08-22T12:00:00Z":         noon,
		"2025-08-22T12:00:00.000Z":     noon,
		"2025-08-22T12:00:00.1234567Z": noon.Add(123456700),
		"2025-08-22T12:00:00,5Z":       noon.Add(500 * time.Millisecond),
		"2025-08-22t12:00:00z":         noon,
		"2025-08-22T14:00:00+02:00":    noon,
		"2025-08-22T12:00:00+0000":     noon,
		"2025-08-22T12:00:00.000+0000": noon,
		"2025-08-22T06:30:00-0530":     noon,
		"2025-08-22T12:00:00+00":       noon,
		"2025-08-22T12:00:00":          noon,
		"2025-08-22T12:00:00.000":      noon,
		"2025-08-22 12:00:00":          noon,
		"2025-08-22 12:00:00Z":         noon,
		"2025-08-22 14:00:00 +0200":    noon,
		" 2025-08-22T12:00:00Z\n":      noon,
	} {
		if got, ok := ParseTime(served); !ok || !got.Equal(want) {
			t.Errorf("%q is %s, %t; want %s", served, got, ok, want)
		}
	}
	for _, served := range []string{
		"", " ", "T", "yesterday", "2025-08-22", "12:00:00Z", "1755864000", "2025-13-22T12:00:00Z", "2025-08-22T12:00:00Z, about", "22 Aug 2025 12:00 UTC",
	} {
		if got, ok := ParseTime(served); ok || !got.IsZero() {
			t.Errorf("%q is %s, %t; want none", served, got, ok)
		}
	}
}
