// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// refusal ends a stream, or all, instead of a response.
type refusal func(f *http2.Framer, stream uint32) error

// newHTTP2Client returns a client of a service that writes HTTP/2 frame by frame:
// its first request meets the refusal, all further ones a session.
func newHTTP2Client(t *testing.T, first refusal) (c *Client, requests *atomic.Int64) {
	t.Helper()
	certified := httptest.NewTLSServer(nil)
	defer certified.Close()
	config := certified.TLS.Clone()
	config.NextProtos = []string{"h2"}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	requests = &atomic.Int64{}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				_ = serveHTTP2(conn, func(f *http2.Framer, stream uint32) error {
					if requests.Add(1) == 1 {
						return first(f, stream)
					}
					return respondHTTP2(f, stream)
				})
			}()
		}
	}()
	c = newTestClient(t, "https://"+listener.Addr().String())
	trusted, ok := certified.Client().Transport.(*http.Transport)
	if !ok {
		t.Fatal("no transport")
	}
	for _, end := range []http.RoundTripper{c.connections.kept, c.connections.single} {
		end.(*http.Transport).TLSClientConfig.RootCAs = trusted.TLSClientConfig.RootCAs
	}
	return c, requests
}

// serveHTTP2 calls respond at the end of each request.
func serveHTTP2(conn io.ReadWriter, respond refusal) error {
	if _, err := io.ReadFull(conn, make([]byte, len(http2.ClientPreface))); err != nil {
		return err
	}
	f := http2.NewFramer(conn, conn)
	if err := f.WriteSettings(); err != nil {
		return err
	}
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			return err
		}
		switch frame := frame.(type) {
		case *http2.SettingsFrame:
			if !frame.IsAck() {
				err = f.WriteSettingsAck()
			}
		case *http2.HeadersFrame:
			if frame.StreamEnded() {
				err = respond(f, frame.StreamID)
			}
		case *http2.DataFrame:
			if frame.StreamEnded() {
				err = respond(f, frame.StreamID)
			}
		}
		if err != nil {
			return err
		}
	}
}

func respondHTTP2(f *http2.Framer, stream uint32) error {
	var header bytes.Buffer
	if err := hpack.NewEncoder(&header).WriteField(hpack.HeaderField{Name: ":status", Value: "201"}); err != nil {
		return err
	}
	if err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: header.Bytes(), EndHeaders: true}); err != nil {
		return err
	}
	return f.WriteData(stream, true, []byte(`{"sessionId":"s1"}`))
}

// A request that HTTP/2 reports as not processed is retried, also a create; others are
// not.
func TestHTTP2Refusals(t *testing.T) {
	reset := func(code http2.ErrCode) refusal {
		return func(f *http2.Framer, stream uint32) error { return f.WriteRSTStream(stream, code) }
	}
	goAway := func(last uint32, code http2.ErrCode) refusal {
		return func(f *http2.Framer, _ uint32) error {
			_ = f.WriteGoAway(last, code, []byte("REFUSED_STREAM"))
			return io.EOF // and closes
		}
	}
	for name, tt := range map[string]struct {
		refusal  refusal
		requests int64
		kind     string
	}{
		"REFUSED_STREAM":                       {reset(http2.ErrCodeRefusedStream), 2, succeeded},
		"INTERNAL_ERROR":                       {reset(http2.ErrCodeInternal), 1, unknown},
		"PROTOCOL_ERROR":                       {reset(http2.ErrCodeProtocol), 1, unknown},
		"CANCEL":                               {reset(http2.ErrCodeCancel), 1, unknown},
		"GOAWAY below the stream":              {goAway(0, http2.ErrCodeNo), 2, succeeded},
		"GOAWAY below the stream, an error":    {goAway(0, http2.ErrCodeEnhanceYourCalm), 2, succeeded},
		"GOAWAY at the stream":                 {goAway(1, http2.ErrCodeNo), 1, unknown},
		"GOAWAY above the stream, an error":    {goAway(9, http2.ErrCodeInternal), 1, unknown},
		"the connection closed without either": {func(*http2.Framer, uint32) error { return io.EOF }, 1, unknown},
	} {
		t.Run(name, func(t *testing.T) {
			c, requests := newHTTP2Client(t, tt.refusal)
			_, err := c.CreateSession(t.Context(), "f1", "live", bodyOf("{}"))
			if kindOf(err) != tt.kind || requests.Load() != tt.requests {
				t.Errorf("ended with %s after %d requests, want %s after %d: %v", kindOf(err), requests.Load(), tt.kind, tt.requests, err)
			}
		})
	}
}

// A service can't cause a second create by imitating an error of HTTP/2.
func TestWordsOfHTTP2FromAService(t *testing.T) {
	for _, text := range []string{
		"stream error: stream ID 1; REFUSED_STREAM\r\n",
		"HTTP/1.1 2x1 http2: Transport received Server's graceful shutdown GOAWAY\r\n\r\n",
	} {
		s := newRawService(t, writing(text))
		_, err := newTestClient(t, s.url).CreateSession(t.Context(), "f1", "live", bodyOf("{}"))
		if kindOf(err) != unknown || s.creates.Load() != 1 {
			t.Errorf("%q: ended with %s after %d creates: %v", text, kindOf(err), s.creates.Load(), err)
		}
	}
}
