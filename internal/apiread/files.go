// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package apiread

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/configured"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

// maxFiles bounds the files of a session, which usually has a few.
const maxFiles = 1000

// File is a file that a data block of a session refers to.
type File struct {
	ID        string // in the vault; see client.File
	BlockType string // in camelCase
}

// String identifies the file to a person. It contains no file name, which may be
// a person's data.
func (f File) String() string {
	return fmt.Sprintf("%s (%s)", terminal.Text(f.ID), terminal.Text(f.BlockType))
}

// Files returns the files of a session in the order of its data blocks, each
// once. Types, if there are any, select data blocks. It reports false, with an
// error in diags, where the data blocks can't be read or have no file.
// API: GET /api/v1/{environment}/sessions/{sessionId}/datablocks.
func Files(ctx context.Context, data *configured.Provider, environment, sessionID string, types []string, diags *diag.Diagnostics) ([]File, bool) {
	blocks, err := data.Client.DataBlocks(ctx, environment, sessionID)
	if err != nil {
		ReportSession(data, err, environment, sessionID, "read the data blocks of the session "+terminal.Text(sessionID), diags)
		return nil, false
	}
	all := filesOf(blocks)
	files := slices.DeleteFunc(slices.Clone(all), func(f File) bool {
		return types != nil && !slices.ContainsFunc(types, sameType(f.BlockType))
	})
	switch {
	case len(all) > maxFiles:
		diags.AddAttributeError(path.Root("session_id"), "Too many files",
			fmt.Sprintf("The session %s has more than %d files.", terminal.Quote(sessionID), maxFiles))
	case len(files) == 0:
		diags.AddAttributeError(path.Root("session_id"), "No file found", noFile(blocks, all, sessionID))
	}
	return files, !diags.HasError()
}

// filesOf returns what blocks refer to, up to one more than maxFiles.
func filesOf(blocks []client.DataBlock) []File {
	var files []File
	known := map[string]bool{}
	for _, block := range blocks {
		for id := range references(block.Content) {
			if !known[id] && len(files) <= maxFiles {
				known[id] = true
				files = append(files, File{ID: id, BlockType: block.Type})
			}
		}
	}
	return files
}

// references yields the IDs of all objects {"$ref":"vault","$id":ID} in content,
// which is valid JSON or empty, in their order. It reads token by token: decoding
// megabytes of small objects at once would take gigabytes.
func references(content []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		decoder := json.NewDecoder(bytes.NewReader(content))
		decoder.UseNumber()
		var open []container // from the outermost in
		for {
			token, err := decoder.Token()
			if err != nil {
				return
			}
			switch token {
			case json.Delim('{'), json.Delim('['):
				open = append(open, container{isObject: token == json.Delim('{')})
				continue
			}
			innermost := len(open) - 1
			if innermost < 0 {
				return // a single value
			}
			switch token {
			case json.Delim('}'), json.Delim(']'):
				if closed := open[innermost]; closed.ref == "vault" && closed.id != "" && !yield(closed.id) {
					return
				}
				open = open[:innermost]
				if innermost > 0 {
					open[innermost-1].value(nil)
				}
			default:
				open[innermost].value(token)
			}
		}
	}
}

// container is an object or a list while it is read.
type container struct {
	isObject bool
	key      *string // that the next value is for; nil before a key
	ref, id  string
}

// value adds the next key or value; nil for a value that is no scalar.
func (c *container) value(token json.Token) {
	text, _ := token.(string)
	switch {
	case !c.isObject:
	case c.key == nil:
		c.key = &text
	default:
		switch *c.key {
		case "$ref":
			c.ref = text
		case "$id":
			c.id = text
		}
		c.key = nil
	}
}

// noFile explains why a session has no file of the types that are configured.
func noFile(blocks []client.DataBlock, files []File, sessionID string) string {
	const advice = "A flow creates its files as it runs: wait for the end of the session first, and check that its outcome is accepted."
	session := "The session " + terminal.Quote(sessionID)
	switch {
	case len(files) > 0:
		return fmt.Sprintf("%s has no file of the configured data block types, but files of these: %s. %s", session, blockTypes(files), advice)
	case slices.ContainsFunc(blocks, func(b client.DataBlock) bool { return b.Content == nil }):
		return session + " has no file: the content of its data blocks is deleted, as the platform does when its retention period ends."
	}
	return session + " has no file in its data blocks. " + advice
}

// blockTypes lists the types of the data blocks that have files.
func blockTypes(files []File) string {
	var types []string
	for _, file := range files {
		if shown := terminal.Quote(file.BlockType); !slices.Contains(types, shown) {
			types = append(types, shown)
		}
	}
	return strings.Join(types, ", ")
}
