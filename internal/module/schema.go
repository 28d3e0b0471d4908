// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// schema is what types and examples are made of.
type schema struct {
	Ref  string             `json:"$ref"`
	Defs map[string]*schema `json:"$defs"`

	Description string `json:"description"`
	ReadOnly    bool   `json:"readOnly"`

	Type    oneOrMany `json:"type"`
	Enum    []any     `json:"enum"`
	Const   any       `json:"const"`
	Default any       `json:"default"`

	Examples []any `json:"examples"`

	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
	Additional *schema            `json:"additionalProperties"`

	Items    *schema `json:"items"`
	MinItems int     `json:"minItems"`

	Format    string      `json:"format"`
	Encoding  string      `json:"contentEncoding"`
	Pattern   string      `json:"pattern"`
	MinLength int         `json:"minLength"`
	MaxLength *int        `json:"maxLength"`
	Minimum   json.Number `json:"minimum"`

	AllOf []*schema `json:"allOf"`
	OneOf []*schema `json:"oneOf"`
	AnyOf []*schema `json:"anyOf"`
}

// oneOrMany is a string, or a list of strings.
type oneOrMany []string

// UnmarshalJSON implements json.Unmarshaler.
func (o *oneOrMany) UnmarshalJSON(raw []byte) error {
	var one string
	if err := json.Unmarshal(raw, &one); err == nil {
		*o = oneOrMany{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(o))
}

// UnmarshalJSON implements json.Unmarshaler. A schema may be a mere boolean.
func (s *schema) UnmarshalJSON(raw []byte) error {
	switch string(bytes.TrimSpace(raw)) {
	case "true":
		return nil
	case "false":
		s.ReadOnly = true
		return nil
	}
	type plain schema // without this method
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return decoder.Decode((*plain)(s))
}

func readSchema(raw []byte) (*schema, error) {
	root := &schema{}
	if err := json.Unmarshal(raw, root); err != nil {
		return nil, err
	}
	(&resolver{root.Defs, map[*schema]bool{}}).resolve(root)
	return root, nil
}

// resolver joins schemas with what they refer to and are composed of, in place.
type resolver struct {
	defs map[string]*schema
	done map[*schema]bool
}

func (r *resolver) resolve(s *schema) {
	if s == nil || r.done[s] {
		return
	}
	r.done[s] = true
	for _, part := range append(slices.Clone(s.AllOf), r.defs[strings.TrimPrefix(s.Ref, "#/$defs/")]) {
		if part != nil {
			r.resolve(part)
			s.join(part)
		}
	}
	for _, branches := range [][]*schema{s.OneOf, s.AnyOf} {
		for _, branch := range branches {
			r.resolve(branch)
		}
	}
	for _, member := range s.Properties {
		r.resolve(member)
	}
	r.resolve(s.Items)
	r.resolve(s.Additional)
}

// join adds what another schema of the same value says.
func (s *schema) join(part *schema) {
	if s.Type == nil {
		s.Type = part.Type
	}
	if s.Properties == nil {
		s.Properties = map[string]*schema{}
	}
	for name, member := range part.Properties {
		if s.Properties[name] == nil {
			s.Properties[name] = member
		}
	}
	s.Required = append(s.Required, part.Required...)
	s.OneOf, s.AnyOf = append(s.OneOf, part.OneOf...), append(s.AnyOf, part.AnyOf...)
	if s.Items == nil {
		s.Items = part.Items
	}
	if s.Additional == nil {
		s.Additional = part.Additional
	}
	if s.Enum == nil {
		s.Enum = part.Enum
	}
	if s.Examples == nil {
		s.Examples = part.Examples
	}
	if s.Description == "" {
		s.Description = part.Description
	}
	if s.Format == "" {
		s.Format = part.Format
	}
	if s.Encoding == "" {
		s.Encoding = part.Encoding
	}
	s.ReadOnly = s.ReadOnly || part.ReadOnly
}

// kind is the one type of the values that fit, null aside, "" if there are
// several.
func (s *schema) kind() string {
	kinds := slices.DeleteFunc(slices.Clone(s.Type), func(kind string) bool { return kind == "null" })
	if len(kinds) != 1 || len(s.OneOf)+len(s.AnyOf) > 0 {
		return ""
	}
	return kinds[0]
}

// isContent reports whether s is of content as base64, which a file can stand for.
func (s *schema) isContent() bool { return strings.EqualFold(s.Encoding, "base64") }

// choices are the allowed values, nil for any.
func (s *schema) choices() []any {
	if s.Const != nil {
		return []any{s.Const}
	}
	return slices.DeleteFunc(slices.Clone(s.Enum), func(choice any) bool { return choice == nil })
}

func (s *schema) alternatives() []*schema { return append(slices.Clone(s.OneOf), s.AnyOf...) }
