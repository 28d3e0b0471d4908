// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/revision"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/webhook"
)

// errUsage means that the arguments are invalid; the problem has been written
// already.
var errUsage = errors.New("wrong arguments")

// errVersion means that the version was requested, and has been written.
var errVersion = errors.New("version")

const usage = `idnow-emulator serves the Trust Platform API from a folder of flow documents, until
it is interrupted. It prints its URL once it listens; the page at that URL lists flows
and sessions.

usage: idnow-emulator -flows FOLDER [flag]...

internal/emulator/README.md describes the player page, faults, and the control
interface under /_emulator/.

`

// settings are those of the command line.
type settings struct {
	options   emulator.Options
	folder    string
	address   string
	revision  string
	headers   map[string]string // of every webhook
	logFormat string
	readyFile string

	healthCheck string // of another emulator; nothing is served then
	showVersion bool
}

// parseFlags reads the command line. When it returns errUsage, it has written the
// problem to stderr.
func parseFlags(args []string, stdout, stderr io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("idnow-emulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		_, _ = io.WriteString(stderr, usage)
		flags.PrintDefaults()
	}
	s.define(flags)
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return s, err
	case err != nil:
		return s, errUsage
	case s.showVersion:
		_, _ = fmt.Fprintln(stdout, "idnow-emulator", version)
		return s, errVersion
	case s.healthCheck != "":
		return s, nil
	}
	if err := s.check(flags.Args()); err != nil {
		_, _ = fmt.Fprintln(stderr, "idnow-emulator:", err)
		return s, errUsage
	}
	s.complete(stderr)
	return s, nil
}

func (s *settings) define(flags *flag.FlagSet) {
	o := &s.options
	flags.StringVar(&s.folder, "flows", "", "`folder` of the flows' OpenAPI documents, *.json (default: no flow is served until PUT /_emulator/flows publishes one)")
	flags.StringVar(&s.address, "addr", "127.0.0.1:0", "`address` to listen on; port 0 picks a free port; other than loopback requires -public-url")
	flags.StringVar(&o.PublicURL, "public-url", "", "`URL` of the emulator in a network, for example http://emulator:8080; its host is accepted beside loopback names")
	flags.StringVar(&o.StateFile, "state", "", "`file` that stores sessions over a restart (default: they are lost when the emulator stops)")
	flags.IntVar(&o.MaxSessions, "max-sessions", emulator.DefaultMaxSessions, "maximum number of sessions; above it, the oldest finished one is deleted")
	flags.StringVar(&s.revision, "revision", "", "shape of the responses: oldest, newest or a `file` of settings (default: what most revisions agree on)")
	flags.Func("webhook", "`[flow-id=]URL` that receives the events of a flow's sessions, or of all flows; repeatable", s.webhook)
	flags.Func("webhook-header", "`header` of every -webhook, for example \"Authorization: Bearer x\"; repeatable", s.webhookHeader)
	flags.DurationVar(&o.SessionTTL, "session-ttl", emulator.DefaultLifetime, "lifetime of a session")
	flags.Func("auto-complete", "`flow-id[=duration]` of a flow whose sessions complete by themselves; repeatable", s.autoComplete)
	flags.Func("allow-redirect", "redirect `URL` on the allowlist; repeatable (default: any is allowed)", func(value string) error {
		o.RedirectAllowlist = append(o.RedirectAllowlist, value)
		return nil
	})
	flags.StringVar(&o.ClientID, "client-id", "", "client `ID` that gets tokens (default: every client; "+emulator.DefaultClientID+" where another credential is set)")
	flags.StringVar(&o.ClientSecret, "client-secret", "", "its `secret` (default: any; "+emulator.DefaultClientSecret+" where another credential is set)")
	flags.StringVar(&o.APIKey, "api-key", "", "bearer `token` that is always valid (default: every token; "+emulator.DefaultAPIKey+" where another credential is set)")
	flags.DurationVar(&o.TokenTTL, "token-ttl", emulator.DefaultLifetime, "lifetime of an access token")
	flags.StringVar(&s.logFormat, "log", "text", "`format` of the log on stderr: text, json or off")
	flags.StringVar(&s.readyFile, "ready-file", "", "`file` that receives the emulator's URL once it listens")
	flags.StringVar(&s.healthCheck, "healthcheck", "", "check whether the emulator at `URL` is up, and exit with 0 or 1")
	flags.BoolVar(&s.showVersion, "version", false, "print the version and exit")
}

