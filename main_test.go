// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/client"
)

// What follows a response, and what GODEBUG asks of HTTP/2, is secrets and personal
// data. None of it leaves the process, whose standard error the CLI logs.
func TestLibrariesLogNothing(t *testing.T) {
	const address = "TEST_API_URL"
	if api := os.Getenv(address); api != "" {
		callAndWait(t, api)
		return
	}
	over2 := httptest.NewUnstartedServer(http.NotFoundHandler())
	over2.EnableHTTP2 = true
	over2.StartTLS()
	defer over2.Close()
	for name, api := range map[string]string{"bytes after a response": talkative(t), "http2debug": over2.URL} {
		t.Run(name, func(t *testing.T) {
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLibrariesLogNothing$")
			child.Env = []string{address + "=" + api, "GODEBUG=http2debug=2"}
			var stderr strings.Builder
			child.Stderr = &stderr
			if out, err := child.Output(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if stderr.Len() > 0 {
				t.Errorf("written: %s", stderr.String())
			}
		})
	}
}

// callAndWait is the provider: it reads from the API until a connection ends.
func callAndWait(t *testing.T, api string) {
	t.Helper()
	discardLibraryLogs()
	http.DefaultTransport.(*http.Transport).TLSClientConfig = &tls.Config{InsecureSkipVerify: true} // of this process alone
	c, err := client.New(client.Config{APIURL: api, Credentials: client.Credentials{APIKey: "planted"}, RequestTimeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the service ends the first connection before it responds on the second
		_, _ = c.Session(t.Context(), "live", "s1")
	}
}

// talkative returns the address of a service that writes more than its response,
// and serves no second connection before the first has ended.
func talkative(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			reader := bufio.NewReader(conn)
			if _, err := http.ReadRequest(reader); err == nil {
				_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
				_, _ = io.WriteString(conn, `{"playerUrl":"https://player.example?token=planted"}`)
				_, _ = io.Copy(io.Discard, reader) // until the client closes
			}
			_ = conn.Close()
		}
	}()
	return "http://" + listener.Addr().String()
}
