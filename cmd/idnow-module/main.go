// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// The idnow-module command writes a Terraform module for one flow: the session, its
// variables and the types of its input, its outputs, a README and a test. It reads the
// flow's OpenAPI document from the service, by the provider's IDNOW_* variables,
// or from a file.
//
//	idnow-module -flow ID -environment staging
//	idnow-module -openapi FILE -out DIR
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/diagnostic"
	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/module"
	"github.com/idnow/terraform-provider-idnow/internal/servicetext"
	"github.com/idnow/terraform-provider-idnow/internal/settings"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

// errUsage means that the arguments are invalid; the problem has been written
// already.
var errUsage = errors.New("wrong arguments")

// version is set by the release build.
var version = "dev"

func main() {
	log.SetOutput(io.Discard) // where net/http quotes what follows a response
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "idnow-module:", terminal.Block(err.Error()))
		os.Exit(1)
	}
}

// arguments are those of the command line.
type arguments struct {
	flow, environment, openapi, out string
	writeOnly, showVersion          bool
}

func parseFlags(args []string, getenv func(string) string, stderr io.Writer) (arguments, error) {
	var a arguments
	flags := flag.NewFlagSet("idnow-module", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&a.flow, "flow", "", "`ID` of the flow")
	flags.StringVar(&a.environment, "environment", "", "logical `environment` that the flow is published to (default: IDNOW_ENVIRONMENT, or that of the file)")
	flags.StringVar(&a.openapi, "openapi", "", "`file` with the flow's OpenAPI document, instead of the service's")
	flags.StringVar(&a.out, "out", "", "`folder` of the module (default: one named after the flow, in the current folder)")
	flags.BoolVar(&a.writeOnly, "write-only", false, "add a variable for input that reaches neither plan nor state, also from ephemeral values; the module then requires Terraform or OpenTofu 1.11")
	flags.BoolVar(&a.showVersion, "version", false, "print the version and exit")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return a, err
	case err != nil:
		return a, errUsage
	case a.showVersion:
		return a, nil
	}
	if a.openapi == "" && a.environment == "" {
		a.environment = getenv("IDNOW_ENVIRONMENT")
	}
	if err := a.check(flags.Args()); err != nil {
		_, _ = fmt.Fprintln(stderr, "idnow-module:", err)
		return a, errUsage
	}
	return a, nil
}

func (a arguments) check(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("%q is not a flag; every argument begins with a dash", rest[0])
	case a.openapi == "" && a.flow == "":
		return errors.New("set -flow, the flow's ID, or -openapi, a file with its OpenAPI document")
	case a.openapi == "" && a.environment == "":
		return errors.New("set -environment, or the variable IDNOW_ENVIRONMENT: the environment that the flow is published to, for example staging")
	}
	return nil
}

// run writes the module and lists on stdout what it has changed.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	a, err := parseFlags(args, getenv, stderr)
	if err != nil {
		return err
	}
	if a.showVersion {
		_, err = fmt.Fprintln(stdout, "idnow-module", version)
		return err
	}
	raw, err := a.document(ctx, getenv)
	if err != nil {
		return err
	}
	doc, err := flowschema.Parse(ctx, raw)
	if err != nil {
		return err
	}
	flow, err := module.Identify(doc, a.flow, a.environment)
	if err != nil {
		return err
	}
	files, err := module.Generate(ctx, doc, flow, module.Options{WriteOnly: a.writeOnly})
	if err != nil {
		return err
	}
	out := cmp.Or(a.out, flow.Folder())
	changed, err := module.Write(out, files)
	if err == nil && changed == nil {
		_, _ = fmt.Fprintln(stdout, "nothing has changed in", out)
	}
	for _, name := range changed {
		_, _ = fmt.Fprintln(stdout, filepath.Join(out, filepath.FromSlash(name)))
	}
	return err
}

// document reads the flow's document from disk or from the service.
func (a arguments) document(ctx context.Context, getenv func(string) string) ([]byte, error) {
	if a.openapi != "" {
		return os.ReadFile(a.openapi) // the person's own file; the error names it
	}
	read, problems := settings.Resolve(settings.Source{Getenv: getenv, Name: settings.Variable})
	if len(problems) > 0 {
		return nil, joined(problems)
	}
	service, err := client.New(read.Config("idnow-module"))
	if err != nil {
		return nil, err
	}
	raw, err := service.FlowDocument(ctx, a.environment, a.flow)
	if err == nil {
		return raw, nil
	}
	policy := servicetext.Policy{Verbatim: read.ShowServiceMessages, Secrets: service.Secrets}
	d := diagnostic.Call{Doing: "fetch the flow's document", Policy: policy}.Explain(err)
	summary, detail := d.Summary, d.Detail()
	if client.IsNotFound(err) {
		published, _ := service.ListFlows(ctx, a.environment) // only for a suggestion
		summary, detail = diagnostic.FlowNotPublished(a.flow, a.environment, published)
	}
	return nil, fmt.Errorf("%s: %s", summary, detail)
}

// joined are problems as one error.
func joined(problems []settings.Problem) error {
	errs := make([]error, len(problems))
	for i, f := range problems {
		errs[i] = errors.New(f.String())
	}
	return errors.Join(errs...)
}
