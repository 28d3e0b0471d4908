// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package datasources_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
)

// dataBlocksOf is the data source for a session's data blocks.
func dataBlocksOf(id, name string, lines ...string) string {
	return fmt.Sprintf("\ndata \"idnow_session_datablocks\" %q {\n  session_id = %q\n  %s\n}\n", name, id, strings.Join(lines, "\n  "))
}

// dataBlock expects a data block, with null for what is omitted.
func dataBlock(want map[string]knownvalue.Check) knownvalue.Check {
	return object(want, "id", "type", "step", "created_at", "status", "content_json")
}

func TestDataBlocks(t *testing.T) {
	acceptance.RequireCLI(t, "1.1.0", "1.6.0") // earlier ones do not report what is sensitive
	env := acceptance.New(t, emulator.Options{})
	id := createSession(t, env, "customer-123")
	setStatus(t, env, id, emulator.Completed, emulator.Accepted)
	text := knownvalue.StringExact
	stored := func(typ, step string, content knownvalue.Check) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"id": knownvalue.NotNull(), "type": text(typ), "step": text(step), "created_at": knownvalue.StringFunc(isMoment),
			"status": text("STORED"), "content_json": content,
		})
	}
	identity := stored("basicIdentity", "START", text(`{"birthDate":"1985-08-22","familyName":"Planted","givenName":"Max"}`))
	reference := stored("userReference", "START", text(`{"subjectId":"customer-123"}`))
	decision := stored("decision", "REVIEW", knownvalue.StringFunc(func(content string) error {
		if !strings.Contains(content, `"$ref":"vault"`) {
			return fmt.Errorf("the decision's report is no reference: %s", content)
		}
		return nil
	}))
	all := "data.idnow_session_datablocks.all"
	reads(t, env, env.Provider()+dataBlocksOf(id, "all")+
		dataBlocksOf(id, "some", `types = ["decision", "BasicIdentity", "unheardOf"]`)+
		dataBlocksOf(id, "none", `types = ["unheardOf"]`),
		known(all, text("staging"), "environment"),
		known(all, knownvalue.ListExact([]knownvalue.Check{reference, identity, decision}), "data_blocks"),
		known("data.idnow_session_datablocks.some", knownvalue.ListExact([]knownvalue.Check{identity, decision}), "data_blocks"),
		known("data.idnow_session_datablocks.none", knownvalue.ListSizeExact(0), "data_blocks"),
		statecheck.ExpectSensitiveValue(all, at([]any{"data_blocks", 0, "content_json"})),
	)
	for _, arrived := range env.RequestsOf(emulator.CallDataBlocks) {
		if want := "/api/v1/staging/sessions/" + id + "/datablocks"; arrived.Method != "GET" || arrived.Path != want {
			t.Errorf("arrived: %s %s, want GET %s", arrived.Method, arrived.Path, want)
		}
	}
}

func TestDataBlocksThatAreDeleted(t *testing.T) {
	env := acceptance.New(t, emulator.Options{})
	id := createSession(t, env, "customer-123")
	if err := env.DeleteDataBlocks(id); err != nil {
		t.Fatal(err)
	}
	reads(t, env, env.Provider()+dataBlocksOf(id, "x"),
		known("data.idnow_session_datablocks.x", knownvalue.StringExact("basicIdentity"), "data_blocks", 1, "type"),
		known("data.idnow_session_datablocks.x", knownvalue.StringExact("DELETED"), "data_blocks", 1, "status"),
		known("data.idnow_session_datablocks.x", knownvalue.Null(), "data_blocks", 1, "content_json"),
	)
}

func TestDataBlocksOfOtherRevisions(t *testing.T) {
	text := knownvalue.StringExact
	for name, test := range map[string]struct {
		served string
		want   []knownvalue.Check
	}{
		"datablocks, PascalCase, attributes inline": {
			served: `{"datablocks": [{"datablockId": "1", "type": "BasicIdentity", "lastStep": {"stepId": "START"}, "createdAt": "2025-08-22T00:00:00Z",
				"givenName": "Max"}]}`,
			want: []knownvalue.Check{dataBlock(map[string]knownvalue.Check{
				"id": text("1"), "type": text("basicIdentity"), "step": text("START"), "created_at": text("2025-08-22T00:00:00Z"),
				"content_json": text(`{"givenName":"Max"}`),
			})},
		},
		"createdByStep": {
			served: `{"dataBlocks": [{"type": "a", "createdByStep": "OCR"}]}`,
			want:   []knownvalue.Check{dataBlock(map[string]knownvalue.Check{"type": text("a"), "step": text("OCR")})},
		},
		"nulls": {
			served: `{"dataBlocks": [{"datablockId": null, "type": null, "createdBy": null, "createdAt": null, "status": null, "content": null}]}`,
			want:   []knownvalue.Check{dataBlock(map[string]knownvalue.Check{})},
		},
		"a status of tomorrow": {
			served: `{"dataBlocks": [{"status": "SEALED", "content": {}}]}`,
			want:   []knownvalue.Check{dataBlock(map[string]knownvalue.Check{"status": text("SEALED"), "content_json": text("{}")})},
		},
		"numbers as served": {
			served: `{"dataBlocks": [{"content": {"b": 12345678901234567890, "a": [ 1.50 ]}}]}`,
			want:   []knownvalue.Check{dataBlock(map[string]knownvalue.Check{"content_json": text(`{"b":12345678901234567890,"a":[1.50]}`)})},
		},
		"a bare list": {served: `[{"datablockId": "1"}, null]`, want: []knownvalue.Check{dataBlock(map[string]knownvalue.Check{"id": text("1")})}},
		"none":        {served: `{"dataBlocks": null}`},
	} {
		t.Run(name, func(t *testing.T) {
			env := acceptance.New(t, emulator.Options{})
			serves(env, emulator.CallDataBlocks, test.served)
			reads(t, env, env.Provider()+dataBlocksOf("s", "x"), known("data.idnow_session_datablocks.x", knownvalue.ListExact(test.want), "data_blocks"))
		})
	}
}
