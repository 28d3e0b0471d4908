// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"regexp"
	"sync/atomic"
	"time"
)

const maxErrorBody = 64 << 10 // only a message is read from it

var errTooLarge = errors.New("response too large")

// timeoutError is the end of an attempt that took longer than the request timeout.
type timeoutError struct{ after time.Duration }

func (e timeoutError) Error() string {
	return fmt.Sprintf("no complete response within the request timeout of %s", e.after)
}

// bound makes one attempt of bounded size and time. It reads the response, so that
// the links before it and the caller have all of it, or the body as far as it came:
// behind a 201 it may still contain the session's ID. Its errors are a
// *ConnectionError or an *InvalidResponseError, or what reading the request's body came to.
type bound struct {
	next    http.RoundTripper
	timeout time.Duration
}

// RoundTrip implements [http.RoundTripper].
func (b bound) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, release := req.Context(), func() {}
	if callOf(ctx).create {
		ctx, release = uninterrupted(ctx)
	}
	watch := newWatchdog(ctx, release, b.timeout)
	// Once net/http has a connection, bytes may have been sent.
	var connected atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }}
	attempt := req.WithContext(httptrace.WithClientTrace(watch.ctx, trace)) //nolint:contextcheck // the watchdog's context ends with ctx
	attempt.GetBody = nil                                                   // or net/http could send a create twice by itself
	resp, err := b.next.RoundTrip(attempt)
	if err != nil {
		cause := watch.cause(err)
		watch.stop()
		if up, ok := req.Body.(*upload); ok && up.failure() != nil {
			return nil, up.failure()
		}
		return nil, connectionError(req, cause, connected.Load() && !isUnprocessed(err))
	}
	return b.receive(req, resp, watch)
}

// receive reads the response within its bound.
func (b bound) receive(req *http.Request, resp *http.Response, watch *watchdog) (*http.Response, error) {
	about := callOf(req.Context())
	if resp.StatusCode < http.StatusOK {
		// The connection of a 101 is the caller's from now on, and no context ends
		// a read of it. A status of 000 is one for net/http.
		watch.stop()
		_ = resp.Body.Close()
		return nil, invalidResponse(req, resp.StatusCode, "this is not the status of a response")
	}
	if about.stream && resp.StatusCode == http.StatusOK {
		watch.pause()
		resp.Body = &stream{body: resp.Body, watch: watch, req: req, left: about.limit}
		return resp, nil
	}
	defer watch.stop()
	defer func() { _ = resp.Body.Close() }()
	limit := about.limit
	if resp.StatusCode/100 != 2 {
		limit = maxErrorBody
	}
	// The bound counts bytes after decompression, which is where a small
	// response becomes a large one.
	content, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	var cut error
	switch {
	case err != nil:
		cut = connectionError(req, watch.cause(err), true)
	case int64(len(content)) > limit:
		cut = invalidResponse(req, resp.StatusCode, fmt.Sprintf("the response is larger than %d MiB", limit>>20))
	}
	if cut != nil && !about.partial && resp.StatusCode/100 == 2 {
		return nil, cut
	}
	resp.Body = &received{content: bytes.NewReader(content[:min(int64(len(content)), limit)]), cut: cut}
	return resp, nil
}

// unprocessed is net/http's text of the errors of isUnprocessed, alone or around the
// body of a request that it can't rewind. They never begin with text of the service.
var unprocessed = regexp.MustCompile(`^(http2: Transport: cannot retry err \[)?` +
	`(stream error: stream ID \d+; REFUSED_STREAM|http2: Transport received Server's graceful shutdown GOAWAY|http2: Transport received GOAWAY from server)`)

// isUnprocessed reports whether an error of HTTP/2 means that the service did not
// process the request at all: REFUSED_STREAM, or a stream above the last one that a
// GOAWAY names (RFC 9113, sections 8.7 and 6.8). net/http has no error value for
// them. A text that is not recognized only prevents a retry.
func isUnprocessed(err error) bool { return unprocessed.MatchString(err.Error()) }

// received is the body of a response that has been read.
type received struct {
	content *bytes.Reader
	cut     error // why it is incomplete, or nil
}

// Read implements [io.Reader]. It ends in cut where the body is not whole.
func (r *received) Read(p []byte) (int, error) {
	n, err := r.content.Read(p)
	if errors.Is(err, io.EOF) && r.cut != nil {
		err = r.cut
	}
	return n, err
}

// Close implements [io.Closer].
func (*received) Close() error { return nil }

// watchdog ends an attempt that takes longer than allowed.
type watchdog struct {
	ctx     context.Context // lives as long as one attempt
	parent  context.Context // distinguishes the caller's cancellation from ours
	cancel  context.CancelCauseFunc
	release func()
	timer   *time.Timer
	after   time.Duration
}

func newWatchdog(parent context.Context, release func(), after time.Duration) *watchdog {
	ctx, cancel := context.WithCancelCause(parent)
	timer := time.AfterFunc(after, func() { cancel(timeoutError{after}) })
	return &watchdog{ctx: ctx, parent: parent, cancel: cancel, release: release, timer: timer, after: after}
}

// resume restarts the attempt's timeout.
func (w *watchdog) resume() { w.timer.Reset(w.after) }

// pause suspends the timeout while the service has nothing to do.
func (w *watchdog) pause() { w.timer.Stop() }

func (w *watchdog) stop() {
	w.timer.Stop()
	w.cancel(nil)
	w.release()
}

// cause returns what made err happen: the timeout, the caller, or err itself.
func (w *watchdog) cause(err error) error {
	var timeout timeoutError
	switch {
	case errors.As(context.Cause(w.ctx), &timeout):
		return timeout
	case w.parent.Err() != nil:
		return w.parent.Err()
	}
	return err
}
