// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package interop_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/revision"
)

// The guide's back end and its test run as the guide says, with the JWT in the
// body and in the header.
func TestWebhookGuide(t *testing.T) {
	requireNode(t)
	inHeader := revision.Default()
	inHeader.Webhook = "header"
	for name, r := range map[string]revision.Revision{"body": revision.Default(), "header": inHeader} {
		t.Run(name, func(t *testing.T) {
			server := emulatortest.NewServer(t, emulator.Options{Revision: r})
			node := exec.CommandContext(t.Context(), "node", "--test")
			node.Dir = filepath.Join(root, "examples", "webhooks")
			node.Env = append(os.Environ(), "EMULATOR_URL="+server.URL, "EMULATOR_API_KEY="+emulator.DefaultAPIKey)
			output, err := node.CombinedOutput()
			if err != nil || !strings.Contains(string(output), "# pass 4") && !strings.Contains(string(output), "pass 4") {
				t.Fatalf("%v\n%s", err, output)
			}
			if sessions := server.Sessions(); len(sessions) != 4 || sessions[0].Outcome != emulator.Accepted {
				t.Errorf("%d sessions", len(sessions))
			}
		})
	}
}
