// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestLargeFilesAreNotHeld streams a file of 32 MiB through the decoder and
// looks at what that cost.
func TestLargeFilesAreNotHeld(t *testing.T) {
	const size = 32 << 20
	doc := example(t, "instant-signature.staging")
	contentType, body := form(t,
		text("input[basicIdentity][givenName]", "Max"), text("input[basicIdentity][familyName]", "Schmidt"), text("metadata[subjectId]", "c"),
		text("input[documentsToSign][documents][0][templateId]", "t"), upload("input[documentsToSign][documents][0][source]", "CONTENT"))
	before, after, _ := strings.Cut(body, "CONTENT")
	hash := sha256.New()
	content := io.TeeReader(io.LimitReader(zeros{}, size), hash)

	var start, end runtime.MemStats
	runtime.ReadMemStats(&start)
	got, err := doc.Decode(contentType, io.MultiReader(strings.NewReader(before), content, strings.NewReader(after)))
	runtime.ReadMemStats(&end)
	if err != nil {
		t.Fatal(err)
	}
	documents := got.Input["documentsToSign"].(map[string]any)["documents"].([]any)
	file := documents[0].(map[string]any)["source"].(*File)
	if file.Size != size || file.SHA256 != hex.EncodeToString(hash.Sum(nil)) || file.Content != nil {
		t.Errorf("%d bytes, SHA-256 %s, %d kept", file.Size, file.SHA256, len(file.Content))
	}
	if allocated := end.TotalAlloc - start.TotalAlloc; allocated > 8<<20 {
		t.Errorf("%d MiB were allocated", allocated>>20)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestFilesAreKeptUpToALimit(t *testing.T) {
	for name, size := range map[string]int{"empty": 0, "small": 10, "just kept": MaxKeptFile, "just not": MaxKeptFile + 1} {
		t.Run(name, func(t *testing.T) {
			content := bytes.Repeat([]byte("x"), size)
			file, err := readFile(bytes.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			kept := size <= MaxKeptFile
			if file.Size != int64(size) || kept != bytes.Equal(file.Content, content) {
				t.Errorf("%d bytes, %d kept", file.Size, len(file.Content))
			}
		})
	}
}

// checkDecode holds what must be true of any body at all: no panic, a refusal of
// its own kind, and a submission where there is none.
func checkDecode(t *testing.T, doc *Document, contentType string, body []byte) {
	submission, err := doc.Decode(contentType, bytes.NewReader(body))
	var refused *RejectionError
	switch {
	case err == nil && (submission == nil || submission.SubjectID == "" || submission.Input == nil):
		t.Errorf("taken, but as %+v", submission)
	case err != nil && (!errors.As(err, &refused) || len(refused.Messages) == 0 || refused.Status < 400):
		t.Errorf("refused with %v", err)
	}
}

func FuzzDecodeJSON(f *testing.F) {
	f.Add([]byte(`{"input":{` + captureInput + `},"metadata":{"subjectId":"c"}}`))
	f.Add([]byte(`{"input":{"proof":{"kind":"utilityBill","pages":[{"scan":"AA=="}]}},"metadata":{"subjectId":"c","locale":"it"}}`))
	f.Add([]byte(`{"input":{"household":{"size":1e400}}}`))
	docs := []*Document{example(f, "document-capture.staging"), example(f, "address-check.staging")}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, doc := range docs {
			checkDecode(t, doc, "application/json", body)
		}
	})
}

func FuzzDecodeForm(f *testing.F) {
	f.Add("input[basicIdentity][givenName]", "Max", "input[address][previous][0][street]", "A", false)
	f.Add("input[proof][kind]", "utilityBill", "input[proof][pages][0][scan]", "x", true)
	f.Add("metadata[subjectId]", "c", "metadata", "{}", false)
	doc := example(f, "address-check.staging")
	f.Fuzz(func(t *testing.T, name1, value1, name2, value2 string, isFile bool) {
		second := text(name2, value2)
		if isFile {
			second = upload(name2, value2)
		}
		contentType, body := form(t, text(name1, value1), second)
		checkDecode(t, doc, contentType, []byte(body))
	})
}

func FuzzDecodeRawForm(f *testing.F) {
	f.Add([]byte("--x\r\nContent-Disposition: form-data; name=\"metadata[subjectId]\"\r\n\r\nc\r\n--x--\r\n"))
	doc := example(f, "address-check.staging")
	f.Fuzz(func(t *testing.T, body []byte) {
		checkDecode(t, doc, "multipart/form-data; boundary=x", body)
	})
}

// TestNestedAlternativesEnd has alternatives that hold themselves: each level
// doubles what could be tried.
func TestNestedAlternativesEnd(t *testing.T) {
	doc := parse(t, `{"openapi":"3.0.3","info":{"title":"t","version":"1","x-flow-id":"f","x-flow-version":1,"x-environment":"staging"},
		"paths":{"/s":{"post":{"operationId":"createSession","requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Body"}},"multipart/form-data":{"schema":{"$ref":"#/components/schemas/Body"}}}},"responses":{"201":{"description":"created"}}}}},
		"components":{"schemas":{
			"Body":{"type":"object","properties":{"input":{"$ref":"#/components/schemas/Node"},"metadata":{"type":"object"}}},
			"Node":{"anyOf":[{"$ref":"#/components/schemas/One"},{"$ref":"#/components/schemas/Two"},{"not":{"$ref":"#/components/schemas/One"}}]},
			"One":{"type":"object","properties":{"n":{"$ref":"#/components/schemas/Node"},"v":{"type":"integer"}}},
			"Two":{"type":"object","properties":{"n":{"$ref":"#/components/schemas/Node"},"v":{"type":"boolean"}}}}}}`)
	const levels = 100
	within(t, time.Minute, func() {
		messages(t, doc, "application/json", `{"metadata":{"subjectId":"c"},"input":`+strings.Repeat(`{"n":`, levels)+`{"v":"x"}`+strings.Repeat("}", levels)+"}")
		contentType, body := form(t, text("metadata[subjectId]", "c"), text("input"+strings.Repeat("[n]", levels)+"[v]", "x"))
		messages(t, doc, contentType, body)
	})
}

// TestPatternsEndTogether has ten thousand texts, of which each takes a pattern
// its whole budget.
func TestPatternsEndTogether(t *testing.T) {
	doc := inputOf(t, `{"type":"object","properties":{"x":{"type":"array","items":{"type":"string","pattern":"^(([a-z])+.)+[A-Z]([a-z])+$"}}}}`)
	element := `"` + strings.Repeat("a", 40) + `"`
	within(t, time.Minute, func() {
		messages(t, doc, "application/json", `{"metadata":{"subjectId":"c"},"input":{"x":[`+strings.Repeat(element+",", 10_000)+element+`]}}`)
	})
}

// within fails where something would take forever.
func within(t *testing.T, limit time.Duration, do func()) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		do()
	}()
	select {
	case <-ended:
	case <-time.After(limit):
		t.Fatal("it has not ended")
	}
}
