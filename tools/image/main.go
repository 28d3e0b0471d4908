// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// The image command makes the emulator's container image without a container
// engine, from nothing but the static binaries: as an OCI layout, which it pushes to
// a registry, or unpacks to run from.
//
//	image build -out LAYOUT -version 0.2.0 -commit SHA -created TIME linux/amd64=BINARY linux/arm64=BINARY
//	image push -layout LAYOUT [-sbom linux/amd64=FILE]... REFERENCE...
//	image unpack -layout LAYOUT -platform linux/amd64 -out FOLDER
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage: image build|push|unpack FLAG... ARGUMENT...; -h after the first lists the flags")

func run(ctx context.Context, args []string, stdout io.Writer) error {
	if len(args) == 0 {
		return errUsage
	}
	switch args[0] {
	case "build":
		return runBuild(args[1:], stdout)
	case "push":
		return runPush(ctx, args[1:], stdout)
	case "unpack":
		return runUnpack(args[1:])
	}
	return errUsage
}

// file is a file that belongs to a platform, written as linux/amd64=FILE.
type file struct {
	platform v1.Platform
	path     string
}

func parseFile(text string) (file, error) {
	name, path, found := strings.Cut(text, "=")
	platform, err := v1.ParsePlatform(name)
	if !found || err != nil || path == "" {
		return file{}, fmt.Errorf("%q is not written like linux/amd64=FILE", text)
	}
	return file{*platform, path}, nil
}

func runBuild(args []string, stdout io.Writer) error {
	var about description
	var out, created string
	flags := flag.NewFlagSet("image build", flag.ContinueOnError)
	flags.StringVar(&out, "out", "", "`folder` that gets the OCI layout; what it contains is replaced")
	flags.StringVar(&about.version, "version", "", "`version` of the emulator")
	flags.StringVar(&about.commit, "commit", "", "`commit` that it is built from")
	flags.StringVar(&created, "created", "", "`time` of that commit, as RFC 3339 has it: every time in the image")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var err error
	if about.created, err = time.Parse(time.RFC3339, created); err != nil {
		return fmt.Errorf("-created: %w", err)
	}
	if out == "" || about.version == "" || about.commit == "" || flags.NArg() == 0 {
		return errors.New("build needs -out, -version, -commit and a binary for each platform")
	}
	var binaries []file
	for _, argument := range flags.Args() {
		binary, err := parseFile(argument)
		if err != nil {
			return err
		}
		binaries = append(binaries, binary)
	}
	digest, err := build(out, about, binaries)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, digest)
	return err
}

func runPush(ctx context.Context, args []string, stdout io.Writer) error {
	var layout string
	var sboms []file
	flags := flag.NewFlagSet("image push", flag.ContinueOnError)
	flags.StringVar(&layout, "layout", "", "`folder` of the OCI layout")
	flags.Func("sbom", "`PLATFORM=FILE`, a CycloneDX bill of materials that is attached to the platform's image; may be set several times", func(text string) error {
		sbom, err := parseFile(text)
		sboms = append(sboms, sbom)
		return err
	})
	if err := flags.Parse(args); err != nil {
		return err
	}
	if layout == "" || flags.NArg() == 0 {
		return errors.New("push needs -layout and a reference, for example ghcr.io/idnow/idnow-emulator:0.2.0")
	}
	for _, reference := range flags.Args() {
		pushed, err := push(ctx, layout, reference, sboms)
		if err != nil {
			return fmt.Errorf("pushing to %s: %w", reference, err)
		}
		if _, err := fmt.Fprintln(stdout, pushed); err != nil {
			return err
		}
	}
	return nil
}

func runUnpack(args []string) error {
	flags := flag.NewFlagSet("image unpack", flag.ContinueOnError)
	layout := flags.String("layout", "", "`folder` of the OCI layout")
	platform := flags.String("platform", "", "`platform`, for example linux/amd64")
	out := flags.String("out", "", "`folder` that gets the file system; it must not exist")
	if err := flags.Parse(args); err != nil {
		return err
	}
	wanted, err := v1.ParsePlatform(*platform)
	if err != nil || *platform == "" || *layout == "" || *out == "" {
		return errors.New("unpack needs -layout, -platform and -out")
	}
	return unpack(*layout, *wanted, *out)
}
