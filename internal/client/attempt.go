// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// idleConnections is how many connections stay open between two calls:
	// Terraform runs at up to -parallelism=100 in practice, and a connection
	// that isn't kept costs a TLS handshake per session.
	idleConnections = 100

	// idleTimeout closes our side first. Services close an idle connection
	// after 5 seconds (Node.js) to 60 (load balancers); a create that meets
	// that moment is lost with an unknown outcome.
	idleTimeout = 4 * time.Second

	maxHeaderBytes = 256 << 10
	maxErrorBody   = 64 << 10 // only a message is read from it
)

var (
	errRequestTimeout = errors.New("request timeout")
	errTooLarge       = errors.New("response too large")
)

// newTransport makes a transport of the client's own. The default one belongs
// to the whole process and is not changed.
func newTransport() *http.Transport {
	base, ok := http.DefaultTransport.(*http.Transport)
	if !ok { // an embedding program has replaced it
		base = &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true}
	}
	t := base.Clone()
	t.MaxIdleConns = 2 * idleConnections // API and token host
	t.MaxIdleConnsPerHost = idleConnections
	t.IdleConnTimeout = idleTimeout
	t.MaxResponseHeaderBytes = maxHeaderBytes
	return t
}

// attempt sends the request once and reads its answer, both within the request
// timeout. Its error is a *ConnectionError, or what reading the body of the
// request came to.
func (t *call) attempt(ctx context.Context, token string) (*answer, error) {
	paced := t.auth != nil // the token host and a file's storage have limits of their own
	if paced {
		if err := t.client.pace.wait(ctx); err != nil {
			return nil, t.connectionError(err, false)
		}
	}
	if !t.idempotent {
		var release context.CancelFunc
		ctx, release = uninterrupted(ctx)
		defer release()
	}
	t.attempts++
	start := t.client.now()
	a, err := t.roundTrip(ctx, token)
	if a != nil && paced {
		t.client.pace.learn(start, a)
	}
	e := Exchange{Method: t.method, Path: t.path, Attempt: t.attempts, Duration: t.client.now().Sub(start)}
	switch {
	case err != nil:
		e.Outcome = outcome(err)
	case a.cut != nil:
		e.Status, e.Outcome = a.status, reason(a.cut, t.client.requestTimeout)
	default:
		e.Status, e.Outcome = a.status, http.StatusText(a.status)
	}
	t.client.observe(ctx, e)
	return a, err
}

// uninterrupted is ctx without its cancellation, but with its deadline. A call
// that can't be made twice can't be cut off either: an interrupt is no reason
// to lose what the service is about to answer.
func uninterrupted(ctx context.Context) (context.Context, context.CancelFunc) {
	lasting := context.WithoutCancel(ctx)
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(lasting, deadline)
	}
	return lasting, func() {}
}

// outcome tells an attempt without an answer in a few words. The error of a
// body is not told: it can name a file of the person.
func outcome(err error) string {
	var broken *ConnectionError
	if errors.As(err, &broken) {
		return broken.Reason
	}
	return "the request body can't be read"
}

func (t *call) roundTrip(ctx context.Context, token string) (*answer, error) {
	watch := newWatchdog(ctx, t.client.requestTimeout)
	// From the moment a connection is handed over, bytes may be on their way.
	var reached atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { reached.Store(true) }}
	req, upload, err := t.request(httptrace.WithClientTrace(watch.ctx, trace), token) //nolint:contextcheck // the watchdog's context ends with ctx
	if err != nil {
		watch.stop()
		return nil, err
	}
	resp, err := t.client.transport.RoundTrip(req) //nolint:bodyclose // receive reads it to its end, or its bound, and closes it
	if err != nil {
		cause := watch.cause(err)
		watch.stop()
		if failed := upload.failure(); failed != nil {
			return nil, failed
		}
		return nil, t.connectionError(cause, reached.Load())
	}
	if t.auth != nil { // other hosts have clocks of their own
		t.client.clock.learn(resp.Header, t.client.now())
	}
	return t.receive(resp, watch), nil
}

