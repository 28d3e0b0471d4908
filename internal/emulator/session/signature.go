// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package session

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
)

// The data blocks of documents that a flow signs, and of the signed ones.
const (
	blockToSign = "documentsToSign"
	blockSigned = "signedDocuments"
)

// signDocuments puts out the documents of the input with a signature each. What
// the input had is left as it was: a signed document is another file.
func (s *Session) signDocuments(at time.Time, vault Vault) {
	signature := fmt.Sprintf("\n%% Signed by the IDnow emulator in the session %s at %s\n", s.ID, moment(at))
	for _, block := range s.Blocks {
		if block.Type == blockToSign && !block.Deleted {
			s.addBlock(blockSigned, StepReview, at, s.signed(block.Content, signature, vault))
		}
	}
}

// signed is a data block's content with a signed file in place of each file.
func (s *Session) signed(content any, signature string, vault Vault) any {
	switch content := content.(type) {
	case map[string]any:
		if id, ok := content["$id"].(string); ok && content["$ref"] == "vault" {
			if original := vault.File(id); original != nil {
				return s.intoVault(sign(original, signature), vault)
			}
		}
		object := make(map[string]any, len(content))
		for name, value := range content {
			object[name] = s.signed(value, signature, vault)
		}
		return object
	case []any:
		list := make([]any, 0, len(content))
		for _, value := range content {
			list = append(list, s.signed(value, signature, vault))
		}
		return list
	}
	return content
}

// sign appends the signature, which a PDF reader takes for a comment. Of a file
// that is too large to be kept only the name and the size are known.
func sign(original *flow.File, signature string) *flow.File {
	name := original.Filename
	if extension := path.Ext(name); name != "" {
		name = strings.TrimSuffix(name, extension) + "-signed" + extension
	}
	if original.Content == nil {
		return &flow.File{Filename: name, ContentType: original.ContentType, Size: original.Size + int64(len(signature))}
	}
	content := append(append(make([]byte, 0, len(original.Content)+len(signature)), original.Content...), signature...)
	return newFile(name, original.ContentType, content)
}

func newFile(name, contentType string, content []byte) *flow.File {
	sum := sha256.Sum256(content)
	return &flow.File{
		Filename: name, ContentType: contentType,
		Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]), Content: content,
	}
}
