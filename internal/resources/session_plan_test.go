// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// A session without input is created like one with an empty input, so to write
// the one for the other must not cost a new session.
func TestSameInput(t *testing.T) {
	object := func(members map[string]attr.Value) types.Dynamic {
		kinds := map[string]attr.Type{}
		for name, member := range members {
			kinds[name] = member.Type(t.Context())
		}
		return types.DynamicValue(types.ObjectValueMust(kinds, members))
	}
	null, empty := types.DynamicNull(), object(nil)
	nullMember := object(map[string]attr.Value{"a": types.StringNull()})
	for name, test := range map[string]struct {
		planned, prior types.Dynamic
		want           bool
	}{
		"none":                  {null, null, true},
		"empty for none":        {empty, null, true},
		"none for empty":        {null, empty, true},
		"a typed null for none": {types.DynamicValue(types.StringNull()), null, true},
		"a null for none":       {nullMember, null, true},
		"something for none":    {object(map[string]attr.Value{"a": types.StringValue("x")}), null, false},
		"unknown for none":      {types.DynamicUnknown(), null, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := sameInput(test.planned, test.prior); got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}
