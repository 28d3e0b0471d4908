// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

// Command meter replaces a provider's binary, runs the provider as its child,
// and records what that took: the operating system reports a process's time and
// memory only to its parent, which otherwise is the CLI.
//
// The provider is of the same file name in the folder "real" beside the meter.
// One line of JSON for each process is appended to the file that the variable
// BENCH_METER names: {"cpu_ns": N, "memory_bytes": N}.
package main

import (
	"encoding/json"
	"errors"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
)

func main() {
	code, err := run()
	if err != nil {
		log.Fatal("meter: ", err)
	}
	os.Exit(code)
}

func run() (int, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	// An interrupt is for the provider, which gets it too and decides.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)

	provider := exec.Command(filepath.Join(filepath.Dir(self), "real", filepath.Base(self)), os.Args[1:]...) //nolint:gosec,noctx // the provider being measured; it ends when the CLI ends it
	provider.Stdin, provider.Stdout, provider.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = provider.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, err
	}
	return provider.ProcessState.ExitCode(), note(provider.ProcessState)
}

func note(state *os.ProcessState) error {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return errors.New("the system does not report what a process took")
	}
	line, err := json.Marshal(map[string]int64{
		"cpu_ns":       int64(state.UserTime() + state.SystemTime()),
		"memory_bytes": usage.Maxrss * maxrssUnit(),
	})
	if err != nil {
		return err
	}
	notes, err := os.OpenFile(os.Getenv("BENCH_METER"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) //nolint:gosec // bench names it
	if err != nil {
		return err
	}
	_, err = notes.Write(append(line, '\n'))
	return errors.Join(err, notes.Close())
}

// maxrssUnit is what getrusage(2) counts memory in: bytes on macOS, kibibytes
// elsewhere.
func maxrssUnit() int64 {
	if runtime.GOOS == "darwin" {
		return 1
	}
	return 1 << 10
}
