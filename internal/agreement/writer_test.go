// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package agreement

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// writer makes random values that match a schema. It does not honor every rule of a
// schema: a test that requires valid values validates them too.
type writer struct {
	*rand.Rand
	root  node            // the schema, the target of its references
	files []value.File    // that a value may refer to
	loose map[string]bool // places of single values that the schema gives no type
	raw   map[string]bool // places of text that is a file's content
}

// newWriter makes a writer for the input of a document.
func newWriter(t testing.TB, seed uint64, document *flowschema.Document, files []value.File) *writer {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(string(document.InputSchema())))
	decoder.UseNumber()
	w := &writer{Rand: rand.New(rand.NewPCG(seed, 2)), files: files, loose: map[string]bool{}, raw: map[string]bool{}}
	if err := decoder.Decode(&w.root); err != nil {
		t.Fatal(err)
	}
	return w
}

// body makes the body of a request.
func (w *writer) body() value.Object {
	clear(w.loose)
	clear(w.raw)
	metadata := value.Object{"subjectId": value.String("customer-123"), "locale": value.String([]string{"en", "de", "fr"}[w.IntN(3)])}
	for range w.IntN(3) {
		name := w.key()
		metadata[name] = w.anything(value.Path{value.Name("metadata"), value.Name(name)}, 3)
	}
	return value.Object{
		"input":       w.value(w.root, value.Path{value.Name("input")}, 0),
		"metadata":    metadata,
		"redirectUrl": value.String([]string{"https://example.com/done?a=b&c=%2F", "myapp://done"}[w.IntN(2)]),
		"state":       value.String(w.text(0, 30)),
	}
}

// value makes a value that the schema takes.
func (w *writer) value(schema any, at value.Path, depth int) value.Value {
	parts := w.parts(schema, 0)
	if depth > 12 {
		return value.Null{}
	}
	kind := kindOf(parts)
	if allowed := allowed(parts); allowed != nil && kind != "object" && kind != "array" {
		return literal(allowed[w.IntN(len(allowed))])
	}
	switch kind {
	case "object":
		return w.object(parts, at, depth)
	case "array":
		return w.list(parts, at, depth)
	case "string":
		return w.string(parts, at)
	case "integer":
		return w.number(parts, []string{"1", "2", "3", "7", "2147483647", "-5", "9007199254740993", "9223372036854775807", "123456789012345678901234567890"})
	case "number":
		return w.number(parts, []string{"0.5", "1", "2.25", "0.1", "-0.75", "1e+300", "0.123456789012345678901234567891"})
	case "boolean":
		return value.Bool(w.IntN(2) == 0)
	}
	return w.anything(at, 3)
}

// parts lists the schemas of a place: what it refers to, what allOf adds,
// and one branch of each oneOf and anyOf.
func (w *writer) parts(schema any, depth int) []node {
	n, _ := schema.(node)
	if n == nil || depth > 20 {
		return nil
	}
	parts := []node{n}
	if ref, ok := n["$ref"].(string); ok {
		parts = append(parts, w.parts(w.lookup(ref), depth+1)...)
	}
	all, _ := n["allOf"].([]any)
	for _, part := range all {
		parts = append(parts, w.parts(part, depth+1)...)
	}
	for _, keyword := range []string{"oneOf", "anyOf"} {
		if branches, _ := n[keyword].([]any); len(branches) > 0 {
			parts = append(parts, w.parts(branches[w.IntN(len(branches))], depth+1)...)
		}
	}
	return parts
}

func (w *writer) lookup(ref string) any {
	var at any = w.root
	for step := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		n, _ := at.(node)
		at = n[step]
	}
	return at
}

// kindOf is the type that parts ask for, "" if they ask for none.
func kindOf(parts []node) string {
	for _, part := range parts {
		types := []any{part["type"]}
		if several, ok := part["type"].([]any); ok {
			types = several
		}
		for _, each := range types {
			if name, ok := each.(string); ok && name != "null" {
				return name
			}
		}
	}
	for _, part := range parts {
		if part["properties"] != nil {
			return "object"
		}
	}
	return ""
}

// allowed is the shortest list of values that parts give.
func allowed(parts []node) []any {
	var found []any
	for _, part := range parts {
		values, _ := part["enum"].([]any)
		values = slices.DeleteFunc(slices.Clone(values), func(v any) bool { return v == nil })
		if values != nil && (found == nil || len(values) < len(found)) {
			found = values
		}
	}
	return found
}

func literal(v any) value.Value {
	switch v := v.(type) {
	case string:
		return value.String(v)
	case json.Number:
		return value.Number(v)
	case bool:
		return value.Bool(v)
	}
	return value.Null{}
}

func (w *writer) object(parts []node, at value.Path, depth int) value.Value {
	declared := map[string][]any{}
	required := map[string]bool{}
	var rest any
	for _, part := range parts {
		properties, _ := part["properties"].(node)
		for name, schema := range properties {
			declared[name] = append(declared[name], schema)
		}
		names, _ := part["required"].([]any)
		for _, name := range names {
			required[name.(string)] = true
		}
		if more, ok := part["additionalProperties"]; ok && more != false {
			rest = more
		}
	}
	object := value.Object{}
	for _, name := range slices.Sorted(maps.Keys(declared)) {
		if !required[name] && (depth > 5 || w.IntN(3) == 0) || isReadOnly(declared[name]) {
			continue
		}
		object[name] = w.value(node{"allOf": declared[name]}, at.Key(name), depth+1)
	}
	if (rest != nil || len(declared) == 0) && w.IntN(2) == 0 {
		if name := w.key(); declared[name] == nil {
			object[name] = w.value(rest, at.Key(name), depth+1)
		}
	}
	return object
}

