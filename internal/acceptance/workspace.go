// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Workspace is a folder in which a test runs the CLI by hand, as a user does,
// with the provider as a process of its own. Use it for
// warnings, interrupts, logs and saved plans.
type Workspace struct {
	Dir string

	tb  testing.TB
	env []string
}

// Workspace makes a folder with the configuration as its main.tf.
func (e *Env) Workspace(configuration string) *Workspace {
	e.tb.Helper()
	w := e.newWorkspace()
	w.Write("cli.tfrc", fmt.Sprintf("provider_installation {\n  dev_overrides {\n%s  }\n  direct {}\n}\n", overrides(providerBinary(e.tb))))
	w.Write("main.tf", "terraform {\n  required_providers {\n    idnow = {\n      source = \"idnow/idnow\"\n    }\n  }\n}\n\n"+configuration)
	return w
}

// CopyWorkspace makes a folder with a copy of what is in source. Its
// configurations are initialised as a user's are: the provider, and no other,
// is installed from a mirror, and IDNOW_* variables configure the emulator's address.
func (e *Env) CopyWorkspace(source string) *Workspace {
	e.tb.Helper()
	w := e.newWorkspace()
	w.Write("cli.tfrc", fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror(e.tb)))
	if err := copyConfigurations(w.Dir, source); err != nil {
		e.tb.Fatal(err)
	}
	w.Setenv("IDNOW_API_URL", e.URL)
	w.Setenv("IDNOW_AUTH_URL", e.URL)
	w.Setenv("IDNOW_CLIENT_ID", ClientID)
	w.Setenv("IDNOW_CLIENT_SECRET", ClientSecret)
	return w
}

// copyConfigurations copies a folder without the state and plugins that a manual run
// of an example has left in it.
func copyConfigurations(to, from string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		target := filepath.Join(to, name)
		switch {
		case err != nil:
			return err
		case entry.Name() == ".terraform":
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(target, 0o750)
		case leftover.MatchString(entry.Name()):
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path) //nolint:gosec // a file of the folder that the test names
		if err != nil {
			return err
		}
		return os.WriteFile(target, content, info.Mode()) //nolint:gosec // below a folder of the test
	})
}

// leftover is a file that a run writes beside the configuration.
var leftover = regexp.MustCompile(`\.tfstate(\..+)?$|\.out$|^\.terraform\.lock\.hcl$`)

func (e *Env) newWorkspace() *Workspace {
	e.tb.Helper()
	dir := e.tb.TempDir()
	return &Workspace{
		Dir: dir,
		tb:  e.tb,
		env: append(withoutTerraform(os.Environ()),
			"TF_CLI_CONFIG_FILE="+filepath.Join(dir, "cli.tfrc"), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1",
			// These runs must not reattach to a test's own provider.
			"TF_REATTACH_PROVIDERS="),
	}
}

// In is the same workspace, run in a folder of it.
func (w *Workspace) In(folder string) *Workspace {
	return &Workspace{Dir: filepath.Join(w.Dir, folder), tb: w.tb, env: slices.Clone(w.env)}
}

