// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"bytes"
	"encoding/json"
	"strings"
)

// schema is a JSON Schema 2020-12 as flowdoc writes it, as far as Terraform can
// make something of it. Numbers keep the document's text.
type schema struct {
	Ref  string             `json:"$ref"`
	Defs map[string]*schema `json:"$defs"`

	Description string `json:"description"`
	ReadOnly    bool   `json:"readOnly"`

	Type  oneOrMany `json:"type"`
	Enum  []any     `json:"enum"`
	Const any       `json:"const"`

	Properties  map[string]*schema `json:"properties"`
	Required    []string           `json:"required"`
	Additional  *schema            `json:"additionalProperties"`
	Unevaluated *schema            `json:"unevaluatedProperties"`

	Items       *schema     `json:"items"`
	MinItems    json.Number `json:"minItems"`
	MaxItems    json.Number `json:"maxItems"`
	UniqueItems bool        `json:"uniqueItems"`

	Format    string      `json:"format"`
	Encoding  string      `json:"contentEncoding"`
	Pattern   string      `json:"pattern"`
	MinLength json.Number `json:"minLength"`
	MaxLength json.Number `json:"maxLength"`

	Minimum          json.Number `json:"minimum"`
	Maximum          json.Number `json:"maximum"`
	ExclusiveMinimum json.Number `json:"exclusiveMinimum"`
	ExclusiveMaximum json.Number `json:"exclusiveMaximum"`
	MultipleOf       json.Number `json:"multipleOf"`

	AllOf []*schema `json:"allOf"`
	OneOf []*schema `json:"oneOf"`
	AnyOf []*schema `json:"anyOf"`

	// always and never are the schemas true and false.
	always, never bool
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
		s.always = true
		return nil
	case "false":
		s.never = true
		return nil
	}
	type plain schema // without this method
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return decoder.Decode((*plain)(s))
}

// choices returns the values that s allows, nil for any. Null is left out: it
// means not given.
func (s *schema) choices() []any {
	allowed := s.Enum
	if s.Const != nil {
		allowed = []any{s.Const}
	}
	var given []any
	for _, candidate := range allowed {
		if candidate != nil {
			given = append(given, candidate)
		}
	}
	return given
}

// kinds returns the types that s allows, null aside.
func (s *schema) kinds() []string {
	var names []string
	for _, name := range s.Type {
		if name != "null" {
			names = append(names, name)
		}
	}
	return names
}

// onlyNull reports whether s is the alternative "or nothing".
func (s *schema) onlyNull() bool {
	return len(s.Type) > 0 && len(s.kinds()) == 0 || len(s.Enum) > 0 && len(s.choices()) == 0
}

// closes reports whether s itself forbids keys that no schema of its place lists.
func (s *schema) closes() bool {
	return s.Additional != nil && s.Additional.never || s.Unevaluated != nil && s.Unevaluated.never
}

// isFile reports whether s is content as base64, which a file can stand for.
func (s *schema) isFile() bool { return strings.EqualFold(s.Encoding, "base64") }
