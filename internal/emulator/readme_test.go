// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/record"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/revision"
)

// The README is what tests in other languages are written by.
func TestREADMEKnowsTheInterface(t *testing.T) {
	raw, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(raw)
	_, settings, _ := strings.Cut(readme, "## Revisions")
	for setting, values := range revision.Settings() {
		row := regexp.MustCompile("(?m)^\\| `" + setting + "`.*$").FindString(settings)
		for _, value := range values {
			if !strings.Contains(row, "`"+value+"`") {
				t.Errorf("the setting %s has the value %s, its row is %q", setting, value, row)
			}
		}
	}
	for _, call := range append(record.Calls, fault.Webhook) {
		if !strings.Contains(readme, "`"+call+"`") {
			t.Errorf("there is no call %s", call)
		}
	}
	for _, kind := range fault.Kinds() {
		if !strings.Contains(readme, "| `"+string(kind)+"` |") {
			t.Errorf("there is no fault %s", kind)
		}
	}
	source, err := os.ReadFile("control/control.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, route := range regexp.MustCompile(`HandleFunc\("([A-Z]+) ([^"]+)"`).FindAllStringSubmatch(string(source), -1) {
		if !regexp.MustCompile("(?m)^\\| `.*" + route[1] + ".*" + regexp.QuoteMeta(route[2]) + "` \\|").MatchString(readme) {
			t.Errorf("there is no %s %s", route[1], route[2])
		}
	}
}
