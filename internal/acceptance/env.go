// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package acceptance sets up tests that drive a real Terraform CLI against the
// emulator over HTTP. A test contains its configuration and asserts three
// things: the request that arrived, the state, and that a second plan is empty.
package acceptance

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/provider"
	"github.com/idnow/terraform-provider-idnow/internal/server"
)

// Credentials that the emulator of a test accepts. They differ from
// everything else in logs and messages, so that a leak can be searched for.
const (
	ClientID     = "acceptance-client"
	ClientSecret = "planted-secret with /+%&= signs"
	APIKey       = "planted-api-key"
)

// Env is one test's service and provider.
type Env struct {
	*emulatortest.Server

	tb      testing.TB
	options []provider.Option
}

// New starts an emulator for a test, and lets the test run in parallel with others:
// with a service, a folder and a provider of its own it shares nothing with them. A
// test calls it once, and a subtest where its parent does not. It skips where no CLI
// may be driven.
func New(tb testing.TB, options emulator.Options, providerOptions ...provider.Option) *Env {
	tb.Helper()
	requireAcceptance(tb)
	requireEmulator(tb)
	if t, ok := tb.(*testing.T); ok { // a benchmark runs alone
		t.Parallel()
	}
	return newEnv(tb, options, providerOptions...)
}

// NewSerial is New for a test that changes what its process has only once, for
// example the working directory. It runs while no other test does.
func NewSerial(tb testing.TB, options emulator.Options, providerOptions ...provider.Option) *Env {
	tb.Helper()
	requireAcceptance(tb)
	requireEmulator(tb)
	return newEnv(tb, options, providerOptions...)
}

func newEnv(tb testing.TB, options emulator.Options, providerOptions ...provider.Option) *Env {
	tb.Helper()
	unsetVariables(tb)
	options.ClientID, options.ClientSecret, options.APIKey = ClientID, ClientSecret, APIKey
	// Polling, where a test waits for an end, is not what takes its time.
	sleepless := provider.WithSleep(func(ctx context.Context, _ time.Duration) error { return ctx.Err() })
	return &Env{
		Server:  emulatortest.NewServer(tb, options),
		tb:      tb,
		options: append([]provider.Option{sleepless}, providerOptions...),
	}
}

func requireAcceptance(tb testing.TB) {
	tb.Helper()
	if os.Getenv("TF_ACC") == "" {
		tb.Skip("drives a Terraform CLI; run it by make test, which sets TF_ACC")
	}
}

// unsetVariables removes the developer's own settings. It does so for the whole
// process: Setenv of testing can't be used by tests that run in parallel.
func unsetVariables(tb testing.TB) {
	tb.Helper()
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "IDNOW_") {
			continue
		}
		if err := os.Unsetenv(name); err != nil {
			tb.Fatal(err)
		}
	}
}

// Provider is a provider block with the emulator's address, the API key and the
// environment staging, and further arguments of a test.
func (e *Env) Provider(arguments ...string) string {
	return e.block(`api_key = "`+APIKey+`"`, arguments)
}

// ProviderWithClient is Provider with client credentials.
func (e *Env) ProviderWithClient(arguments ...string) string {
	// In HCL strings, % is special only before a brace.
	return e.block(`auth_url = "`+e.URL+`"
  client_id = "`+ClientID+`"
  client_secret = "`+ClientSecret+`"`, arguments)
}

func (e *Env) block(credentials string, arguments []string) string {
	all := strings.Join(arguments, "\n  ")
	if !regexp.MustCompile(`(?m)^\s*environment\s*=`).MatchString(all) {
		all = "environment = \"staging\"\n  " + all
	}
	return "provider \"idnow\" {\n  api_url = \"" + e.URL + "\"\n  " + credentials + "\n  " + all + "\n}\n"
}

// Factories serve the provider from the test's own process, so that the race
// detector and the coverage see it.
func (e *Env) Factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"idnow": func() (tfprotov6.ProviderServer, error) { return server.New(provider.New("test", e.options...)()), nil },
	}
}

// Run runs the steps of a test.
func (e *Env) Run(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	e.RunCase(t, resource.TestCase{Steps: steps})
}

// RunCase runs a test case with the provider of this environment.
func (e *Env) RunCase(t *testing.T, c resource.TestCase) {
	t.Helper()
	c.ProtoV6ProviderFactories = e.Factories()
	resource.Test(t, c)
}

// Creates are the create requests that arrived.
func (e *Env) Creates() []emulator.Recorded { return e.RequestsOf(emulator.CallCreate) }

// RequireCreates fails the test unless exactly n creates arrived.
func (e *Env) RequireCreates(t testing.TB, n int) []emulator.Recorded {
	t.Helper()
	creates := e.Creates()
	if len(creates) != n {
		t.Fatalf("%d creates arrived, want %d", len(creates), n)
	}
	return creates
}

// CLI returns the CLI that the tests run.
type CLI struct {
	OpenTofu bool
	Version  *version.Version
}

var cliVersion = regexp.MustCompile(`(?m)^(Terraform|OpenTofu) v(\S+)`)

// DetectCLI returns the name and version of the CLI.
func DetectCLI(tb testing.TB) CLI {
	tb.Helper()
	requireAcceptance(tb)
	cli, err := detectedCLI()
	if err != nil {
		tb.Fatal(err)
	}
	return cli
}

// detectedCLI asks the CLI once for all tests of a process.
var detectedCLI = sync.OnceValues(func() (CLI, error) {
	binary := cliPath()
	out, err := exec.Command(binary, "version").Output() //nolint:gosec // the CLI under test
	if err != nil {
		return CLI{}, fmt.Errorf("asking %s for its version: %w", binary, err)
	}
	match := cliVersion.FindStringSubmatch(string(out))
	if match == nil {
		return CLI{}, fmt.Errorf("%s is neither Terraform nor OpenTofu:\n%s", binary, out)
	}
	return CLI{OpenTofu: match[1] == "OpenTofu", Version: version.Must(version.NewVersion(match[2]))}, nil
})

// AtLeast reports whether the CLI is at least this version of Terraform or OpenTofu;
// "" means that no version is.
func (c CLI) AtLeast(terraform, openTofu string) bool {
	least := terraform
	if c.OpenTofu {
		least = openTofu
	}
	return least != "" && !c.Version.LessThan(version.Must(version.NewVersion(least)))
}

// RequireCLI skips a test that requires a newer CLI.
func RequireCLI(tb testing.TB, terraform, openTofu string) CLI {
	tb.Helper()
	cli := DetectCLI(tb)
	if !cli.AtLeast(terraform, openTofu) {
		tb.Skipf("needs Terraform %s or OpenTofu %s", terraform, openTofu)
	}
	return cli
}
