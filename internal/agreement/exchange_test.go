// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package agreement

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/payload"
	"github.com/idnow/terraform-provider-idnow/internal/validate"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// bothDocuments is a flow's document as each side reads it.
type bothDocuments struct {
	raw    []byte
	ours   *flowschema.Document
	theirs *flow.Document
}

func parse(t testing.TB, raw []byte) bothDocuments {
	t.Helper()
	ours, err := flowschema.Parse(context.Background(), raw)
	if err != nil {
		t.Fatalf("the provider: %v\n%s", err, raw)
	}
	theirs, err := flow.Parse(raw)
	if err != nil {
		t.Fatalf("the emulator: %v\n%s", err, raw)
	}
	return bothDocuments{raw, ours, theirs}
}

// exchange is one body and the result of sending it.
type exchange struct {
	bothDocuments

	body      value.Object
	mediaType string
	problems  []validate.Problem   // what the provider finds
	refused   error                // why the provider can't encode it; nothing is sent then
	received  *flow.Submission     // as far as the service could read it
	rejection *flow.RejectionError // why the service does not take it
}

// exchange validates a body, encodes it whatever the result, and passes it to the
// emulator.
func (c bothDocuments) exchange(t testing.TB, body value.Object) exchange {
	t.Helper()
	e := exchange{bothDocuments: c, body: body, mediaType: c.ours.MediaType(body), problems: validate.Body(t.Context(), c.ours, body).Problems}
	built, err := payload.Build(t.Context(), body, e.mediaType, fields{c.ours, e.mediaType})
	if err != nil {
		e.refused = err
		return e
	}
	reader, err := built.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	e.received, err = c.theirs.Decode(built.ContentType, reader)
	if err != nil && !errors.As(err, &e.rejection) {
		t.Fatalf("the emulator could not validate: %v", err)
	}
	return e
}

func (e exchange) form() bool { return e.mediaType == contract.Multipart }

// right is the provider's result, taken is the service's.
func (e exchange) right() bool { return len(e.problems) == 0 }
func (e exchange) taken() bool { return e.refused == nil && e.rejection == nil }

// String contains everything about an exchange, for a failed test.
func (e exchange) String() string {
	return fmt.Sprintf("the provider finds %s\nit can't encode: %v\nthe emulator finds %v\nmedia type %s\nbody     %s\ndocument %s",
		lines(e.problems), e.refused, e.rejection, e.mediaType, text(plain(e.body)), e.raw)
}

func lines(problems []validate.Problem) string {
	if len(problems) == 0 {
		return "nothing"
	}
	var written strings.Builder
	for _, problem := range problems {
		fmt.Fprintf(&written, "\n\t%s (%s)", problem, problem.Rule)
	}
	return written.String()
}

// fields passes the document's content types to the encoder, as the provider does.
type fields struct {
	document  *flowschema.Document
	mediaType string
}

func (f fields) Binary(path value.Path) bool {
	return f.document.Content(f.mediaType, path) == flowschema.Binary
}

// plain writes a tree as JSON would have it, for a reader.
func plain(v value.Value) any {
	switch v := v.(type) {
	case value.Bool:
		return bool(v)
	case value.Number:
		return json.Number(v)
	case value.String:
		return string(v)
	case value.File:
		return map[string]any{value.FileKey: v.Name(), value.SHA256Key: v.SHA256}
	case value.List:
		list := []any{}
		for _, element := range v {
			list = append(list, plain(element))
		}
		return list
	case value.Object:
		object := map[string]any{}
		for key, member := range v {
			object[key] = plain(member)
		}
		return object
	}
	return nil
}

func text(tree any) string {
	written, err := json.Marshal(tree)
	if err != nil {
		panic(err)
	}
	return string(written)
}
