// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"os"
)

// defaultParallelism is the CLI's own.
const defaultParallelism = 10

// cell is one measured quantity: a step of a contender with n sessions.
type cell struct {
	cli  string
	n    int
	step string
	name string // the contender's
}

// yield is what a run leaves behind.
type yield struct {
	stateBytes int
	traffic    traffic // of the apply
}

// comparison is what all runs took, one sample for each repetition, in order.
type comparison struct {
	samples map[cell][]sample
	yields  map[cell]yield // by cells of the step apply
}

// compare runs every step of every contender on every CLI. Repetitions are
// interleaved and begin with another contender each time, so that a
// change of the machine's speed affects all alike.
func (b *bench) compare(ctx context.Context) (comparison, error) {
	c := comparison{samples: map[cell][]sample{}, yields: map[cell]yield{}}
	for _, cli := range b.clis {
		for _, n := range b.sizes {
			for repetition := range b.repetitions {
				for i := range b.providers {
					provider := b.providers[(i+repetition)%len(b.providers)]
					at := cell{cli: cli.path, n: n, name: provider.name}
					b.progress("%s, %d sessions, repetition %d of %d: %s", cli.version, n, repetition+1, b.repetitions, provider.name)
					if err := c.measure(ctx, b, provider, at); err != nil {
						return c, err
					}
				}
			}
		}
	}
	return c, nil
}

// measure takes a fresh workspace through the steps.
func (c comparison) measure(ctx context.Context, b *bench, provider installed, at cell) error {
	b.service.Reset()
	dir, err := os.MkdirTemp(b.dir, "run-*")
	if err != nil {
		return err
	}
	w, err := newWorkspace(dir, at.cli, provider, b.service.url, at.n)
	if err != nil {
		return err
	}
	for _, step := range steps {
		at.step = step
		if err := b.before(ctx, step, w); err != nil {
			return err
		}
		s, err := w.step(ctx, step, defaultParallelism)
		if err != nil {
			return err
		}
		c.samples[at] = append(c.samples[at], s)
		if step != apply {
			continue
		}
		left, err := w.state()
		if err != nil {
			return err
		}
		if len(left.ids) != at.n {
			return fmt.Errorf("%s left %d sessions in state, want %d", at.name, len(left.ids), at.n)
		}
		c.yields[at] = yield{stateBytes: left.bytes, traffic: b.service.traffic()}
	}
	return nil
}

// before brings the service and the state to where a step starts.
func (b *bench) before(ctx context.Context, step string, w workspace) error {
	switch step {
	case drifted:
		return b.service.startSessions()
	case plan:
		return w.settle(ctx)
	}
	return nil
}
