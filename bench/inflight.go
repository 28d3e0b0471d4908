// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

const (
	maxInFlightSessions = 200                    // more would not show more
	inFlightDelay       = 200 * time.Millisecond // what a create takes: long enough to overlap
)

// inFlight shows that creates run side by side as far as -parallelism allows,
// on a service that takes its time, and how many connections that needs.
func (b *bench) inFlight(ctx context.Context, w io.Writer) error {
	n := min(slices.Max(b.sizes), maxInFlightSessions)
	heading(w, fmt.Sprintf("%d sessions on a service that takes %s for a create", n, inFlightDelay))
	ours, cli := b.providers[1], b.clis[0]
	var rows [][]string
	for _, parallelism := range []int{defaultParallelism, 50, 100} {
		b.progress("%s, creates in flight at -parallelism=%d", cli.version, parallelism)
		b.service.Reset()
		slow := fault.Fault{Call: string(emulator.CallCreate), Kind: fault.SlowHeader, Delay: fault.Duration(inFlightDelay)}
		if err := b.service.AddFault(slow); err != nil {
			return err
		}
		workspace, err := newWorkspace(filepath.Join(b.dir, "in-flight", strconv.Itoa(parallelism)), cli.path, ours, b.service.url, n)
		if err != nil {
			return err
		}
		s, err := workspace.step(ctx, apply, parallelism)
		if err != nil {
			return err
		}
		arrived := b.service.traffic()
		rows = append(rows, []string{
			cli.version, strconv.Itoa(parallelism), strconv.Itoa(mostAtOnce(arrived.creates)),
			strconv.Itoa(arrived.connections), fmt.Sprintf("%.2f", s.wall.Seconds()),
		})
	}
	table(w, []string{"CLI", "-parallelism", "most creates in flight", "connections", "seconds"}, rows)
	return nil
}
