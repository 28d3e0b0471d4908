// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"context"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// modelFields are the fields of sessionModel by their attributes' names.
var modelFields = func() map[string]int {
	fields := map[string]int{}
	model := reflect.TypeFor[sessionModel]()
	for i := range model.NumField() {
		fields[model.Field(i).Tag.Get("tfsdk")] = i
	}
	return fields
}()

// load fills m from the type and the value of a plan or a state. It replaces the
// framework's Get, which compiles a regular expression for each
// field of a struct each time (hashicorp/terraform-plugin-framework issue 725,
// whose fix ends this file). Without it, the provider takes 1.1 times as long to
// read and plan a session (BenchmarkSession in bench).
func (m *sessionModel) load(ctx context.Context, kind attr.Type, raw tftypes.Value, diags *diag.Diagnostics) {
	const summary, detail = "Session can't be read", "The CLI's value does not match the schema of a session. This is a bug in the provider. Report it to the provider's developers."
	whole, err := kind.ValueFromTerraform(ctx, raw)
	object, ok := whole.(types.Object)
	if err != nil || !ok {
		diags.AddError(summary, detail)
		return
	}
	model := reflect.ValueOf(m).Elem()
	for name, attribute := range object.Attributes() {
		field, known := modelFields[name]
		v := reflect.ValueOf(attribute)
		if !known || !v.Type().AssignableTo(model.Field(field).Type()) {
			diags.AddError(summary, detail)
			return
		}
		model.Field(field).Set(v)
	}
}
