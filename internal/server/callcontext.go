// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package server

import (
	"context"
	"iter"
	"sync/atomic"
	"time"
)

// scoped makes a call with a context that is released once the call has returned.
func scoped[Request, Response any](ctx context.Context, req Request, call func(context.Context, Request) (Response, error)) (Response, error) {
	inner := newCallContext(ctx)
	defer inner.release()   //nolint:contextcheck // it ends the context
	return call(inner, req) //nolint:contextcheck // it is the caller's, wrapped
}

// untilRead releases the context of a stream once the stream was read.
func untilRead[Event any](events iter.Seq[Event], inner *callContext) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		defer inner.release()
		events(yield)
	}
}

// callContext is the context of its call until that is released. From then on
// it is a context that was canceled, and keeps nothing alive.
type callContext struct {
	call atomic.Pointer[context.Context]
}

func newCallContext(ctx context.Context) *callContext {
	inner := &callContext{}
	inner.call.Store(&ctx)
	return inner
}

func (c *callContext) release() { c.call.Store(nil) }

func (c *callContext) current() context.Context {
	if call := c.call.Load(); call != nil {
		return *call
	}
	return released
}

func (c *callContext) Deadline() (time.Time, bool) { return c.current().Deadline() }

// Done is the call's own channel while the call lasts. So package context
// finds the call's context behind it and needs no goroutine to wait for it.
func (c *callContext) Done() <-chan struct{} { return c.current().Done() }

func (c *callContext) Err() error { return c.current().Err() }

func (c *callContext) Value(key any) any { return c.current().Value(key) }

// released is what a call's context is after the call.
var released = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()
