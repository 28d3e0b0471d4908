// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package configured

import (
	"context"
	"sync"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/client"
)

// suggestionTimeout bounds a list that only adds to a message.
const suggestionTimeout = 10 * time.Second

// flowLists caches the flows of each environment. The zero value is ready for
// use.
type flowLists struct {
	mu    sync.Mutex
	known map[string][]client.Flow
}

// PublishedFlows returns the flows of an environment for a message that suggests
// one, nil where they can't be listed. They are requested once, however many
// sessions have the same mistake.
func (d *Provider) PublishedFlows(ctx context.Context, environment string) []client.Flow {
	d.flows.mu.Lock()
	defer d.flows.mu.Unlock()
	if flows, ok := d.flows.known[environment]; ok {
		return flows
	}
	ctx, cancel := context.WithTimeout(ctx, suggestionTimeout)
	defer cancel()
	flows, err := d.Client.ListFlows(ctx, environment)
	if err != nil {
		flows = nil
	}
	if d.flows.known == nil {
		d.flows.known = map[string][]client.Flow{}
	}
	d.flows.known[environment] = flows
	return flows
}
