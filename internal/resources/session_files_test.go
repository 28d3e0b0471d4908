// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// signing is an instant signature session whose one document is the expression
// source.
func signing(source string) string {
	return `
resource "idnow_session" "s" {
  flow_id = "` + emulatortest.InstantSignature + `"
  input = {
    basicIdentity   = { givenName = "Max", familyName = "Schmidt" }
    documentsToSign = { documents = [{ templateId = "contract", source = ` + source + ` }] }
  }
  metadata = { subjectId = "customer-123" }
}
`
}

// byHand is a file reference that needs no function, for CLIs without them.
func byHand(path string, more ...string) string {
	return fmt.Sprintf(`{ "$file" = %q, "$sha256" = filesha256(%q)%s }`, path, path, strings.Join(more, ""))
}

func TestFileTravelsAsAPart(t *testing.T) {
	for name, test := range map[string]struct {
		source, want string
	}{
		"by hand":       {byHand("contract.pdf"), `filename="contract.pdf"` + "\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7 planted\r\n"},
		"name and type": {byHand("contract.pdf", `, "$filename" = "Vertrag.bin", "$content_type" = "application/x-contract"`), `filename="Vertrag.bin"` + "\r\nContent-Type: application/x-contract\r\n\r\n%PDF"},
		"by function":   {`provider::idnow::file("contract.pdf")`, `filename="contract.pdf"` + "\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7 planted\r\n"},
		"merged":        {`merge(provider::idnow::file("contract.pdf"), { "$filename" = "a.pdf" })`, `filename="a.pdf"`},
		"base64 string": {`filebase64("contract.pdf")`, "\r\n\r\n%PDF-1.7 planted\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.Contains(test.source, "provider::") {
				acceptance.RequireCLI(t, "1.8.0", "1.7.0")
			}
			env := acceptance.New(t, emulator.Options{})
			w := env.Workspace(env.Provider() + signing(test.source))
			w.Write("contract.pdf", "%PDF-1.7 planted")
			w.Apply()
			create := env.RequireCreates(t, 1)[0]
			if !bytes.Contains(create.Body, []byte(test.want)) {
				t.Errorf("the body lacks %q:\n%s", test.want, create.Body)
			}
			if create.ContentLength != int64(len(create.Body)) {
				t.Errorf("Content-Length is %d for %d bytes", create.ContentLength, len(create.Body))
			}
			if plan := w.Plan(); plan.ExitCode != 0 {
				t.Errorf("the second plan is not empty:\n%s", plan.Output)
			}
			if state := w.MustRun("show", "-json").Output; name != "base64 string" && strings.Contains(state, "planted") {
				t.Error("the content of the file is in state")
			}
		})
	}
}

func TestFileTravelsInJSON(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	w := env.Workspace(env.Provider() + strings.Replace(minimal("s"), "basicIdentity =",
		`documentImages = { documentType = "ID", frontSide = `+byHand("front.jpg")+` }, basicIdentity =`, 1))
	w.Write("front.jpg", "\xff\xd8\xff front")
	w.Apply()
	create := env.RequireCreates(t, 1)[0]
	if create.Header.Get("Content-Type") != "application/json" || !bytes.Contains(create.Body, []byte(`"frontSide":"/9j/IGZyb250"`)) {
		t.Errorf("arrived as %s:\n%s", create.Header.Get("Content-Type"), create.Body)
	}
}

// What a multipart request cannot represent is found by the plan, not by the service at apply.
func TestEmptyListInAForm(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	source := regexp.MustCompile(`documents = .*}\]`)
	plan := env.Workspace(env.Provider() + source.ReplaceAllString(signing(""), "documents = []")).Plan()
	want := "input.documentsToSign.documents is empty; a multipart request cannot"
	if output := unfold(plan.Output); plan.ExitCode != 1 || !strings.Contains(output, want) || strings.Count(output, "the flow requires it") != 1 {
		t.Errorf("the plan ended with %d and not with %q:\n%s", plan.ExitCode, want, plan.Output)
	}
}