// request builds the request of one attempt. GetBody stays nil, so that
// net/http can't send a create a second time by itself.
func (t *call) request(ctx context.Context, token string) (*http.Request, *upload, error) {
	req, err := http.NewRequestWithContext(ctx, t.method, t.url, nil)
	if err != nil {
		return nil, nil, errors.New("the address of the API can't be used for a request")
	}
	if t.client.userAgent != "" {
		req.Header.Set("User-Agent", t.client.userAgent)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if !t.stream {
		req.Header.Set("Accept", "application/json")
	}
	if t.body == nil {
		return req, nil, nil
	}
	req.Header.Set("Content-Type", t.body.ContentType)
	req.Body = http.NoBody
	if t.body.Length == 0 {
		return req, nil, nil
	}
	content, err := t.body.Open()
	if err != nil {
		return nil, nil, err
	}
	up := &upload{content: content, left: t.body.Length}
	req.Body, req.ContentLength = up, t.body.Length
	return req, up, nil
}

// receive reads the answer's body. A body that breaks off is kept as far as it
// came: behind a 201 it may still name the session.
func (t *call) receive(resp *http.Response, watch *watchdog) *answer {
	a := &answer{status: resp.StatusCode, header: resp.Header}
	if t.stream && a.status == http.StatusOK {
		watch.pause()
		a.stream = &stream{body: resp.Body, watch: watch, length: resp.ContentLength}
		return a
	}
	defer watch.stop()
	defer func() { _ = resp.Body.Close() }()

	limit := t.limit
	if !a.ok() {
		limit = maxErrorBody
	}
	// The bound counts bytes after decompression, which is where a small
	// answer becomes a large one.
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		a.cut = watch.cause(err)
	} else if int64(len(body)) > limit {
		a.cut = errTooLarge
	}
	a.body = body[:min(int64(len(body)), limit)]
	return a
}

// upload is the body of one request while it is sent. It remembers whether the
// content itself failed: a body that ended short of its length can't have been
// accepted, which a broken connection alone does not tell.
type upload struct {
	content io.ReadCloser

	mu     sync.Mutex
	left   int64
	closed bool
	failed error
}

// Read implements [io.Reader].
func (u *upload) Read(p []byte) (int, error) {
	n, err := u.content.Read(p)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.left -= int64(n)
	switch {
	case u.closed || u.failed != nil: // the transport gave up first
	case errors.Is(err, io.EOF) && u.left > 0:
		u.failed = errors.New("the request body is shorter than announced: a file may have changed while it was sent")
	case err != nil && !errors.Is(err, io.EOF):
		u.failed = fmt.Errorf("reading the request body: %w", err)
	}
	return n, err
}

// Close implements [io.Closer].
func (u *upload) Close() error {
	u.mu.Lock()
	u.closed = true
	u.mu.Unlock()
	return u.content.Close()
}

func (u *upload) failure() error {
	if u == nil {
		return nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.failed
}

// watchdog ends an attempt that takes longer than allowed.
type watchdog struct {
	ctx    context.Context // lives as long as one attempt
	parent context.Context // tells the caller's end from ours
	cancel context.CancelCauseFunc
	timer  *time.Timer
	after  time.Duration
}

func newWatchdog(parent context.Context, after time.Duration) *watchdog {
	ctx, cancel := context.WithCancelCause(parent)
	timer := time.AfterFunc(after, func() { cancel(errRequestTimeout) })
	return &watchdog{ctx: ctx, parent: parent, cancel: cancel, timer: timer, after: after}
}

// resume gives the attempt its whole time again.
func (w *watchdog) resume() { w.timer.Reset(w.after) }

// pause stops the time while nothing is expected of the service.
func (w *watchdog) pause() { w.timer.Stop() }

func (w *watchdog) stop() {
	w.timer.Stop()
	w.cancel(nil)
}

// cause returns what made err happen: the timeout, the caller, or err itself.
func (w *watchdog) cause(err error) error {
	switch {
	case errors.Is(context.Cause(w.ctx), errRequestTimeout):
		return errRequestTimeout
	case w.parent.Err() != nil:
		return w.parent.Err()
	}
	return err
}
