// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package value_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

func TestFromJSON(t *testing.T) {
	decoder := json.NewDecoder(strings.NewReader(`{"a":[null,true,9007199254740993.0,"x",{}],"b":"file"}`))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	file := value.File{Path: "a.pdf"}
	got := value.FromJSON(tree, func(leaf any) value.Value {
		if leaf == "file" {
			return file
		}
		return nil
	})
	want := value.Object{
		"a": value.List{value.Null{}, value.Bool(true), value.Number("9007199254740993.0"), value.String("x"), value.Object{}},
		"b": file,
	}
	if !value.Equal(got, want) {
		t.Errorf("got %#v", got)
	}
	if got := value.FromJSON(1.5, nil); got != (value.Null{}) {
		t.Errorf("a float is %#v", got)
	}
}
