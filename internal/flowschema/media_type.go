// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flowschema

import (
	"mime"
	"slices"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// MediaType returns the media type of a request with body: multipart if it contains
// files and the flow takes multipart, else JSON if the flow takes it, else multipart.
func (d *Document) MediaType(body value.Value) string {
	takes := func(mediaType string) bool {
		return slices.ContainsFunc(d.ContentTypes, func(offered string) bool { return baseType(offered) == mediaType })
	}
	if takes(contract.JSON) && (len(value.Files(body)) == 0 || !takes(contract.Multipart)) {
		return contract.JSON
	}
	return contract.Multipart
}

// rank orders content types: JSON, multipart, others.
func rank(contentType string) int {
	switch baseType(contentType) {
	case contract.JSON:
		return 0
	case contract.Multipart:
		return 1
	}
	return 2
}

func sendable(contentType string) bool { return rank(contentType) < 2 }

// baseType returns a content type without its parameters, in lower case.
func baseType(contentType string) string {
	base, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		base, _, _ = strings.Cut(contentType, ";")
	}
	return strings.ToLower(strings.TrimSpace(base))
}