func isReadOnly(schemas []any) bool {
	return slices.ContainsFunc(schemas, func(schema any) bool {
		n, _ := schema.(node)
		return n["readOnly"] == true
	})
}

func (w *writer) list(parts []node, at value.Path, depth int) value.Value {
	least, most := bounds(parts, "minItems", "maxItems", 3)
	var schemas []any
	for _, part := range parts {
		if items, ok := part["items"]; ok {
			schemas = append(schemas, items)
		}
	}
	list := value.List{}
	for i := range least + w.IntN(most-least+1) {
		list = append(list, w.value(node{"allOf": schemas}, at.Index(i), depth+1))
	}
	if w.IntN(5) == 0 {
		list = append(list, value.Null{}) // omitted, so it takes no place
	}
	return list
}

func (w *writer) string(parts []node, at value.Path) value.Value {
	for _, part := range parts {
		format, _ := part["format"].(string)
		if format == "byte" || format == "binary" {
			return w.content(format, at)
		}
		if samples := formats[format]; samples != nil {
			return value.String(samples[w.IntN(len(samples))])
		}
		pattern, _ := part["pattern"].(string)
		if samples := patterns[pattern]; samples != nil {
			return value.String(samples[w.IntN(len(samples))])
		}
	}
	least, most := bounds(parts, "minLength", "maxLength", 12)
	return value.String(w.text(least, most))
}

// content makes a file, or the text of its content.
func (w *writer) content(format string, at value.Path) value.Value {
	if w.IntN(2) == 0 {
		return w.files[w.IntN(len(w.files))]
	}
	if format == "binary" {
		w.raw[at.String()] = true
	}
	return value.String(base64.StdEncoding.EncodeToString([]byte(w.text(0, 20))))
}

// number picks one of the candidates, one that fits the bounds if there is any.
func (w *writer) number(parts []node, candidates []string) value.Value {
	fits := func(candidate string) bool {
		n, _ := strconv.ParseFloat(candidate, 64)
		for _, part := range parts {
			if limit, ok := float(part["minimum"]); ok && n < limit {
				return false
			}
			if limit, ok := float(part["maximum"]); ok && n > limit {
				return false
			}
		}
		return true
	}
	fitting := slices.DeleteFunc(slices.Clone(candidates), func(candidate string) bool { return !fits(candidate) })
	if len(fitting) == 0 {
		fitting = candidates
	}
	return value.Number(fitting[w.IntN(len(fitting))])
}

func float(v any) (float64, bool) {
	number, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := number.Float64()
	return f, err == nil
}

// bounds reads the tightest bounds of a length.
func bounds(parts []node, leastKey, mostKey string, usual int) (least, most int) {
	most = -1
	for _, part := range parts {
		if n, ok := float(part[leastKey]); ok {
			least = max(least, int(n))
		}
		if n, ok := float(part[mostKey]); ok && (most < 0 || int(n) < most) {
			most = int(n)
		}
	}
	if most < 0 {
		most = least + usual
	}
	return least, max(least, most)
}

// anything makes a value of which no schema says anything.
func (w *writer) anything(at value.Path, depth int) value.Value {
	switch kind := w.IntN(8); {
	case kind == 0:
		w.loose[at.String()] = true
		return value.Bool(w.IntN(2) == 0)
	case kind <= 2:
		w.loose[at.String()] = true
		return value.Number([]string{"0", "-1.5", "9007199254740993", "1e+300"}[w.IntN(4)])
	case kind <= 4 || depth == 0:
		return value.String(w.text(0, 12))
	case kind == 5:
		list := value.List{}
		for i := range w.IntN(3) {
			list = append(list, w.anything(at.Index(i), depth-1))
		}
		return list
	case kind == 6:
		return value.Null{}
	}
	object := value.Object{}
	for range w.IntN(3) {
		key := w.key()
		object[key] = w.anything(at.Key(key), depth-1)
	}
	return object
}

// key is a name that no schema has, as odd as a form can represent it.
func (w *writer) key() string {
	return []string{"k", "k-2", "über", "a b", "x.y", "漢字", "a=b&c;d", "'", "%22"}[w.IntN(9)]
}

// text makes text of least to most characters.
func (w *writer) text(least, most int) string {
	letters := []rune("aZ09 äß漢😀\"'\\<>&{}[]%=;:,\n\r\t-–\u2028e\u0301")
	length := least + w.IntN(most-least+1)
	if w.IntN(3) == 0 {
		length = most // so that a character more is one too many
	}
	runes := make([]rune, length)
	for i := range runes {
		runes[i] = letters[w.IntN(len(letters))]
	}
	return string(runes)
}

// someFiles writes files that a body may refer to. Their contents look like
// what could break an encoding.
func someFiles(t testing.TB) []value.File {
	t.Helper()
	dir := t.TempDir()
	var files []value.File
	for _, file := range [][2]string{
		{"scan.pdf", "%PDF-1.7\r\n--boundary\r\n\x00\xff"},
		{"empty.bin", ""},
		{"größe \"1\".txt", "plain text\n"},
		{"data.json", `{"a":1}`},
		{"long.dat", strings.Repeat("0123456789abcdef", 500)},
	} {
		name, content := file[0], []byte(file[1])
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, value.File{Path: path, SHA256: sum(content)})
	}
	files = append(files, value.File{Path: files[0].Path, SHA256: files[0].SHA256, Filename: "anders.pdf", ContentType: "application/pdf"})
	return files
}
