// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package emulatortest starts an emulator for the length of a test.
package emulatortest

import (
	"net/http/httptest"
	"testing"

	"github.com/idnow/terraform-provider-idnow/examples/flows"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// The example flows that an emulator serves where a test brings none.
const (
	InstantSignature = "de74a1b6-ca7d-4222-ae03-a4292b7da07c" // multipart, in staging
	DocumentCapture  = "40cbb7b3-7468-4b5d-8bb5-ff8e82510c70" // JSON, in staging and live
	AddressCheck     = "5f0c1f6a-5d8e-4a7f-9a52-0b5f4a3f7c21" // both, with references, in staging
)

// Server is an emulator that listens on loopback.
type Server struct {
	*emulator.Emulator

	// URL is where API, tokens and player page are, without a slash at its end.
	URL string

	tb testing.TB
}

// NewServer starts an emulator. Without Flows and Documents in options it serves
// the example flows. It ends with the test.
func NewServer(tb testing.TB, options emulator.Options) *Server {
	tb.Helper()
	if options.Flows == nil && options.Documents == nil {
		options.Flows = flows.FS
	}
	emulated, err := emulator.New(options)
	if err != nil {
		tb.Fatalf("starting the emulator: %v", err)
	}
	server := httptest.NewServer(emulated.Handler())
	tb.Cleanup(func() {
		emulated.Release() // first: the server waits for requests that a fault keeps hanging
		server.Close()
		if err := emulated.Close(); err != nil {
			tb.Errorf("ending the emulator: %v", err)
		}
	})
	return &Server{Emulator: emulated, URL: server.URL, tb: tb}
}

// Fault puts a fault in force. A fault that makes no sense fails the test.
func (s *Server) Fault(f fault.Fault) {
	s.tb.Helper()
	if err := s.AddFault(f); err != nil {
		s.tb.Fatalf("adding a fault: %v", err)
	}
}

// RequestsOf lists the requests of one call that arrived, oldest first.
func (s *Server) RequestsOf(call emulator.Call) []emulator.Recorded {
	var found []emulator.Recorded
	for _, request := range s.Requests() {
		if request.Call == call {
			found = append(found, request)
		}
	}
	return found
}