// complete makes options of what was checked.
func (s *settings) complete(stderr io.Writer) {
	o := &s.options
	for i := range o.Webhooks {
		o.Webhooks[i].Headers = s.headers
	}
	o.Version = version
	if s.folder != "" {
		o.Flows, o.ReloadEvery = os.DirFS(s.folder), time.Second
	}
	o.Log = newLog(s.logFormat, stderr)
	o.AnyCredentials = o.ClientID == "" && o.ClientSecret == "" && o.APIKey == ""
}

var logFormats = []string{"text", "json", "off"}

func newLog(format string, w io.Writer) *slog.Logger {
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(w, nil))
	case "json":
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.DiscardHandler)
}

func (s *settings) autoComplete(value string) error {
	id, text, timed := strings.Cut(value, "=")
	after := time.Duration(0)
	if timed {
		var err error
		if after, err = time.ParseDuration(text); err != nil {
			return errors.New(`the duration is written like "2s"`)
		}
	}
	if s.options.AutoComplete == nil {
		s.options.AutoComplete = map[string]time.Duration{}
	}
	s.options.AutoComplete[id] = after
	return nil
}

// webhook reads a hook. Where the part before the first = is an address already,
// it belongs to the URL's query.
func (s *settings) webhook(value string) error {
	hook := webhook.Hook{URL: value}
	if id, address, found := strings.Cut(value, "="); found && !strings.Contains(id, "://") {
		hook = webhook.Hook{FlowID: id, URL: address}
	}
	s.options.Webhooks = append(s.options.Webhooks, hook)
	return hook.Validate()
}

func (s *settings) webhookHeader(value string) error {
	name, text, found := strings.Cut(value, ":")
	if !found {
		return errors.New(`a header is written like "Name: value"`)
	}
	if s.headers == nil {
		s.headers = map[string]string{}
	}
	s.headers[name] = strings.TrimSpace(text)
	return webhook.Hook{URL: "http://any", Headers: s.headers}.Validate()
}

func (s *settings) check(rest []string) error {
	host, _, err := net.SplitHostPort(s.address)
	switch {
	case len(rest) > 0:
		return fmt.Errorf("%q is not a flag; every argument begins with a dash", rest[0])
	case err != nil:
		return errors.New("-addr must be an address and a port, such as 127.0.0.1:8080")
	case host != "" && host != "localhost" && net.ParseIP(host) == nil:
		return errors.New("-addr must be an IP address and a port, such as 127.0.0.1:8080 or 0.0.0.0:8080; a name goes into -public-url")
	case s.options.PublicURL == "" && !isLoopback(host):
		return errors.New("-addr is not a loopback address: -public-url must be the URL under which others reach the emulator, for example http://emulator:8080. The emulator accepts requests under that host name and loopback names only")
	case !slices.Contains(logFormats, s.logFormat):
		return errors.New("-log must be text, json or off")
	case s.headers != nil && s.options.Webhooks == nil:
		return errors.New("-webhook-header needs a -webhook that it goes with")
	case s.options.MaxSessions <= 0:
		return errors.New("-max-sessions must be a positive number")
	case s.options.SessionTTL <= 0 || s.options.TokenTTL <= 0:
		return errors.New("-session-ttl and -token-ttl must be positive durations")
	}
	if s.options.Revision, err = revision.Named(s.revision); err != nil {
		return fmt.Errorf("-revision: %w", err)
	}
	return checkFolder(s.folder)
}

func isLoopback(host string) bool {
	address := net.ParseIP(host)
	return host == "localhost" || address != nil && address.IsLoopback()
}

func checkFolder(path string) error {
	if path == "" {
		return nil
	}
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("-flows: there is no folder %s", path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("-flows: the folder %s is not readable for this user", path)
	case err != nil:
		return fmt.Errorf("-flows: %w", err)
	case !info.IsDir():
		return fmt.Errorf("-flows: %s is a file; name the folder that contains it, %s", path, filepath.Dir(path))
	}
	return nil
}
