// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package acceptance_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/revision"
)

// TestRevisions applies a session and reads it back against a service of the
// oldest and of the newest revision: one create, no diff after it, whatever the
// shape of the responses.
func TestRevisions(t *testing.T) {
	for name, r := range map[string]revision.Revision{"oldest": revision.Oldest(), "newest": revision.Newest()} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{Revision: r})
			config := env.Provider() + `
resource "idnow_session" "this" {
  flow_id  = "` + emulatortest.DocumentCapture + `"
  input    = { basicIdentity = { givenName = "Max", familyName = "Schmidt" } }
  metadata = { subjectId = "customer-1", locale = "de" }
  state    = "s"
}

data "idnow_flow" "this" {
  name = "Document capture"
}

data "idnow_session" "this" {
  session_id = idnow_session.this.id
}

data "idnow_session_datablocks" "this" {
  session_id = idnow_session.this.id
}
`
			env.Run(t, resource.TestStep{
				Config: config,
				Check: resource.ComposeTestCheckFunc(
					resource.TestCheckResourceAttr("data.idnow_flow.this", "flow_id", emulatortest.DocumentCapture),
					resource.TestCheckResourceAttr("data.idnow_session.this", "subject_id", "customer-1"),
					resource.TestCheckResourceAttr("data.idnow_session_datablocks.this", "data_blocks.1.type", "basicIdentity"),
					resource.TestCheckResourceAttrSet("idnow_session.this", "player_url"),
				),
			}, resource.TestStep{
				Config:           config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			})
			env.RequireCreates(t, 1)
		})
	}
}
