// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package configured

import (
	"context"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/client"
)

// Sessions without a user step take seconds, slow signatures minutes: poll soon at
// first, and then seldom enough for a thousand concurrent waits.
const (
	firstInterval  = 500 * time.Millisecond
	lastInterval   = 15 * time.Second
	intervalGrowth = 1.6
)

// appearance is how long after the start of a wait a session may still be missing:
// the service may be eventually consistent.
const appearance = time.Minute

// AwaitFinal reads a session until it is in a final status, and calls seen after
// each read. It returns nil for a final session, whatever its status; the context's
// error, or one that wraps it, where ctx ends; and otherwise the error of the read
// that failed. The session is as seen last saw it in any case.
// API: GET /api/v1/{environment}/sessions/{sessionId}.
func (d *Provider) AwaitFinal(ctx context.Context, environment, sessionID string, seen func(*client.Session)) error {
	begun := d.Now()
	for interval := firstInterval; ; interval = min(time.Duration(float64(interval)*intervalGrowth), lastInterval) {
		session, err := d.Client.Session(ctx, environment, sessionID)
		switch {
		case client.IsNotFound(err) && d.Now().Sub(begun) < appearance:
		case err != nil:
			return err
		default:
			seen(session)
			if client.IsFinal(session.Status) {
				return nil
			}
		}
		if err := d.Sleep(ctx, interval); err != nil {
			return err
		}
	}
}
