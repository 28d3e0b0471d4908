// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package payload_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/payload"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

const changed = "changed while it was read, so the request is not sent in full; run terraform apply again when nothing writes to the file"

func TestBuildRefusesFiles(t *testing.T) {
	good := writeFile(t, "good.pdf", []byte("good"))
	with := func(change func(*value.File)) value.File {
		file := good
		change(&file)
		return file
	}
	tests := map[string]struct {
		file   value.File
		reason string
	}{
		"missing": {
			with(func(f *value.File) { f.Path += ".gone" }),
			"does not exist; a relative path is resolved from the working directory",
		},
		"a folder": {
			with(func(f *value.File) { f.Path = filepath.Dir(f.Path) }),
			"is a folder; it must be a file",
		},
		"other content than planned": {
			with(func(f *value.File) { f.SHA256 = strings.Repeat("ab", 32) }),
			"does not match $sha256: it has changed since the plan, or the hash is that of another file. Run terraform plan again",
		},
		"a name that begins a header": {
			with(func(f *value.File) { f.Filename = "a\r\nX-Evil: 1" }),
			"has a name that contains a control character or is not UTF-8 text; set another one with $filename",
		},
		"a type that begins a header": {
			with(func(f *value.File) { f.ContentType = "text/plain\r\n" }),
			"has a $content_type that is not a media type, such as application/pdf",
		},
		"an invalid type": {
			with(func(f *value.File) { f.ContentType = "pdf" }),
			"has a $content_type that is not a media type, such as application/pdf",
		},
	}
	for name, test := range tests {
		for _, mediaType := range []string{contract.JSON, contract.Multipart} {
			t.Run(name+" as "+mediaType, func(t *testing.T) {
				body := object{"input": object{"scans": list{good, test.file}}}
				_, err := payload.Build(t.Context(), body, mediaType, nil)
				wantErrors(t, err, []string{"input.scans[1]: file " + strconv.Quote(test.file.Path) + " " + test.reason})
				if e, ok := errors.AsType[*payload.FileError](err); !ok || e.File != test.file.Path || e.Err == nil {
					t.Errorf("got %#v", e)
				}
			})
		}
	}
}

func TestBuildReportsEveryFile(t *testing.T) {
	gone := value.File{Path: "gone", SHA256: strings.Repeat("0", 64)}
	_, err := payload.Build(t.Context(), object{"input": object{"a": gone, "b": list{gone}}}, contract.Multipart, nil)
	const reason = `: file "gone" does not exist; a relative path is resolved from the working directory`
	wantErrors(t, err, []string{"input.a" + reason, "input.b[0]" + reason})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error("the cause is lost")
	}
	if want := "input.a" + reason + "\ninput.b[0]" + reason; err.Error() != want {
		t.Errorf("got %q", err)
	}
}

func TestBuildRefusesUnreadableFile(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root reads every file")
	}
	file := writeFile(t, "secret", []byte("x"))
	if err := os.Chmod(file.Path, 0); err != nil {
		t.Fatal(err)
	}
	_, err := payload.Build(t.Context(), object{"input": file}, contract.JSON, nil)
	wantErrors(t, err, []string{"input: file " + strconv.Quote(file.Path) + " can't be read: permission denied"})
}

func TestBuildRefusesOtherMediaTypes(t *testing.T) {
	for _, mediaType := range []string{"", "application/xml", "application/x-www-form-urlencoded", "application/problem+json", "///"} {
		_, err := payload.Build(t.Context(), object{}, mediaType, nil)
		e, ok := errors.AsType[*payload.MediaTypeError](err)
		want := "the media type " + strconv.Quote(mediaType) + " is not supported for a request; use application/json or multipart/form-data"
		if !ok || e.Error() != want {
			t.Errorf("%q: got %v", mediaType, err)
		}
	}
}

// The file is one that takes hours to read.
func TestBuildEndsWithItsContext(t *testing.T) {
	file := writeFile(t, "x", nil)
	if err := os.Truncate(file.Path, 1<<42); err != nil {
		t.Skipf("no room for a sparse file: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := payload.Build(ctx, object{"input": file}, contract.JSON, nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, ok := errors.AsType[*payload.FileError](err); ok {
		t.Error("the file is blamed for it")
	}
}

// changes are what may happen to a file of 100 000 bytes after Build.
var changes = map[string]struct {
	change func(path string) error
	reason string
	atOpen bool // seen before a byte is sent
}{
	"removed":   {os.Remove, "does not exist; a relative path is resolved from the working directory", true},
	"shortened": {func(path string) error { return os.Truncate(path, 99_999) }, changed, true},
	"longer":    {func(path string) error { return os.Truncate(path, 100_001) }, changed, true},
	"emptied":   {func(path string) error { return os.Truncate(path, 0) }, changed, true},
	"a folder": {func(path string) error {
		return errors.Join(os.Remove(path), os.Mkdir(path, 0o700))
	}, "is a folder; it must be a file", true},
	"other first byte": {func(path string) error { return overwrite(path, 0) }, changed, false},
	"other last byte":  {func(path string) error { return overwrite(path, 99_999) }, changed, false},
}

func overwrite(path string, at int64) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteAt([]byte{'!'}, at)
	return errors.Join(err, file.Close())
}