// How long a file is as base64 shows when it is read; what does not fit is not
// sent.
func TestFileThatIsTooLongInJSON(t *testing.T) {
	const document = `{"openapi":"3.0.3","info":{"title":"Scans","version":"1","x-flow-id":"scans","x-flow-version":1,"x-environment":"staging"},
		"paths":{"/api/v1/flows/scans/staging/sessions":{"post":{"operationId":"createSession","responses":{"201":{"description":"created"}},
			"requestBody":{"content":{"application/json":{"schema":{"type":"object","properties":{"input":{"type":"object","properties":{
				"scan":{"type":"string","format":"byte","maxLength":4}}}}}}}}}}}}`
	env := acceptance.New(t, emulator.Options{Documents: [][]byte{[]byte(document)}})
	w := env.Workspace(env.Provider() + `
resource "idnow_session" "s" {
  flow_id          = "scans"
  input            = { scan = ` + byHand("scan.jpg") + ` }
  metadata         = { subjectId = "customer-123" }
  input_validation = "strict"
}
`)
	const want = "input.scan is 8 characters long as base64; at most 4 are allowed"
	w.Write("scan.jpg", "12345")
	apply := w.Run("apply", "-auto-approve", "-no-color", "-input=false")
	if apply.ExitCode != 1 || !strings.Contains(unfold(apply.Output), want) {
		t.Errorf("the apply ended with %d and not with %q:\n%s", apply.ExitCode, want, apply.Output)
	}
	env.RequireCreates(t, 0)
	w.Write("main.tf", strings.Replace(readMain(t, w), `"strict"`, `"warn"`, 1))
	apply = w.Run("apply", "-auto-approve", "-no-color", "-input=false")
	if !strings.Contains(unfold(apply.Output), "Warning: Invalid input") || !strings.Contains(unfold(apply.Output), want) {
		t.Errorf("the apply does not warn:\n%s", apply.Output)
	}
	env.RequireCreates(t, 1)
}

func TestMediaTypeWithoutADocument(t *testing.T) {
	for name, test := range map[string]struct{ configuration, want string }{
		"files":    {signing(byHand("contract.pdf")), "multipart/form-data"},
		"no files": {minimal("s"), "application/json"},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			env.Fault(fault.Fault{Call: "document", Kind: fault.Status, Status: 500})
			w := env.Workspace(env.Provider("max_retries = 0") + test.configuration)
			w.Write("contract.pdf", "%PDF")
			w.Apply()
			if got := env.RequireCreates(t, 1)[0].Header.Get("Content-Type"); !strings.HasPrefix(got, test.want) {
				t.Errorf("arrived as %s, want %s", got, test.want)
			}
		})
	}
}

func TestFileThatIsNotUsable(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(t *testing.T, path string)
		want  string
	}{
		"changed": {func(t *testing.T, path string) { replaceFile(t, path, "%PDF other") }, "changed since the plan"},
		"missing": {func(t *testing.T, path string) { must(t, os.Remove(path)) }, "does not exist"},
		"folder": {func(t *testing.T, path string) {
			must(t, os.Remove(path))
			must(t, os.Mkdir(path, 0o750))
		}, "is a folder"},
		"unreadable": {func(t *testing.T, path string) {
			must(t, os.Remove(path))
			must(t, os.Symlink(filepath.Base(path), path)) // to itself, which stops root too
		}, "can't be read"},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			// A literal hash, so that the CLI does not notice the change first.
			const content = "%PDF"
			reference := fmt.Sprintf(`{ "$file" = "contract.pdf", "$sha256" = "%x" }`, sha256.Sum256([]byte(content)))
			w := env.Workspace(env.Provider() + signing(reference))
			path := w.Write("contract.pdf", content)
			w.MustRun("plan", "-input=false", "-out=plan.out")
			test.spoil(t, path)
			apply := w.Run("apply", "-no-color", "-input=false", "plan.out")
			output := unfold(apply.Output)
			for _, want := range []string{test.want, `"contract.pdf"`, "input.documentsToSign.documents[0].source", "No session was created"} {
				if apply.ExitCode != 1 || !strings.Contains(output, want) {
					t.Errorf("the apply (%d) does not contain %q:\n%s", apply.ExitCode, want, apply.Output)
				}
			}
			env.RequireCreates(t, 0)
		})
	}
}

// Where a function takes the hash, the CLI itself notices that a file is not
// the one that was planned, and does not call the provider.
func TestFileChangedUnderASavedPlan(t *testing.T) {
	for name, source := range map[string]string{"by function": `provider::idnow::file("contract.pdf")`, "by hand": byHand("contract.pdf")} {
		t.Run(name, func(t *testing.T) {
			if strings.Contains(source, "provider::") {
				acceptance.RequireCLI(t, "1.8.0", "1.7.0")
			}
			env := acceptance.New(t, emulator.Options{})
			w := env.Workspace(env.Provider() + signing(source))
			path := w.Write("contract.pdf", "%PDF")
			w.MustRun("plan", "-input=false", "-out=plan.out")
			replaceFile(t, path, "%PDF other")
			apply := w.Run("apply", "-no-color", "-input=false", "plan.out")
			if apply.ExitCode != 1 || !strings.Contains(unfold(apply.Output), "inconsistent") { // the troubleshooting guide lists the messages
				t.Errorf("the apply ended with %d:\n%s", apply.ExitCode, apply.Output)
			}
			env.RequireCreates(t, 0)
		})
	}
}

