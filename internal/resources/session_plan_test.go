// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
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

// The loader is the framework's own, but faster.
func TestLoadAgreesWithTheFramework(t *testing.T) {
	ctx := t.Context()
	var described resource.SchemaResponse
	NewSession().Schema(ctx, resource.SchemaRequest{}, &described)
	kind := described.Schema.Type().TerraformType(ctx)
	members := map[string]tftypes.Value{}
	for name, member := range kind.(tftypes.Object).AttributeTypes {
		switch {
		case member.Is(tftypes.String):
			members[name] = tftypes.NewValue(member, "text of "+name)
		case member.Is(tftypes.Number):
			members[name] = tftypes.NewValue(member, tftypes.UnknownValue)
		case member.Is(tftypes.DynamicPseudoType):
			members[name] = tftypes.NewValue(tftypes.List{ElementType: tftypes.Bool}, []tftypes.Value{tftypes.NewValue(tftypes.Bool, true)})
		default:
			members[name] = tftypes.NewValue(member, nil)
		}
	}
	state := tfsdk.State{Schema: described.Schema, Raw: tftypes.NewValue(kind, members)}
	var got, want sessionModel
	var diags diag.Diagnostics
	got.load(ctx, state.Schema.Type(), state.Raw, &diags)
	diags.Append(state.Get(ctx, &want)...)
	if diags.HasError() || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v (%v)", got, want, diags)
	}
}