// A body whose file changed never comes to its end, so that no service can
// take it for whole.
func TestFileChangedBeforeOpen(t *testing.T) {
	for name, test := range changes {
		for _, mediaType := range []string{contract.JSON, contract.Multipart} {
			t.Run(name+" as "+mediaType, func(t *testing.T) {
				file := writeFile(t, "scan", make([]byte, 100_000))
				p := build(t, object{"input": object{"scan": file}}, mediaType, nil)
				if err := test.change(file.Path); err != nil {
					t.Fatal(err)
				}
				r, err := p.Open()
				if test.atOpen != (err != nil) {
					t.Fatalf("Open: %v", err)
				}
				if err == nil {
					err = breaksOff(t, r, p.Length-behind[mediaType])
				}
				want := "input.scan: file " + strconv.Quote(file.Path) + " " + test.reason
				if err == nil || err.Error() != want {
					t.Errorf("got  %v\nwant %s", err, want)
				}
			})
		}
	}
}

// The same after Open, where only reading detects it.
func TestFileChangedAfterOpen(t *testing.T) {
	for name, test := range changes {
		for _, mediaType := range []string{contract.JSON, contract.Multipart} {
			t.Run(name+" as "+mediaType, func(t *testing.T) {
				file := writeFile(t, "scan", make([]byte, 100_000))
				p := build(t, object{"input": object{"scan": file}}, mediaType, nil)
				r, err := p.Open()
				if err != nil {
					t.Fatal(err)
				}
				if err := test.change(file.Path); err != nil {
					t.Fatal(err)
				}
				err = breaksOff(t, r, p.Length-behind[mediaType])
				want := "input.scan: file " + strconv.Quote(file.Path) + " " + test.reason
				if err == nil || err.Error() != want {
					t.Errorf("got  %v\nwant %s", err, want)
				}
			})
		}
	}
}

// behind is the number of bytes that follow the file in the bodies above.
var behind = map[string]int64{
	contract.JSON:      int64(len(`"}}`)),
	contract.Multipart: int64(len("\r\n--"+"--\r\n")) + 60, // a boundary has 60
}

// breaksOff reads to the error, which must come before the file's last bytes,
// at end, and stay. The buffer's size divides the file's, so that a buffer can
// be filled by exactly what is left.
func breaksOff(t *testing.T, r io.ReadCloser, end int64) error {
	t.Helper()
	got, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{r}, make([]byte, 1000))
	if got >= end {
		t.Errorf("%d bytes were returned, and the file ends at %d", got, end)
	}
	if n, again := r.Read(make([]byte, 1)); n != 0 || !errors.Is(again, err) {
		t.Errorf("read on after the error: %d, %v", n, again)
	}
	if err := r.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	return err
}

// What the reader promises, seen from the service: it gets no whole request.
func TestChangedFileReachesNoService(t *testing.T) {
	var whole atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			whole.Add(1)
		}
	}))
	file := writeFile(t, "scan", make([]byte, 1<<20))
	p := build(t, object{"input": object{"scan": file}}, contract.Multipart, nil)
	send := func() error {
		body, err := p.Open()
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL, body)
		if err != nil {
			return err
		}
		request.ContentLength = p.Length
		request.Header.Set("Content-Type", p.ContentType)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		return response.Body.Close()
	}
	if err := send(); err != nil {
		t.Fatalf("the file as it was: %v", err)
	}
	if err := overwrite(file.Path, 5); err != nil {
		t.Fatal(err)
	}
	if e, ok := errors.AsType[*payload.FileError](send()); !ok || e.Reason != changed {
		t.Errorf("the changed file: %v", e)
	}
	server.Close() // waits for the handlers
	if got := whole.Load(); got != 1 {
		t.Errorf("%d whole requests arrived, want 1", got)
	}
}

// A file's length is that of what the body holds of it.
func TestFiles(t *testing.T) {
	file := writeFile(t, "scan.jpg", []byte("12345"))
	body := object{"input": object{"scans": list{value.Null{}, file}, "text": value.String("x")}}
	for mediaType, length := range map[string]int64{contract.JSON: 8, contract.Multipart: 5} {
		got := build(t, body, mediaType, nil).Files()
		if len(got) != 1 || got[0].Path.String() != "input.scans[1]" || got[0].Length != length {
			t.Errorf("%s: got %v, want one file of %d bytes", mediaType, got, length)
		}
	}
}
