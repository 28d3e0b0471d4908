// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package payload

import (
	"net/http"
	"path/filepath"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// sniffLength is how many bytes of a content determine its type.
const sniffLength = 512

// typeByExtension replaces mime.TypeByExtension, which reads the machine's table: the
// same configuration would send a different request on another machine.
var typeByExtension = map[string]string{
	".avif": "image/avif",
	".bmp":  "image/bmp",
	".csv":  "text/csv",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".gif":  "image/gif",
	".heic": "image/heic",
	".heif": "image/heif",
	".jpeg": "image/jpeg",
	".jpg":  "image/jpeg",
	".json": "application/json",
	".mov":  "video/quicktime",
	".mp4":  "video/mp4",
	".odt":  "application/vnd.oasis.opendocument.text",
	".p7m":  "application/pkcs7-mime",
	".pdf":  "application/pdf",
	".png":  "image/png",
	".tif":  "image/tiff",
	".tiff": "image/tiff",
	".txt":  "text/plain",
	".webm": "video/webm",
	".webp": "image/webp",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".xml":  "application/xml",
	".zip":  "application/zip",
}

// fileType is the type that a file is sent with: the reference's, else by
// the extension, else by the content's first bytes.
func fileType(file value.File, head []byte) string {
	if file.ContentType != "" {
		return file.ContentType
	}
	for _, name := range []string{file.Name(), file.Path} {
		if known, ok := typeByExtension[strings.ToLower(filepath.Ext(name))]; ok {
			return known
		}
	}
	return detectType(head)
}

// detectType detects the type of a content from its first bytes.
func detectType(head []byte) string {
	return http.DetectContentType(head[:min(len(head), sniffLength)])
}
