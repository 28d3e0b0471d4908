// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package probe

import (
	"net/http"
	"net/url"
)

var (
	blocksList = Question{
		Name: "Data blocks: list is in", Assumed: "dataBlocks", Accepts: []string{"datablocks", "array", "content"},
		DecidedBy: decodesBlocks,
	}
	blocksPaging = Question{
		Name: "Data blocks: paging", Assumed: "all at once", Accepts: []string{"with page"},
		DecidedBy: decidesPages,
	}
	blockID = Question{
		Name: "Data block: name of its ID", Assumed: "datablockId", Accepts: []string{"dataBlockId"},
		DecidedBy: decodesBlock,
	}
	blockType = Question{
		Name: "Data block: spelling of type", Assumed: "camelCase", Accepts: []string{"PascalCase", "lower case"},
		DecidedBy: typesBlock,
	}
	blockOrigin = Question{
		Name: "Data block: origin is in", Assumed: "createdBy", Accepts: []string{"lastStep", "createdByStep"},
		DecidedBy: findsBlockStep,
	}
	blockContent = Question{
		Name: "Data block: content is", Assumed: "in content", Accepts: []string{"inline"},
		DecidedBy: decodesBlock,
	}
	blockOrder = Question{
		Name: "Data blocks: order by createdAt", Assumed: "oldest first", Accepts: []string{"newest first", "in no order", "not dated"},
		DecidedBy: decodesBlocks,
	}
	fileLink = Question{
		Name: "File: response", Assumed: "302 to another host", Accepts: []string{"302 to the same host", "200 with the content"},
		DecidedBy: followsFile,
	}
)

func (p *probe) dataBlocks() error {
	var blocks []object
	seen, paging := "", ""
	if p.sessionID != "" {
		r, err := p.get(pathOf(p.target.Environment, "sessions", p.sessionID, "datablocks"), nil)
		if err != nil {
			return err
		}
		if r.Status == http.StatusOK {
			blocks, seen, paging = readBlocks(r.Body)
		} else {
			seen = "refused with " + statusOf(r)
		}
	}
	p.note(blocksList, seen)
	p.note(blocksPaging, paging)
	p.noteBlocks(blocks)
	return p.file()
}

func readBlocks(raw []byte) (blocks []object, seen, paging string) {
	body := decode(raw)
	if elements := asList(body); elements != nil {
		return objectsOf(elements), "array", "all at once"
	}
	o := asObject(body)
	paging = "all at once"
	if has(o, "page") {
		paging = "with page"
	}
	for _, name := range []string{"dataBlocks", "datablocks", "content"} {
		if elements := asList(o[name]); elements != nil {
			return objectsOf(elements), name, paging
		}
	}
	return nil, "JSON of " + o.names(), paging
}

// ownMembers are the members of a data block that are not its content.
var ownMembers = []string{"datablockId", "dataBlockId", "type", "createdBy", "lastStep", "createdByStep", "createdAt", "status", "content"}

func (p *probe) noteBlocks(blocks []object) {
	id, spelling, origin, content := "", "", "", ""
	for _, block := range blocks {
		id = "absent"
		for _, name := range []string{"datablockId", "dataBlockId"} {
			if has(block, name) {
				id = name
			}
		}
		spelling = letterCase(block.text("type"))
		origin = "absent"
		for _, name := range []string{"createdBy", "lastStep", "createdByStep"} {
			if has(block, name) {
				origin = name
				break
			}
		}
		if block.text("status") != "DELETED" {
			content = contentPlace(block)
		}
		p.findFile(map[string]any(block))
	}
	p.note(blockID, id)
	p.note(blockType, spelling)
	p.note(blockOrigin, origin)
	p.note(blockContent, content)
	p.note(blockOrder, blocksOrder(blocks))
}

func contentPlace(block object) string {
	if has(block, "content") {
		return "in content"
	}
	rest := object{}
	for name, v := range block {
		rest[name] = v
	}
	for _, name := range ownMembers {
		delete(rest, name)
	}
	if len(rest) > 0 {
		return "inline"
	}
	return "absent"
}

func blocksOrder(blocks []object) string {
	if len(blocks) == 0 {
		return ""
	}
	return orderOf(blocks)
}

// findFile looks for a file's reference: {"$ref": "vault", "$id": "…"}.
func (p *probe) findFile(v any) {
	switch v := v.(type) {
	case []any:
		for _, element := range v {
			p.findFile(element)
		}
	case map[string]any:
		if id := object(v).text("$id"); object(v).text("$ref") == "vault" && id != "" {
			p.fileID = id
			return
		}
		for _, member := range v {
			p.findFile(member)
		}
	}
}

func (p *probe) file() error {
	seen := ""
	if p.fileID != "" {
		r, err := p.get(pathOf(p.target.Environment, "files", p.fileID), nil)
		if err != nil {
			return err
		}
		seen = linkOf(r)
	}
	p.note(fileLink, seen)
	return nil
}

func linkOf(r Response) string {
	if r.Status == http.StatusOK {
		return "200 with the content"
	}
	location, err := url.Parse(r.Header.Get("Location"))
	switch {
	case r.Status/100 != 3:
		return "refused with " + statusOf(r)
	case err != nil || location.Host == "":
		return statusOf(r) + " to the same host"
	}
	return statusOf(r) + " to another host"
}
