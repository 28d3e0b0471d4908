// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// outliveTermination keeps a SIGTERM from ending the provider before the CLI.
// Supervisors such as systemd, or timeout in a pipeline, send it to every
// process of a job. The CLI then waits for operations in flight and ends its
// providers. A provider that ended first would lose sessions that were created and are
// in no state yet. The plugin protocol's library does the same for SIGINT.
//
// A second SIGTERM ends the provider, and so does the end of the CLI.
func outliveTermination() {
	cli := os.Getppid()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	go func() {
		<-signals
		signal.Reset(syscall.SIGTERM)
		for range time.Tick(time.Second) {
			if os.Getppid() != cli {
				os.Exit(128 + int(syscall.SIGTERM))
			}
		}
	}()
}
