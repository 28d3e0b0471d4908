// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// output is an output of every module.
type output struct {
	name, description string
	attribute         string // of the session
	sensitive         bool
}

var sessionOutputs = []output{
	{name: "session_id", attribute: "id", description: "The session's ID."},
	{name: "player_url", attribute: "player_url", description: "Where the person goes through the session. It carries the player's token.", sensitive: true},
	{name: "sdk_token", attribute: "sdk_token", description: "The token to start a mobile SDK with, null unless the service gives one.", sensitive: true},
	{name: "session_status", attribute: "session_status", description: "The session's status at the last refresh."},
	{name: "outcome", attribute: "outcome", description: "The session's outcome, null until the service tells one."},
	{name: "expires_at", attribute: "expires_at", description: "When the session ends, in RFC 3339, null where the service does not tell."},
	{name: "flow_version", attribute: "flow_version", description: "The version of the flow that the session runs."},
}

// outputs writes outputs.tf.
func (s *source) outputs() ([]byte, error) {
	file := hclwrite.NewEmptyFile()
	comment(file.Body(), s.header()...)
	for _, o := range sessionOutputs {
		file.Body().AppendNewline()
		body := file.Body().AppendNewBlock("output", []string{o.name}).Body()
		setText(body, "description", o.description)
		if err := setExpression(body, "value", "idnow_session.this."+o.attribute); err != nil {
			return nil, err
		}
		if o.sensitive {
			body.SetAttributeValue("sensitive", cty.True)
		}
	}
	return formatted(file), nil
}

// versions writes versions.tf. Optional attributes are from Terraform 1.3.
func (s *source) versions() ([]byte, error) {
	file := hclwrite.NewEmptyFile()
	comment(file.Body(), s.header()...)
	file.Body().AppendNewline()
	terraform := file.Body().AppendNewBlock("terraform", nil).Body()
	setText(terraform, "required_version", ">= 1.3.0")
	terraform.AppendNewline()
	providers := terraform.AppendNewBlock("required_providers", nil).Body()
	err := setExpression(providers, "idnow", "{\nsource = \"idnow/idnow\"\n}")
	return formatted(file), err
}
