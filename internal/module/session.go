// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
)

// session writes main.tf.
func (s *source) session() ([]byte, error) {
	file := hclwrite.NewEmptyFile()
	body := file.Body()
	comment(body, s.header()...)
	input := inputAccess
	if withFiles := reference(s.input, inputAccess, 0); withFiles != "" {
		input = "local.input"
		body.AppendNewline()
		locals := body.AppendNewBlock("locals", nil).Body()
		comment(locals, "A file travels by path and hash: only these reach plan and state.")
		if err := setExpression(locals, "input", withFiles); err != nil {
			return nil, err
		}
	}
	body.AppendNewline()
	resource := body.AppendNewBlock("resource", []string{"idnow_session", "this"}).Body()
	setText(resource, "flow_id", s.flow.ID)
	for _, attribute := range [][2]string{
		{"environment", "var.environment"},
		{"input", input},
		{"metadata", "{\nsubjectId = var.subject_id\nlocale = var.locale\n}"},
		{"redirect_url", "var.redirect_url"},
		{"state", "var.state"},
		{"wait_for_completion", "var.wait_for_completion"},
		{"timeouts", "var.timeouts"},
		{"replace_on_status", "var.replace_on_status"},
	} {
		if err := setExpression(resource, attribute[0], attribute[1]); err != nil {
			return nil, err
		}
	}
	return formatted(file), nil
}

// reference writes an expression that is the value of access with each file in
// it as a reference, "" if the shape holds none. Null stays null.
func reference(s *shape, access string, loops int) string {
	switch s.kind {
	case file:
		return fileReference(access)
	case object:
		return referenceMembers(s, access, loops)
	case list, mapping:
		return referenceElements(s, access, loops)
	default:
		return ""
	}
}

func fileReference(access string) string {
	return fmt.Sprintf(`%[1]s == null ? null : {
"$file" = %[1]s.path
"$sha256" = filesha256(%[1]s.path)
"$filename" = %[1]s.filename
"$content_type" = %[1]s.content_type
}`, access)
}

func referenceMembers(s *shape, access string, loops int) string {
	var b strings.Builder
	for _, m := range s.members {
		if changed := reference(m.shape, access+"."+m.name, loops); changed != "" {
			fmt.Fprintf(&b, "%s = %s\n", m.name, changed)
		}
	}
	switch {
	case b.Len() == 0:
		return ""
	case access == inputAccess: // which can't be null
		return fmt.Sprintf("merge(%s, {\n%s})", access, b.String())
	}
	return fmt.Sprintf("%[1]s == null ? null : merge(%[1]s, {\n%[2]s})", access, b.String())
}

func referenceElements(s *shape, access string, loops int) string {
	name := loopVariable("item", loops)
	changed := reference(s.element, name, loops+1)
	switch {
	case changed == "":
		return ""
	case s.kind == mapping:
		key := loopVariable("key", loops)
		return fmt.Sprintf("%[1]s == null ? null : {\nfor %[2]s, %[3]s in %[1]s :\n%[2]s => %[4]s\n}", access, key, name, changed)
	}
	return fmt.Sprintf("%[1]s == null ? null : [\nfor %[2]s in %[1]s :\n%[3]s\n]", access, name, changed)
}
