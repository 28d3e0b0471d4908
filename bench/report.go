// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// report writes what was measured as Markdown, which reads well in a terminal
// too.
func (b *bench) report(w io.Writer, c comparison) {
	for _, cli := range b.clis {
		b.reportTimes(w, c, cli)
		b.reportGrowth(w, c, cli)
		b.reportProcess(w, c, cli)
	}
	b.reportYields(w, c)
}

func (b *bench) names() []string {
	names := make([]string, 0, len(b.providers))
	for _, p := range b.providers {
		names = append(names, p.name)
	}
	return names
}

// reportTimes compares wall times. The ratio is the median of the ratios within
// each repetition: what slows the machine for a while slows both.
func (b *bench) reportTimes(w io.Writer, c comparison, cli cli) {
	heading(w, cli.version+": seconds, and in brackets the ratio to the floor")
	var rows [][]string
	for _, n := range b.sizes {
		for _, step := range steps {
			row := []string{strconv.Itoa(n), step}
			floor := c.samples[cell{cli.path, n, step, b.providers[0].name}]
			for i, name := range b.names() {
				samples := c.samples[cell{cli.path, n, step, name}]
				text := fmt.Sprintf("%.2f", median(seconds(samples, wall)))
				if i > 0 {
					text += fmt.Sprintf(" (%.2f)", median(ratios(samples, floor)))
				}
				row = append(row, text)
			}
			rows = append(rows, row)
		}
	}
	table(w, append([]string{"sessions", "step"}, b.names()...), rows)
}

// reportGrowth divides by the number of sessions.
func (b *bench) reportGrowth(w io.Writer, c comparison, cli cli) {
	if len(b.sizes) < 2 {
		return
	}
	heading(w, cli.version+": how it grows, in milliseconds per session")
	header := []string{"step", "provider"}
	for _, n := range b.sizes {
		header = append(header, fmt.Sprintf("%d sessions", n))
	}
	var rows [][]string
	for _, step := range steps {
		for _, name := range b.names() {
			row := []string{step, name}
			for _, n := range b.sizes {
				took := median(seconds(c.samples[cell{cli.path, n, step, name}], wall))
				row = append(row, fmt.Sprintf("%.1f", took*1000/float64(n)))
			}
			rows = append(rows, row)
		}
	}
	table(w, header, rows)
}

// reportProcess reports CPU and memory for the largest number of sessions.
func (b *bench) reportProcess(w io.Writer, c comparison, cli cli) {
	n := slices.Max(b.sizes)
	heading(w, fmt.Sprintf("%s, %d sessions: CPU seconds of the provider's processes, their peak memory, and CPU seconds of the CLI", cli.version, n))
	var rows [][]string
	for _, step := range steps {
		row := []string{step}
		for _, name := range b.names() {
			samples := c.samples[cell{cli.path, n, step, name}]
			row = append(row, fmt.Sprintf("%.2f s, %.0f MB, %.2f s",
				median(seconds(samples, func(s sample) time.Duration { return s.cpu })),
				median(megabytes(samples)),
				median(seconds(samples, func(s sample) time.Duration { return s.all - s.cpu }))))
		}
		rows = append(rows, row)
	}
	table(w, append([]string{"step"}, b.names()...), rows)
}

func (b *bench) reportYields(w io.Writer, c comparison) {
	n := slices.Max(b.sizes)
	heading(w, fmt.Sprintf("What an apply of %d sessions sends and leaves", n))
	var rows [][]string
	for _, cli := range b.clis {
		for _, name := range b.names() {
			left := c.yields[cell{cli.path, n, apply, name}]
			rows = append(rows, []string{
				cli.version, name,
				strconv.Itoa(left.stateBytes / n),
				strconv.Itoa(left.traffic.requests), strconv.Itoa(len(left.traffic.creates)), strconv.Itoa(left.traffic.connections),
			})
		}
	}
	table(w, []string{"CLI", "provider", "bytes of state per session", "requests", "of these creates", "connections"}, rows)
}

func heading(w io.Writer, text string) { _, _ = fmt.Fprintf(w, "\n### %s\n\n", text) }

// table writes a Markdown table with columns as wide as their widest cell.
func table(w io.Writer, header []string, rows [][]string) {
	widths := make([]int, len(header))
	for _, row := range append([][]string{header}, rows...) {
		for i, text := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(text), 3)
		}
	}
	line := func(row []string) {
		for i, text := range row {
			_, _ = fmt.Fprintf(w, "| %-*s ", widths[i], text)
		}
		_, _ = fmt.Fprintln(w, "|")
	}
	line(header)
	rule := make([]string, len(header))
	for i, width := range widths {
		rule[i] = strings.Repeat("-", width)
	}
	line(rule)
	for _, row := range rows {
		line(row)
	}
}

func wall(s sample) time.Duration { return s.wall }

func seconds(samples []sample, of func(sample) time.Duration) []float64 {
	all := make([]float64, 0, len(samples))
	for _, s := range samples {
		all = append(all, of(s).Seconds())
	}
	return all
}

func megabytes(samples []sample) []float64 {
	all := make([]float64, 0, len(samples))
	for _, s := range samples {
		all = append(all, float64(s.memory)/1e6)
	}
	return all
}

// ratios divides wall times by the floor's of the same repetition.
func ratios(samples, floor []sample) []float64 {
	all := make([]float64, 0, len(samples))
	for i := range min(len(samples), len(floor)) {
		all = append(all, samples[i].wall.Seconds()/floor[i].wall.Seconds())
	}
	return all
}

func median(all []float64) float64 {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
