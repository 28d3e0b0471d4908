// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"os"
	"strings"
)

// userAgent names provider and Terraform with their versions. What a team sets
// in TF_APPEND_USER_AGENT, as for HashiCorp's own providers, lets the service's
// operators distinguish its pipelines.
func userAgent(providerVersion, terraformVersion string) string {
	agent := fmt.Sprintf("terraform-provider-idnow/%s Terraform/%s", providerVersion, terraformVersion)
	if appended := strings.TrimSpace(os.Getenv("TF_APPEND_USER_AGENT")); appended != "" {
		agent += " " + strings.Map(printable, appended)
	}
	return agent
}

// printable drops what a header's value may not contain.
func printable(r rune) rune {
	if r < ' ' || r > '~' {
		return -1
	}
	return r
}
