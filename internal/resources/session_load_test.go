// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// More sessions at once than the service takes: every one is created once and
// is in state, however often it was refused, and the run takes about as long as
// the limit lets it.
func TestLoadAboveTheRateLimit(t *testing.T) {
	const sessions, perSecond = 60, 30
	env := acceptance.New(t, emulator.Options{})
	env.Fault(fault.Fault{Kind: fault.RateLimit, Rate: perSecond})
	w := env.Workspace(env.Provider() + fmt.Sprintf(`
resource "idnow_session" "s" {
  count    = %d
  flow_id  = %q
  input    = { basicIdentity = { givenName = "Max", familyName = "Schmidt" } }
  metadata = { subjectId = "customer-${count.index}" }
}

output "ids" {
  value = { for s in idnow_session.s : s.metadata.subjectId => s.id }
}
`, sessions, emulatortest.DocumentCapture))
	w.MustRun("apply", "-auto-approve", "-no-color", "-input=false", "-parallelism=100")

	made := map[string]string{} // IDs by subject
	for _, session := range env.Sessions() {
		made[session.SubjectID] = session.ID
	}
	if got := len(env.Sessions()); got != sessions || len(made) != sessions {
		t.Fatalf("%d sessions for %d subjects were created, want one for each of %d", got, len(made), sessions)
	}
	var inState map[string]string
	if err := json.Unmarshal([]byte(w.MustRun("output", "-json", "ids").Output), &inState); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(made, inState); diff != "" {
		t.Errorf("state differs from the service (-service +state):\n%s", diff)
	}
	requireRateLimited(t, env.Creates())
}

// requireRateLimited fails unless the limit was met and the creates continued at about
// its rate: waits that double with each refusal would take minutes.
func requireRateLimited(t *testing.T, creates []emulator.Recorded) {
	t.Helper()
	const longest = 20 * time.Second // the limit's own is one; machines that test are busy
	refused := 0
	for _, create := range creates {
		if create.Status == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused == 0 {
		t.Error("no create was refused, so the limit was not met")
	}
	if took := creates[len(creates)-1].Time.Sub(creates[0].Time); took > longest {
		t.Errorf("the creates took %s, want at most %s", took, longest)
	}
}
