// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

const (
	loadSessions    = 1000
	loadParallelism = 100
	loadRate        = 50 // requests a second that the service takes
)

// load applies more than the service lets pass. It fails unless every session
// was created once and is in state.
func (b *bench) load(ctx context.Context, w io.Writer) error {
	heading(w, fmt.Sprintf("%d sessions at -parallelism=%d on a service that refuses more than %d requests a second", loadSessions, loadParallelism, loadRate))
	ours := b.providers[len(b.providers)-1]
	var rows [][]string
	for _, cli := range b.clis {
		b.progress("%s, %d sessions against a limit of %d a second", cli.version, loadSessions, loadRate)
		b.service.Reset()
		if err := b.service.AddFault(fault.Fault{Kind: fault.RateLimit, Rate: loadRate}); err != nil {
			return err
		}
		workspace, err := newWorkspace(filepath.Join(b.dir, "load", filepath.Base(cli.path)), cli.path, ours, b.service.url, loadSessions)
		if err != nil {
			return err
		}
		took, err := workspace.step(ctx, apply, loadParallelism)
		if err != nil {
			return err
		}
		if err := b.nothingLost(workspace); err != nil {
			return err
		}
		arrived := b.service.traffic()
		rows = append(rows, []string{
			cli.version, fmt.Sprintf("%.1f", took.wall.Seconds()), fmt.Sprintf("%.1f", span(arrived.creates).Seconds()),
			fmt.Sprintf("%.1f", float64(loadSessions)/loadRate), strconv.Itoa(refused(arrived.creates)), strconv.Itoa(arrived.connections),
		})
	}
	table(w, []string{"CLI", "apply, seconds", "first create to last", "least by the limit", "creates refused", "connections"}, rows)
	return nil
}

// nothingLost compares the sessions on the service with those in state.
func (b *bench) nothingLost(w workspace) error {
	left, err := w.state()
	if err != nil {
		return err
	}
	var made []string
	for _, session := range b.service.Sessions() {
		made = append(made, session.ID)
	}
	slices.Sort(made)
	slices.Sort(left.ids)
	if len(made) != loadSessions || !slices.Equal(made, left.ids) {
		return fmt.Errorf("of %d sessions, %d were created and %d are in state", loadSessions, len(made), len(left.ids))
	}
	return nil
}

// span is the time from the first request's arrival to the last one's response.
// The requests are in order of arrival.
func span(requests []emulator.Recorded) time.Duration {
	if len(requests) == 0 {
		return 0
	}
	var end time.Time
	for _, r := range requests {
		if responded := r.Time.Add(r.Duration); responded.After(end) {
			end = responded
		}
	}
	return end.Sub(requests[0].Time)
}

func refused(requests []emulator.Recorded) int {
	n := 0
	for _, r := range requests {
		if r.Status == http.StatusTooManyRequests {
			n++
		}
	}
	return n
}
