// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package apiread

import (
	"cmp"
	"mime"
	"path"
	"regexp"
	"strings"
	"unicode"

	"github.com/idnow/terraform-provider-idnow/internal/client"
)

// Bounds of a file name in bytes. File systems take 255, of which some is left
// for what a caller adds.
const (
	maxFilename  = 200
	maxExtension = 20
)

// reserved are the names of devices on Windows, whatever their extension.
var reserved = regexp.MustCompile(`(?i)^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)`)

// Filename returns a name for a file that the service calls served, which may be
// anything: one element of a path, printable, not hidden, at most 201 bytes, and
// valid on Linux, macOS and Windows. It is empty if nothing is left of served.
func Filename(served string) string {
	name := served[strings.LastIndexAny(served, `/\`)+1:]
	name = strings.Map(portable, name)
	name = strings.Trim(shorten(strings.Trim(name, " .")), " .")
	if reserved.MatchString(name) || strings.HasPrefix(name, "-") { // a command would take it for an option
		name = "_" + name
	}
	return name
}

// portable drops what can't be printed and replaces what Windows does not take.
func portable(r rune) rune {
	switch {
	case !unicode.IsPrint(r), r == unicode.ReplacementChar:
		return -1
	case strings.ContainsRune(`<>:"|?*`, r):
		return '_'
	}
	return r
}

// shorten cuts a name before its extension, between two characters.
func shorten(name string) string {
	if len(name) <= maxFilename {
		return name
	}
	extension := path.Ext(name)
	if len(extension) > maxExtension {
		extension = ""
	}
	return strings.ToValidUTF8(name[:maxFilename-len(extension)], "") + extension
}

// FilenameOf returns a name for a downloaded file: its own, or one of its ID and
// its content type where it has none. It is never empty.
func FilenameOf(file *client.File, id string) string {
	if name := Filename(file.Filename); name != "" {
		return name
	}
	extension := extensions[mediaType(file.ContentType)]
	return cmp.Or(Filename(id), "file") + extension
}

// extensions are those of the content types that files of a session have. The
// operating system's table would make a name depend on the machine.
var extensions = map[string]string{
	"application/json": ".json", "application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "video/mp4": ".mp4",
}

func mediaType(contentType string) string {
	parsed, _, _ := mime.ParseMediaType(contentType)
	return parsed
}
