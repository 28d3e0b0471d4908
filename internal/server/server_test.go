// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package server

import (
	"context"
	"reflect"
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/idnow/terraform-provider-idnow/internal/provider"
)

// A method that the framework's server has and ours has not would be a feature
// that the CLI no longer finds.
func TestOffersAllThatTheFrameworkOffers(t *testing.T) {
	framework := reflect.TypeOf(providerserver.NewProtocol6(provider.New("test")())())
	ours := reflect.TypeOf(New(provider.New("test")()))
	if ours == framework {
		t.Fatal("the framework's server no longer is what this package extends")
	}
	offered := reflect.TypeFor[tfprotov6.ProviderServer]().NumMethod()
	for i := range framework.NumMethod() {
		name := framework.Method(i).Name
		if _, ok := ours.MethodByName(name); !ok {
			t.Errorf("%s is lost", name)
		}
	}
	if ours.NumMethod() <= offered {
		t.Errorf("%d methods, as many as every server has", ours.NumMethod())
	}
}

// oncePerProcess are the calls that a CLI makes once, or that this provider
// has nothing for.
var oncePerProcess = map[string]bool{
	"GetMetadata": true, "GetProviderSchema": true, "GetResourceIdentitySchemas": true, "GetFunctions": true,
	"ValidateProviderConfig": true, "ConfigureProvider": true, "StopProvider": true,
	"ValidateStateStoreConfig": true, "ConfigureStateStore": true, "ReadStateBytes": true, "WriteStateBytes": true,
	"GetStates": true, "DeleteState": true, "LockState": true, "UnlockState": true,
}

// carried is what a call's context carries, such as its loggers.
type carried struct{ _ [1 << 10]byte }

type key struct{}

// callEach makes each call that is made for an object, as the plugin
// protocol's server does: with a context that is canceled after the response,
// and with streams read to their end. It returns what each context carried.
func callEach(t *testing.T, s tfprotov6.ProviderServer) map[string]weak.Pointer[carried] {
	t.Helper()
	contexts := map[string]weak.Pointer[carried]{}
	server := reflect.ValueOf(s)
	for i := range server.NumMethod() {
		name, call := server.Type().Method(i).Name, server.Method(i)
		if oncePerProcess[name] || call.Type().NumIn() != 2 {
			continue
		}
		load := &carried{}
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, load))
		callAndRead(ctx, call)
		cancel()
		contexts[name] = weak.Make(load)
	}
	return contexts
}

// callAndRead makes a call with an empty request. The framework may panic on
// one; what matters here is only which contexts it keeps.
func callAndRead(ctx context.Context, call reflect.Value) {
	defer func() { _ = recover() }()
	results := call.Call([]reflect.Value{reflect.ValueOf(ctx), reflect.New(call.Type().In(1).Elem())})
	switch stream := results[0].Interface().(type) {
	case *tfprotov6.ListResourceServerStream:
		stream.Results(func(tfprotov6.ListResourceResult) bool { return true })
	case *tfprotov6.InvokeActionServerStream:
		stream.Events(func(tfprotov6.InvokeActionEvent) bool { return true })
	}
}

func alive(contexts map[string]weak.Pointer[carried]) []string {
	runtime.GC()
	var names []string
	for name, p := range contexts {
		if p.Value() != nil {
			names = append(names, name)
		}
	}
	return names
}

func TestCallsLeaveNothingBehind(t *testing.T) {
	s := New(provider.New("test")())
	contexts := callEach(t, s)
	if _, ok := contexts["CallFunction"]; !ok || len(contexts) < 15 {
		t.Fatalf("only %d calls were made", len(contexts))
	}
	if names := alive(contexts); len(names) != 0 {
		t.Errorf("the contexts of these calls are kept: %v", names)
	}
	runtime.KeepAlive(s)
}

// The day on which this fails, this package has nothing left to do.
func TestFrameworkKeepsContexts(t *testing.T) {
	s := providerserver.NewProtocol6(provider.New("test")())()
	if len(alive(callEach(t, s))) == 0 {
		t.Error("the framework's server lets go of its calls' contexts by itself now: serve it as it is")
	}
	runtime.KeepAlive(s)
}

func TestContextIsTheCallsUntilItIsReleased(t *testing.T) {
	deadline := time.Now().Add(time.Hour)
	ctx, cancel := context.WithDeadline(context.WithValue(t.Context(), key{}, "value"), deadline)
	defer cancel()
	var kept context.Context
	got, err := scoped(ctx, "question", func(inner context.Context, question string) (string, error) {
		kept = inner
		if at, ok := inner.Deadline(); !ok || !at.Equal(deadline) || inner.Value(key{}) != "value" || inner.Err() != nil {
			t.Error("the call does not see its context")
		}
		child, stop := context.WithCancel(inner)
		defer stop()
		cancel()
		<-child.Done()
		return question + "?", context.Cause(child)
	})
	if got != "question?" || err != context.Canceled { //nolint:errorlint // exactly what the call returned
		t.Errorf("got %q and %v", got, err)
	}
	if _, ok := kept.Deadline(); ok || kept.Value(key{}) != nil || kept.Err() != context.Canceled {
		t.Error("the context is still the call's after it")
	}
	<-kept.Done()
}

// A stream is read after the call has returned.
func TestContextLastsUntilTheStreamWasRead(t *testing.T) {
	inner := newCallContext(t.Context())
	events := untilRead(func(yield func(error) bool) { yield(inner.Err()) }, inner)
	for err := range events {
		if err != nil {
			t.Errorf("while the stream is read: %v", err)
		}
	}
	if inner.Err() == nil {
		t.Error("the context is kept after the stream was read")
	}
}