// mirror makes a folder from which `init` installs the provider.
func mirror(tb testing.TB) string {
	tb.Helper()
	dir := tb.TempDir()
	for _, registry := range registries {
		folder := filepath.Join(dir, registry, "idnow", "idnow", Version, runtime.GOOS+"_"+runtime.GOARCH)
		if err := os.MkdirAll(folder, 0o750); err != nil {
			tb.Fatal(err)
		}
		if err := os.Symlink(providerBinary(tb), filepath.Join(folder, "terraform-provider-idnow_v"+Version)); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// Version is the provider's version in workspaces. Terraform treats only 0.0.0 as no
// version.
const Version = "0.1.0"

// registries are the names by which Terraform and OpenTofu know the provider.
var registries = []string{"registry.terraform.io", "registry.opentofu.org"}

func overrides(binary string) string {
	var b strings.Builder
	for _, registry := range registries {
		fmt.Fprintf(&b, "    %q = %q\n", registry+"/idnow/idnow", filepath.Dir(binary))
	}
	return b.String()
}

func withoutTerraform(environ []string) []string {
	var kept []string
	for _, entry := range environ {
		if !strings.HasPrefix(entry, "TF_") && !strings.HasPrefix(entry, "IDNOW_") {
			kept = append(kept, entry)
		}
	}
	return kept
}

// Write puts a file into the workspace and returns its path.
func (w *Workspace) Write(name, content string) string {
	w.tb.Helper()
	path := filepath.Join(w.Dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		w.tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		w.tb.Fatal(err)
	}
	return path
}

// Setenv sets a variable for the runs of this workspace.
func (w *Workspace) Setenv(name, v string) { w.env = append(w.env, name+"="+v) }

// Result is what one run of the CLI printed, both streams as one, and its exit
// code.
type Result struct {
	Output   string
	ExitCode int
}

// Run runs the CLI with the arguments and waits for its end.
func (w *Workspace) Run(arguments ...string) Result {
	w.tb.Helper()
	return w.finish(w.Command(w.tb.Context(), arguments...))
}

func (w *Workspace) finish(cmd *exec.Cmd) Result {
	w.tb.Helper()
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.tb.Fatalf("running %s: %v", filepath.Base(cmd.Path), err)
	}
	return Result{Output: output.String(), ExitCode: cmd.ProcessState.ExitCode()}
}

// Shell runs a command line as a pipeline or a person does. The CLI under test
// is "terraform" in it, whichever it is.
func (w *Workspace) Shell(line string) Result {
	w.tb.Helper()
	cli, err := exec.LookPath(cliPath())
	if err == nil {
		cli, err = filepath.Abs(cli)
	}
	path := w.tb.TempDir()
	if err == nil {
		err = os.Symlink(cli, filepath.Join(path, "terraform"))
	}
	if err != nil {
		w.tb.Fatalf("putting the CLI on the PATH: %v", err)
	}
	cmd := exec.CommandContext(w.tb.Context(), "sh", "-c", line) //nolint:gosec // a command line of the test
	cmd.Dir, cmd.Env = w.Dir, append(slices.Clone(w.env), "PATH="+path+string(os.PathListSeparator)+os.Getenv("PATH"))
	return w.finish(cmd)
}

// Command is a run that the test starts, interrupts and ends itself.
func (w *Workspace) Command(ctx context.Context, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, cliPath(), arguments...) //nolint:gosec // the CLI under test, by the arguments of the test
	cmd.Dir, cmd.Env = w.Dir, w.env
	return cmd
}

// MustRun runs the CLI and fails the test unless it succeeds.
func (w *Workspace) MustRun(arguments ...string) Result {
	w.tb.Helper()
	result := w.Run(arguments...)
	if result.ExitCode != 0 {
		w.tb.Fatalf("%s ended with %d:\n%s", strings.Join(arguments, " "), result.ExitCode, result.Output)
	}
	return result
}

// Apply applies without asking, and fails the test unless that succeeds.
func (w *Workspace) Apply() Result {
	w.tb.Helper()
	return w.MustRun("apply", "-auto-approve", "-no-color", "-input=false")
}

// Plan plans. Exit code 0 means no changes, 1 an error, 2 changes.
func (w *Workspace) Plan() Result {
	w.tb.Helper()
	return w.Run("plan", "-no-color", "-input=false", "-detailed-exitcode")
}

// Attributes returns the attributes of a resource in state, by its address.
// They are nil where it is not in state.
func (w *Workspace) Attributes(address string) map[string]any {
	w.tb.Helper()
	for _, r := range w.resources() {
		if r.Address == address {
			return r.Values
		}
	}
	return nil
}

// stateResource is a resource or data source in state.
type stateResource struct {
	Address, Mode, Type string
	Values              map[string]any
}

// resources are those of the root module in state.
func (w *Workspace) resources() []stateResource {
	w.tb.Helper()
	var state struct {
		Values struct {
			RootModule struct {
				Resources []stateResource
			} `json:"root_module"`
		}
	}
	decoder := json.NewDecoder(strings.NewReader(w.MustRun("show", "-json").Output))
	decoder.UseNumber()
	if err := decoder.Decode(&state); err != nil {
		w.tb.Fatalf("reading the state: %v", err)
	}
	return state.Values.RootModule.Resources
}

func cliPath() string {
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path
	}
	return "terraform"
}

// providerBinary builds the provider once for a test process. The folder is
// left to the system's temporary files: no test knows that it is the last.
var providerBinary = func() func(tb testing.TB) string {
	var once sync.Once
	var binary string
	var failure error
	return func(tb testing.TB) string {
		tb.Helper()
		once.Do(func() { binary, failure = buildProvider() })
		if failure != nil {
			tb.Fatal(failure)
		}
		return binary
	}
}()

func buildProvider() (string, error) {
	_, file, _, _ := runtime.Caller(0)
	root := filepath.Join(filepath.Dir(file), "..", "..")
	binary := filepath.Join(root, ".build", "test", "terraform-provider-idnow")
	cmd := exec.Command("go", "build", "-ldflags", "-X main.version="+Version, "-o", binary, ".") //nolint:noctx,gosec // bounded by the test's own time; a path of our own
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the provider: %w\n%s", err, out)
	}
	return binary, nil
}
