// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package apiread

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idnow/terraform-provider-idnow/internal/client"
)

func TestReferences(t *testing.T) {
	for name, test := range map[string]struct {
		content string
		want    []string
	}{
		"one":                     {`{"$ref":"vault","$id":"a"}`, []string{"a"}},
		"other order":             {`{"$id":"a","$ref":"vault"}`, []string{"a"}},
		"more members":            {`{"$ref":"vault","x":{"y":[1]},"$id":"a","z":null}`, []string{"a"}},
		"nested, in order":        {`{"z":[{"$ref":"vault","$id":"b"},1,{"y":{"$ref":"vault","$id":"a"}}],"a":{"$ref":"vault","$id":"c"}}`, []string{"b", "a", "c"}},
		"other kind of reference": {`{"$ref":"schema","$id":"a"}`, nil},
		"no ID":                   {`{"$ref":"vault","$id":""}`, nil},
		"an ID that is no text":   {`{"$ref":"vault","$id":1}`, nil},
		"an ID in an object":      {`{"$ref":"vault","$id":{"$id":"a"}}`, nil},
		"keys as values":          {`["$ref","vault","$id","a"]`, nil},
		"values as keys":          {`{"a":"$ref","vault":"$id","$id":"a"}`, nil},
		"a number of many digits": {`{"n":1e999999999,"f":{"$ref":"vault","$id":"a"}}`, []string{"a"}},
		"a scalar":                {`"vault"`, nil},
		"null":                    {`null`, nil},
		"deleted":                 {``, nil},
	} {
		if diff := cmp.Diff(test.want, slices.Collect(references([]byte(test.content)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestFilesOf(t *testing.T) {
	reference := func(id string) string { return fmt.Sprintf(`{"$ref":"vault","$id":%q}`, id) }
	files := filesOf([]client.DataBlock{
		{Type: "documentsToSign", Content: json.RawMessage("[" + reference("a") + "," + reference("b") + "]")},
		{Type: "deleted"},
		{Type: "signedDocuments", Content: json.RawMessage("[" + reference("b") + "," + reference("c") + "]")},
	})
	want := []File{{"a", "documentsToSign"}, {"b", "documentsToSign"}, {"c", "signedDocuments"}}
	if diff := cmp.Diff(want, files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}

	var many []string
	for i := range maxFiles + 10 {
		many = append(many, reference(fmt.Sprint(i)))
	}
	content := json.RawMessage("[" + strings.Join(many, ",") + "]")
	if got := len(filesOf([]client.DataBlock{{Content: content}})); got != maxFiles+1 {
		t.Errorf("%d files, want %d", got, maxFiles+1)
	}
}
