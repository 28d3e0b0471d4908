// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"slices"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/diagnostic"
	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/servicetext"
)

// explain words the error of an attempt. Of the service's words it shows what the
// flow's document knows and the request does not contain.
func (r *session) explain(a attempt, err error) diagnostic.Diagnostic {
	fields := servicetext.Contract
	if a.document != nil {
		fields = slices.Concat(fields, inputFields(a.document.DataBlocks()))
	}
	return diagnostic.Call{
		Doing:   "create the session",
		Policy:  r.data.ServiceText,
		Request: servicetext.Request{Fields: fields, Sent: a.request.texts()},
	}.Explain(err)
}

// inputFields are the fields that the flow's document declares.
func inputFields(blocks []flowschema.DataBlock) []servicetext.Field {
	var fields []servicetext.Field
	for _, block := range blocks {
		at := contract.Input + "." + block.Name
		fields = append(fields, servicetext.Field{Path: at})
		for _, f := range block.Fields {
			field := servicetext.Field{Path: strings.TrimSuffix(at+"."+f.Path, "."), Type: f.Type, Format: f.Format, Enum: f.Enum}
			if f.MaxLength != nil {
				field.MaxLength = *f.MaxLength
			}
			fields = append(fields, field)
		}
	}
	return fields
}
