// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package module

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// readme writes README.md.
func (s *source) readme() ([]byte, error) {
	var b strings.Builder
	for _, text := range s.header() {
		fmt.Fprintf(&b, "<!-- %s -->\n", strings.ReplaceAll(line(text), "--", "- -"))
	}
	fmt.Fprintf(&b, "\n# %s\n\n", prose(s.name()))
	if description := line(s.flow.Description); description != "" {
		b.WriteString(prose(description) + "\n\n")
	}
	usage, err := s.usage()
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(&b, "A verification session of this flow, with its input as a typed variable.\n\n```hcl\n%s```\n\n", usage)
	if s.example == nil {
		b.WriteString(noExample + " The keys below say\nwhat goes into `input`.\n\n")
	}
	b.WriteString("Credentials come from the provider block, or the `IDNOW_*` variables.\n\n")
	s.writeVariables(&b)
	s.writeKeys(&b)
	writeOutputs(&b)
	b.WriteString(s.limits())
	return []byte(b.String()), nil
}

// usage writes a call of the module.
func (s *source) usage() (string, error) {
	file := hclwrite.NewEmptyFile()
	body := file.Body().AppendNewBlock("module", []string{"session"}).Body()
	setText(body, "source", "./path/to/this/folder")
	body.AppendNewline()
	setText(body, "subject_id", exampleSubject)
	input := "{}"
	if s.example != nil {
		input = s.example.expression()
	}
	err := setExpression(body, "input", input)
	return string(formatted(file)), err
}

func (s *source) writeVariables(b *strings.Builder) {
	b.WriteString("## Variables\n\n| variable | type | default | |\n|---|---|---|---|\n")
	initial := "required"
	if s.input.optional() {
		initial = "`{}`"
	}
	fmt.Fprintf(b, "| `input` | %s | %s | The flow's input: see below. Sensitive. |\n", s.input.word(), initial)
	for _, v := range s.contract() {
		initial := "required"
		switch {
		case v.initial == cty.NilVal:
		case v.initial.IsNull():
			initial = "`null`"
		default:
			initial = prose(quote(v.initial.AsString()))
		}
		remark := v.description
		if v.sensitive {
			remark += " Sensitive."
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", v.name, cmp.Or(v.word, v.constraint, "string"), initial, remark)
	}
}

// writeKeys lists what the input may hold.
func (s *source) writeKeys(b *strings.Builder) {
	if len(s.input.members) == 0 {
		return
	}
	b.WriteString("\n## Keys of `input`\n\n| key | type | required | |\n|---|---|---|---|\n")
	writeMembers(b, "", s.input)
}

func writeMembers(b *strings.Builder, prefix string, s *shape) {
	switch s.kind {
	case list, mapping:
		writeMembers(b, prefix+"[*]", s.element)
	case object:
		for _, m := range s.members {
			path := strings.TrimPrefix(prefix+"."+m.name, ".")
			required := ""
			if m.required {
				required = "yes"
			}
			fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", path, m.word(), required, prose(strings.Join(m.rules(), " ")))
			writeMembers(b, path, m.shape)
		}
	default: // holds nothing
	}
}

// rules are what a reader of the README is told of a value, as sentences.
func (s *shape) rules() []string {
	var sentences []string
	for _, remark := range s.remarks() {
		sentences = append(sentences, strings.TrimRight(remark, ".")+".")
	}
	for _, c := range s.checks() {
		sentences = append(sentences, strings.ToUpper(c.demand[:1])+c.demand[1:]+".")
	}
	if s.element != nil {
		for _, c := range s.element.checks() {
			sentences = append(sentences, "Each "+c.demand+".")
		}
	}
	return sentences
}

// word is a shape's type in a table.
func (s *shape) word() string {
	switch s.kind {
	case text:
		return "string"
	case number:
		return "number"
	case boolean:
		return "bool"
	case object:
		return "object"
	case file:
		return "file"
	case list:
		return "list of " + s.element.word()
	case mapping:
		return "map of " + s.element.word()
	case untyped:
	}
	return "any"
}

func writeOutputs(b *strings.Builder) {
	b.WriteString("\n## Outputs\n\n| output | |\n|---|---|\n")
	for _, o := range sessionOutputs {
		remark := o.description
		if o.sensitive {
			remark += " Sensitive."
		}
		fmt.Fprintf(b, "| `%s` | %s |\n", o.name, remark)
	}
}

// limits tells what a reader could take for granted and must not.
func (s *source) limits() string {
	text := `
## What to know

- Types and rules above are checked without network. The provider then judges the
  whole input by the flow's document at plan, which finds the rest.
- Terraform drops a key that a typed object does not list, without a word: look at
  the table if a value does not arrive.
- Terraform turns a value into the type that is wanted, where it can, without a word
  too: ` + "`1` into `\"1\"`, `\"true\"` into `true`" + `.
- ` + "`null`" + ` means not given.
`
	if holdsFile(s.input) {
		text += "- A file is `{ path = PATH }`, with `filename` and `content_type` where wanted. The path\n" +
			"  is relative to where Terraform runs. Content that is in no file, as base64, only the\n" +
			"  resource itself takes.\n"
	}
	if s.input.untypedWithin() != "" {
		text += "- In a value of type any, a file is `{ \"$file\" = PATH, \"$sha256\" = filesha256(PATH) }`.\n"
	}
	if s.example != nil {
		text += "- `terraform test` in this folder needs no account.\n"
	}
	return text
}

func holdsFile(s *shape) bool { return reference(s, inputAccess, 0) != "" }

// markdown are the characters that Markdown reads as marks.
var markdown = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "<", `\<`, ">", `\>`, "[", `\[`, "]", `\]`,
	"|", `\|`, "#", `\#`, "&", `\&`, "~", `\~`, "$", `\$`, "^", `\^`,
)

// prose escapes text for Markdown.
func prose(text string) string { return markdown.Replace(text) }
