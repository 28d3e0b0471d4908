// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package configured_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/configured"
)

func TestResolveEnvironment(t *testing.T) {
	for name, test := range map[string]struct {
		configured, provider types.String
		allowed              []string
		want                 types.String
		wantError            bool
	}{
		"own":                     {types.StringValue("live"), types.StringValue("staging"), nil, types.StringValue("live"), false},
		"the provider's":          {types.StringNull(), types.StringValue("staging"), nil, types.StringValue("staging"), false},
		"none":                    {types.StringNull(), types.StringNull(), nil, types.StringNull(), true},
		"allowed":                 {types.StringValue("staging"), types.StringNull(), []string{"staging"}, types.StringValue("staging"), false},
		"not allowed":             {types.StringValue("live"), types.StringNull(), []string{"staging"}, types.StringValue("live"), true},
		"default not allowed":     {types.StringNull(), types.StringValue("live"), []string{"staging"}, types.StringValue("live"), true},
		"unknown":                 {types.StringUnknown(), types.StringValue("live"), []string{"staging"}, types.StringUnknown(), false},
		"the provider's, unknown": {types.StringNull(), types.StringUnknown(), nil, types.StringUnknown(), false},
	} {
		t.Run(name, func(t *testing.T) {
			var diags diag.Diagnostics
			data := &configured.Provider{Environment: test.provider, AllowedEnvironments: test.allowed}
			if got := data.ResolveEnvironment(test.configured, &diags); !got.Equal(test.want) || diags.HasError() != test.wantError {
				t.Errorf("got %s, %v", got, diags)
			}
		})
	}
}

func TestShowsDeepPaths(t *testing.T) {
	for version, want := range map[string]bool{
		"1.0.0": false, "1.11.4": false, "1.14.9": false, "1.15.0-alpha20250101": true, "1.15.0": true, "2.0.0": true, "": false, "dev": false,
	} {
		if got := configured.ShowsDeepPaths(version); got != want {
			t.Errorf("version %q: got %v", version, got)
		}
	}
}

func TestDocumentsAreFetchedOnce(t *testing.T) {
	var fetched atomic.Int32
	refused := errors.New("refused")
	documents := configured.NewDocumentCache(func(context.Context, string, string) ([]byte, error) {
		fetched.Add(1)
		return nil, refused
	})
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, err := documents.Get(t.Context(), "staging", "flow"); !errors.Is(err, refused) {
				t.Errorf("got %v", err)
			}
		})
	}
	wg.Wait()
	if got := fetched.Load(); got != 1 {
		t.Errorf("fetched %d times, want once, also when it fails", got)
	}
	_, _ = documents.Get(t.Context(), "live", "flow")
	_, _ = documents.Get(t.Context(), "staging", "other")
	if got := fetched.Load(); got != 3 {
		t.Errorf("fetched %d times, want once for each flow and environment", got)
	}
}

func TestCancelledCallerDoesNotSpoilTheDocument(t *testing.T) {
	release := make(chan struct{})
	failed := errors.New("the service's own response")
	documents := configured.NewDocumentCache(func(ctx context.Context, _, _ string) ([]byte, error) {
		<-release
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, failed
	})
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := documents.Get(cancelled, "staging", "flow"); !errors.Is(err, context.Canceled) {
		t.Errorf("the cancelled caller got %v", err)
	}
	close(release)
	if _, err := documents.Get(t.Context(), "staging", "flow"); !errors.Is(err, failed) {
		t.Errorf("the next caller got %v", err)
	}
}
