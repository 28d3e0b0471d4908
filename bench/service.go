// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/idnow/terraform-provider-idnow/examples/flows"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
)

// service is the emulator, in this process, so that what arrived can be
// counted. It responds alike to every contender.
type service struct {
	*emulator.Emulator
	url    string
	server *http.Server
}

func startService(ctx context.Context) (*service, error) {
	emulated, err := emulator.New(emulator.Options{Flows: flows.FS})
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &service{
		Emulator: emulated,
		url:      "http://" + listener.Addr().String(),
		server:   &http.Server{Handler: emulated.Handler(), ReadHeaderTimeout: time.Minute},
	}
	go func() { _ = s.server.Serve(listener) }() // until stop
	return s, nil
}

func (s *service) stop() {
	_ = s.Close() // first: the server would wait for what a fault keeps hanging
	_ = s.server.Close()
}

// startSessions moves every session to RUNNING, as the platform does right
// after a create.
func (s *service) startSessions() error {
	for _, session := range s.Sessions() {
		if err := s.SetStatus(session.ID, emulator.Running, ""); err != nil {
			return err
		}
	}
	return nil
}

// traffic is what arrived at the service.
type traffic struct {
	requests    int
	connections int
	creates     []emulator.Recorded
}

func (s *service) traffic() traffic {
	var t traffic
	connections := map[string]bool{}
	for _, r := range s.Requests() {
		t.requests++
		connections[r.Connection] = true
		if r.Call == emulator.CallCreate {
			t.creates = append(t.creates, r)
		}
	}
	t.connections = len(connections)
	return t
}

// mostAtOnce is the largest number of requests that were under way together.
func mostAtOnce(requests []emulator.Recorded) int {
	type edge struct {
		at   time.Time
		step int
	}
	var edges []edge
	for _, r := range requests {
		edges = append(edges, edge{r.Time, 1}, edge{r.Time.Add(r.Duration), -1})
	}
	slices.SortFunc(edges, func(a, b edge) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return a.step - b.step // one that ends frees its place for one that begins
	})
	most, now := 0, 0
	for _, e := range edges {
		now += e.step
		most = max(most, now)
	}
	return most
}
