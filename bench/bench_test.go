// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
)

func TestMedian(t *testing.T) {
	for name, test := range map[string]struct {
		of   []float64
		want float64
	}{
		"none":            {nil, 0},
		"one":             {[]float64{3}, 3},
		"odd, unordered":  {[]float64{9, 1, 5}, 5},
		"even, unordered": {[]float64{4, 1, 9, 2}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			if got := median(test.of); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestRatiosAreWithinRepetitions(t *testing.T) {
	took := func(all ...time.Duration) []sample {
		var samples []sample
		for _, d := range all {
			samples = append(samples, sample{wall: d})
		}
		return samples
	}
	// The machine was twice as slow in the second repetition.
	got := ratios(took(3*time.Second, 6*time.Second), took(2*time.Second, 4*time.Second))
	if want := []float64{1.5, 1.5}; !cmp.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestMostAtOnce(t *testing.T) {
	start := time.Now()
	request := func(from, to int) emulator.Recorded {
		return emulator.Recorded{Time: start.Add(time.Duration(from)), Duration: time.Duration(to - from)}
	}
	for name, test := range map[string]struct {
		requests []emulator.Recorded
		want     int
	}{
		"none":              {nil, 0},
		"one after another": {[]emulator.Recorded{request(0, 10), request(10, 20), request(30, 40)}, 1},
		"overlapping":       {[]emulator.Recorded{request(0, 10), request(5, 20), request(8, 9), request(15, 30)}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			if got := mostAtOnce(test.requests); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestSpanEndsWithTheLastResponse(t *testing.T) {
	start := time.Now()
	got := span([]emulator.Recorded{{Time: start, Duration: 9 * time.Second}, {Time: start.Add(time.Second), Duration: time.Second}})
	if got != 9*time.Second {
		t.Errorf("got %s", got)
	}
}

func TestParseOptions(t *testing.T) {
	for name, test := range map[string]struct {
		arguments []string
		sizes     []int
		wantError bool
	}{
		"none":           {nil, []int{100, 300}, false},
		"sizes":          {[]string{"-n", "1,20"}, []int{1, 20}, false},
		"no number":      {[]string{"-n", "1,x"}, nil, true},
		"no sessions":    {[]string{"-n", "0"}, nil, true},
		"no repetitions": {[]string{"-repetitions", "0"}, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseOptions(test.arguments, t.Output())
			if (err != nil) != test.wantError {
				t.Fatalf("got error %v", err)
			}
			if err == nil && !cmp.Equal(got.sizes, test.sizes) {
				t.Errorf("got %v, want %v", got.sizes, test.sizes)
			}
		})
	}
}

// The whole, small: every step is measured for the floor and for ours, and the
// results are on stdout and in the file.
func TestRun(t *testing.T) {
	if os.Getenv("TF_ACC") == "" {
		t.Skip("drives a Terraform CLI; run it by make test, which sets TF_ACC")
	}
	cli := "terraform"
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		cli = path
	}
	file := filepath.Join(t.TempDir(), "results.md")
	var stdout strings.Builder
	if err := run(t.Context(), []string{"-n", "1,2", "-repetitions", "2", "-alone", "-markdown", file, cli}, &stdout, t.Output()); err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(file)
	if err != nil || string(written) != stdout.String() {
		t.Errorf("the file differs from what was printed (%v)", err)
	}
	for _, want := range []string{
		"| sessions | step            | floor |", "| 2        | validate        |", "| 2        | apply           |", "| 2        | plan with drift |", "| 2        | plan            |",
		"milliseconds per session", "peak memory", "bytes of state per session", "most creates in flight",
	} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("the results lack %q:\n%s", want, stdout.String())
		}
	}
}
