// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package tfvalue_test

import (
	"context"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/tfvalue"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// number parses as Terraform does: 512 bits, to nearest even.
func number(text string) types.Number {
	f, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
	if err != nil {
		panic(err)
	}
	return types.NumberValue(f)
}

func object(members map[string]attr.Value) types.Object {
	kinds := map[string]attr.Type{}
	for key, member := range members {
		kinds[key] = member.Type(context.Background())
	}
	return types.ObjectValueMust(kinds, members)
}

func tuple(elements ...attr.Value) types.Tuple {
	kinds := make([]attr.Type, len(elements))
	for i, element := range elements {
		kinds[i] = element.Type(context.Background())
	}
	return types.TupleValueMust(kinds, elements)
}

func text(s string) types.String { return types.StringValue(s) }

func TestFromTerraform(t *testing.T) {
	for name, test := range map[string]struct {
		in   attr.Value
		want value.Value
	}{
		"integer past 2^53":      {number("9007199254740993"), value.Number("9007199254740993")},
		"thirty digits":          {number("123456789012345678901234567890"), value.Number("123456789012345678901234567890")},
		"decimal":                {number("0.1"), value.Number("0.1")},
		"1.0 is 1":               {number("1.0"), value.Number("1")},
		"unicode":                {text("Zoë 🎉 \u0000"), value.String("Zoë 🎉 \u0000")},
		"boolean":                {types.BoolValue(true), value.Bool(true)},
		"null":                   {types.StringNull(), value.Null{}},
		"unknown":                {types.StringUnknown(), value.Unknown{}},
		"null dynamic":           {types.DynamicNull(), value.Null{}},
		"unknown dynamic":        {types.DynamicUnknown(), value.Unknown{}},
		"dynamic of null":        {types.DynamicValue(types.StringNull()), value.Null{}},
		"dynamic of unknown":     {types.DynamicValue(types.StringUnknown()), value.Unknown{}},
		"dynamic in dynamic":     {types.DynamicValue(types.DynamicValue(text("a"))), value.String("a")},
		"empty object":           {object(nil), value.Object{}},
		"empty tuple":            {tuple(), value.List{}},
		"empty list":             {types.ListValueMust(types.StringType, nil), value.List{}},
		"map":                    {types.MapValueMust(types.StringType, map[string]attr.Value{"k": text("v")}), value.Object{"k": value.String("v")}},
		"set":                    {types.SetValueMust(types.StringType, []attr.Value{text("a")}), value.List{value.String("a")}},
		"null in a tuple":        {tuple(types.StringNull(), text("b")), value.List{value.Null{}, value.String("b")}},
		"unknown beside known":   {object(map[string]attr.Value{"a": types.StringUnknown(), "b": text("x")}), value.Object{"a": value.Unknown{}, "b": value.String("x")}},
		"file":                   {fileReference(strings.Repeat("AB", 32)), value.File{Path: "a.pdf", SHA256: strings.Repeat("ab", 32)}},
		"file with unknown hash": {object(map[string]attr.Value{"$file": text("a.pdf"), "$sha256": types.StringUnknown()}), value.Unknown{}},
	} {
		t.Run(name, func(t *testing.T) {
			got, malformed := tfvalue.FromTerraform(test.in)
			if diff := cmp.Diff(test.want, got); diff != "" || malformed != nil {
				t.Errorf("(-want +got):\n%s\nmalformed: %v", diff, malformed)
			}
		})
	}
}

func fileReference(sum string) types.Object {
	return object(map[string]attr.Value{"$file": text("a.pdf"), "$sha256": text(sum)})
}

func TestFromTerraformMalformedFile(t *testing.T) {
	in := object(map[string]attr.Value{
		"documents": tuple(object(map[string]attr.Value{"source": fileReference("not a hash")}), text("kept")),
	})
	got, malformed := tfvalue.FromTerraform(in)
	want := value.Object{"documents": value.List{value.Object{"source": value.Unknown{}}, value.String("kept")}}
	if diff := cmp.Diff(value.Value(want), got); diff != "" {
		t.Errorf("the rest of the tree is to stay (-want +got):\n%s", diff)
	}
	if len(malformed) != 1 || malformed[0].Path.String() != "documents[0].source" {
		t.Fatalf("malformed = %v, want one at documents[0].source", malformed)
	}
	if message := malformed[0].Value.Error(); strings.Contains(message, "not a hash") {
		t.Errorf("the message quotes the value: %s", message)
	}
}

func TestSameMeaning(t *testing.T) {
	list := types.ListValueMust(types.NumberType, []attr.Value{number("1"), number("2")})
	for name, test := range map[string]struct {
		a, b attr.Value
		want bool
	}{
		"list and tuple":         {list, tuple(number("1"), number("2.0")), true},
		"map and object":         {types.MapValueMust(types.StringType, map[string]attr.Value{"k": text("v")}), object(map[string]attr.Value{"k": text("v")}), true},
		"null member":            {object(map[string]attr.Value{"a": text("x"), "b": types.StringNull()}), object(map[string]attr.Value{"a": text("x")}), true},
		"null and null":          {types.DynamicNull(), types.DynamicNull(), true},
		"order of a list":        {tuple(text("a"), text("b")), tuple(text("b"), text("a")), false},
		"number and its text":    {number("1"), text("1"), false},
		"empty object and null":  {object(nil), types.DynamicNull(), false},
		"empty list and object":  {tuple(), object(nil), false},
		"unknown equals nothing": {types.StringUnknown(), types.StringUnknown(), false},
		"another value":          {object(map[string]attr.Value{"a": text("x")}), object(map[string]attr.Value{"a": text("y")}), false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tfvalue.SameMeaning(test.a, test.b); got != test.want {
				t.Errorf("SameMeaning = %v, want %v", got, test.want)
			}
			if got := tfvalue.SameMeaning(test.b, test.a); got != test.want {
				t.Errorf("SameMeaning the other way = %v, want %v", got, test.want)
			}
		})
	}
}

