// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"regexp"
	"sync/atomic"
	"time"
)

const maxErrorBody = 64 << 10 // only a message is read from it

// bound makes one attempt of bounded size and time. It reads the response, so that
// the links before it and the caller have all of it, or the body as far as it came:
// behind a 201 it may still contain the session's ID. Its errors are an *Error, or
// what reading the request's body came to.
type bound struct {
	next    http.RoundTripper
	timeout time.Duration
}

// RoundTrip implements [http.RoundTripper].
func (b bound) RoundTrip(req *http.Request) (*http.Response, error) {
	about := callOf(req)
	about.cut = nil
	watch := newWatchdog(req.Context(), about.create, b.timeout)
	// Once net/http has a connection, bytes may have been sent.
	var connected atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }}
	attempt := req.WithContext(httptrace.WithClientTrace(watch.ctx, trace)) //nolint:contextcheck // the watchdog's context ends with that of the request
	attempt.GetBody = nil                                                   // or net/http could send a create twice by itself
	resp, err := b.next.RoundTrip(attempt)
	if err != nil {
		defer watch.stop()
		if up, ok := req.Body.(*upload); ok && up.failed.Load() != nil {
			return nil, *up.failed.Load()
		}
		return nil, connectionError(req, watch.cause(err), connected.Load() && !isUnprocessed(err))
	}
	if about.stream && resp.StatusCode == http.StatusOK {
		watch.timer.Stop()
		resp.Body = &download{body: resp.Body, watch: watch, req: req, left: about.limit}
		return resp, nil
	}
	defer watch.stop()
	defer func(body io.Closer) { _ = body.Close() }(resp.Body)
	if resp.StatusCode < http.StatusOK {
		// The connection of a 101 is the caller's from now on, and no context ends
		// a read of it. A status of 000 is one for net/http.
		return nil, newError(req, resp.StatusCode, fmt.Sprintf("the status %03d is not that of a final response", resp.StatusCode))
	}
	if err := receive(req, resp, watch); err != nil {
		return nil, err
	}
	return resp, nil
}

// receive reads the response's body within its bound.
func receive(req *http.Request, resp *http.Response, watch *watchdog) error {
	about := callOf(req)
	limit, success := about.limit, resp.StatusCode/100 == 2 && !about.stream
	if !success {
		limit = maxErrorBody
	}
	// The bound counts bytes after decompression, which is where a small
	// response becomes a large one.
	content, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	switch {
	case err != nil:
		about.cut = connectionError(req, watch.cause(err), true)
	case int64(len(content)) > limit:
		about.cut = newError(req, resp.StatusCode, fmt.Sprintf("the response is larger than %d MiB", limit>>20))
	}
	resp.Body = io.NopCloser(bytes.NewReader(content[:min(int64(len(content)), limit)]))
	if success && !about.partial {
		return about.cut
	}
	return nil
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

// watchdog ends an attempt with its caller's context, or when it takes too long.
type watchdog struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	timer   *time.Timer
	timeout time.Duration
}

// newWatchdog starts the timeout. A call that can't be made twice is not cut off by an
// interrupt, which is no reason to lose what the service is about to respond: only
// the parent's deadline counts then.
func newWatchdog(parent context.Context, uninterrupted bool, timeout time.Duration) *watchdog {
	cause := error(timeoutError(timeout))
	if uninterrupted {
		if deadline, ok := parent.Deadline(); ok && time.Until(deadline) < timeout {
			timeout, cause = time.Until(deadline), context.DeadlineExceeded
		}
		parent = context.WithoutCancel(parent)
	}
	ctx, cancel := context.WithCancelCause(parent)
	return &watchdog{ctx: ctx, cancel: cancel, timer: time.AfterFunc(timeout, func() { cancel(cause) }), timeout: timeout}
}

func (w *watchdog) stop() {
	w.timer.Stop()
	w.cancel(nil)
}

// cause returns what made err happen: the timeout, the caller, or err itself.
func (w *watchdog) cause(err error) error { return cmp.Or(context.Cause(w.ctx), err) }
