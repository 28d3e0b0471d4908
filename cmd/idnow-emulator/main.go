// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// The idnow-emulator serves the Trust Platform API from a folder of
// flow documents. See internal/emulator/README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	// Where the system has no certificates, as in the container image, webhooks
	// to https addresses are sent by these.
	_ "golang.org/x/crypto/x509roots/fallback"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
)

// version is set by the release build.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp), errors.Is(err, errVersion):
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "idnow-emulator:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	settings, err := parseFlags(args, stdout, stderr)
	if err != nil {
		return err
	}
	if settings.healthCheck != "" {
		return checkHealth(ctx, settings.healthCheck)
	}
	emulated, err := emulator.New(settings.options)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", settings.address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s is in use already; set another port in -addr, or 0 for a free one", settings.address)
	case err != nil:
		return fmt.Errorf("listening on %s: %w", settings.address, err)
	}
	url := "http://" + listener.Addr().String()
	if err := announce(url, settings.readyFile, stdout); err != nil {
		return errors.Join(err, listener.Close())
	}
	settings.options.Log.Info("listening", "url", url, "version", version)
	err = serve(ctx, emulated, listener, slog.NewLogLogger(settings.options.Log.Handler(), slog.LevelWarn))
	err = errors.Join(err, emulated.Close())
	if settings.readyFile != "" {
		// Left there, it would send the next script that waits for it here. A
		// script may have cleaned up by itself.
		_ = os.Remove(settings.readyFile)
	}
	return err
}

// checkHealth asks another emulator whether it is up.
func checkHealth(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(url, "/")+"/healthz", http.NoBody)
	if err != nil {
		return errors.New("-healthcheck must be a URL such as http://127.0.0.1:8080")
	}
	response, err := new(http.Transport).RoundTrip(request) // no proxy: it is this machine's
	if err != nil {
		return fmt.Errorf("the emulator is not up: %w", err)
	}
	defer func() { _ = response.Body.Close() }() // not read
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the emulator is not up: %s", response.Status)
	}
	return nil
}

// announce writes where the emulator listens: a line on stdout and, for scripts
// that wait for it, a file that is written atomically.
func announce(url, readyFile string, stdout io.Writer) error {
	if readyFile != "" {
		if err := writeAtOnce(readyFile, url+"\n"); err != nil {
			return fmt.Errorf("writing the ready file: %w", err)
		}
	}
	_, err := fmt.Fprintf(stdout, "idnow-emulator listening on %s\n", url)
	return err
}

func writeAtOnce(path, content string) error {
	draft, err := os.CreateTemp(filepath.Dir(path), ".ready-*")
	if err != nil {
		return err
	}
	_, err = io.WriteString(draft, content)
	if err = errors.Join(err, draft.Close()); err == nil {
		err = os.Rename(draft.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(draft.Name()))
	}
	return nil
}

// grace is how long requests in flight may take after the emulator is asked to
// stop.
const grace = 5 * time.Second

func serve(ctx context.Context, emulated *emulator.Emulator, listener net.Listener, errorLog *log.Logger) error {
	server := &http.Server{
		Handler:           emulated.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          errorLog,
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		emulated.Release()
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		if server.Shutdown(limit) != nil {
			stopped <- server.Close()
			return
		}
		stopped <- nil
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}
