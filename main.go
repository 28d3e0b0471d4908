// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Command terraform-provider-idnow is the Terraform provider for the IDnow
// Trust Platform. Terraform starts it; it serves plugin protocol 6.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"runtime/debug"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/provider"
	"github.com/idnow/terraform-provider-idnow/internal/server"
)

// version is set by the release build.
var version = "dev"

func main() {
	var attach bool
	flag.BoolVar(&attach, "debug", false, "wait for a debugger such as delve, and print how to attach Terraform to this process")
	flag.Parse()
	discardLibraryLogs()
	if !attach {
		quietUnreadLogs()
		outliveTermination()
	}
	quietFramework()
	collectLess()

	if err := server.Serve(provider.New(version), attach); err != nil {
		exit(err)
	}
}

// discardLibraryLogs keeps out of every log what libraries write to the standard
// logger, which the CLI copies into its own. Above all net/http: it quotes what
// follows a response, such as a player token, and with GODEBUG=http2debug=2 all
// headers.
func discardLibraryLogs() { log.SetOutput(io.Discard) }

func exit(err error) {
	fmt.Fprintln(os.Stderr, "terraform-provider-idnow:", err)
	os.Exit(1)
}

// quietUnreadLogs disables log messages that nobody reads. By default a provider
// writes all of them, and the CLI discards them unless one of these variables enables
// logs: that is a tenth of the provider's work.
func quietUnreadLogs() {
	if os.Getenv("TF_LOG") != "" || os.Getenv("TF_LOG_PROVIDER") != "" {
		return
	}
	for _, logger := range []string{"TF_LOG_PROVIDER", "TF_LOG_SDK", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_SDK_PROTO"} {
		if err := os.Setenv(logger, "OFF"); err != nil {
			exit(err)
		}
	}
}

// collectLess trades memory for time. The framework makes a megabyte of garbage
// for each call about a session, while little is kept: by Go's default a
// quarter of the provider's work is collecting it. Go's own variable GOGC wins.
func collectLess() {
	const percent = 400
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

// quietFramework keeps the framework's TRACE messages out of every log. They
// name attributes by their paths, and the path of a set's element is the
// element itself: where input holds a set, that is a person's data. The level
// has to be in the environment before the framework's first message.
func quietFramework() {
	const level = "TF_LOG_SDK_FRAMEWORK"
	switch strings.ToUpper(os.Getenv(level)) {
	case "DEBUG", "INFO", "WARN", "ERROR", "OFF":
		return // quiet enough
	}
	if err := os.Setenv(level, "DEBUG"); err != nil {
		exit(err)
	}
}
