// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

// compile makes a static binary for a processor: any will do here.
func compile(t *testing.T, architecture string) string {
	t.Helper()
	dir := t.TempDir()
	source, binary := filepath.Join(dir, "main.go"), filepath.Join(dir, "program")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() { println(\"runs\") }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", binary, source)
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+architecture)
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return binary
}

// image builds a layout of both platforms, and returns it with its digest.
func image(t *testing.T) (folder, digest string) {
	t.Helper()
	folder = filepath.Join(t.TempDir(), "layout")
	return folder, succeed(t, "build", "-out", folder, "-version", "0.2.0", "-commit", "0123abc", "-created", "2026-01-02T03:04:05+01:00",
		"linux/amd64="+compile(t, "amd64"), "linux/arm64="+compile(t, "arm64"))
}

func succeed(t *testing.T, args ...string) string {
	t.Helper()
	var stdout bytes.Buffer
	if err := run(t.Context(), args, &stdout); err != nil {
		t.Fatalf("%s: %v", args[0], err)
	}
	return strings.TrimSpace(stdout.String())
}

func TestTheSameBytes(t *testing.T) {
	_, first := image(t)
	_, second := image(t)
	if first != second || !strings.HasPrefix(first, "sha256:") {
		t.Errorf("%s and %s", first, second)
	}
}

func TestConfig(t *testing.T) {
	folder, _ := image(t)
	index, err := readIndex(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Index(index); err != nil {
		t.Error(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil || manifest.MediaType != types.OCIImageIndex || len(manifest.Manifests) != 2 || manifest.Annotations["org.opencontainers.image.version"] != "0.2.0" {
		t.Fatalf("%v: %+v", err, manifest)
	}
	for i, architecture := range []string{"amd64", "arm64"} {
		entry := manifest.Manifests[i]
		image, err := index.Image(entry.Digest)
		if err != nil {
			t.Fatal(err)
		}
		config, err := image.ConfigFile()
		if err != nil {
			t.Fatal(err)
		}
		if entry.MediaType != types.OCIManifestSchema1 || entry.Platform.Architecture != architecture || config.Architecture != architecture || config.OS != "linux" {
			t.Errorf("%+v, %+v", entry, config)
		}
		if c := config.Config; c.User != "65532:65532" || c.Entrypoint[0] != "/idnow-emulator" || c.Healthcheck == nil || len(c.ExposedPorts) != 1 || len(c.Env) != 0 {
			t.Errorf("config %+v", c)
		}
		if got := config.Created.UTC().Format("15:04:05"); got != "02:04:05" {
			t.Errorf("created at %s", got)
		}
	}
}

func TestUnpack(t *testing.T) {
	folder, _ := image(t)
	root := filepath.Join(t.TempDir(), "root")
	succeed(t, "unpack", "-layout", folder, "-platform", "linux/amd64", "-out", root)
	entries, err := os.ReadDir(root)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if err != nil || strings.Join(names, " ") != "flows idnow-emulator state tmp" {
		t.Errorf("%v: %q", err, names)
	}
	if info, err := os.Stat(filepath.Join(root, "tmp")); err != nil || info.Mode() != os.ModeDir|os.ModeSticky|0o777 {
		t.Errorf("%v: %v", err, info.Mode())
	}
	if info, err := os.Stat(filepath.Join(root, "idnow-emulator")); err != nil || info.Mode() != 0o755 {
		t.Errorf("%v: %v", err, info.Mode())
	}
}

// A registry gets the images of both platforms under each reference, and a bill of
// materials that refers to the image of its platform.
func TestPush(t *testing.T) {
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0)), registry.WithReferrersSupport(true)))
	t.Cleanup(server.Close)
	repository := strings.TrimPrefix(server.URL, "http://") + "/idnow/idnow-emulator"
	folder, digest := image(t)
	sbom := filepath.Join(t.TempDir(), "sbom.json")
	if err := os.WriteFile(sbom, []byte(`{"bomFormat":"CycloneDX"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	output := succeed(t, "push", "-layout", folder, "-sbom", "linux/arm64="+sbom, repository+":0.2.0", repository+":latest")
	if output != repository+"@"+digest+"\n"+repository+"@"+digest {
		t.Errorf("the output is %q", output)
	}
	for _, tag := range []string{":0.2.0", ":latest"} {
		reference, err := name.ParseReference(repository + tag)
		if err != nil {
			t.Fatal(err)
		}
		pushed, err := remote.Index(reference)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := pushed.Digest(); err != nil || got.String() != digest {
			t.Errorf("%s is %s, %v", tag, got, err)
		}
		if err := validate.Index(pushed); err != nil {
			t.Error(err)
		}
		for platform, want := range map[string]int{"linux/amd64": 0, "linux/arm64": 1} {
			if got := referrers(t, reference.Context(), pushed, platform); got != want {
				t.Errorf("%d bills of materials for %s", got, platform)
			}
		}
	}
}

func referrers(t *testing.T, repository name.Repository, index v1.ImageIndex, platform string) int {
	t.Helper()
	wanted, err := v1.ParsePlatform(platform)
	if err != nil {
		t.Fatal(err)
	}
	entry, err := manifestOf(index, *wanted)
	if err != nil {
		t.Fatal(err)
	}
	found, err := remote.Referrers(repository.Digest(entry.Digest.String()))
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := found.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	for _, referrer := range manifest.Manifests {
		if referrer.ArtifactType != string(cycloneDX) {
			text, _ := json.Marshal(referrer)
			t.Errorf("referrer %s", text)
		}
	}
	return len(manifest.Manifests)
}

func TestRefuses(t *testing.T) {
	amd64 := compile(t, "amd64")
	out := filepath.Join(t.TempDir(), "layout")
	with := func(arguments ...string) []string {
		return append([]string{"build", "-out", out, "-version", "1", "-commit", "c", "-created", "2026-01-02T03:04:05Z"}, arguments...)
	}
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"usage":                           {"fetch"},
		"a binary for each platform":      with(),
		"not written like":                with(amd64),
		"not for linux/arm64":             with("linux/arm64=" + amd64),
		"linked dynamically":              with("linux/amd64=" + shell),
		"-created":                        {"build"},
		"push needs":                      {"push"},
		"unpack needs":                    {"unpack"},
		"pushing to example.com/x":        {"push", "-layout", out, "example.com/x"},
		"could not parse reference":       {"push", "-layout", out, "X Y"},
		"no such file":                    with("linux/amd64=" + out + "/none"),
		"is not written like linux/amd64": {"push", "-layout", out, "-sbom", "x", "example.com/x"},
	} {
		if err := run(t.Context(), args, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", args, err, want)
		}
	}
}
