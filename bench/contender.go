// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"strconv"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
)

// flow is the example flow that sessions are made of; it takes JSON.
const flow = "40cbb7b3-7468-4b5d-8bb5-ff8e82510c70"

// contender is a provider under measurement, with a configuration in which it
// does what an idnow_session does. In its texts, @URL, @KEY, @FLOW and @N are
// placeholders for the emulator's address, its API key, the flow and the session's number.
type contender struct {
	name     string // the provider's local name
	source   string // namespace and type in a registry
	provider string // its provider block
	session  string // the resource of one session
	module   module // what it is built from
}

// contenders are compared in this order. The first is what the others are
// measured by, the second is ours, the third has the shape of ours.
var contenders = []contender{
	{
		name:    "floor",
		source:  "bench/floor",
		module:  module{path: ownModule + "/bench/floor"},
		session: declared("floor_session"),
	},
	{
		name:     "idnow",
		source:   "idnow/idnow",
		module:   module{path: ownModule},
		provider: "provider \"idnow\" {\n  api_url = \"@URL\"\n  api_key = \"@KEY\"\n}\n",
		session:  declared("idnow_session"),
	},
	{
		name:    "shape",
		source:  "bench/shape",
		module:  module{path: ownModule + "/bench/shape"},
		session: declared("shape_session"),
	},
	{
		name:   "restapi",
		source: "mastercard/restapi",
		module: module{path: "github.com/Mastercard/terraform-provider-restapi", version: "v1.20.0"},
		provider: `provider "restapi" {
  uri                   = "@URL"
  headers               = { Authorization = "Bearer @KEY", "Content-Type" = "application/json" }
  create_returns_object = true
}
`,
		session: `resource "restapi_object" "s@N" {
  path         = "/api/v1/flows/@FLOW/staging/sessions"
  read_path    = "/api/v1/staging/sessions/{id}"
  id_attribute = "sessionContext/sessionId"
  data = jsonencode({
    input       = { basicIdentity = { givenName = "Max", familyName = "Schmidt", birthDate = "1985-08-22" } }
    metadata    = { subjectId = "customer-@N", locale = "en" }
    redirectUrl = "https://example.com/verification"
    state       = "csrf-token"
  })
}
`,
	},
	{
		name:     "restful",
		source:   "magodo/restful",
		module:   module{path: "github.com/magodo/terraform-provider-restful", version: "v0.24.0"},
		provider: "provider \"restful\" {\n  base_url = \"@URL\"\n  header   = { Authorization = \"Bearer @KEY\" }\n}\n",
		session: `resource "restful_resource" "s@N" {
  path             = "/api/v1/flows/@FLOW/staging/sessions"
  read_path        = "/api/v1/staging/sessions/$(body.sessionContext.sessionId)"
  write_only_attrs = ["input", "metadata", "redirectUrl", "state"]
  body = {
    input       = { basicIdentity = { givenName = "Max", familyName = "Schmidt", birthDate = "1985-08-22" } }
    metadata    = { subjectId = "customer-@N", locale = "en" }
    redirectUrl = "https://example.com/verification"
    state       = "csrf-token"
  }
}
`,
	},
}

// declared is a session as an idnow_session declares it.
func declared(resource string) string {
	return `resource "` + resource + `" "s@N" {
  flow_id      = "@FLOW"
  environment  = "staging"
  input        = { basicIdentity = { givenName = "Max", familyName = "Schmidt", birthDate = "1985-08-22" } }
  metadata     = { subjectId = "customer-@N", locale = "en" }
  redirect_url = "https://example.com/verification"
  state        = "csrf-token"
}
`
}

// configuration declares n sessions, each in a block of its own: with count,
// validate would cost the same for one as for a thousand.
func (c contender) configuration(url string, n int) string {
	var b strings.Builder
	b.WriteString("terraform {\n  required_providers {\n    " + c.name + " = { source = \"" + c.source + "\" }\n  }\n}\n")
	b.WriteString(c.provider)
	for i := range n {
		b.WriteString(strings.ReplaceAll(c.session, "@N", strconv.Itoa(i)))
	}
	return strings.NewReplacer("@URL", url, "@KEY", emulator.DefaultAPIKey, "@FLOW", flow).Replace(b.String())
}