func TestPath(t *testing.T) {
	root := path.Root("input")
	set := types.SetValueMust(types.StringType, []attr.Value{text("a")})
	in := types.DynamicValue(object(map[string]attr.Value{
		"object": object(map[string]attr.Value{"list": tuple(text("a"), types.DynamicValue(object(map[string]attr.Value{"k": text("v")})))}),
		"map":    types.MapValueMust(types.StringType, map[string]attr.Value{"k": text("v")}),
		"set":    set,
	}))
	for name, test := range map[string]struct {
		at   value.Path
		want path.Path
	}{
		"root":          {nil, root},
		"nested":        {value.Path{}.Key("object").Key("list").Index(1).Key("k"), root.AtName("object").AtName("list").AtTupleIndex(1).AtName("k")},
		"map":           {value.Path{}.Key("map").Key("k"), root.AtName("map").AtMapKey("k")},
		"set":           {value.Path{}.Key("set").Index(0), root.AtName("set")},
		"below a set":   {value.Path{}.Key("set").Index(0).Key("k"), root.AtName("set")},
		"missing":       {value.Path{}.Key("object").Key("gone"), root.AtName("object").AtName("gone")},
		"below missing": {value.Path{}.Key("gone").Index(2).Key("x"), root.AtName("gone").AtListIndex(2).AtName("x")},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tfvalue.Path(root, in, test.at); !got.Equal(test.want) {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func BenchmarkFromTerraform(b *testing.B) {
	block := map[string]attr.Value{}
	for _, key := range []string{"givenName", "familyName", "birthDate", "birthPlace", "nationality"} {
		block[key] = text("Müller")
	}
	in := types.DynamicValue(object(map[string]attr.Value{"basicIdentity": object(block), "amounts": tuple(number("0.1"), number("9007199254740993"))}))
	b.ReportAllocs()
	for b.Loop() {
		tfvalue.FromTerraform(in)
	}
}
