// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

const cycloneDX = types.MediaType("application/vnd.cyclonedx+json")

// push writes the layout's index and its images to a registry, with the
// credentials that docker login has stored, and attaches each bill of materials to
// the image that it describes. It returns the reference by digest.
func push(ctx context.Context, folder, reference string, sboms []file) (string, error) {
	tag, err := name.ParseReference(reference)
	if err != nil {
		return "", err
	}
	index, err := readIndex(folder)
	if err != nil {
		return "", err
	}
	options := []remote.Option{remote.WithContext(ctx), remote.WithAuthFromKeychain(authn.DefaultKeychain)}
	if err := remote.WriteIndex(tag, index, options...); err != nil {
		return "", err
	}
	for _, sbom := range sboms {
		if err := attach(tag.Context(), index, sbom, options); err != nil {
			return "", fmt.Errorf("bill of materials %s: %w", sbom.path, err)
		}
	}
	digest, err := index.Digest()
	return tag.Context().Digest(digest.String()).String(), err
}

// attach pushes a bill of materials as a referrer of its platform's image: an
// artifact whose subject the image is (OCI distribution specification 1.1).
func attach(repository name.Repository, index v1.ImageIndex, sbom file, options []remote.Option) error {
	content, err := os.ReadFile(sbom.path)
	if err != nil {
		return err
	}
	subject, err := manifestOf(index, sbom.platform)
	if err != nil {
		return err
	}
	artifact := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), cycloneDX)
	artifact, err = mutate.AppendLayers(artifact, static.NewLayer(content, cycloneDX))
	if err != nil {
		return err
	}
	attached, ok := mutate.Subject(artifact, v1.Descriptor{
		MediaType: subject.MediaType, Size: subject.Size, Digest: subject.Digest,
	}).(v1.Image)
	if !ok {
		return errors.New("an image with a subject is none any more")
	}
	digest, err := attached.Digest()
	if err != nil {
		return err
	}
	return remote.Write(repository.Digest(digest.String()), attached, options...)
}

// manifestOf finds the image of a platform.
func manifestOf(index v1.ImageIndex, platform v1.Platform) (v1.Descriptor, error) {
	manifest, err := index.IndexManifest()
	if err != nil {
		return v1.Descriptor{}, err
	}
	for _, entry := range manifest.Manifests {
		if entry.Platform != nil && entry.Platform.Equals(platform) {
			return entry, nil
		}
	}
	return v1.Descriptor{}, fmt.Errorf("there is no image for %s", platform)
}
