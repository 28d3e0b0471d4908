// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package page

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
)

// upload is a file that was chosen.
type upload struct {
	name, contentType string
	content           []byte
}

// Read makes a request body in mediaType of what was entered into the form, which
// r holds parsed. Fields that were left empty are left out. What was entered
// stays in the form's fields, for showing it again.
func (f *Form) Read(r *http.Request, mediaType string) (contentType string, body []byte, err error) {
	for i := range f.Fields {
		if f.Fields[i].Kind != File {
			f.Fields[i].Value = r.PostFormValue(f.Fields[i].Name)
		}
	}
	tree, err := f.root.read(r)
	if err != nil {
		return "", nil, err
	}
	if tree == nil {
		tree = map[string]any{}
	}
	if mediaType == "multipart/form-data" {
		return encodeForm(tree)
	}
	body, err = json.Marshal(inJSON(tree))
	return mediaType, body, err
}

// read returns the value at a node, nil where nothing was entered.
func (n node) read(r *http.Request) (any, error) {
	switch {
	case n.field != nil:
		return n.field.read(r)
	case n.element != nil:
		element, err := n.element.read(r)
		if element == nil {
			return nil, err
		}
		return []any{element}, err
	}
	object := map[string]any{}
	for _, member := range n.members {
		value, err := member.read(r)
		if err != nil {
			return nil, err
		}
		if value != nil {
			object[member.name] = value
		}
	}
	if len(object) == 0 {
		return nil, nil
	}
	return object, nil
}

func (f *Field) read(r *http.Request) (any, error) {
	if f.Kind == File {
		return f.readFile(r)
	}
	entered := r.PostFormValue(f.Name)
	switch {
	case entered == "":
		return nil, nil
	case f.Kind == Number && json.Valid([]byte(entered)):
		return json.Number(entered), nil
	case f.Kind == Boolean && (entered == "true" || entered == "false"):
		return entered == "true", nil
	case f.Kind == JSON:
		var value any
		decoder := json.NewDecoder(strings.NewReader(entered))
		decoder.UseNumber()
		if err := decoder.Decode(&value); err != nil || decoder.More() {
			return nil, errors.New(f.Name + " must be JSON")
		}
		return value, nil
	}
	return entered, nil
}

func (f *Field) readFile(r *http.Request) (any, error) {
	file, header, err := r.FormFile(f.Name)
	if err != nil {
		return nil, nil // no file was chosen
	}
	defer func() { _ = file.Close() }() // only read
	content, err := io.ReadAll(file)
	if err != nil {
		return nil, errors.New(f.Name + " could not be read")
	}
	return upload{header.Filename, header.Header.Get("Content-Type"), content}, nil
}

// inJSON is tree with files in base64, as OpenAPI has them in JSON.
func inJSON(tree any) any {
	switch tree := tree.(type) {
	case upload:
		return base64.StdEncoding.EncodeToString(tree.content)
	case map[string]any:
		object := map[string]any{}
		for name, value := range tree {
			object[name] = inJSON(value)
		}
		return object
	case []any:
		list := []any{}
		for _, value := range tree {
			list = append(list, inJSON(value))
		}
		return list
	}
	return tree
}

func encodeForm(tree any) (contentType string, body []byte, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := errors.Join(writeParts(w, "", tree), w.Close()); err != nil {
		return "", nil, err
	}
	return w.FormDataContentType(), b.Bytes(), nil
}

func writeParts(w *multipart.Writer, path string, tree any) error {
	switch tree := tree.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(tree)) {
			inner := name
			if path != "" {
				inner = path + "[" + name + "]"
			}
			if err := writeParts(w, inner, tree[name]); err != nil {
				return err
			}
		}
		return nil
	case []any:
		for i, value := range tree {
			if err := writeParts(w, path+"["+strconv.Itoa(i)+"]", value); err != nil {
				return err
			}
		}
		return nil
	case upload:
		part, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {multipart.FileContentDisposition(path, tree.name)}, "Content-Type": {tree.contentType},
		})
		if err != nil {
			return err
		}
		_, err = part.Write(tree.content)
		return err
	case string:
		return w.WriteField(path, tree)
	}
	raw, err := json.Marshal(tree)
	if err != nil {
		return err
	}
	return w.WriteField(path, string(raw))
}
