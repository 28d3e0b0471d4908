// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package apiread_test

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
	"github.com/idnow/terraform-provider-idnow/internal/client"
)

func TestFilename(t *testing.T) {
	for served, want := range map[string]string{
		"contract.pdf":                      "contract.pdf",
		"Vertrag Müller (2).pdf":            "Vertrag Müller (2).pdf",
		"契約書.pdf":                           "契約書.pdf",
		"../../etc/passwd":                  "passwd",
		"/etc/cron.d/x":                     "x",
		`..\..\windows\win.ini`:             "win.ini",
		`C:\a.pdf`:                          "a.pdf",
		"C:a.pdf":                           "C_a.pdf",
		"a.pdf:stream":                      "a.pdf_stream",
		"..":                                "",
		".":                                 "",
		"":                                  "",
		"a/":                                "",
		" . . ":                             "",
		".bashrc":                           "bashrc",
		"...hidden.pdf... ":                 "hidden.pdf",
		"-rf":                               "_-rf",
		"CON":                               "_CON",
		"nul.pdf":                           "_nul.pdf",
		"Com1 .txt":                         "_Com1 .txt",
		"LPT¹":                              "_LPT¹",
		"console.txt":                       "console.txt",
		"a\x00b\x1b[31m\r\nc.pdf":           "ab[31mc.pdf",
		"exe.\u202efdp":                     "exe.fdp",
		"a\xff.pdf":                         "a.pdf",
		`<a>"b"|c?*.pdf`:                    "_a__b__c__.pdf",
		strings.Repeat("a", 300) + ".pdf":   strings.Repeat("a", 196) + ".pdf",
		strings.Repeat("é", 200) + ".pdf":   strings.Repeat("é", 98) + ".pdf",
		"x." + strings.Repeat("a", 300):     "x." + strings.Repeat("a", 198),
		strings.Repeat("a", 195) + ". .pdf": strings.Repeat("a", 195) + "..pdf",
	} {
		if got := apiread.Filename(served); got != want {
			t.Errorf("%q becomes %q, want %q", served, got, want)
		}
	}
}

func FuzzFilename(f *testing.F) {
	for _, seed := range []string{"contract.pdf", "../x", `..\x`, "CON.", ". .", "-", "\u202e", strings.Repeat("é", 200)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, served string) {
		name := apiread.Filename(served)
		if name == "" {
			return
		}
		switch {
		case len(name) > 201, !utf8.ValidString(name), !filepath.IsLocal(name), filepath.Base(name) != name,
			strings.ContainsAny(name, `/\<>:"|?*`), strings.HasPrefix(name, "."), strings.HasPrefix(name, "-"), strings.HasSuffix(name, "."),
			strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
			t.Errorf("%q becomes %q", served, name)
		}
		if again := apiread.Filename(name); again != name {
			t.Errorf("%q becomes %q, and that %q", served, name, again)
		}
	})
}

func TestFilenameOf(t *testing.T) {
	for want, file := range map[string]client.File{
		"a.pdf":  {Filename: "a.pdf", ContentType: "image/png"},
		"v1.pdf": {ContentType: "application/pdf; charset=binary"},
		"v1":     {Filename: "..", ContentType: "application/x-unknown"},
	} {
		if got := apiread.FilenameOf(&file, "v1"); got != want {
			t.Errorf("%+v becomes %q, want %q", file, got, want)
		}
	}
	if got := apiread.FilenameOf(&client.File{}, "\u202e"); got != "file" {
		t.Errorf("without a name and with an unprintable ID: %q", got)
	}
}
