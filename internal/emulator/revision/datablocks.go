// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package revision

import (
	"unicode"
	"unicode/utf8"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/session"
)

// DataBlockList is a session's data blocks; asked counts where they are paged.
func (r Revision) DataBlockList(blocks []session.DataBlock, asked Paging) any {
	list := make([]any, 0, len(blocks))
	for _, block := range blocks {
		list = append(list, r.dataBlock(block))
	}
	switch r.DataBlocks {
	case "array":
		return list
	case "paged":
		content, page := r.cut(list, asked)
		return object{"dataBlocks": content, "page": page}
	}
	return object{r.DataBlocks: list}
}

func (r Revision) dataBlock(block session.DataBlock) object {
	o := object{r.DataBlockID: block.ID, "type": r.blockType(block.Type), "createdAt": r.moment(block.CreatedAt), "status": "STORED"}
	if block.Deleted {
		o["status"] = "DELETED"
	}
	switch r.DataBlockStep {
	case "lastStep":
		o["lastStep"] = object{"stepId": block.StepID}
	case "createdByStep":
		o["createdByStep"] = block.StepID
	default:
		o["createdBy"] = object{"stepId": block.StepID, "clock": block.Clock}
	}
	attributes, isObject := block.Content.(map[string]any)
	if r.DataBlockContent == "content" || !isObject && !block.Deleted {
		r.set(o, "content", block.Content)
		return o
	}
	for name, value := range attributes {
		o[name] = value
	}
	return o
}

func (r Revision) blockType(name string) string {
	if r.DataBlockType != "pascal" {
		return name
	}
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}
