// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Command bench measures what a session costs, as ratios within one run: this
// provider beside the floor, which is a provider of two dynamic and five string
// attributes that sends nothing, beside one of its own shape that sends nothing
// either, and beside the generic REST providers that do the same create and
// read. All run against one emulator, on each CLI that is named. It runs in its
// own folder, which is a module of its own.
//
//	go run . -n 100,300,1000 terraform ../.build/bin/tofu
//	go run . -load terraform
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are those of the command line.
type options struct {
	sizes       []int
	repetitions int
	underLoad   bool
	peers       string
	alone       bool
	markdown    string
	cliPaths    []string
}

func parseOptions(arguments []string, stderr io.Writer) (options, error) {
	o := options{sizes: []int{100, 300}}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Func("n", "`numbers` of sessions, with commas (default 100,300)", func(text string) error {
		o.sizes = nil
		for part := range strings.SplitSeq(text, ",") {
			n, err := strconv.Atoi(part)
			if err != nil || n < 1 {
				return errors.New("they are written like 100,300")
			}
			o.sizes = append(o.sizes, n)
		}
		return nil
	})
	flags.IntVar(&o.repetitions, "repetitions", 3, "how often each is measured")
	flags.BoolVar(&o.underLoad, "load", false, "instead of comparing, apply more than a service with a rate limit lets pass")
	flags.StringVar(&o.peers, "peers", "", "`folder` of peers' binaries, used before the module proxy")
	flags.BoolVar(&o.alone, "alone", false, "leave the peers out")
	flags.StringVar(&o.markdown, "markdown", "", "`file` that gets the results too")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	if o.repetitions < 1 {
		return o, errors.New("-repetitions must be 1 or more")
	}
	o.cliPaths = flags.Args()
	if len(o.cliPaths) == 0 {
		o.cliPaths = []string{"terraform"}
	}
	return o, nil
}

// bench is one run.
type bench struct {
	options
	dir       string // for everything that is built and written
	clis      []cli
	providers []installed // the floor, ours, its shape, and the peers that could be had
	missing   []string    // why the others could not
	service   *service
	stderr    io.Writer
}

func (b *bench) progress(format string, arguments ...any) {
	_, _ = fmt.Fprintf(b.stderr, format+"\n", arguments...)
}

func run(ctx context.Context, arguments []string, stdout, stderr io.Writer) error {
	o, err := parseOptions(arguments, stderr)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "idnow-bench-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	b := &bench{options: o, dir: dir, stderr: stderr}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	defer b.service.stop()

	var results bytes.Buffer
	b.describe(&results)
	if err := b.measure(ctx, &results); err != nil {
		return err
	}
	if o.markdown != "" {
		if err := os.WriteFile(o.markdown, results.Bytes(), 0o600); err != nil {
			return err
		}
	}
	_, err = results.WriteTo(stdout)
	return err
}

func (b *bench) measure(ctx context.Context, w io.Writer) error {
	if b.underLoad {
		return b.load(ctx, w)
	}
	compared, err := b.compare(ctx)
	if err != nil {
		return err
	}
	b.report(w, compared)
	return b.inFlight(ctx, w)
}

// prepare builds what is compared and starts the service.
func (b *bench) prepare(ctx context.Context) error {
	for _, path := range b.cliPaths {
		found, err := newCLI(ctx, path)
		if err != nil {
			return err
		}
		b.clis = append(b.clis, found)
	}
	wanted := contenders
	switch {
	case b.underLoad:
		wanted = contenders[1:2]
	case b.alone:
		wanted = contenders[:3]
	}
	var err error
	b.progress("building the providers")
	b.providers, b.missing, err = install(ctx, b.dir, b.peers, wanted)
	if err != nil {
		return err
	}
	b.service, err = startService(ctx)
	return err
}
