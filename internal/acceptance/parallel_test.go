// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package acceptance_test

import (
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
)

// Nothing but the time would show that tests run one after another.
func TestParallel(t *testing.T) {
	for name, test := range map[string]struct {
		start    func(testing.TB, emulator.Options) *acceptance.Env
		parallel bool
	}{
		"New":       {func(tb testing.TB, o emulator.Options) *acceptance.Env { return acceptance.New(tb, o) }, true},
		"NewSerial": {func(tb testing.TB, o emulator.Options) *acceptance.Env { return acceptance.NewSerial(tb, o) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			test.start(t, emulator.Options{})
			if got := refusesVariables(t); got != test.parallel {
				t.Errorf("the test runs in parallel: %t, want %t", got, test.parallel)
			}
		})
	}
}

// refusesVariables reports whether Setenv panics, as it does in a parallel test.
func refusesVariables(t *testing.T) (refuses bool) {
	defer func() { refuses = recover() != nil }()
	t.Setenv("ANY_VARIABLE", "")
	return false
}
