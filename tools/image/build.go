// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// user runs the emulator: any but root, by number, since the image has no passwd.
const user = 65532

// description is the content of the image's labels.
type description struct {
	version, commit string
	created         time.Time
}

// build writes an image for each platform, and an index of them, as an OCI layout
// that replaces the one before. It returns the digest under which the index is
// pushed. The same binaries and description make the same bytes.
func build(out string, about description, binaries []file) (v1.Hash, error) {
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, binary := range binaries {
		image, err := platformImage(about, binary)
		if err != nil {
			return v1.Hash{}, fmt.Errorf("%s: %w", binary.path, err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add: image, Descriptor: v1.Descriptor{Platform: &binary.platform},
		})
	}
	index, ok := mutate.Annotations(index, labels(about)).(v1.ImageIndex)
	if !ok {
		return v1.Hash{}, errors.New("an annotated index is none any more")
	}
	if err := os.RemoveAll(out); err != nil {
		return v1.Hash{}, err
	}
	// The index is the layout's one image. If the layout listed the platforms' images, an
	// engine that pulls from it would not know which to take.
	whole := mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex), mutate.IndexAddendum{
		Add: index, Descriptor: v1.Descriptor{Annotations: map[string]string{"org.opencontainers.image.ref.name": about.version}},
	})
	if _, err := layout.Write(out, whole); err != nil {
		return v1.Hash{}, err
	}
	return index.Digest()
}

// readIndex returns the index of the platforms' images that build has written.
func readIndex(folder string) (v1.ImageIndex, error) {
	whole, err := layout.ImageIndexFromPath(folder)
	if err != nil {
		return nil, err
	}
	manifest, err := whole.IndexManifest()
	if err != nil {
		return nil, err
	}
	if len(manifest.Manifests) != 1 {
		return nil, errors.New("the layout does not have one image")
	}
	return whole.ImageIndex(manifest.Manifests[0].Digest)
}

func platformImage(about description, binary file) (v1.Image, error) {
	program, err := os.ReadFile(binary.path)
	if err != nil {
		return nil, err
	}
	if err := requireStatic(program, binary.platform); err != nil {
		return nil, err
	}
	files, err := fileSystem(program, about.created)
	if err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(files)), nil
	}, tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err = mutate.Append(image, mutate.Addendum{Layer: layer, History: v1.History{
		Created: v1.Time{Time: about.created}, CreatedBy: "tools/image",
	}})
	if err != nil {
		return nil, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture, config.Variant = binary.platform.OS, binary.platform.Architecture, binary.platform.Variant
	config.Created = v1.Time{Time: about.created}
	config.Config = runConfig(about)
	return mutate.ConfigFile(image, config)
}

// requireStatic refuses a binary of another platform, and one that needs a loader:
// the image has no libraries.
func requireStatic(program []byte, platform v1.Platform) error {
	machine, known := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}[platform.Architecture]
	binary, err := elf.NewFile(bytes.NewReader(program))
	if err != nil {
		return err
	}
	if !known || binary.Machine != machine {
		return fmt.Errorf("is of machine %s, not for %s", binary.Machine, platform)
	}
	for _, segment := range binary.Progs {
		if segment.Type == elf.PT_INTERP {
			return errors.New("is linked dynamically; build it with CGO_ENABLED=0")
		}
	}
	return nil
}

// fileSystem is the image's only layer, as a tar archive: the binary, and empty
// folders for what is mounted: flow documents, a state file, and, where the file
// system is read-only, what the largest forms of the emulator's page spill.
func fileSystem(program []byte, modified time.Time) ([]byte, error) {
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	entries := []tar.Header{
		{Name: "flows/", Typeflag: tar.TypeDir, Mode: 0o755},
		// A volume mounted here for the first time takes on owner and mode.
		{Name: "state/", Typeflag: tar.TypeDir, Mode: 0o700, Uid: user, Gid: user},
		{Name: "tmp/", Typeflag: tar.TypeDir, Mode: 0o1777},
		{Name: "idnow-emulator", Typeflag: tar.TypeReg, Mode: 0o755, Size: int64(len(program))},
	}
	for _, entry := range entries {
		entry.ModTime, entry.Format = modified, tar.FormatUSTAR
		if err := w.WriteHeader(&entry); err != nil {
			return nil, err
		}
	}
	_, err := w.Write(program)
	return archive.Bytes(), errors.Join(err, w.Close())
}

// runConfig is how the image runs by default. The public URL has
// the name that the service has in compose.yaml, and in the documentation.
func runConfig(about description) v1.Config {
	return v1.Config{
		User:         fmt.Sprintf("%d:%d", user, user),
		WorkingDir:   "/",
		Entrypoint:   []string{"/idnow-emulator"},
		Cmd:          []string{"-flows", "/flows", "-addr", "0.0.0.0:8080", "-public-url", "http://emulator:8080"},
		ExposedPorts: map[string]struct{}{"8080/tcp": {}},
		StopSignal:   "SIGTERM",
		Labels:       labels(about),
		Healthcheck: &v1.HealthConfig{
			Test:     []string{"CMD", "/idnow-emulator", "-healthcheck", "http://127.0.0.1:8080"},
			Interval: 10 * time.Second, Timeout: 6 * time.Second, StartPeriod: 2 * time.Second, Retries: 3,
		},
	}
}

// labels are those that the OCI image specification predefines.
func labels(about description) map[string]string {
	return map[string]string{
		"org.opencontainers.image.title":       "idnow-emulator",
		"org.opencontainers.image.description": "Serves the IDnow Trust Platform API from a folder of flow documents, for tests",
		"org.opencontainers.image.source":      "https://github.com/idnow/terraform-provider-idnow",
		"org.opencontainers.image.licenses":    "MPL-2.0",
		"org.opencontainers.image.version":     about.version,
		"org.opencontainers.image.revision":    about.commit,
		"org.opencontainers.image.created":     about.created.UTC().Format(time.RFC3339),
	}
}
