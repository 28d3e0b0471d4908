// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package configured

import (
	"context"
	"sync"
	"time"
)

// failureGap is what a CLI needs to store a create that failed, with room for a
// slow machine.
const failureGap = 250 * time.Millisecond

// Spacing keeps apart the failures of creates whose session is in state. Terraform
// 1.16.0 stores such a session for a moment with a status that it can't write, and
// crashes if another resource is stored in that moment: the sessions of the run are
// then lost. Waits fail together, since they share a timeout or an interrupt. The
// zero value is ready for use.
type Spacing struct{ mu sync.Mutex }

// Await returns once the failures before this one have had their gap.
func (s *Spacing) Await(ctx context.Context, sleep func(context.Context, time.Duration) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = sleep(context.WithoutCancel(ctx), failureGap) // ends only by time
}
