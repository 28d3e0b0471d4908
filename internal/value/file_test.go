// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package value_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

const sum = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestReference(t *testing.T) {
	full := value.File{Path: "scans/front.jpg", SHA256: sum, Filename: "a.jpg", ContentType: "image/jpeg"}
	short := value.File{Path: "scans/front.jpg", SHA256: sum}
	path, digest := value.String("scans/front.jpg"), value.String(sum)
	const (
		notSHA256 = `$sha256 must be the SHA-256 of the file in hex, as filesha256("PATH") returns it`
		noPart    = " is not a part of a file reference, which has $file, $sha256 and, if wanted, $filename and $content_type"
		noFile    = "$file is missing: it is the path of the file"
	)
	tests := map[string]struct {
		object value.Object
		want   value.Value
		err    string
	}{
		"in full":      {value.Object{"$file": path, "$sha256": digest, "$filename": value.String("a.jpg"), "$content_type": value.String("image/jpeg")}, full, ""},
		"in short":     {value.Object{"$file": path, "$sha256": digest}, short, ""},
		"capital hex":  {value.Object{"$file": path, "$sha256": value.String(strings.ToUpper(sum))}, short, ""},
		"null members": {value.Object{"$file": path, "$sha256": digest, "$filename": value.Null{}, "$content_type": nil, "other": value.Null{}}, short, ""},

		"unknown path":                  {value.Object{"$file": value.Unknown{}, "$sha256": digest}, value.Unknown{}, ""},
		"unknown hash":                  {value.Object{"$file": path, "$sha256": value.Unknown{}}, value.Unknown{}, ""},
		"unknown name":                  {value.Object{"$file": path, "$sha256": digest, "$filename": value.Unknown{}}, value.Unknown{}, ""},
		"unknown path beside bad hash":  {value.Object{"$file": value.Unknown{}, "$sha256": value.String("x")}, nil, notSHA256},
		"unknown hash without a path":   {value.Object{"$sha256": value.Unknown{}}, nil, noFile},
		"unknown path beside other key": {value.Object{"$file": value.Unknown{}, "$sha256": digest, "z": value.Unknown{}}, nil, "z" + noPart},

		"no path":          {value.Object{"$sha256": digest}, nil, noFile},
		"null path":        {value.Object{"$file": value.Null{}, "$sha256": digest}, nil, noFile},
		"empty path":       {value.Object{"$file": value.String(""), "$sha256": digest}, nil, noFile},
		"no hash":          {value.Object{"$file": path}, nil, notSHA256},
		"short hash":       {value.Object{"$file": path, "$sha256": value.String(sum[2:])}, nil, notSHA256},
		"long hash":        {value.Object{"$file": path, "$sha256": value.String(sum + "00")}, nil, notSHA256},
		"hash in base64":   {value.Object{"$file": path, "$sha256": value.String("ASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrze8=")}, nil, notSHA256},
		"path of a number": {value.Object{"$file": value.Number("1"), "$sha256": digest}, nil, "$file must be a string"},
		"name of a list":   {value.Object{"$file": path, "$sha256": digest, "$filename": value.List{}}, nil, "$filename must be a string"},
		"other key":        {value.Object{"$file": path, "$sha256": digest, "$name": value.String("a")}, nil, "$name" + noPart},
		"other kind of key": {
			value.Object{"$file": path, "$sha256": digest, "templateId": value.Number("1")}, nil, "templateId" + noPart,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if !test.object.IsFileReference() {
				t.Error("not meant as a file reference")
			}
			got, err := test.object.Reference()
			if got != test.want {
				t.Errorf("got %#v, want %#v", got, test.want)
			}
			if err == nil != (test.err == "") || err != nil && err.Error() != test.err {
				t.Errorf("got  %v\nwant %s", err, test.err)
			}
			if _, ok := errors.AsType[*value.FileError](err); ok != (err != nil) {
				t.Errorf("got a %T", err)
			}
		})
	}
}

func TestIsFileReference(t *testing.T) {
	tests := map[string]struct {
		object value.Object
		want   bool
	}{
		"empty":           {value.Object{}, false},
		"other keys":      {value.Object{"file": value.String("a"), "$ref": value.String("b")}, false},
		"a path":          {value.Object{"$file": value.String("a")}, true},
		"a hash":          {value.Object{"$sha256": value.String("a")}, true},
		"a name alone":    {value.Object{"$filename": value.String("a")}, true},
		"a type alone":    {value.Object{"$content_type": value.String("a")}, true},
		"an unknown path": {value.Object{"$file": value.Unknown{}}, true},
		"an omitted path": {value.Object{"$file": value.Null{}, "$sha256": nil, "templateId": value.String("a")}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := test.object.IsFileReference(); got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

func TestFileName(t *testing.T) {
	for file, want := range map[value.File]string{
		{Path: "a/b/scan.pdf"}:                    "scan.pdf",
		{Path: "scan.pdf"}:                        "scan.pdf",
		{Path: "a/scan.pdf", Filename: "own.pdf"}: "own.pdf",
	} {
		if got := file.Name(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
