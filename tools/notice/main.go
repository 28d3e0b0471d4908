// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// The notice command prints the licences of what is linked into a binary: the Go
// standard library and each module, with its version and the full text of its
// licence and notice files. A release puts it into each archive.
//
//	go run ./tools/notice PACKAGE > NOTICE
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// systems are those that a release is made for. What is linked differs by the
// system and not by the processor.
var systems = []string{"linux", "darwin", "windows", "freebsd"}

// module is what a binary links: a Go module or, without a version of its own, the
// standard library.
type module struct {
	path, version, dir string
}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "notice:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("usage: notice PACKAGE")
	}
	modules, err := linked(args[0])
	if err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	_, _ = fmt.Fprintln(w, "This program contains the modules below. The source of each is what\n\"go mod download PATH@VERSION\" gets.") // Flush returns its error
	for _, m := range modules {
		if err := write(w, m); err != nil {
			return err
		}
	}
	return w.Flush()
}

// linked lists the modules of a package and of all that it imports, on any of the
// systems, in the order of their paths, after the standard library.
func linked(pkg string) ([]module, error) {
	var found []module
	for _, system := range systems {
		lines, err := goTool(system, "list", "-deps", "-f", `{{with .Module}}{{if not .Main}}{{.Path}}	{{.Version}}	{{.Dir}}{{end}}{{end}}`, pkg)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(lines) {
			fields := strings.Split(strings.TrimSpace(line), "\t")
			if len(fields) == 3 {
				found = append(found, module{fields[0], fields[1], fields[2]})
			}
		}
	}
	slices.SortFunc(found, func(a, b module) int { return strings.Compare(a.path, b.path) })
	standard, err := goTool("", "env", "GOROOT", "GOVERSION")
	if err != nil {
		return nil, err
	}
	root, version, _ := strings.Cut(strings.TrimSpace(standard), "\n")
	return append([]module{{"Go standard library", version, root}}, slices.Compact(found)...), nil
}

func goTool(system string, arguments ...string) (string, error) {
	command := exec.Command("go", arguments...) //nolint:gosec,noctx // the arguments are ours; it ends by itself
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if system != "" {
		command.Env = append(command.Env, "GOOS="+system, "GOARCH=amd64")
	}
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", arguments[0], err, stderr.String())
	}
	return string(output), nil
}

// legal are the names of the files that a licence wants passed on.
var legal = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([.-].*)?$`)

// write writes a module's licence and notices. A module without any is an error:
// it must not be released.
func write(w *bufio.Writer, m module) error {
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return err
	}
	found := false
	for _, entry := range entries {
		if entry.IsDir() || !legal.MatchString(entry.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(m.dir, entry.Name()))
		if err != nil {
			return err
		}
		found = true
		text = bytes.ReplaceAll(bytes.TrimSpace(text), []byte("\r\n"), []byte("\n"))
		_, _ = fmt.Fprintf(w, "\n%s\n%s %s, %s\n\n%s\n", strings.Repeat("=", 80), m.path, m.version, entry.Name(), text) // Flush returns its error
	}
	if !found {
		return fmt.Errorf("%s %s has no licence file", m.path, m.version)
	}
	return nil
}
