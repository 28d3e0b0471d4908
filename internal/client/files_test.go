// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestFile(t *testing.T) {
	const content = "%PDF planted"
	tests := map[string]struct {
		storage  handler
		location string // STORAGE is replaced by the storage's address
		want     string
		requests int    // to the storage
		text     string // of the error; empty for success
	}{
		"content":                {storage: status(200, content, "Content-Type: application/pdf"), requests: 1, want: content},
		"503, then content":      {storage: inTurn(status(503, "planted"), status(200, content)), requests: 2, want: content},
		"expired, then content":  {storage: inTurn(status(403, "planted"), status(200, content)), requests: 2, want: content},
		"expired (400)":          {storage: inTurn(status(400, "planted"), status(200, content)), requests: 2, want: content},
		"expired twice":          {storage: status(403, "<Error><Message>planted</Message></Error>"), requests: 2, text: "/api/v1/live/files/v1 (file storage): the file storage responded with 403 Forbidden"},
		"gone":                   {storage: status(410, "planted"), requests: 1, text: "410 Gone"},
		"a second redirect":      {storage: status(302, "", "Location: /planted"), requests: 1, text: "302 Found"},
		"nobody there":           {location: "http://127.0.0.1:1/x?sig=planted", text: "connection"},
		"no address":             {location: "", text: "does not contain the address"},
		"http to another host":   {location: "http://storage.example/x?sig=planted", text: "not an https URL"},
		"an address with a user": {location: "https://planted:planted@storage.example/x", text: "not an https URL"},
		"a local file":           {location: "file:///etc/planted", text: "not an https URL"},
		"unreadable":             {location: "http://[planted", text: "not a valid URL"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			storage := newService(t, tt.storage)
			location := tt.location
			if tt.storage != nil {
				location = storage.URL + "/x?sig=planted#planted"
			}
			api := newService(t, status(302, "", "Location: "+location))
			o := &observed{}
			file, err := newTestClient(t, api.URL, func(cfg *Config) { cfg.Observe = o.observe }).File(t.Context(), "live", "v1")
			if got := storage.seen(); len(got) != tt.requests {
				t.Errorf("%d requests to the storage, want %d", len(got), tt.requests)
			} else if tt.requests > 0 && (got[0].authorization != "" || got[0].uri != "/x?sig=planted") {
				t.Errorf("the storage saw %+v", got[0])
			}
			if got := api.seen()[0]; got.authorization != "Bearer "+testKey || got.uri != "/api/v1/live/files/v1" {
				t.Errorf("the service saw %+v", got)
			}
			for _, e := range o.all {
				if strings.Contains(e.Path+e.Outcome, "planted") {
					t.Errorf("observed %+v", e)
				}
			}
			if tt.text != "" {
				if err == nil || !strings.Contains(err.Error(), tt.text) || strings.Contains(everyText(err), "planted") {
					t.Errorf("error = %s, want %q", everyText(err), tt.text)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(file.Content)
			if string(got) != tt.want || err != nil || file.Length != int64(len(content)) {
				t.Errorf("got %q of %d bytes, error %v", got, file.Length, err)
			}
			if err := file.Content.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// The address of a file keeps it as confidential as the API's own address does.
func TestPresignedAddresses(t *testing.T) {
	for name, tt := range map[string]struct {
		api, location string
		insecure, ok  bool
	}{
		"https":                        {api: "https://api.example", location: "https://storage.example/x", ok: true},
		"a path":                       {api: "https://api.example", location: "/x", ok: true},
		"loopback of an API there":     {api: "http://127.0.0.1:1", location: "http://127.0.0.1:2/x", ok: true},
		"loopback of an API elsewhere": {api: "https://api.example", location: "http://127.0.0.1:2/x"},
		"http":                         {api: "https://api.example", location: "http://storage.example/x", insecure: true},
		"http where it is allowed":     {api: "http://emulator:1", location: "http://storage:2/x", insecure: true, ok: true},
		"the platform by http":         {api: "http://emulator:1", location: "http://files.idnow.io/x", insecure: true},
	} {
		t.Run(name, func(t *testing.T) {
			api, err := url.Parse(tt.api)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := (&Client{insecureHTTP: tt.insecure}).presigned(api, tt.location); (err == nil) != tt.ok {
				t.Errorf("error = %v", err)
			}
		})
	}
}

func TestFileThatTheServiceDoesNotGive(t *testing.T) {
	for name, tt := range map[string]struct {
		respond handler
		text    string
	}{
		"404":    {status(404, ""), "404 Not Found"},
		"no hop": {status(200, "x"), "not with the address of the file"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, tt.respond)
			_, err := newTestClient(t, s.URL).File(t.Context(), "live", "v1")
			if err == nil || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("error = %v", err)
			}
		})
	}
}

// The timeout is for standstill, not for the whole download.
func TestFileStream(t *testing.T) {
	const timeout = 200 * time.Millisecond
	open := func(t *testing.T, respond handler) *File {
		t.Helper()
		storage := newService(t, respond)
		api := newService(t, status(302, "", "Location: "+storage.URL+"/x?sig=planted"))
		file, err := newTestClient(t, api.URL, func(cfg *Config) { cfg.RequestTimeout = timeout }).File(t.Context(), "live", "v1")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = file.Content.Close() })
		return file
	}
	t.Run("that moves", func(t *testing.T) {
		next := make(chan struct{})
		file := open(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
			for range 10 {
				_, _ = io.WriteString(w, "x")
				_ = http.NewResponseController(w).Flush()
				<-next
			}
		})
		start := time.Now()
		for i := range 10 {
			if i == 0 || i == 5 {
				<-time.After(2 * timeout) // a reader that is slow
			}
			if n, err := file.Content.Read(make([]byte, 1)); n != 1 || err != nil {
				t.Fatalf("after %s: %d bytes, error %v", time.Since(start), n, err)
			}
			next <- struct{}{}
		}
	})
	t.Run("that stalls", func(t *testing.T) {
		_, err := io.ReadAll(open(t, drip).Content)
		var broken *Error
		if !errors.As(err, &broken) || !strings.Contains(err.Error(), "no complete response within") || strings.Contains(everyText(err), "planted") {
			t.Errorf("error = %v", err)
		}
	})
	t.Run("that breaks off", func(t *testing.T) {
		file := open(t, raw(t, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc", false))
		got, err := io.ReadAll(file.Content)
		if string(got) != "abc" || err == nil || !strings.Contains(err.Error(), "closed before the response was complete") {
			t.Errorf("got %q, error %v", got, err)
		}
	})
}

// That the API lets calls through does not excuse the storage that refuses them.
func TestStorageThatRefusesForever(t *testing.T) {
	var c *Client
	storage := newService(t, func(w http.ResponseWriter, _ *http.Request, n int) {
		if n > 9 { // enough to see it
			w.WriteHeader(http.StatusGone)
			return
		}
		if _, err := c.Session(t.Context(), "live", "s1"); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusTooManyRequests)
	})
	api := newService(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if strings.Contains(r.URL.Path, "/files/") {
			status(302, "", "Location: "+storage.URL)(w, r, n)
			return
		}
		status(200, "{}")(w, r, n)
	})
	c = newTestClient(t, api.URL)
	if _, err := c.File(t.Context(), "live", "v1"); err == nil || len(storage.seen()) != 3 {
		t.Errorf("error %v after %d requests", err, len(storage.seen()))
	}
}

// A response with the file itself is refused for that, whatever its size.
func TestFileWithoutARedirect(t *testing.T) {
	api := newService(t, status(200, strings.Repeat("x", 2*maxErrorBody)))
	if _, err := newTestClient(t, api.URL).File(t.Context(), "live", "v1"); err == nil || !strings.Contains(err.Error(), "not with the address of the file") {
		t.Errorf("error = %v", err)
	}
}

// Only a 200 is a file that is left to the caller. Of any other response little is read.
func TestPartialFileIsNotReadIntoMemory(t *testing.T) {
	written := make(chan int, 1)
	storage := newService(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.WriteHeader(http.StatusPartialContent)
		n := 0
		for n < maxSession<<3 {
			wrote, err := w.Write(make([]byte, maxErrorBody))
			if n += wrote; err != nil {
				break
			}
		}
		written <- n
	})
	api := newService(t, status(302, "", "Location: "+storage.URL))
	_, err := newTestClient(t, api.URL).File(t.Context(), "live", "v1")
	if n := <-written; err == nil || n >= maxSession<<3 {
		t.Errorf("error %v, %d bytes were read", err, n)
	}
}
