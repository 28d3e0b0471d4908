// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package server

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

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

// carried is what a call's context carries, such as its loggers.
type carried struct{ _ [1 << 10]byte }

type key struct{}

// callOnce makes each of the calls that are made for a resource, as the plugin
// protocol's server does: with a context that is canceled after the answer.
func callOnce(t *testing.T, s tfprotov6.ProviderServer) []weak.Pointer[carried] {
	t.Helper()
	none, err := tfprotov6.NewDynamicValue(tftypes.String, tftypes.NewValue(tftypes.String, nil))
	if err != nil {
		t.Fatal(err)
	}
	calls := []func(context.Context) error{
		func(ctx context.Context) error {
			_, err := s.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: "x", Config: &none})
			return err
		},
		func(ctx context.Context) error {
			_, err := s.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{TypeName: "x"})
			return err
		},
		func(ctx context.Context) error {
			_, err := s.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: "x", CurrentState: &none})
			return err
		},
		func(ctx context.Context) error {
			_, err := s.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{TypeName: "x", Config: &none})
			return err
		},
		func(ctx context.Context) error {
			_, err := s.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{TypeName: "x", Config: &none})
			return err
		},
		func(ctx context.Context) error {
			_, err := s.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: "x", Config: &none})
			return err
		},
	}
	kept := make([]weak.Pointer[carried], 0, len(calls))
	for _, call := range calls {
		load := &carried{}
		ctx, cancel := context.WithCancel(context.WithValue(context.Background(), key{}, load))
		if err := call(ctx); err != nil {
			t.Fatal(err)
		}
		cancel()
		kept = append(kept, weak.Make(load))
	}
	return kept
}

func alive(kept []weak.Pointer[carried]) int {
	runtime.GC()
	n := 0
	for _, p := range kept {
		if p.Value() != nil {
			n++
		}
	}
	return n
}

func TestCallsLeaveNothingBehind(t *testing.T) {
	s := New(provider.New("test")())
	if n := alive(callOnce(t, s)); n != 0 {
		t.Errorf("the contexts of %d calls are still there", n)
	}
	runtime.KeepAlive(s)
}

// The day on which this fails, this package has nothing left to do.
func TestFrameworkKeepsContexts(t *testing.T) {
	s := providerserver.NewProtocol6(provider.New("test")())()
	if n := alive(callOnce(t, s)); n == 0 {
		t.Error("the framework's server lets go of its calls' contexts by itself now: serve it as it is")
	}
	runtime.KeepAlive(s)
}

func TestLentContextIsTheLendersDuringTheCall(t *testing.T) {
	deadline := time.Now().Add(time.Hour)
	ctx, cancel := context.WithDeadline(context.WithValue(t.Context(), key{}, "value"), deadline)
	defer cancel()
	var lent context.Context
	got, err := lend(ctx, "question", func(inner context.Context, question string) (string, error) {
		lent = inner
		if at, ok := inner.Deadline(); !ok || !at.Equal(deadline) || inner.Value(key{}) != "value" || inner.Err() != nil {
			t.Error("the call does not see its context")
		}
		child, stop := context.WithCancel(inner)
		defer stop()
		cancel()
		<-child.Done()
		return question + "?", context.Cause(child)
	})
	if got != "question?" || !errors.Is(err, context.Canceled) {
		t.Errorf("got %q and %v", got, err)
	}
	if _, ok := lent.Deadline(); ok || lent.Value(key{}) != nil || !errors.Is(lent.Err(), context.Canceled) {
		t.Error("the context is still the lender's after the call")
	}
	<-lent.Done()
}