func TestChangedFileReplaces(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	w := env.Workspace(env.Provider() + signing(byHand("contract.pdf")))
	path := w.Write("contract.pdf", "%PDF first")
	w.Apply()
	replaceFile(t, path, "%PDF second")
	if plan := w.Plan(); plan.ExitCode != 2 || !strings.Contains(plan.Output, "must be replaced") {
		t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
	}
}

func TestSameFileElsewhereIsNoChange(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	w := env.Workspace(env.Provider() + signing(byHand("contract.pdf")))
	w.Write("contract.pdf", "%PDF")
	w.Write("other/contract.pdf", "%PDF")
	w.Apply()
	main, err := os.ReadFile(filepath.Join(w.Dir, "main.tf"))
	must(t, err)
	w.Write("main.tf", strings.ReplaceAll(string(main), `"contract.pdf"`, `"other/contract.pdf"`))
	if plan := w.Plan(); plan.ExitCode != 0 {
		t.Errorf("the plan ended with %d:\n%s", plan.ExitCode, plan.Output)
	}
}

// A file costs one buffer, whatever its size.
func TestLargeFileCostsNoMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads the provider's memory from /proc")
	}
	if testing.Short() {
		t.Skip("sends 300 MB")
	}
	const size, limit = 300 << 20, 64 << 20
	env := acceptance.New(t, emulator.Options{})
	w := env.Workspace(env.Provider() + signing(byHand("large.pdf")))
	path := w.Write("large.pdf", "")
	must(t, os.Truncate(path, size))

	cmd := w.Command(t.Context(), "apply", "-auto-approve", "-no-color", "-input=false")
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	must(t, cmd.Start())
	ctx, stop := context.WithCancel(t.Context())
	peak := make(chan int64)
	go func() { peak <- watchMemory(ctx, "terraform-provider-idnow", w.Dir) }()
	err := cmd.Wait()
	stop()
	got := <-peak
	if err != nil {
		t.Fatalf("the apply failed: %v\n%s", err, output.String())
	}
	if sent := env.RequireCreates(t, 1)[0]; sent.ContentLength < size || sent.BodySize != sent.ContentLength {
		t.Errorf("announced %d bytes and sent %d", sent.ContentLength, sent.BodySize)
	}
	t.Logf("the provider's memory peaked at %d MiB", got>>20)
	if got == 0 || got > limit {
		t.Errorf("the provider's memory peaked at %d MiB, want at most %d", got>>20, limit>>20)
	}
}

// watchMemory returns the largest resident size, in bytes, that a process of
// that name working in dir has had until ctx ends.
func watchMemory(ctx context.Context, name, dir string) int64 {
	var peak int64
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return peak
		case <-ticker.C:
		}
		statuses, _ := filepath.Glob("/proc/[0-9]*/status")
		for _, status := range statuses {
			if working, _ := os.Readlink(filepath.Join(filepath.Dir(status), "cwd")); working == dir {
				peak = max(peak, residentPeak(status, name))
			}
		}
	}
}

// residentPeak reads VmHWM of a process, or 0 for another one than name.
func residentPeak(status, name string) int64 {
	f, err := os.Open(status)
	if err != nil {
		return 0
	}
	defer func() { _ = f.Close() }()
	scanner := bufio.NewScanner(f)
	for scanner.Scan() {
		fields := strings.Fields(scanner.Text())
		switch {
		case len(fields) == 2 && fields[0] == "Name:" && fields[1] != name[:15]: // the kernel keeps no more
			return 0
		case len(fields) == 3 && fields[0] == "VmHWM:":
			kib, _ := strconv.ParseInt(fields[1], 10, 64)
			return kib << 10
		}
	}
	return 0
}

func replaceFile(t *testing.T, path, content string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(content), 0o600))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// readMain is the workspace's main.tf, for a test that changes a part of it.
func readMain(t *testing.T, w *acceptance.Workspace) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(w.Dir, "main.tf"))
	must(t, err)
	return string(raw)
}
