// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package server

import (
	"context"
	"sync/atomic"
	"time"
)

// lend makes a call with a context that is worth nothing once it has returned.
func lend[Request, Response any](ctx context.Context, req Request, call func(context.Context, Request) (Response, error)) (Response, error) {
	lent := &lentContext{}
	lent.lender.Store(&ctx)
	defer lent.takeBack()  //nolint:contextcheck // it is the caller's, lent
	return call(lent, req) //nolint:contextcheck // it is the caller's, lent
}

// lentContext is the lender's until the call returns. From then on it is a
// context that was canceled, and keeps nothing alive.
type lentContext struct {
	lender atomic.Pointer[context.Context]
}

func (c *lentContext) takeBack() { c.lender.Store(nil) }

func (c *lentContext) current() context.Context {
	if lender := c.lender.Load(); lender != nil {
		return *lender
	}
	return returned
}

func (c *lentContext) Deadline() (time.Time, bool) { return c.current().Deadline() }

// Done is the lender's own channel while the call lasts. So package context
// finds the lender behind it and needs no goroutine to wait for it.
func (c *lentContext) Done() <-chan struct{} { return c.current().Done() }

func (c *lentContext) Err() error { return c.current().Err() }

func (c *lentContext) Value(key any) any { return c.current().Value(key) }

// returned is what a lent context is after its call.
var returned = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()
