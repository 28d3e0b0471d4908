// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// The idnow-probe command checks how a service behaves where the published revisions
// of the API differ, and prints what the provider assumes, what it observed, and the
// function that decides it. It reads the service's address and
// credentials from the provider's IDNOW_* variables.
//
//	idnow-probe -flow ID -environment staging
//	idnow-probe -flow ID -environment staging -create -input FILE -json
//
// Without -create it only reads. Its output holds no value of a person, no ID
// and no token, so it can be attached to an issue.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/probe"
	"github.com/idnow/terraform-provider-idnow/internal/settings"
)

// errUsage means that the arguments are invalid; the problem has been written
// already.
var errUsage = errors.New("wrong arguments")

func main() {
	log.SetOutput(io.Discard) // what the libraries log may hold a person's data
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "idnow-probe:", err)
		os.Exit(1)
	}
}

// createEnvironment is the only logical environment in which a probe creates
// sessions: those of others may be billed.
const createEnvironment = "staging"

// arguments are those of the command line.
type arguments struct {
	target probe.Target
	input  string // a file
	asJSON bool
}

func parseFlags(args []string, getenv func(string) string, stderr io.Writer) (arguments, error) {
	var a arguments
	flags := flag.NewFlagSet("idnow-probe", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&a.target.FlowID, "flow", "", "`ID` of a flow")
	flags.StringVar(&a.target.Environment, "environment", getenv("IDNOW_ENVIRONMENT"), "logical `environment` that the flow is published to (default: IDNOW_ENVIRONMENT)")
	flags.StringVar(&a.target.SessionID, "session", "", "`ID` of a session to read (default: the newest that the flow's list has)")
	flags.BoolVar(&a.target.Create, "create", false, fmt.Sprintf("also create up to %d sessions, in the environment %s only", probe.MaxCreates, createEnvironment))
	flags.StringVar(&a.input, "input", "", "JSON `file` with the input of those sessions (default: the examples of the flow's document)")
	flags.BoolVar(&a.asJSON, "json", false, "print JSON instead of a table")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return a, err
	case err != nil:
		return a, errUsage
	}
	if err := a.check(flags.Args()); err != nil {
		_, _ = fmt.Fprintln(stderr, "idnow-probe:", err)
		return a, errUsage
	}
	return a, nil
}

func (a arguments) check(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("%q is not a flag; every argument begins with a dash", rest[0])
	case a.target.FlowID == "":
		return errors.New("set -flow to the ID of a flow")
	case a.target.Environment == "":
		return errors.New("set -environment, or the variable IDNOW_ENVIRONMENT, to the environment that the flow is published to")
	case a.target.Create && a.target.Environment != createEnvironment:
		return fmt.Errorf("-create is for the environment %q alone: sessions of others may be billed", createEnvironment)
	case a.input != "" && !a.target.Create:
		return errors.New("-input goes with -create")
	}
	return nil
}

// run checks the service and prints the report.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	a, err := parseFlags(args, getenv, stderr)
	if err != nil {
		return err
	}
	read, problems := settings.Resolve(settings.Source{Getenv: getenv, Name: settings.Variable})
	if len(problems) > 0 {
		errs := make([]error, len(problems))
		for i, p := range problems {
			errs[i] = errors.New(p.String())
		}
		return errors.Join(errs...)
	}
	api, err := client.New(read.Config("idnow-probe"))
	if err != nil {
		return err
	}
	if a.target.Create {
		if a.target.Input, err = sessionInput(ctx, api, a); err != nil {
			return err
		}
	}
	report, err := probe.Run(ctx, probe.Service{Address: read.APIURL, Transport: api.Transport}, a.target)
	if err != nil {
		return err
	}
	if a.asJSON {
		return report.WriteJSON(stdout)
	}
	return report.WriteTable(stdout)
}

// sessionInput is the input of the sessions that are created.
func sessionInput(ctx context.Context, api *client.Client, a arguments) (map[string]any, error) {
	if a.input != "" {
		raw, err := os.ReadFile(a.input) // the person's own file; the error names it
		if err != nil {
			return nil, err
		}
		var input map[string]any
		if json.Unmarshal(raw, &input) != nil {
			return nil, fmt.Errorf("%s is not a JSON object", a.input)
		}
		return input, nil
	}
	raw, err := api.FlowDocument(ctx, a.target.Environment, a.target.FlowID)
	if err != nil {
		return nil, fmt.Errorf("reading the flow's document: %w", err)
	}
	document, err := flowschema.Parse(ctx, raw)
	if err != nil {
		return nil, err
	}
	example, complete := document.ExampleInput()
	input, ok := example.(map[string]any)
	if !complete || !ok {
		return nil, errors.New("the flow's document has no examples for all of its input: name a JSON file by -input")
	}
	return input, nil
}
